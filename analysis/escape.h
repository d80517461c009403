/* Text and numbers as the formats of results want them: JSON, CSV, Markdown, LaTeX. */
#ifndef ORCHID_ANALYSIS_ESCAPE_H
#define ORCHID_ANALYSIS_ESCAPE_H

#include <stdio.h>

/* Writes `text` as a JSON string, quotes included. */
void escape_json(FILE *stream, const char *text);

/* Writes `text` as a field of CSV (RFC 4180): in quotes where it holds a comma, a quote, a line end, or a space at an
 * end. */
void escape_csv(FILE *stream, const char *text);

/* Writes `text` such that Markdown shows it as it is, also inside a table: a line end becomes a space. */
void escape_markdown(FILE *stream, const char *text);

/* Writes `text` such that LaTeX sets it as it is. Other characters of UTF-8 than ± – … µ are left to the document. */
void escape_latex(FILE *stream, const char *text);

/* Writes the shortest decimal that reads back as the same double. What is not known (NAN) is null in JSON, as is what
 * is infinite, and nothing in CSV. */
void escape_number_json(FILE *stream, double value);
void escape_number_csv(FILE *stream, double value);

#endif
