#include "data.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"

enum { FILE_LIMIT = 4096, DEPTH_LIMIT = 8, LINE_SIZE = 512 };

/* Files found so far. */
typedef struct Search {
    Arena *arena;
    const char *ending;
    DataFile *files; /* [FILE_LIMIT] */
    int count;
} Search;

static bool is_root(const char *folder)
{
    char path[PATH_MAX];
    struct stat status;
    int length = snprintf(path, sizeof path, "%s/analysis/figures", folder);
    return length < (int)sizeof path && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* share/orchid of the prefix whose bin/ holds this executable, or NULL where the system does not tell. */
static const char *beside_executable(Arena *arena)
{
    char executable[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", executable, sizeof executable - 1);
    if (length <= 0)
        return NULL;
    executable[length] = 0;
    char *slash = strrchr(executable, '/');
    if (!slash)
        return NULL;
    *slash = 0;
    return arena_format(arena, "%s/../share/orchid", executable);
}

static const char *find_root(Arena *arena)
{
    const char *asked = getenv("ORCHID_DATA");
    if (asked && *asked)
        return is_root(asked) ? asked : NULL;
    const char *candidates[] = {beside_executable(arena), ORCHID_SOURCE_FOLDER, ORCHID_DATA_FOLDER};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (candidates[i] && is_root(candidates[i]))
            return candidates[i];
    return NULL;
}

static int compare_files(const void *a, const void *b)
{
    const DataFile *first = a, *second = b;
    return strcmp(first->name, second->name);
}

static void add_file(Search *search, const char *name, const char *path)
{
    size_t length = strlen(name), ending = strlen(search->ending);
    if (search->count == FILE_LIMIT || length <= ending || strcmp(name + length - ending, search->ending) != 0)
        return;
    search->files[search->count].name = arena_string_n(search->arena, name, length - ending);
    search->files[search->count++].path = path;
}

/* Adds the files of `folder`; `prefix` is what stands before their names, "" or "online_learning/". */
static void search_folder(Search *search, const char *folder, const char *prefix, int depth)
{
    DIR *directory = depth < DEPTH_LIMIT ? opendir(folder) : NULL;
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        struct stat status;
        const char *path = arena_format(search->arena, "%s/%s", folder, entry->d_name);
        const char *name = arena_format(search->arena, "%s%s", prefix, entry->d_name);
        if (entry->d_name[0] == '.' || stat(path, &status) != 0)
            continue;
        if (S_ISDIR(status.st_mode))
            search_folder(search, path, arena_format(search->arena, "%s/", name), depth + 1);
        else
            add_file(search, name, path);
    }
    if (directory)
        closedir(directory);
}

const char *data_path(Arena *arena, const char *relative)
{
    const char *root = find_root(arena);
    if (root)
        return arena_format(arena, "%s/%s", root, relative);
    const char *asked = getenv("ORCHID_DATA");
    if (asked && *asked)
        message_wrong("ORCHID_DATA names \"%s\", which holds no folder analysis/figures", asked);
    else
        message_wrong("the program's scenarios, traces and figures were not found; set ORCHID_DATA to their folder");
    return NULL;
}

int data_files(Arena *arena, const char *relative, const char *ending, DataFile **ret_files)
{
    Search search = {.arena = arena, .ending = ending, .files = arena_allocate(arena, FILE_LIMIT, sizeof(DataFile))};
    const char *folder = data_path(arena, relative);
    if (folder)
        search_folder(&search, folder, "", 0);
    qsort(search.files, (size_t)search.count, sizeof *search.files, compare_files);
    *ret_files = search.files;
    return search.count;
}

const char *data_comment(Arena *arena, const char *path)
{
    FILE *stream = fopen(path, "r");
    if (!stream)
        return "";
    char line[LINE_SIZE] = "";
    const char *text = fgets(line, sizeof line, stream) && line[0] == '#' ? line + 1 : "";
    fclose(stream);
    text += strspn(text, "# ");
    const char *stop = strstr(text, ". ");
    return arena_string_n(arena, text, stop ? (size_t)(stop - text) : strcspn(text, "\r\n"));
}
