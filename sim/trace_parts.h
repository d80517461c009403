/* What the readers of traces share: growing lists, words from a list, and finding columns. Nobody else includes this.
 */
#ifndef ORCHID_SIM_TRACE_PARTS_H
#define ORCHID_SIM_TRACE_PARTS_H

#include "csv.h"
#include "memory.h"

enum { TRACE_SHOWN_LIMIT = 40, TRACE_THREAD_LIMIT = 1024 };

extern const char *const provenance_names[]; /* "measured", "derived", "modelled", "theory", NULL */

/* A growing array on the heap, moved into an arena when it is complete. */
typedef struct TraceList {
    void *items;
    size_t count, room, size; /* `size` bytes each */
} TraceList;

/* Room for one more item, not cleared; valid until the next call. */
void *trace_list_add(TraceList *list);
void *trace_list_settle(TraceList *list, Arena *arena);

/* One of the words `words`, which end with NULL, in field `column`; -1 with a finding where it is none of them. */
int trace_choice(const CsvReader *reader, int column, const char *const *words);

/* What stands in field `column`; a finding where nothing does. */
const char *trace_text(const CsvReader *reader, int column, Arena *arena);

/* Finds the columns `names` of which the first `required` must be there, -1 where one is not; missing ones are
 * findings, and so are unknown ones that `is_known` (NULL: none) does not know either. */
void trace_columns(const CsvReader *reader, const char *const *names, int count, int required,
                   bool (*is_known)(const char *name), int *ret_columns);

#endif
