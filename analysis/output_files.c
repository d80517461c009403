#include "output_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(memory_allocate(size, 1), text, size);
}

/* A failed system call: the name is wrong, or the machine is. */
static StoreStatus fail(const char *path, const char *what, Error *error)
{
    bool named_wrong =
        errno == ENOENT || errno == ENOTDIR || errno == EISDIR || errno == ENAMETOOLONG || errno == EEXIST;
    error_set(error, path, 0, 0, "%s: %s", what, strerror(errno));
    return named_wrong ? STORE_INPUT : STORE_MACHINE;
}

StoreStatus output_files_folder(OutputFiles *files, const char *path, Error *error)
{
    if (output_files_is_folder(path))
        return STORE_FINE;
    if (mkdir(path, 0777) != 0)
        return fail(path, "cannot make the folder", error);
    files->folder = copy_text(path);
    return STORE_FINE;
}

bool output_files_is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

FILE *output_files_add(OutputFiles *files, const char *path, Error *error)
{
    size_t size = strlen(path) + 64, count = (size_t)files->count;
    if (output_files_is_folder(path)) {
        errno = EISDIR;
        files->status = fail(path, "cannot write the file", error);
        return NULL;
    }
    char *temporary = memory_allocate(size, 1);
    snprintf(temporary, size, "%s.new-%ld", path, (long)getpid());
    int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    if (!stream) {
        files->status = fail(path, "cannot write the file", error);
        free(temporary);
        return NULL;
    }
    files->files = memory_grow(files->files, count, count + 1, sizeof *files->files);
    files->files[files->count++] = (OutputFile){copy_text(path), temporary, stream};
    return stream;
}

/* Brings what was written to the disk. */
static StoreStatus complete(OutputFile *file, Error *error)
{
    errno = EIO;
    bool written = !ferror(file->stream) && fflush(file->stream) == 0 && fsync(fileno(file->stream)) == 0;
    int reason = errno;
    bool closed = fclose(file->stream) == 0;
    file->stream = NULL;
    if (written && closed)
        return STORE_FINE;
    errno = written ? errno : reason;
    fail(file->path, "cannot write the file", error);
    return STORE_MACHINE;
}

StoreStatus output_files_end(OutputFiles *files, StoreStatus status, Error *error)
{
    for (int i = 0; i < files->count && status == STORE_FINE; i++)
        status = complete(&files->files[i], error);
    for (int i = 0; i < files->count && status == STORE_FINE; i++)
        if (rename(files->files[i].temporary, files->files[i].path) != 0)
            status = fail(files->files[i].path, "cannot write the file", error);
    for (int i = 0; i < files->count; i++) {
        OutputFile *file = &files->files[i];
        if (file->stream)
            fclose(file->stream);
        if (status != STORE_FINE)
            unlink(file->temporary);
        free(file->path);
        free(file->temporary);
    }
    if (status != STORE_FINE && files->folder)
        rmdir(files->folder);
    free(files->files);
    free(files->folder);
    *files = (OutputFiles){0};
    return status;
}
