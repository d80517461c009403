#include "escape.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void escape_json(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++) {
        if (*byte == '"' || *byte == '\\')
            fprintf(stream, "\\%c", *byte);
        else if (*byte < 0x20)
            fprintf(stream, "\\u%04x", *byte);
        else
            fputc(*byte, stream);
    }
    fputc('"', stream);
}

void escape_csv(FILE *stream, const char *text)
{
    size_t length = strlen(text);
    bool quoted = strpbrk(text, ",\"\r\n") || (length && (text[0] == ' ' || text[length - 1] == ' '));
    if (quoted)
        fputc('"', stream);
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            fputc('"', stream);
        fputc(*c, stream);
    }
    if (quoted)
        fputc('"', stream);
}

void escape_markdown(FILE *stream, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '\n' || *c == '\r') {
            fputc(' ', stream);
            continue;
        }
        if (strchr("\\`*_{}[]<>|#~", *c))
            fputc('\\', stream);
        fputc(*c, stream);
    }
}

/* What a LaTeX document has to read for the beginning of `text`, and the bytes it stands for. */
typedef struct Replacement {
    const char *text, *latex;
} Replacement;

static const Replacement latex_replacements[] = {
    {"\\", "\\textbackslash{}"},
    {"{", "\\{"},
    {"}", "\\}"},
    {"$", "\\$"},
    {"&", "\\&"},
    {"#", "\\#"},
    {"%", "\\%"},
    {"_", "\\_"},
    {"^", "\\textasciicircum{}"},
    {"~", "\\textasciitilde{}"},
    {"<", "\\textless{}"},
    {">", "\\textgreater{}"},
    {"|", "\\textbar{}"},
    {"[", "{[}"}, /* these two would belong to a line end before them */
    {"*", "{*}"},
    {"\n", " "},
    {"\r", " "},
    {"\xc2\xb1", "\\ensuremath{\\pm}"},
    {"\xe2\x80\x93", "--"},
    {"\xe2\x80\xa6", "\\dots{}"},
    {"\xc2\xb5", "\\ensuremath{\\mu}"},
};

/* Whether the '-' at `text`, behind the character `before`, is the sign of a number. */
static bool is_minus(const char *text, char before)
{
    return *text == '-' && text[1] >= '0' && text[1] <= '9' && (before == 0 || before == ' ' || before == '[');
}

void escape_latex(FILE *stream, const char *text)
{
    enum { REPLACEMENT_COUNT = sizeof latex_replacements / sizeof *latex_replacements };
    for (char before = 0; *text;) {
        const Replacement *found = NULL;
        for (int i = 0; i < REPLACEMENT_COUNT && !found; i++)
            if (strncmp(text, latex_replacements[i].text, strlen(latex_replacements[i].text)) == 0)
                found = &latex_replacements[i];
        if (is_minus(text, before))
            fputs("\\ensuremath{-}", stream);
        else if (found)
            fputs(found->latex, stream);
        else
            fputc(*text, stream);
        before = *text;
        text += found ? strlen(found->text) : 1;
    }
}

/* Writes the shortest of 15 to 17 digits that reads back as `value`. */
static void write_shortest(FILE *stream, double value)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    fputs(text, stream);
}

void escape_number_json(FILE *stream, double value)
{
    if (isfinite(value))
        write_shortest(stream, value);
    else
        fputs("null", stream);
}

void escape_number_csv(FILE *stream, double value)
{
    if (!isnan(value))
        write_shortest(stream, value);
}
