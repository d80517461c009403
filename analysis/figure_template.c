#include "figure_template.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure_bars.h"
#include "figure_curves.h"
#include "figure_fields.h"

/* What the keys of a template are for. */
typedef enum Use {
    USE_GROUPS, /* any; policy where none is named */
    USE_NUMBER, /* the first has numbers */
    USE_SERIES, /* all together tell lines apart; policy likewise */
    USE_PLANE,  /* across, up, panels */
    USE_POINTS  /* colours, names */
} Use;

typedef struct Template {
    FigureTemplate shown;
    Use use;
    int metric_count;    /* how many --metric takes */
    const char *metrics; /* the default */
    const char *mark;    /* what runs of a cell share, for messages */
} Template;

enum { TEMPLATE_COUNT = 6, CDF = 3 };

static const Template templates[TEMPLATE_COUNT] = {
    {{"bar", "Template: mean of a metric by a key, grouped by further keys"},
     USE_GROUPS,
     1,
     "response_time_mean",
     "a bar"},
    {{"line", "Template: mean of a metric against a key with numbers, a line with its 95 % band per policy"},
     USE_NUMBER,
     1,
     "response_time_mean",
     "a point"},
    {{"box", "Template: distribution of a metric over replications by a key"},
     USE_GROUPS,
     1,
     "response_time_mean",
     "a box"},
    [CDF] = {{"cdf", "Template: distribution of the response time over requests, or of a metric over replications"},
             USE_SERIES,
             1,
             "response_time",
             "a line"},
    {{"heatmap", "Template: mean of a metric as colour over two keys, a panel per policy"},
     USE_PLANE,
     1,
     "response_time_mean",
     "a field"},
    {{"pareto", "Template: two metrics against each other, and the front that no other cell beats"},
     USE_POINTS,
     2,
     "response_time_mean,accuracy_mean",
     "a point"},
};

/* The one name that stands for quantiles instead of a metric. */
static const char response_time[] = "response_time";
static const char *const quantile_names[] = {"response_time_p50", "response_time_p90", "response_time_p95",
                                             "response_time_p99"};
static const double probabilities[] = {0.5, 0.9, 0.95, 0.99};

/* A template being filled. */
typedef struct Filler {
    const Template *template;
    const FigureQuery *query;
    FigureCells cells;
    int keys[FIGURE_AXIS_LIMIT], key_count;
    bool quantiles;
    Arena *arena;
} Filler;

const FigureTemplate *figure_template(int index)
{
    return index >= 0 && index < TEMPLATE_COUNT ? &templates[index].shown : NULL;
}

const FigureTemplate *figure_template_find(const char *name)
{
    for (int i = 0; i < TEMPLATE_COUNT; i++)
        if (strcmp(templates[i].shown.name, name) == 0)
            return &templates[i].shown;
    return NULL;
}

/* Which runs are shown. */
typedef struct Choice {
    const RunSet *set;
    bool *kept; /* [run_count] */
} Choice;

/* Keeps the finished runs of an experiment. */
static bool keep_experiment(void *context, int column_count, const char *const *names, const StoreValue *row)
{
    (void)column_count;
    (void)names;
    const Choice *choice = context;
    for (int run = 0; run < choice->set->run_count; run++) {
        const RunRecord *record = &choice->set->runs[run];
        if (record->done && strcmp(record->names[RUN_SET_EXPERIMENT], row[0].text) == 0)
            choice->kept[run] = true;
    }
    return true;
}

/* Reads the runs to show: see figure.h for those of experiment 0. */
static StoreStatus read_runs(Store *store, Filler *filler, Error *error)
{
    static const char experiments[] =
        "SELECT experiment FROM experiments WHERE CASE ?1 WHEN '0' THEN name = (SELECT name FROM experiments "
        "JOIN runs USING (experiment) WHERE status = 'done' ORDER BY experiment DESC LIMIT 1) "
        "ELSE experiment = CAST(?1 AS INTEGER) END";
    RunSet *set = &filler->cells.set;
    StoreStatus status = run_set_read(store, filler->query->where, set, error);
    const char *experiment = arena_format(filler->arena, "%lld", (long long)filler->query->experiment);
    Choice choice = {.set = set, .kept = arena_allocate(filler->arena, (size_t)set->run_count, sizeof *choice.kept)};
    if (status == STORE_FINE)
        status = store_query(store, experiments, &experiment, 1, keep_experiment, &choice, error);
    int kept = 0;
    for (int run = 0; run < set->run_count; run++)
        if (choice.kept[run])
            set->runs[kept++] = set->runs[run];
    set->run_count = kept;
    if (status != STORE_FINE || kept)
        return status;
    error_set(error, NULL, 0, 0, "%s%s holds no finished run%s%s%s",
              filler->query->experiment ? "experiment " : "the database", filler->query->experiment ? experiment : "",
              filler->query->where ? " where " : "", filler->query->where ? filler->query->where : "",
              filler->query->where ? "" : "; fill it with: orchid run SCENARIO --db FILE");
    return STORE_INPUT;
}

/* Splits `list` at its commas. Returns how many parts there are; the first `limit` are in `parts`. */
static int split(Arena *arena, const char *list, const char **parts, int limit)
{
    int count = 0;
    for (const char *part = list;; part++) {
        size_t length = strcspn(part, ",");
        if (count < limit)
            parts[count] = arena_string_n(arena, part, length);
        count++;
        part += length;
        if (!*part)
            return count;
    }
}

static bool is_chosen(const Filler *filler, int key)
{
    for (int i = 0; i < filler->key_count; i++)
        if (filler->keys[i] == key)
            return true;
    return false;
}

/* The most keys that a template takes. */
static int key_limit(const Template *template)
{
    return template->use == USE_POINTS ? 2 : FIGURE_AXIS_LIMIT;
}

static bool read_keys(Filler *filler, Error *error)
{
    const char *names[FIGURE_AXIS_LIMIT];
    int limit = key_limit(filler->template);
    int count = filler->query->by ? split(filler->arena, filler->query->by, names, limit) : 0;
    if (count > limit) {
        error_set(error, NULL, 0, 0, "%s takes at most %d keys in --by, these are %d", filler->template->shown.name,
                  limit, count);
        return false;
    }
    for (int i = 0; i < count; i++) {
        int key = run_set_find(&filler->cells.set, names[i], error);
        if (key < 0)
            return false;
        if (is_chosen(filler, key)) {
            error_set(error, NULL, 0, 0, "--by names \"%s\" twice", names[i]);
            return false;
        }
        filler->keys[filler->key_count++] = key;
    }
    return true;
}

/* Whether two axes sort the runs in the same way. */
static bool in_lockstep(const FigureAxis *first, const FigureAxis *second, int run_count, Arena *arena)
{
    if (first->count != second->count)
        return false;
    int *partner = arena_allocate(arena, (size_t)first->count, sizeof *partner); /* from 1; 0: none yet */
    for (int run = 0; run < run_count; run++) {
        int one = first->at[run], other = second->at[run];
        if (one < 0 || other < 0 || (partner[one] && partner[one] != other + 1))
            return false;
        partner[one] = other + 1;
    }
    return true;
}

/* Whether a key takes several values, and other than the keys in --by and the `count` axes found before. Its axis goes
 * to the end of these. */
static bool is_news(const Filler *filler, int key, const FigureAxis *chosen, FigureAxis *axes, int count)
{
    const RunSet *set = &filler->cells.set;
    if (!set->keys[key].varies)
        return false;
    FigureAxis axis;
    figure_axis_read(set, key, filler->arena, &axis);
    bool news = axis.count > 1;
    for (int i = 0; i < filler->key_count && news; i++)
        news = !in_lockstep(&chosen[i], &axis, set->run_count, filler->arena);
    for (int i = 0; i < count && news; i++)
        news = !in_lockstep(&axes[i], &axis, set->run_count, filler->arena);
    if (news)
        axes[count] = axis;
    return news;
}

/* The keys of scenario and policy that take several values among the runs, those named in --by and what goes with them
 * left out. `ret_axes` gets at most `limit`; returns how many there are. */
static int find_varying(Filler *filler, FigureAxis *ret_axes, int limit)
{
    const RunSet *set = &filler->cells.set;
    FigureAxis chosen[FIGURE_AXIS_LIMIT];
    int count = 0;
    for (int i = 0; i < filler->key_count; i++)
        figure_axis_read(set, filler->keys[i], filler->arena, &chosen[i]);
    /* Axes of a sweep, which are the last keys, come before what they set. */
    for (int key = set->key_count - 1; key >= set->key_count - set->axis_count && count < limit; key--)
        count += is_news(filler, key, chosen, ret_axes, count);
    for (int key = RUN_SET_NAME_COUNT; key < set->key_count - set->axis_count && count < limit; key++)
        count += is_news(filler, key, chosen, ret_axes, count);
    return count;
}

enum { VARYING_LIMIT = 12 };

static const char *join_names(const Filler *filler, const FigureAxis *axes, int count)
{
    const char *text = "";
    for (int i = 0; i < count; i++)
        text = arena_format(filler->arena, "%s%s%s", text, i ? ", " : "", filler->cells.set.keys[axes[i].key].name);
    return text;
}

/* Chooses the keys that were not named: what varies, as far as there is no choice to make. */
static bool complete_keys(Filler *filler, Error *error)
{
    const Template *template = filler->template;
    FigureAxis policy, varying[VARYING_LIMIT];
    figure_axis_read(&filler->cells.set, RUN_SET_POLICY, filler->arena, &policy);
    bool named = filler->key_count > 0;
    int count = find_varying(filler, varying, VARYING_LIMIT), numeric = 0, number = -1;
    for (int i = 0; i < count; i++)
        if (varying[i].numeric && numeric++ == 0)
            number = i;
    if (template->use == USE_NUMBER && !named) {
        if (numeric != 1) {
            error_set(error, NULL, 0, 0, "line needs a key with numbers to lie along, such as --by users%s%s",
                      count ? "; these vary: " : "; nothing but the policy varies among these runs",
                      join_names(filler, varying, count));
            return false;
        }
        filler->keys[filler->key_count++] = varying[number].key;
        varying[number] = varying[--count];
    }
    if (template->use == USE_PLANE)
        for (int i = 0; i < count && filler->key_count < 2; count--, i = 0) {
            filler->keys[filler->key_count++] = varying[0].key;
            memmove(varying, varying + 1, (size_t)(count - 1) * sizeof *varying);
        }
    bool leads = (template->use == USE_GROUPS || template->use == USE_SERIES || template->use == USE_POINTS) && !named;
    int limit = key_limit(template);
    if (filler->key_count < limit && !is_chosen(filler, RUN_SET_POLICY) && (leads || policy.count > 1))
        filler->keys[filler->key_count++] = RUN_SET_POLICY;
    if (filler->key_count < limit && count == 1)
        filler->keys[filler->key_count++] = varying[0].key;
    if (template->use == USE_PLANE && filler->key_count < 2) {
        error_set(error, NULL, 0, 0, "heatmap needs two keys that vary, such as --by users,policy");
        return false;
    }
    return true;
}

static StoreStatus read_metrics(Store *store, Filler *filler, Error *error)
{
    const Template *template = filler->template;
    FigureCells *cells = &filler->cells;
    const char *names[FIGURE_METRIC_LIMIT];
    int count = split(filler->arena, filler->query->metric ? filler->query->metric : template->metrics, names,
                      template->metric_count);
    if (count != template->metric_count) {
        error_set(error, NULL, 0, 0, "%s takes %s in --metric, these are %d", template->shown.name,
                  template->metric_count == 1 ? "one metric" : "two metrics with a comma between", count);
        return STORE_INPUT;
    }
    filler->quantiles = template == &templates[CDF] && strcmp(names[0], response_time) == 0;
    cells->metric_count = count;
    if (filler->quantiles)
        for (cells->metric_count = 0; cells->metric_count < FIGURE_METRIC_LIMIT; cells->metric_count++)
            names[cells->metric_count] = quantile_names[cells->metric_count];
    StoreStatus status = STORE_FINE;
    for (int m = 0; m < cells->metric_count && status == STORE_FINE; m++)
        status = figure_metric_read(store, &cells->set, names[m], &cells->arena, &cells->metrics[m], error);
    for (int m = 0; filler->quantiles && status == STORE_FINE && m < cells->metric_count; m++)
        figure_metric_use_unit(&cells->metrics[m], &cells->metrics[cells->metric_count - 1], cells->set.run_count);
    return status;
}

/* An axis that tells all cells of replications apart. */
static void read_identities(const Filler *filler, FigureAxis *ret_axis)
{
    const RunSet *set = &filler->cells.set;
    FigureAxis axis = {.key = -1, .label = ""};
    axis.at = arena_allocate(filler->arena, (size_t)set->run_count, sizeof *axis.at);
    int *first = arena_allocate(filler->arena, (size_t)set->run_count, sizeof *first);
    for (int run = 0; run < set->run_count; run++) {
        const RunRecord *one = &set->runs[run];
        int i = 0;
        for (; i < axis.count; i++) {
            const RunRecord *other = &set->runs[first[i]];
            if (one->scenario == other->scenario && one->parameters == other->parameters &&
                strcmp(one->names[RUN_SET_POLICY], other->names[RUN_SET_POLICY]) == 0 &&
                strcmp(one->names[RUN_SET_VERSION], other->names[RUN_SET_VERSION]) == 0)
                break;
        }
        if (i == axis.count)
            first[axis.count++] = run;
        axis.at[run] = i;
    }
    *ret_axis = axis;
}

static bool read_axes(Filler *filler, Error *error)
{
    FigureCells *cells = &filler->cells;
    bool plane = filler->template->use == USE_PLANE;
    cells->axis_count = plane ? FIGURE_AXIS_LIMIT : filler->key_count;
    for (int a = 0; a < cells->axis_count; a++) {
        FigureAxis *axis = &cells->axes[a];
        figure_axis_read(&cells->set, a < filler->key_count ? filler->keys[a] : -1, &cells->arena, axis);
        const char *name = axis->key < 0 ? "" : cells->set.keys[axis->key].name;
        if (axis->count == 0) {
            error_set(error, NULL, 0, 0, "none of these runs has the key \"%s\"", name);
            return false;
        }
        if (a == 0 && filler->template->use == USE_NUMBER && !axis->numeric) {
            FigureAxis varying[VARYING_LIMIT];
            filler->key_count = 0;
            int count = find_varying(filler, varying, VARYING_LIMIT);
            error_set(error, NULL, 0, 0,
                      "line needs a key with numbers first in --by, and \"%s\" has values such as \"%s\"%s%s", name,
                      axis->texts[0], count ? "; these vary: " : "", join_names(filler, varying, count));
            return false;
        }
    }
    return true;
}

/* Writes the points of a front: keys are colours and names, and each cell of replications is a point. */
static bool write_points(Filler *filler, const FigureCanvas *canvas, Error *error)
{
    FigureCells *cells = &filler->cells;
    FigureAxis colours = cells->axes[0], names = cells->axes[1];
    bool named = cells->axis_count > 1;
    read_identities(filler, &cells->axes[0]);
    cells->axis_count = 1;
    return figure_cells_fill(cells, filler->template->mark, error) == STORE_FINE &&
           figure_fields_write_front(cells, &colours, named ? &names : NULL, canvas, error);
}

static bool write_template(Filler *filler, FigureCanvas *canvas, Error *error)
{
    FigureCells *cells = &filler->cells;
    Use use = filler->template->use;
    if (use == USE_POINTS)
        return write_points(filler, canvas, error);
    if (figure_cells_fill(cells, filler->template->mark, error) != STORE_FINE)
        return false;
    switch (use) {
    case USE_GROUPS:
        return filler->template == &templates[0] ? figure_bars_write_means(cells, canvas, error)
                                                 : figure_bars_write_boxes(cells, canvas, error);
    case USE_NUMBER:
        return figure_curves_write_lines(cells, canvas, error);
    case USE_SERIES:
        return filler->quantiles ? figure_curves_write_quantiles(cells, canvas, probabilities, error)
                                 : figure_curves_write_distribution(cells, canvas, error);
    case USE_PLANE:
        return figure_fields_write_map(cells, canvas, error);
    case USE_POINTS:
        break;
    }
    return false;
}

/* Settings and table, written into memory. */
static StoreStatus write_memory(Filler *filler, const char **ret_settings, const char **ret_data, Error *error)
{
    char *settings = NULL, *table = NULL;
    size_t settings_size, table_size;
    FigureCanvas canvas = {.settings = open_memstream(&settings, &settings_size),
                           .table = open_memstream(&table, &table_size),
                           .where = filler->query->where,
                           .arena = filler->arena};
    assert(canvas.settings && canvas.table);
    bool written = write_template(filler, &canvas, error);
    fclose(canvas.settings);
    fclose(canvas.table);
    *ret_settings = arena_string(filler->arena, settings);
    *ret_data = arena_string(filler->arena, table);
    free(settings);
    free(table);
    return written ? STORE_FINE : STORE_INPUT;
}

StoreStatus figure_template_fill(Store *store, const FigureTemplate *chosen, const FigureQuery *query, Arena *arena,
                                 const char **ret_settings, const char **ret_data, Error *error)
{
    Filler filler = {.query = query, .arena = arena};
    for (int i = 0; i < TEMPLATE_COUNT; i++)
        if (&templates[i].shown == chosen)
            filler.template = &templates[i];
    assert(filler.template);
    StoreStatus status = read_runs(store, &filler, error);
    if (status == STORE_FINE && !(read_keys(&filler, error) && complete_keys(&filler, error)))
        status = STORE_INPUT;
    if (status == STORE_FINE)
        status = read_metrics(store, &filler, error);
    if (status == STORE_FINE && !read_axes(&filler, error))
        status = STORE_INPUT;
    if (status == STORE_FINE)
        status = write_memory(&filler, ret_settings, ret_data, error);
    figure_cells_free(&filler.cells);
    return status;
}
