#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What came out of one pipe. */
typedef struct Stream {
    int ends[2]; /* to read from, to write to; -1 when closed */
    char *text;
    size_t length, room;
} Stream;

static void close_end(Stream *stream, int end)
{
    if (stream->ends[end] >= 0)
        close(stream->ends[end]);
    stream->ends[end] = -1;
}

/* Takes what there is; closes the pipe at its end. */
static void drain(Stream *stream)
{
    enum { PIECE = 4096 };
    if (stream->room - stream->length < PIECE) {
        stream->text = memory_grow(stream->text, stream->room, stream->room + PIECE, 1);
        stream->room += PIECE;
    }
    ssize_t got = read(stream->ends[0], stream->text + stream->length, stream->room - stream->length);
    if (got > 0)
        stream->length += (size_t)got;
    else if (got == 0 || errno != EINTR)
        close_end(stream, 0);
}

static const char *finish(Arena *arena, Stream *stream)
{
    while (stream->length && (stream->text[stream->length - 1] == '\n'))
        stream->length--;
    const char *text = stream->length ? arena_string_n(arena, stream->text, stream->length) : "";
    free(stream->text);
    return text;
}

/* Reads both pipes side by side, so that neither fills up while the other is waited for. */
static void drain_all(Stream *streams)
{
    while (streams[0].ends[0] >= 0 || streams[1].ends[0] >= 0) {
        struct pollfd waits[2] = {{streams[0].ends[0], POLLIN, 0}, {streams[1].ends[0], POLLIN, 0}};
        if (poll(waits, 2, -1) < 0 && errno != EINTR)
            return;
        for (int i = 0; i < 2; i++)
            if (waits[i].revents)
                drain(&streams[i]);
    }
}

/* Starts the program; 0 or the error number. */
static int start(const char *const *arguments, Stream *streams, pid_t *ret_process)
{
    extern char **environ;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, streams[0].ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, streams[1].ends[1], STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &none);
    int failed = posix_spawnp(ret_process, arguments[0], &actions, &attributes, (char *const *)arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

ProcessResult process_run(Arena *arena, const char *const *arguments)
{
    Stream streams[2] = {{.ends = {-1, -1}}, {.ends = {-1, -1}}};
    ProcessResult result = {.status = -1};
    pid_t process = 0;
    int failed = pipe2(streams[0].ends, O_CLOEXEC) != 0 || pipe2(streams[1].ends, O_CLOEXEC) != 0 ? errno : 0;
    if (!failed)
        failed = start(arguments, streams, &process);
    for (int i = 0; i < 2; i++)
        close_end(&streams[i], 1);
    if (!failed) {
        int ended = 0;
        drain_all(streams);
        while (waitpid(process, &ended, 0) < 0 && errno == EINTR)
            continue;
        result.status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
    }
    for (int i = 0; i < 2; i++)
        close_end(&streams[i], 0);
    result.output = finish(arena, &streams[0]);
    result.errors = finish(arena, &streams[1]);
    if (failed)
        result.errors = arena_format(arena, "%s: %s", arguments[0], strerror(failed));
    return result;
}
