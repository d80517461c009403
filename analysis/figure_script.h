/* The gnuplot script of a drawing, whole in itself: settings, the house style and the figure's own lines. */
#ifndef ORCHID_ANALYSIS_FIGURE_SCRIPT_H
#define ORCHID_ANALYSIS_FIGURE_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "../sim/memory.h"

/* The whole file as text in `arena`, or NULL; `ret_length` (may be NULL) counts its bytes. */
char *figure_script_read(Arena *arena, const char *path, size_t *ret_length);

/* Writes `name = 'text'` as gnuplot reads it back. */
void figure_script_set_text(FILE *stream, const char *name, const char *text);

/* Writes `name = value`; NAN where it is not finite. */
void figure_script_set_number(FILE *stream, const char *name, double value);

/* The same with a point in it, because gnuplot divides 1 by 2 to 0; `value` must be finite. */
void figure_script_set_real(FILE *stream, const char *name, double value);

/* Writes a cell of a table: gnuplot has no escapes in data, so what would end a column or begin a quoted text is
 * replaced. */
void figure_script_write_text(FILE *stream, const char *text);

/* The script `name` of `folder` behind `settings`, in `arena`. A line that reads `load "FILE"` is replaced by that file
 * of the same folder. NULL where the script, or a file it loads, cannot be read: its path is then in `ret_missing`. */
char *figure_script_compose(Arena *arena, const char *folder, const char *name, const char *settings,
                            const char **ret_missing);

/* The script with a first block that says what it is and seals it and its data with checksums. */
char *figure_script_seal(Arena *arena, const char *figure, const char *file, const char *script, const char *data);

/* Whether a script and its data (NULL: absent) are as figure_script_seal left them, so that nobody's work is lost when
 * they are replaced. */
bool figure_script_sealed(const char *script, const char *data);

#endif
