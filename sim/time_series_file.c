#include "time_series_file.h"

#include "csv.h"

#include <stdlib.h>
#include <string.h>

enum { UNIT_LIMIT = 6, SHOWN_LIMIT = 40 };

/* 2500 h, as far as a scenario may name a time. */
#define LONGEST_S 9e6

/* A name that a column may have, and what its numbers count in. */
typedef struct Unit {
    const char *name;
    double factor;
} Unit;

/* What stands in one column of a series, under one of several names. */
typedef struct Column {
    Unit units[UNIT_LIMIT];  /* ended by a NULL name */
    double minimum, maximum; /* in the base unit */
} Column;

static const Column time_column = {{{"time_s", 1}, {"time_ms", 1e-3}}, 0, LONGEST_S};
static const Column value_columns[] = {
    [SERIES_BANDWIDTH] = {{{"bit_per_s", 1}, {"kbit_per_s", 1e3}, {"mbit_per_s", 1e6}, {"gbit_per_s", 1e9}}, 1, 1e15},
    [SERIES_BUSY] = {{{"busy_cores", 1}}, 0, 1e6}};

/* One of the columns, found in a file. */
typedef struct Place {
    int column; /* -1: not there */
    double factor, minimum, maximum;
} Place;

static const Unit *unit_of(const Column *column, const char *name)
{
    for (const Unit *unit = column->units; unit->name; unit++)
        if (strcmp(unit->name, name) == 0)
            return unit;
    return NULL;
}

/* The one column of the file that has a name of `column`; none and two are findings. */
static Place find_column(const CsvReader *reader, const Column *column)
{
    Place place = {.column = -1};
    for (int i = 0; i < reader->column_count; i++) {
        const Unit *unit = unit_of(column, reader->header[i].text);
        if (!unit)
            continue;
        if (place.column >= 0)
            error_add(reader->errors, reader->path, reader->header_line, reader->header[i].column,
                      "column '%s' says again what '%s' says", unit->name, reader->header[place.column].text);
        place = (Place){i, unit->factor, column->minimum / unit->factor, column->maximum / unit->factor};
    }
    if (place.column < 0)
        error_add(reader->errors, reader->path, reader->header_line, 1, "column '%s' is missing",
                  column->units[0].name);
    return place;
}

/* Columns that are neither the time nor the value. */
static void refuse_unknown(const CsvReader *reader, const Column *value)
{
    const char *known[2 * UNIT_LIMIT];
    int count = 0;
    for (const Unit *unit = time_column.units; unit->name; unit++)
        known[count++] = unit->name;
    for (const Unit *unit = value->units; unit->name; unit++)
        known[count++] = unit->name;
    for (int i = 0; i < reader->column_count; i++) {
        const CsvField *header = &reader->header[i];
        if (unit_of(&time_column, header->text) || unit_of(value, header->text))
            continue;
        const char *nearest = error_nearest(header->text, known, count);
        error_add(reader->errors, reader->path, reader->header_line, header->column,
                  nearest ? "unknown column '%.*s'; did you mean '%s'?" : "unknown column '%.*s'", SHOWN_LIMIT,
                  header->text, nearest);
    }
}

static bool read_number(const CsvReader *reader, const Place *place, double *ret_value)
{
    if (!csv_number(reader, place->column, place->minimum, place->maximum, ret_value))
        return false;
    *ret_value *= place->factor;
    return true;
}

/* The rows of a series while they are read; owned. */
typedef struct Rows {
    int count, room;
    Time *begin;
    double *values;
} Rows;

static void add_row(const CsvReader *reader, const Place *time, const Place *value, Rows *rows)
{
    if (rows->count == rows->room) {
        size_t old = (size_t)rows->room, room = old ? 2 * old : 64;
        rows->begin = memory_grow(rows->begin, old, room, sizeof *rows->begin);
        rows->values = memory_grow(rows->values, old, room, sizeof *rows->values);
        rows->room = (int)room;
    }
    double begin_s = 0;
    bool timed = read_number(reader, time, &begin_s);
    Time begin = time_from_s(begin_s), before = rows->count > 0 ? rows->begin[rows->count - 1] : -1;
    if (timed && rows->count == 0 && begin != 0)
        csv_error(reader, time->column, "a series begins at 0");
    else if (timed && begin <= before)
        csv_error(reader, time->column, "is not after the row above");
    rows->begin[rows->count] = begin;
    read_number(reader, value, &rows->values[rows->count]);
    rows->count++;
}

static TimeSeries settle(const Rows *rows, Arena *arena)
{
    size_t count = (size_t)rows->count;
    Time *begin = arena_copy(arena, rows->begin, count, sizeof *begin);
    double *values = arena_copy(arena, rows->values, count, sizeof *values);
    Time last = begin[count - 1], stay = count > 1 ? last - begin[count - 2] : 0;
    return (TimeSeries){rows->count, begin, values, last + stay};
}

bool time_series_file_read(Arena *arena, const char *path, SeriesKind kind, TimeSeries *ret_series, ErrorList *errors)
{
    CsvReader reader;
    int found = errors->total;
    Place time = {0}, value = {0};
    Rows rows = {0};
    if (csv_open(&reader, path, errors)) {
        time = find_column(&reader, &time_column);
        value = find_column(&reader, &value_columns[kind]);
        refuse_unknown(&reader, &value_columns[kind]);
    }
    if (errors->total == found) {
        while (csv_next_within(&reader, found))
            add_row(&reader, &time, &value, &rows);
        csv_check_rows(&reader, found);
    }
    bool good = errors->total == found;
    if (good)
        *ret_series = settle(&rows, arena);
    free(rows.begin);
    free(rows.values);
    csv_close(&reader);
    return good;
}
