#include "trace.h"
#include "trace_parts.h"

#include <stdlib.h>
#include <string.h>

#define SHORTEST_LATENCY_MS 1e-6
#define LONGEST_LATENCY_MS 1e9
#define LONGEST_TIME_S 1e9
#define LEAST_VARIATION 0.01
#define MOST_VARIATION 10
/* Beyond these GSL's inverse gamma distribution may fail to converge. */
#define LEAST_VARIATION_OF_GAMMA 0.05
#define MOST_VARIATION_OF_GAMMA 2.5

static const char *const family_names[] = {"quantiles", "deterministic", "exponential", "lognormal", "gamma", NULL};

enum {
    PROFILE_PLATFORM,
    PROFILE_MODEL,
    PROFILE_VARIANT,
    PROFILE_THREADS,
    PROFILE_FAMILY,
    PROFILE_PROVENANCE,
    PROFILE_SOURCE,
    PROFILE_REQUIRED,
    PROFILE_MEAN = PROFILE_REQUIRED,
    PROFILE_CV,
    PROFILE_COLUMNS
};

static const char *const profile_columns[] = {"platform",   "model",  "variant", "threads", "family",
                                              "provenance", "source", "mean_ms", "cv"};

enum { ARRIVAL_TIME, ARRIVAL_REQUIRED, ARRIVAL_USER = ARRIVAL_REQUIRED, ARRIVAL_COLUMNS };

static const char *const arrival_columns[] = {"time_s", "user"};

/* The quantile columns of a profile file, ascending. */
typedef struct QuantileColumns {
    int count;
    int column[CSV_COLUMN_LIMIT];
    double probability[CSV_COLUMN_LIMIT];
} QuantileColumns;

/* "p99.9_ms" is the quantile column of probability 0.999. */
static bool quantile_of_name(const char *name, double *ret_probability)
{
    size_t length = strlen(name);
    char digits[16], why[128];
    double percent;
    if (length < 5 || length - 4 >= sizeof digits || name[0] != 'p' || strcmp(name + length - 3, "_ms") != 0)
        return false;
    memcpy(digits, name + 1, length - 4);
    digits[length - 4] = 0;
    if (!quantity_parse(digits, DIMENSION_COUNT, &percent, why, sizeof why) || !(percent >= 0 && percent <= 100))
        return false;
    *ret_probability = percent / 100;
    return true;
}

static bool is_quantile_name(const char *name)
{
    double probability;
    return quantile_of_name(name, &probability);
}

/* Inserts the quantile columns in ascending order of their probability. */
static void sort_quantiles(const CsvReader *reader, QuantileColumns *quantiles)
{
    for (int i = 0; i < reader->column_count; i++) {
        double probability;
        if (!quantile_of_name(reader->header[i].text, &probability))
            continue;
        int place = quantiles->count++;
        for (; place > 0 && quantiles->probability[place - 1] > probability; place--) {
            quantiles->probability[place] = quantiles->probability[place - 1];
            quantiles->column[place] = quantiles->column[place - 1];
        }
        quantiles->probability[place] = probability;
        quantiles->column[place] = i;
        if (place > 0 && quantiles->probability[place - 1] == probability)
            error_add(reader->errors, reader->path, reader->header_line, reader->header[i].column,
                      "column '%s' is the same quantile as '%s'", reader->header[i].text,
                      reader->header[quantiles->column[place - 1]].text);
    }
}

/* The knots of a measured row: every quantile that is filled in, the least and the largest among them. */
static void read_knots(const CsvReader *reader, const QuantileColumns *quantiles, int family_column, Arena *arena,
                       Profile *profile)
{
    int last = quantiles->count - 1;
    if (last < 1 || quantiles->probability[0] > 0 || quantiles->probability[last] < 1) {
        csv_error(reader, family_column, "quantiles need the columns p0_ms and p100_ms");
        return;
    }
    double *probability = arena_allocate(arena, (size_t)quantiles->count, sizeof *probability);
    double *latency_s = arena_allocate(arena, (size_t)quantiles->count, sizeof *latency_s);
    int count = 0;
    for (int i = 0; i <= last; i++) {
        double latency_ms;
        bool end = i == 0 || i == last;
        if (!end && !reader->fields[quantiles->column[i]].text[0])
            continue;
        if (!csv_number(reader, quantiles->column[i], SHORTEST_LATENCY_MS, LONGEST_LATENCY_MS, &latency_ms))
            continue;
        probability[count] = quantiles->probability[i];
        latency_s[count] = latency_ms / 1000;
        if (count > 0 && latency_s[count] < latency_s[count - 1])
            csv_error(reader, quantiles->column[i], "%g is below the quantile before it, %g", latency_ms,
                      latency_s[count - 1] * 1000);
        count++;
    }
    profile->point_count = count;
    profile->probability = probability;
    profile->latency_s = latency_s;
    if (count >= 2)
        profile->mean_s = profile_mean_of_quantiles(count, probability, latency_s);
}

/* A published mean stands beside measured quantiles for information; it cannot lie outside them. */
static void check_published_mean(const CsvReader *reader, int mean_column, const Profile *profile)
{
    double mean_ms;
    if (mean_column < 0 || !reader->fields[mean_column].text[0] || profile->point_count < 2)
        return;
    if (!csv_number(reader, mean_column, SHORTEST_LATENCY_MS, LONGEST_LATENCY_MS, &mean_ms))
        return;
    if (mean_ms / 1000 < profile->latency_s[0] || mean_ms / 1000 > profile->latency_s[profile->point_count - 1])
        csv_error(reader, mean_column, "%g is outside of p0_ms to p100_ms", mean_ms);
}

static void read_fitted(const CsvReader *reader, const int *columns, const QuantileColumns *quantiles, Profile *profile)
{
    const char *family = family_names[profile->family];
    double mean_ms;
    if (columns[PROFILE_MEAN] < 0)
        csv_error(reader, columns[PROFILE_FAMILY], "%s needs the column mean_ms", family);
    else if (csv_number(reader, columns[PROFILE_MEAN], SHORTEST_LATENCY_MS, LONGEST_LATENCY_MS, &mean_ms))
        profile->mean_s = mean_ms / 1000;
    for (int i = 0; i < quantiles->count; i++)
        if (reader->fields[quantiles->column[i]].text[0])
            csv_error(reader, quantiles->column[i], "must be empty: %s takes no quantiles", family);

    bool gamma = profile->family == PROFILE_GAMMA;
    bool varies = profile->family == PROFILE_LOGNORMAL || gamma;
    profile->coefficient_of_variation = profile->family == PROFILE_EXPONENTIAL ? 1 : 0;
    if (varies && columns[PROFILE_CV] < 0)
        csv_error(reader, columns[PROFILE_FAMILY], "%s needs the column cv", family);
    else if (varies)
        csv_number(reader, columns[PROFILE_CV], gamma ? LEAST_VARIATION_OF_GAMMA : LEAST_VARIATION,
                   gamma ? MOST_VARIATION_OF_GAMMA : MOST_VARIATION, &profile->coefficient_of_variation);
    else if (columns[PROFILE_CV] >= 0 && reader->fields[columns[PROFILE_CV]].text[0])
        csv_error(reader, columns[PROFILE_CV], "must be empty: %s takes no coefficient of variation", family);
}

static void read_profile(const CsvReader *reader, const int *columns, const QuantileColumns *quantiles, Arena *arena,
                         Profile *profile)
{
    profile->line = reader->line;
    profile->platform = trace_text(reader, columns[PROFILE_PLATFORM], arena);
    profile->model = trace_text(reader, columns[PROFILE_MODEL], arena);
    profile->variant = trace_text(reader, columns[PROFILE_VARIANT], arena);
    csv_integer(reader, columns[PROFILE_THREADS], 1, TRACE_THREAD_LIMIT, &profile->threads);
    int provenance = trace_choice(reader, columns[PROFILE_PROVENANCE], provenance_names);
    profile->provenance = provenance >= 0 ? provenance_names[provenance] : "";
    profile->source = trace_text(reader, columns[PROFILE_SOURCE], arena);
    int family = trace_choice(reader, columns[PROFILE_FAMILY], family_names);
    if (family < 0)
        return;
    profile->family = (ProfileFamily)family;
    if (profile->family == PROFILE_QUANTILES) {
        read_knots(reader, quantiles, columns[PROFILE_FAMILY], arena, profile);
        check_published_mean(reader, columns[PROFILE_MEAN], profile);
    } else {
        read_fitted(reader, columns, quantiles, profile);
    }
}

static int compare_keys(const Profile *a, const Profile *b)
{
    int by_platform = strcmp(a->platform, b->platform);
    if (by_platform)
        return by_platform;
    int by_model = strcmp(a->model, b->model);
    if (by_model)
        return by_model;
    int by_variant = strcmp(a->variant, b->variant);
    return by_variant ? by_variant : a->threads - b->threads;
}

static int compare_profiles(const void *a, const void *b)
{
    const Profile *first = *(const Profile *const *)a, *second = *(const Profile *const *)b;
    int by_key = compare_keys(first, second);
    return by_key ? by_key : first->line - second->line;
}

static void find_duplicates(const CsvReader *reader, const Profile *rows, size_t count)
{
    const Profile **sorted = memory_allocate(count, sizeof(const Profile *));
    for (size_t i = 0; i < count; i++)
        sorted[i] = &rows[i];
    qsort(sorted, count, sizeof(const Profile *), compare_profiles);
    for (size_t i = 1; i < count; i++) {
        const Profile *row = sorted[i];
        if (compare_keys(sorted[i - 1], row) == 0)
            error_add(reader->errors, reader->path, row->line, 1,
                      "platform '%s', model '%s', variant '%s', threads %d stand in line %d already", row->platform,
                      row->model, row->variant, row->threads, sorted[i - 1]->line);
    }
    free(sorted);
}

bool trace_read_profiles(Arena *arena, const char *path, ProfileTable *ret_table, ErrorList *errors)
{
    CsvReader reader;
    int found = errors->total, columns[PROFILE_COLUMNS] = {0};
    QuantileColumns quantiles = {0};
    TraceList rows = {.size = sizeof(Profile)};
    bool open = csv_open(&reader, path, errors);
    if (open) {
        trace_columns(&reader, profile_columns, PROFILE_COLUMNS, PROFILE_REQUIRED, is_quantile_name, columns);
        sort_quantiles(&reader, &quantiles);
    }
    if (errors->total == found) {
        while (csv_next(&reader))
            read_profile(&reader, columns, &quantiles, arena, trace_list_add(&rows));
        csv_check_rows(&reader, found);
        find_duplicates(&reader, rows.items, rows.count);
    }
    bool good = errors->total == found;
    if (good)
        *ret_table = (ProfileTable){arena_string(arena, path), (int)rows.count, trace_list_settle(&rows, arena)};
    free(rows.items);
    csv_close(&reader);
    return good;
}

bool trace_read_arrivals(Arena *arena, const char *path, int user_count, int64_t *ret_count, const Time **ret_time,
                         const int **ret_user, ErrorList *errors)
{
    CsvReader reader;
    int found = errors->total, columns[ARRIVAL_COLUMNS] = {0};
    double before_s = 0;
    TraceList times = {.size = sizeof(Time)}, users = {.size = sizeof(int)};
    if (csv_open(&reader, path, errors))
        trace_columns(&reader, arrival_columns, ARRIVAL_COLUMNS, ARRIVAL_REQUIRED, NULL, columns);
    if (errors->total == found) {
        while (csv_next(&reader)) {
            double time_s = before_s;
            int user = (int)((reader.row_count - 1) % user_count) + 1;
            csv_number(&reader, columns[ARRIVAL_TIME], 0, LONGEST_TIME_S, &time_s);
            if (columns[ARRIVAL_USER] >= 0)
                csv_integer(&reader, columns[ARRIVAL_USER], 1, user_count, &user);
            if (time_s < before_s)
                csv_error(&reader, columns[ARRIVAL_TIME], "%g is before the row above, %g", time_s, before_s);
            before_s = time_s;
            *(Time *)trace_list_add(&times) = time_from_s(time_s);
            *(int *)trace_list_add(&users) = user - 1;
        }
        csv_check_rows(&reader, found);
    }
    bool good = errors->total == found;
    if (good) {
        *ret_count = (int64_t)times.count;
        *ret_time = trace_list_settle(&times, arena);
        *ret_user = trace_list_settle(&users, arena);
    }
    free(times.items);
    free(users.items);
    csv_close(&reader);
    return good;
}
