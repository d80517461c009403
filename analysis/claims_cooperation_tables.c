/* The tables behind the claims about edge-cloud cooperation. */
#include <math.h>
#include <string.h>

#include "claims_cooperation.h"

static void set_mean(Sheet *sheet, int row, int column, Interval interval, int decimals, bool difference)
{
    Arena arena = {0};
    if (isfinite(interval.mean))
        sheet_set(sheet, row, column, "%s", cooperation_mean(&arena, interval, decimals, difference));
    arena_free(&arena);
}

/* The first three columns: set, what the row is about, and n. */
static void set_head(Sheet *sheet, int row, const Replicates *sample)
{
    sheet_set(sheet, row, 0, "%s", sample->names[0]);
    sheet_set(sheet, row, 1, "%s", sample->names[1]);
    sheet_set(sheet, row, 2, "%d", sample->count);
}

static void set_share(Sheet *sheet, int row, int column, Interval logs)
{
    Arena arena = {0};
    sheet_set(sheet, row, column, "%s", cooperation_share(&arena, logs));
    arena_free(&arena);
}

const char cooperation_networks_query[] =
    "SELECT n.data, n.network, n.bytes, h.bytes, 100.0 * n.test_right / n.test_images, 100.0 * (n.test_right - "
    "h.test_right) / n.test_images, n.int8_bytes, 100.0 * (n.int8_test_right - n.test_right) / n.test_images, 100.0 * "
    "(n.int8_test_right - h.test_right) / n.test_images, 100.0 * n.macs / h.macs FROM image_networks AS n JOIN "
    "image_networks AS h USING (data, seed, version) WHERE h.network = 'heavy' "
    "AND " COOPERATION_VERSION "ORDER BY n.data, n.place, n.seed";

static StoreStatus networks_table(Store *store, Findings *findings, Error *error)
{
    static const char *const headers[] = {
        "<data", "<network", "n", "bytes, %", "macs, %", "accuracy %", "points", "INT8: bytes, %", "INT8: points"};
    Samples samples = {0};
    StoreStatus status = samples_read(store, cooperation_networks_query, NULL, 0, 2, &findings->arena, &samples, error);
    if (status != STORE_FINE || samples.count == 0)
        return status;
    Sheet *sheet = findings_add_table(
        findings, "Networks: size and accuracy",
        "Bytes of the file in percent of the heavy network's (geometric means over n seeds with 95 % t intervals), "
        "multiply-accumulates likewise (means); accuracy on test images, which nothing was chosen with; points over "
        "the heavy network, "
        "and of INT8 over the same network in FP32.",
        headers, sizeof headers / sizeof *headers, samples.count);
    for (int row = 0; row < samples.count; row++) {
        const Replicates *sample = &samples.items[row];
        set_head(sheet, row, sample);
        set_share(sheet, row, 3, cooperation_log_ratio(sample, NETWORK_BYTES, NETWORK_HEAVY_BYTES));
        set_mean(sheet, row, 4, samples_interval(sample, NETWORK_MACS_SHARE), 1, false);
        set_mean(sheet, row, 5, samples_interval(sample, NETWORK_ACCURACY), 2, false);
        set_mean(sheet, row, 6, samples_interval(sample, NETWORK_POINTS), 2, true);
        set_share(sheet, row, 7, cooperation_log_ratio(sample, NETWORK_INT8_BYTES, NETWORK_HEAVY_BYTES));
        set_mean(sheet, row, 8, samples_interval(sample, NETWORK_INT8_POINTS), 2, true);
    }
    return STORE_FINE;
}

static const char rules_query[] =
    "WITH rules AS (SELECT *, sent_rightly + missed AS worth, sent_in_vain + kept_rightly AS vain, sent_rightly + "
    "sent_in_vain + kept_rightly + missed AS images FROM offload_decisions WHERE criterion = ?1) SELECT l.data, "
    "l.rule, 100.0 * "
    "l.sent_rightly / l.images, 100.0 * l.sent_in_vain / l.images, 100.0 * l.kept_rightly / l.images, 100.0 * l.missed "
    "/ l.images, 50.0 * (1.0 * l.sent_rightly / l.worth + 1.0 * l.kept_rightly / l.vain), l.auc, 100.0 * "
    "l.right_at_last / l.images, 100.0 * (l.sent_rightly + l.kept_rightly - c.sent_rightly - c.kept_rightly) / "
    "l.images FROM rules AS l JOIN rules AS c USING (data, seed, version) WHERE c.rule = 'confidence' "
    "AND " COOPERATION_VERSION "ORDER BY data, l.place, seed";

static StoreStatus rules_table(Store *store, const char *criterion, const char *title, Findings *findings, Error *error)
{
    static const char *const headers[] = {
        "<data",           "<rule",      "n",   "sent rightly %", "in vain %", "kept rightly %", "missed %",
        "over confidence", "balanced %", "AUC", "accuracy %"};
    static const int columns[] = {3, 4, 5, 6, 8, 9, 10, 7}; /* of the query's values */
    Samples samples = {0};
    StoreStatus status = samples_read(store, rules_query, &criterion, 1, 2, &findings->arena, &samples, error);
    if (status != STORE_FINE || samples.count == 0)
        return status;
    Sheet *sheet = findings_add_table(
        findings, title,
        "Of the images that nobody has learnt from, in percent, mean ± half width of the 95 % t interval over n pairs "
        "of networks. Rightly sent: light wrong and heavy right; rightly kept: any other. Over confidence: right "
        "decisions, in points over the tuned threshold of confidence, paired. Accuracy: answers that end right.",
        headers, sizeof headers / sizeof *headers, samples.count);
    for (int row = 0; row < samples.count; row++) {
        const Replicates *sample = &samples.items[row];
        set_head(sheet, row, sample);
        for (int i = 0; i < 8; i++)
            if (i < 7 || strcmp(sample->names[1], "confidence") != 0)
                set_mean(sheet, row, columns[i], samples_interval(sample, i), columns[i] == 9 ? 3 : 2, columns[i] == 7);
    }
    return STORE_FINE;
}

const char cooperation_cells_query[] = COOPERATION_RUNS
    "SELECT l.data, l.rule, 1000 * l.response, 100 * (1 - l.response / c.response), 100 * l.accuracy, 100 * "
    "(l.accuracy - c.accuracy), 100 * l.sent FROM here AS l JOIN here AS c USING (scenario_hash, data, size, "
    "link, rate, seed, replication) WHERE c.policy = 'cloud-only' AND size = ?1 AND link = '33.68 Mbit/s' AND "
    "rate = '4 /s' ORDER BY data = 'ImageNet', data, l.rule LIKE '%threshold%', (SELECT min(run) FROM here AS "
    "first WHERE first.rule = l.rule), l.rule, seed, replication";

/* Rules at one link and load. */
static StoreStatus cell_table(Store *store, const char *size, const char *title, Findings *findings, Error *error)
{
    static const char *const headers[] = {"<data", "<rule",      "n",      "response time ms",
                                          "cut %", "accuracy %", "points", "sent on %"};
    Samples samples = {0};
    StoreStatus status = samples_read(store, cooperation_cells_query, &size, 1, 2, &findings->arena, &samples, error);
    if (status != STORE_FINE || samples.count == 0)
        return status;
    Sheet *sheet = findings_add_table(
        findings, title,
        "Four cameras ask 4 times a second each, over 33.68 Mbit/s. Mean ± half width of the 95 % t interval over n "
        "pairs of networks (ImageNet: replications); cut of the response time and points of accuracy: against "
        "cloud-only, paired.",
        headers, sizeof headers / sizeof *headers, samples.count);
    for (int row = 0; row < samples.count; row++) {
        const Replicates *sample = &samples.items[row];
        set_head(sheet, row, sample);
        set_mean(sheet, row, 3, samples_interval(sample, CELL_RESPONSE_MS), 2, false);
        set_mean(sheet, row, 4, samples_interval(sample, CELL_CUT), 1, false);
        set_mean(sheet, row, 5, samples_interval(sample, CELL_ACCURACY), 2, false);
        set_mean(sheet, row, 6, samples_interval(sample, CELL_POINTS), 2, true);
        set_mean(sheet, row, 7, samples_interval(sample, CELL_SENT), 1, false);
    }
    return STORE_FINE;
}

static bool same_row(const Replicates *a, const Replicates *b)
{
    return strcmp(a->names[0], b->names[0]) == 0 && strcmp(a->names[1], b->names[1]) == 0;
}

static void set_cell(Sheet *sheet, int row, int column, const Replicates *sample)
{
    Arena arena = {0};
    MapCell cell = cooperation_cell(sample);
    if (cell.overloaded)
        sheet_set(sheet, row, column, "overloaded");
    else
        sheet_set(sheet, row, column, "%s; %s", cooperation_mean(&arena, cell.cut, 1, false),
                  cooperation_mean(&arena, cell.points, 2, true));
    arena_free(&arena);
}

/* A row for each set and link, a column for each load. */
static StoreStatus map_table(Store *store, Findings *findings, Error *error)
{
    enum { FIRST = 3, LOAD_LIMIT = 8 };
    const char *headers[FIRST + LOAD_LIMIT] = {"<data", "<uplink", "n"};
    Samples samples = {0};
    StoreStatus status = cooperation_map(store, &findings->arena, &samples, error);
    int rows = 0, columns = FIRST;
    for (int i = 0; i < samples.count; i++) {
        int column = FIRST;
        rows += i == 0 || !same_row(&samples.items[i], &samples.items[i - 1]);
        while (column < columns && strcmp(headers[column], samples.items[i].names[2]) != 0)
            column++;
        if (column == columns && columns < FIRST + LOAD_LIMIT)
            headers[columns++] = samples.items[i].names[2];
    }
    if (status != STORE_FINE || rows == 0)
        return status;
    Sheet *sheet = findings_add_table(
        findings, "Cut of the response time against cloud only by link and load, %; points of accuracy",
        "Means with half widths of the 95 % t intervals over n pairs of networks, paired; a column for each load of a "
        "camera, of which there are four. Overloaded: cloud only does not keep up, so that its response time grows "
        "without end. Digits and glyphs: " COOPERATION_MAP_RULE "; ImageNet: cascade-oracle, n replications.",
        headers, columns, rows);
    for (int i = 0, row = -1; i < samples.count; i++) {
        const Replicates *sample = &samples.items[i];
        if (i == 0 || !same_row(sample, &samples.items[i - 1]))
            set_head(sheet, ++row, sample);
        for (int column = FIRST; column < columns; column++)
            if (strcmp(headers[column], sample->names[2]) == 0)
                set_cell(sheet, row, column, sample);
    }
    return STORE_FINE;
}

StoreStatus claims_cooperation_tables(Store *store, Findings *findings, Error *error)
{
    StoreStatus status = networks_table(store, findings, error);
    if (status == STORE_FINE)
        status = rules_table(store, "decisions",
                             "Decisions about answers of the lighter network, tuned to be right: the confusion matrix",
                             findings, error);
    if (status == STORE_FINE)
        status =
            rules_table(store, "balanced", "The same, tuned to be right as often about both kinds", findings, error);
    if (status == STORE_FINE)
        status = cell_table(store, "large", "Rules over 4G, networks that stand for large ones", findings, error);
    if (status == STORE_FINE)
        status = cell_table(store, "small", "Rules over 4G, networks and images as small as they are", findings, error);
    return status == STORE_FINE ? map_table(store, findings, error) : status;
}
