#include "logits_file.h"

#include "../sim/csv.h"
#include "../sim/memory.h"

#include <stdlib.h>
#include <string.h>

enum { CLASSES_MOST = 60, COLUMN_NAME_SIZE = 16, MOST_LOGIT = 1000000 };

/* Columns of the file. */
typedef struct Columns {
    int label, logits[CLASSES_MOST], class_count;
} Columns;

static Columns find_columns(const CsvReader *reader)
{
    Columns columns = {.label = csv_column(reader, "label")};
    for (; columns.class_count < CLASSES_MOST; columns.class_count++) {
        char name[COLUMN_NAME_SIZE];
        snprintf(name, sizeof name, "logit_%d", columns.class_count);
        int column = csv_column(reader, name);
        if (column < 0)
            break;
        columns.logits[columns.class_count] = column;
    }
    return columns;
}

static void read_row(const CsvReader *reader, const Columns *columns, LogitsFile *file)
{
    size_t count = (size_t)file->count, classes = (size_t)file->class_count;
    if ((count & (count - 1)) == 0) { /* the room doubles */
        size_t room = count ? 2 * count : 2;
        file->labels = memory_grow(file->labels, count, room, sizeof *file->labels);
        file->logits = memory_grow(file->logits, count * classes, room * classes, sizeof *file->logits);
    }
    file->count++;
    csv_integer(reader, columns->label, 0, file->class_count - 1, &file->labels[count]);
    for (int c = 0; c < file->class_count; c++) {
        double logit = 0;
        csv_number(reader, columns->logits[c], -MOST_LOGIT, MOST_LOGIT, &logit);
        file->logits[count * classes + (size_t)c] = (float)logit;
    }
}

bool logits_file_read(const char *path, LogitsFile *ret_file, ErrorList *errors)
{
    CsvReader reader;
    LogitsFile file = {0};
    int found = errors->total;
    if (csv_open(&reader, path, errors)) {
        Columns columns = find_columns(&reader);
        file.class_count = columns.class_count;
        if (columns.label < 0 || columns.class_count < 2)
            error_add(errors, path, reader.header_line, 1,
                      "needs the columns label, logit_0 and logit_1, and may go on");
        while (errors->total == found && csv_next(&reader))
            read_row(&reader, &columns, &file);
        if (errors->total == found && file.count == 0)
            error_add(errors, path, 0, 0, "holds no sample");
    }
    csv_close(&reader);
    if (errors->total == found)
        *ret_file = file;
    else
        logits_file_free(&file);
    return errors->total == found;
}

void logits_file_free(LogitsFile *file)
{
    free(file->labels);
    free(file->logits);
    *file = (LogitsFile){0};
}

bool logits_files_agree(const LogitsFile *light, const LogitsFile *heavy, const char *path, ErrorList *errors)
{
    int found = errors->total;
    if (light->count != heavy->count || light->class_count != heavy->class_count)
        error_add(errors, path, 0, 0, "has %d samples of %d classes where the other file has %d of %d", heavy->count,
                  heavy->class_count, light->count, light->class_count);
    for (int i = 0; i < light->count && errors->total == found; i++)
        if (light->labels[i] != heavy->labels[i])
            error_add(errors, path, 0, 0, "has the label %d for sample %d where the other file has %d",
                      heavy->labels[i], i, light->labels[i]);
    return errors->total == found;
}
