#include "csv.h"

#include "memory.h"
#include "units.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SHOWN_LIMIT = 40 }; /* characters of a bad value that a message repeats */

static void csv_finding(const CsvReader *reader, int line, size_t column, const char *what)
{
    error_add(reader->errors, reader->path, line, (int)column, "%s", what);
}

/* Reads the whole file into `reader->text`, with a zero behind its end. */
static bool csv_load(CsvReader *reader)
{
    FILE *file = fopen(reader->path, "rb");
    if (!file) {
        error_add(reader->errors, reader->path, 0, 0, "cannot be opened: %s", strerror(errno));
        return false;
    }
    struct stat status;
    const char *wrong = NULL;
    size_t size = 0;
    if (fstat(fileno(file), &status) != 0)
        wrong = "cannot be read";
    else if (!S_ISREG(status.st_mode))
        wrong = "is not a file";
    else if (status.st_size > CSV_FILE_LIMIT)
        wrong = "is larger than 64 MiB";
    else {
        size = (size_t)status.st_size;
        reader->text = memory_allocate(size + 1, 1);
        if (fread(reader->text, 1, size, file) != size)
            wrong = "cannot be read";
    }
    fclose(file);
    if (wrong) {
        csv_finding(reader, 0, 0, wrong);
        return false;
    }
    reader->next = reader->text;
    reader->end = reader->text + size;
    return true;
}

/* Only text: a control byte other than a tabulator or the end of a line tells a binary file. */
static bool csv_is_text(const CsvReader *reader)
{
    int line = 1;
    const char *start = reader->text;
    for (const char *byte = reader->text; byte < reader->end; byte++) {
        unsigned char value = (unsigned char)*byte;
        bool line_end = value == '\n' || (value == '\r' && byte[1] == '\n');
        if ((value < ' ' && value != '\t' && !line_end) || value == 0x7f) {
            error_add(reader->errors, reader->path, line, (int)(byte - start) + 1,
                      "is not a text file: it holds the byte 0x%02x", value);
            return false;
        }
        if (value == '\n') {
            line++;
            start = byte + 1;
        }
    }
    return true;
}

static char *skip_blanks(char *text, const char *end)
{
    while (text < end && (*text == ' ' || *text == '\t'))
        text++;
    return text;
}

/* The next line that is neither empty nor a comment; false at the end of the file or where one is too long. */
static bool csv_line(CsvReader *reader, char **ret_line, char **ret_end)
{
    while (reader->next < reader->end) {
        char *line = reader->next;
        char *end = memchr(line, '\n', (size_t)(reader->end - line));
        end = end ? end : reader->end;
        reader->next = end < reader->end ? end + 1 : end;
        reader->line++;
        if (end - line > CSV_LINE_LIMIT) {
            csv_finding(reader, reader->line, CSV_LINE_LIMIT + 1, "the line is longer than 65536 bytes");
            reader->next = reader->end;
            return false;
        }
        if (end > line && end[-1] == '\r')
            end--;
        *end = 0;
        const char *first = skip_blanks(line, end);
        if (first == end || *first == '#')
            continue;
        *ret_line = line;
        *ret_end = end;
        return true;
    }
    return false;
}

/* Moves a quoted value to the front of its place, its quotes taken off; returns what follows it, NULL where it stays
 * open. */
static char *csv_unquote(char *quote, const char *end, char **ret_value_end)
{
    char *to = quote;
    for (char *from = quote + 1; from < end; from++) {
        if (*from == '"' && from[1] != '"') {
            *ret_value_end = to;
            return from + 1;
        }
        if (*from == '"')
            from++;
        *to++ = *from;
    }
    return NULL;
}

/* Cuts a line into fields in place. Returns how many there are, -1 with a finding where quotes are wrong or too many
 * fields stand in it. */
static int csv_split(CsvReader *reader, char *line, char *end, CsvField *fields)
{
    char *next = line;
    for (int count = 0; count < CSV_COLUMN_LIMIT;) {
        char *start = skip_blanks(next, end), *value_end = start;
        size_t column = (size_t)(start - line) + 1;
        if (*start == '"') {
            next = csv_unquote(start, end, &value_end);
            if (!next) {
                csv_finding(reader, reader->line, column, "the quote that opens here is not closed on its line");
                return -1;
            }
            next = skip_blanks(next, end);
            if (next < end && *next != ',') {
                csv_finding(reader, reader->line, (size_t)(next - line) + 1, "a comma must follow the closing quote");
                return -1;
            }
        } else {
            next = memchr(start, ',', (size_t)(end - start));
            next = next ? next : end;
            value_end = next;
            while (value_end > start && (value_end[-1] == ' ' || value_end[-1] == '\t'))
                value_end--;
        }
        fields[count++] = (CsvField){start, (int)column};
        bool last = next == end;
        *value_end = 0;
        if (last)
            return count;
        next++;
    }
    csv_finding(reader, reader->line, (size_t)(next - line) + 1, "more than 1024 fields in a line");
    return -1;
}

static bool csv_read_header(CsvReader *reader)
{
    char *line, *end;
    int found = reader->errors->total;
    if (!csv_line(reader, &line, &end)) {
        if (reader->errors->total == found)
            csv_finding(reader, 0, 0, reader->line ? "holds no header line" : "is empty");
        return false;
    }
    reader->header_line = reader->line;
    reader->column_count = csv_split(reader, line, end, reader->header);
    for (int i = 0; i < reader->column_count; i++) {
        const CsvField *name = &reader->header[i];
        if (!name->text[0])
            csv_finding(reader, reader->line, (size_t)name->column, "a column without a name");
        else if (csv_column(reader, name->text) < i)
            error_add(reader->errors, reader->path, reader->line, name->column, "column '%.*s' stands here twice",
                      SHOWN_LIMIT, name->text);
    }
    return reader->errors->total == found;
}

bool csv_open(CsvReader *reader, const char *path, ErrorList *errors)
{
    *reader = (CsvReader){.path = path, .errors = errors};
    if (!csv_load(reader))
        return false;
    /* Some editors put a byte order mark first. */
    if (strncmp(reader->text, "\xef\xbb\xbf", 3) == 0)
        reader->next += 3;
    return csv_is_text(reader) && csv_read_header(reader);
}

bool csv_next(CsvReader *reader)
{
    char *line, *end;
    while (csv_line(reader, &line, &end)) {
        size_t length = (size_t)(end - line);
        int count = csv_split(reader, line, end, reader->fields);
        if (count == reader->column_count) {
            if (reader->row_count == CSV_ROW_LIMIT) {
                csv_finding(reader, reader->line, 1, "more than 10 million rows");
                return false;
            }
            reader->row_count++;
            return true;
        }
        if (count >= 0) {
            int column = count > reader->column_count ? reader->fields[reader->column_count].column : (int)length + 1;
            error_add(reader->errors, reader->path, reader->line, column, "%d fields where the header has %d", count,
                      reader->column_count);
        }
    }
    return false;
}

bool csv_next_within(CsvReader *reader, int found)
{
    return reader->errors->total - found < CSV_FINDING_LIMIT && csv_next(reader);
}

void csv_check_rows(const CsvReader *reader, int found)
{
    if (reader->row_count == 0 && reader->errors->total == found)
        error_add(reader->errors, reader->path, reader->header_line, 1, "no row follows the header");
}

void csv_close(CsvReader *reader)
{
    free(reader->text);
    reader->text = reader->next = reader->end = NULL;
}

int csv_column(const CsvReader *reader, const char *name)
{
    for (int i = 0; i < reader->column_count; i++)
        if (strcmp(reader->header[i].text, name) == 0)
            return i;
    return -1;
}

void csv_error(const CsvReader *reader, int column, const char *format, ...)
{
    assert(column >= 0 && column < reader->column_count);
    char what[ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    error_add(reader->errors, reader->path, reader->line, reader->fields[column].column, "%s: %s",
              reader->header[column].text, what);
}

bool csv_number(const CsvReader *reader, int column, double minimum, double maximum, double *ret_value)
{
    const char *text = reader->fields[column].text;
    char why[128];
    double value;
    if (!text[0]) {
        csv_error(reader, column, "is missing");
        return false;
    }
    if (!quantity_parse(text, DIMENSION_COUNT, &value, why, sizeof why)) {
        csv_error(reader, column, "'%.*s': %s", SHOWN_LIMIT, text, why);
        return false;
    }
    if (!(value >= minimum && value <= maximum)) {
        csv_error(reader, column, "'%.*s' must be from %g to %g", SHOWN_LIMIT, text, minimum, maximum);
        return false;
    }
    *ret_value = value;
    return true;
}

bool csv_integer(const CsvReader *reader, int column, int minimum, int maximum, int *ret_value)
{
    double value;
    if (!csv_number(reader, column, minimum, maximum, &value))
        return false;
    if (value != floor(value)) {
        csv_error(reader, column, "'%.*s' must be a whole number", SHOWN_LIMIT, reader->fields[column].text);
        return false;
    }
    *ret_value = (int)value;
    return true;
}
