#include "trace_parts.h"

#include <string.h>

const char *const provenance_names[] = {"measured", "derived", "modelled", "theory", NULL};

void *trace_list_add(TraceList *list)
{
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 64;
        list->items = memory_grow(list->items, list->room, room, list->size);
        list->room = room;
    }
    return (char *)list->items + list->size * list->count++;
}

void *trace_list_settle(TraceList *list, Arena *arena)
{
    return arena_copy(arena, list->items, list->count, list->size);
}

static int word_index(const char *word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    return -1;
}

int trace_choice(const CsvReader *reader, int column, const char *const *words)
{
    const char *text = reader->fields[column].text;
    int count = 0;
    while (words[count])
        count++;
    int index = word_index(text, words, count);
    if (index >= 0)
        return index;
    const char *nearest = error_nearest(text, words, count);
    if (!text[0])
        csv_error(reader, column, "is missing");
    else if (nearest)
        csv_error(reader, column, "unknown '%.*s'; did you mean '%s'?", TRACE_SHOWN_LIMIT, text, nearest);
    else
        csv_error(reader, column, "unknown '%.*s'", TRACE_SHOWN_LIMIT, text);
    return -1;
}

const char *trace_text(const CsvReader *reader, int column, Arena *arena)
{
    const char *text = reader->fields[column].text;
    if (!text[0])
        csv_error(reader, column, "is missing");
    return arena_string(arena, text);
}

void trace_columns(const CsvReader *reader, const char *const *names, int count, int required,
                   bool (*is_known)(const char *name), int *ret_columns)
{
    for (int i = 0; i < count; i++) {
        ret_columns[i] = csv_column(reader, names[i]);
        if (ret_columns[i] < 0 && i < required)
            error_add(reader->errors, reader->path, reader->header_line, 1, "column '%s' is missing", names[i]);
    }
    for (int i = 0; i < reader->column_count; i++) {
        const CsvField *header = &reader->header[i];
        if (word_index(header->text, names, count) >= 0 || (is_known && is_known(header->text)))
            continue;
        const char *nearest = error_nearest(header->text, names, count);
        error_add(reader->errors, reader->path, reader->header_line, header->column,
                  nearest ? "unknown column '%.*s'; did you mean '%s'?" : "unknown column '%.*s'", TRACE_SHOWN_LIMIT,
                  header->text, nearest);
    }
}
