#include "error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_LIMIT = 64 };

static void error_fill(Error *error, const char *file, int line, int column, const char *format, va_list arguments)
{
    snprintf(error->file, sizeof error->file, "%s", file ? file : "");
    error->line = line;
    error->column = column;
    vsnprintf(error->message, sizeof error->message, format, arguments);
}

/* Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours each cost 1. */
static int edit_distance(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    assert(a_length < WORD_LIMIT && b_length < WORD_LIMIT);
    int rows[3][WORD_LIMIT];
    int *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        above[j] = (int)j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = (int)i;
        for (size_t j = 1; j <= b_length; j++) {
            int best = above[j - 1] + (a[i - 1] != b[j - 1]);
            best = above[j] + 1 < best ? above[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            row[j] = swapped && before[j - 2] + 1 < best ? before[j - 2] + 1 : best;
        }
        int *recycled = before;
        before = above;
        above = row;
        row = recycled;
    }
    return above[b_length];
}

static int error_compare(const void *a, const void *b)
{
    const Error *first = a, *second = b;
    int by_file = strcmp(first->file, second->file);
    if (by_file)
        return by_file;
    return first->line != second->line ? first->line - second->line : first->column - second->column;
}

void error_set(Error *error, const char *file, int line, int column, const char *format, ...)
{
    if (!error)
        return;
    va_list arguments;
    va_start(arguments, format);
    error_fill(error, file, line, column, format, arguments);
    va_end(arguments);
}

void error_add(ErrorList *errors, const char *file, int line, int column, const char *format, ...)
{
    errors->total++;
    if (errors->count == ERROR_LIMIT)
        return;
    va_list arguments;
    va_start(arguments, format);
    error_fill(&errors->items[errors->count++], file, line, column, format, arguments);
    va_end(arguments);
}

void error_list_write(ErrorList *errors, FILE *stream)
{
    qsort(errors->items, (size_t)errors->count, sizeof errors->items[0], error_compare);
    for (int i = 0; i < errors->count; i++) {
        const Error *error = &errors->items[i];
        if (error->file[0])
            fprintf(stream, "%s:", error->file);
        if (error->line)
            fprintf(stream, "%d:", error->line);
        if (error->line && error->column)
            fprintf(stream, "%d:", error->column);
        fprintf(stream, "%serror: %s\n", error->file[0] ? " " : "", error->message);
    }
    if (errors->total > errors->count)
        fprintf(stream, "error: %d more were left out\n", errors->total - errors->count);
}

const char *error_nearest(const char *word, const char *const *candidates, int count)
{
    const char *nearest = NULL;
    size_t length = strlen(word);
    if (length >= WORD_LIMIT)
        return NULL;
    /* One slip in three letters still reads as a misspelling. */
    int least = (int)(length + 2) / 3 + 1;
    for (int i = 0; i < count; i++) {
        if (strlen(candidates[i]) >= WORD_LIMIT)
            continue;
        int distance = edit_distance(word, candidates[i]);
        if (distance < least) {
            least = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
