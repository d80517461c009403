#include "../analysis/figure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

enum { PATH_SIZE = 512 };

static const PolicyType greedy = {.name = "greedy"}, oracle = {.name = "oracle"}, random_policy = {.name = "random"};

static const char *const templates[] = {"bar", "line", "box", "cdf", "heatmap", "pareto"};
enum { TEMPLATE_COUNT = sizeof templates / sizeof *templates };

/* A scenario as the store keeps it. */
typedef struct World {
    int users;
    const char *threshold;
} World;

static const World worlds[] = {{1, "0 %"}, {4, "0 %"}, {1, "89 %"}, {4, "89 %"}};
enum { WORLD_COUNT = sizeof worlds / sizeof *worlds, REPLICATIONS = 3 };

static void add(Store *store, int world, const PolicyType *policy, uint64_t replication, double response_s,
                double accuracy)
{
    char resolved[256];
    Error error = {0};
    snprintf(resolved, sizeof resolved,
             "name: lab\nnodes:\n  -\n    name: camera\n    count: %d\n    tier: end\nobjective:\n  threshold: %s\n",
             worlds[world].users, worlds[world].threshold);
    Scenario scenario = {.path = "lab.yaml",
                         .name = "lab",
                         .user_count = worlds[world].users,
                         .hash = (uint64_t)world + 1,
                         .resolved = resolved};
    Metric metrics[] = {{"response_time_mean", "s", response_s},
                        {"response_time_p50", "s", response_s},
                        {"response_time_p90", "s", 2 * response_s},
                        {"response_time_p95", "s", 3 * response_s},
                        {"response_time_p99", "s", 5 * response_s},
                        {"accuracy_mean", "", accuracy},
                        {"utilisation.box", "", 0.5},
                        {"decisions", "", 100},
                        {"reward_mean", "", -response_s}};
    Trial trial = {.scenario = &scenario,
                   .policy = policy,
                   .seed = 1,
                   .replication = replication,
                   .status = TRIAL_DONE,
                   .parameters = "",
                   .reproduce = "",
                   .metric_count = sizeof metrics / sizeof *metrics,
                   .metrics = metrics};
    CHECK_INT(store_add_trial(store, 1, &trial, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
}

/* Two policies on the first `count` worlds, three replications each. The oracle is faster by half; more users are
 * slower; the mean of a cell is that of its second replication. */
static Store *fill(int count)
{
    Store *store = NULL;
    Error error = {0};
    int64_t experiment;
    CHECK_INT(store_open(":memory:", STORE_WRITE, &store, &error), STORE_FINE);
    CHECK_INT(store_begin_experiment(store, "lab", "orchid run lab", &experiment, &error), STORE_FINE);
    for (int world = 0; world < count; world++)
        for (uint64_t replication = 0; replication < REPLICATIONS; replication++) {
            double response_s = 0.010 * worlds[world].users + 0.001 * (double)replication;
            add(store, world, &greedy, replication, 2 * response_s, 0.9);
            add(store, world, &oracle, replication, response_s, 0.8);
        }
    return store;
}

/* What the template hands to its script; the arena is the caller's. */
static StoreStatus fill_template(Store *store, const char *name, const FigureQuery *query, Arena *arena,
                                 const char **ret_settings, const char **ret_data, Error *error)
{
    *error = (Error){0};
    *ret_settings = *ret_data = "";
    return figure_template_fill(store, figure_template_find(name), query, arena, ret_settings, ret_data, error);
}

/* Whether row `number` of the table, from 1 below the header, begins with `beginning`, tabs written as '|'. */
static bool row_begins(const char *data, int number, const char *beginning)
{
    for (; number > 0 && data; number--) {
        data = strchr(data, '\n');
        data += data != NULL;
    }
    for (; data && *beginning && (*data == *beginning || (*data == '\t' && *beginning == '|')); data++)
        beginning++;
    return !*beginning;
}

static void check_setting(const char *settings, const char *line)
{
    const char *found = strstr(settings, line);
    bool whole = found && (found == settings || found[-1] == '\n') && found[strlen(line)] == '\n';
    if (!whole)
        CHECK_TEXT(settings, line);
    CHECK(whole);
}

static void bars_are_means_in_the_unit_of_their_label(void)
{
    Store *store = fill(1);
    Arena arena = {0};
    Error error;
    const char *settings, *data;
    CHECK_INT(fill_template(store, "bar", &(FigureQuery){0}, &arena, &settings, &data, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    check_setting(settings, "title = 'lab'");
    check_setting(settings, "value_label = 'mean response time (ms)'");
    check_setting(settings, "key_label = 'policy'");
    check_setting(settings, "caption = 'mean over n = 3 independent replications; whiskers: 95 % Student t interval'");
    check_setting(settings, "value_log = 0");
    /* t of 2 degrees is 4.303, the deviation 2 ms and 1 ms. */
    CHECK(row_begins(data, 1, "1|greedy|1||3|3|22|4.968"));
    CHECK(row_begins(data, 2, "2|oracle|1||3|3|11|2.484"));
    CHECK(strstr(data, "22.0 ± 5.0") != NULL);
    arena_free(&arena);
    store_close(store);
}

static void bars_are_grouped_by_what_varies_besides(void)
{
    Store *store = fill(2);
    Arena arena = {0};
    Error error;
    const char *settings, *data;
    CHECK_INT(fill_template(store, "bar", &(FigureQuery){0}, &arena, &settings, &data, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    check_setting(settings, "series = 2");
    check_setting(settings, "series_label = 'nodes.camera.count'");
    CHECK(row_begins(data, 2, "1|greedy|2|4|3|3|82|"));
    CHECK_INT(fill_template(store, "bar", &(FigureQuery){.by = "users"}, &arena, &settings, &data, &error), STORE_FINE);
    check_setting(settings, "series_label = 'policy'");
    CHECK(row_begins(data, 3, "2|4|1|greedy|3|3|82|"));
    arena_free(&arena);
    store_close(store);
}

static void lines_lie_along_the_numbers_of_the_key(void)
{
    Store *store = fill(WORLD_COUNT);
    Arena arena = {0};
    Error error;
    const char *settings, *data;
    FigureQuery query = {.by = "threshold,policy", .where = "users == 1", .metric = "accuracy_mean"};
    CHECK_INT(fill_template(store, "line", &query, &arena, &settings, &data, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    check_setting(settings, "x_label = 'objective.threshold (%)'");
    check_setting(settings, "x_low = 0.0");
    check_setting(settings, "x_high = 89.0");
    check_setting(settings, "x_ticks = '0 89'");
    check_setting(settings, "value_label = 'mean accuracy (%)'");
    check_setting(settings, "note = 'Runs where users == 1. '");
    CHECK(row_begins(data, 2, "1|greedy|89|3|3|90|90|90"));
    arena_free(&arena);
    store_close(store);
}

static void cells_without_runs_break_the_line(void)
{
    Store *store = fill(2);
    Arena arena = {0};
    Error error;
    const char *settings, *data;
    add(store, 0, &random_policy, 0, 0.030, NAN);
    CHECK_INT(fill_template(store, "line", &(FigureQuery){.by = "users"}, &arena, &settings, &data, &error),
              STORE_FINE);
    CHECK_TEXT(error.message, "");
    check_setting(settings,
                  "caption = 'mean over n = 1 to 3 independent replications; bands: 95 % Student t interval'");
    CHECK(row_begins(data, 1, "1|random|1|1|1|30|30|30"));
    CHECK(row_begins(data, 2, "1|random|4|0|0|NaN|NaN|NaN"));
    arena_free(&arena);
    store_close(store);
}

static void box_holds_the_quartiles_and_every_run(void)
{
    Store *store = fill(1);
    Arena arena = {0};
    Error error;
    const char *settings, *data;
    for (uint64_t replication = REPLICATIONS; replication < 5; replication++)
        add(store, 0, &oracle, replication, replication == 3 ? 0.013 : 0.100, 0.8);
    FigureQuery query = {.where = "policy == oracle"};
    CHECK_INT(fill_template(store, "box", &query, &arena, &settings, &data, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    /* 10 11 12 13 100 ms: quartiles 11, 12, 13; 100 lies outside of the whiskers. */
    CHECK(row_begins(data, 1, "1|oracle|1||1|5|10|10|11|12|13|13"));
    CHECK(row_begins(data, 5, "1|oracle|1||0|5|100|"));
    arena_free(&arena);
    store_close(store);
}

static void distribution_of_the_response_time_shows_stored_quantiles(void)
{
    Store *store = fill(1);
    Arena arena = {0};
    Error error;
    const char *settings, *data;
    CHECK_INT(fill_template(store, "cdf", &(FigureQuery){0}, &arena, &settings, &data, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    check_setting(settings, "quantiles = 1");
    CHECK(strstr(settings, "Nothing is stored between these quantiles") != NULL);
    CHECK(row_begins(data, 1, "1|greedy|50|3|22|"));
    CHECK(row_begins(data, 4, "1|greedy|99|3|110|"));
    CHECK_INT(fill_template(store, "cdf", &(FigureQuery){.metric = "reward_mean"}, &arena, &settings, &data, &error),
              STORE_FINE);
    check_setting(settings, "quantiles = 0");
    CHECK(row_begins(data, 1, "1|greedy|-0.024|0"));
    CHECK(row_begins(data, 4, "1|greedy|-0.02|100"));
    arena_free(&arena);
    store_close(store);
}

static void map_has_a_field_per_pair_and_a_panel_per_policy(void)
{
    Store *store = fill(WORLD_COUNT);
    Arena arena = {0};
    Error error;
    const char *settings, *data;
    CHECK_INT(fill_template(store, "heatmap", &(FigureQuery){0}, &arena, &settings, &data, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    check_setting(settings, "x_label = 'nodes.camera.count'");
    check_setting(settings, "y_label = 'objective.threshold'");
    check_setting(settings, "panel_label = 'policy'");
    CHECK(strstr(settings, "95 % Student t intervals: at most ± 5 ms") != NULL);
    CHECK(row_begins(data, 2, "1|greedy|2|4|1|0 %|3|3|82|"));
    CHECK(row_begins(data, 8, "2|oracle|2|4|2|89 %|3|3|41|"));
    arena_free(&arena);
    store_close(store);
}

static void front_holds_what_nothing_beats(void)
{
    Store *store = fill(1);
    Arena arena = {0};
    Error error;
    const char *settings, *data;
    /* As accurate as greedy but for rounding, and slower: beaten. */
    for (uint64_t replication = 0; replication < REPLICATIONS; replication++)
        add(store, 0, &random_policy, replication, 0.050, 0.9 + 1e-15);
    CHECK_INT(fill_template(store, "pareto", &(FigureQuery){0}, &arena, &settings, &data, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    CHECK(row_begins(data, 1, "3|oracle|none|3|11|2.48413771175|80|0|1|"));
    CHECK(row_begins(data, 2, "2|greedy|none|3|22|4.9682754235|90|0|1|"));
    CHECK(row_begins(data, 3, "1|random|none|3|50|0|90|0|0|"));
    FigureQuery query = {.metric = "utilisation.box,accuracy_mean"};
    CHECK_INT(fill_template(store, "pareto", &query, &arena, &settings, &data, &error), STORE_INPUT);
    CHECK(strstr(error.message, "neither better larger nor better smaller") != NULL);
    arena_free(&arena);
    store_close(store);
}

static void wide_ranges_are_logarithmic(void)
{
    Store *store = fill(1);
    Arena arena = {0};
    Error error;
    const char *settings, *data;
    for (uint64_t replication = 0; replication < REPLICATIONS; replication++)
        add(store, 0, &random_policy, replication, 0.400, 0.9);
    CHECK_INT(fill_template(store, "bar", &(FigureQuery){0}, &arena, &settings, &data, &error), STORE_FINE);
    check_setting(settings, "value_log = 1");
    CHECK_INT(fill_template(store, "bar", &(FigureQuery){.metric = "reward_mean"}, &arena, &settings, &data, &error),
              STORE_FINE);
    check_setting(settings, "value_log = 0");
    arena_free(&arena);
    store_close(store);
}

static void runs_that_are_no_replications_never_share_a_mark(void)
{
    Store *store = fill(WORLD_COUNT);
    Arena arena = {0};
    Error error;
    const char *settings, *data;
    for (int i = 0; i < TEMPLATE_COUNT; i++) {
        if (strcmp(templates[i], "line") != 0 && strcmp(templates[i], "bar") != 0)
            continue;
        CHECK_INT(fill_template(store, templates[i], &(FigureQuery){.by = "users"}, &arena, &settings, &data, &error),
                  STORE_FINE); /* policy and threshold join by themselves */
        check_setting(settings, "series = 4");
    }
    CHECK_INT(fill_template(store, "bar", &(FigureQuery){0}, &arena, &settings, &data, &error), STORE_INPUT);
    CHECK_TEXT(error.message,
               "runs that differ in nodes.camera.count would share a bar; name it in --by, or choose with "
               "--where or --experiment");
    arena_free(&arena);
    store_close(store);
}

static void wrong_queries_are_refused_with_a_hint(void)
{
    static const struct {
        const char *name;
        FigureQuery query;
        const char *message;
    } cases[] = {
        {"bar",
         {.metric = "response_time_maen"},
         "no run has a metric \"response_time_maen\"; did you mean "
         "'response_time_mean'?"},
        {"bar", {.by = "polcy"}, "no run has a key \"polcy\"; did you mean 'policy'?"},
        {"bar", {.by = "policy,policy"}, "--by names \"policy\" twice"},
        {"bar", {.by = "policy,users,threshold,version"}, "bar takes at most 3 keys in --by, these are 4"},
        {"bar", {.metric = "accuracy_mean,reward_mean"}, "bar takes one metric in --metric, these are 2"},
        {"pareto",
         {.metric = "accuracy_mean"},
         "pareto takes two metrics with a comma between in --metric, these are 1"},
        {"line",
         {.by = "policy"},
         "line needs a key with numbers first in --by, and \"policy\" has values such as "
         "\"greedy\"; these vary: nodes.camera.count, objective.threshold"},
        {"line",
         {0},
         "line needs a key with numbers to lie along, such as --by users; these vary: nodes.camera.count, "
         "objective.threshold"},
        {"bar", {.where = "users == 9"}, "the database holds no finished run where users == 9"},
        {"bar", {.experiment = 7}, "experiment 7 holds no finished run; fill it with: orchid run SCENARIO --db FILE"},
    };
    Store *store = fill(WORLD_COUNT);
    Arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Error error;
        const char *settings, *data;
        CHECK_INT(fill_template(store, cases[i].name, &cases[i].query, &arena, &settings, &data, &error), STORE_INPUT);
        CHECK_TEXT(error.message, cases[i].message);
    }
    arena_free(&arena);
    store_close(store);
}

static void empty_database_has_nothing_to_show(void)
{
    Store *store = fill(0);
    Arena arena = {0};
    Error error;
    const char *settings, *data;
    for (int i = 0; i < TEMPLATE_COUNT; i++) {
        CHECK_INT(fill_template(store, templates[i], &(FigureQuery){0}, &arena, &settings, &data, &error), STORE_INPUT);
        CHECK_TEXT(error.message, "the database holds no finished run; fill it with: orchid run SCENARIO --db FILE");
    }
    arena_free(&arena);
    store_close(store);
}

/* The size of a file and a checksum of it; 0 where there is none. */
static uint64_t file_sum(const char *path)
{
    uint64_t sum = 0;
    int byte;
    FILE *stream = fopen(path, "r");
    while (stream && (byte = fgetc(stream)) != EOF)
        sum = sum * 31 + (uint64_t)byte + 1;
    if (stream)
        fclose(stream);
    return sum;
}

static void every_template_draws_and_its_script_draws_the_same_again(void)
{
    Store *store = fill(2);
    for (int i = 0; i < TEMPLATE_COUNT; i++) {
        char output[PATH_SIZE], command[2 * PATH_SIZE];
        Error error = {0};
        snprintf(output, sizeof output, "%s.svg", check_scratch(templates[i]));
        FigureRequest request = {.folder = check_path("analysis/figures"), .name = templates[i], .output = output};
        CHECK_INT(figure_draw(store, &request, &error), STORE_FINE);
        CHECK_TEXT(error.message, "");
        uint64_t first = file_sum(output);
        unlink(output);
        snprintf(command, sizeof command, "cd '%.*s' && gnuplot %s.gp", (int)(strrchr(output, '/') - output), output,
                 templates[i]);
        CHECK_INT(system(command), 0);
        CHECK(first != 0 && file_sum(output) == first);
    }
    store_close(store);
}

static void terminal_form_fits_its_columns(void)
{
    static const char *const names[] = {"bar", "line"};
    Store *store = fill(2);
    for (int i = 0; i < 2; i++)
        for (int columns = 60; columns <= 120; columns += 60) {
            char path[PATH_SIZE], line[PATH_SIZE];
            Error error = {0};
            snprintf(path, sizeof path, "%s", check_scratch("terminal"));
            FigureScreen screen = {.stream = fopen(path, "w"), .columns = columns, .lines = 24};
            FigureRequest request = {
                .folder = check_path("analysis/figures"), .name = names[i], .query.by = "users,policy"};
            CHECK_INT(figure_show(store, &request, &screen, &error), STORE_FINE);
            CHECK_TEXT(error.message, "");
            fclose(screen.stream);
            FILE *stream = fopen(path, "r");
            int widest = 0, named = 0;
            while (stream && fgets(line, sizeof line, stream)) {
                int width = 0;
                for (const char *c = line; *c && *c != '\n'; c++)
                    width += ((unsigned char)*c & 0xc0) != 0x80;
                widest = width > widest ? width : widest;
                named += strstr(line, "greedy") != NULL;
                CHECK(!strchr(line, '\033'));
            }
            if (stream)
                fclose(stream);
            CHECK(widest > columns / 2 && widest <= columns);
            CHECK(named > 0);
        }
    store_close(store);
}

static void filter_hides_runs_from_figures_by_name(void)
{
    Store *store = fill(2);
    Error error = {0};
    char path[PATH_SIZE], text[4096];
    snprintf(path, sizeof path, "%s", check_scratch("filtered.svg"));
    FigureRequest request = {.folder = check_path("analysis/figures"),
                             .name = "strategies",
                             .query.where = "users == 1 and policy == oracle",
                             .output = path};
    CHECK_INT(figure_draw(store, &request, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    FILE *stream = fopen(check_scratch("filtered.tsv"), "r");
    size_t length = stream ? fread(text, 1, sizeof text - 1, stream) : 0;
    text[length] = 0;
    if (stream)
        fclose(stream);
    CHECK(row_begins(text, 1, "1|lab|1|none|oracle|3|0|11"));
    CHECK(!row_begins(text, 2, "2"));
    /* It is gone afterwards, and every run is there again. */
    request.query.where = "users == 9";
    CHECK_INT(figure_draw(store, &request, &error), STORE_INPUT);
    request.query.where = NULL;
    CHECK_INT(figure_draw(store, &request, &error), STORE_FINE);
    stream = fopen(check_scratch("filtered.tsv"), "r");
    length = stream ? fread(text, 1, sizeof text - 1, stream) : 0;
    text[length] = 0;
    if (stream)
        fclose(stream);
    CHECK(row_begins(text, 2, "2|lab|4|none|oracle|3|0|41"));
    store_close(store);
}

int main(void)
{
    static const Check checks[] = {
        {"bars_are_means_in_the_unit_of_their_label", bars_are_means_in_the_unit_of_their_label},
        {"bars_are_grouped_by_what_varies_besides", bars_are_grouped_by_what_varies_besides},
        {"lines_lie_along_the_numbers_of_the_key", lines_lie_along_the_numbers_of_the_key},
        {"cells_without_runs_break_the_line", cells_without_runs_break_the_line},
        {"box_holds_the_quartiles_and_every_run", box_holds_the_quartiles_and_every_run},
        {"distribution_of_the_response_time_shows_stored_quantiles",
         distribution_of_the_response_time_shows_stored_quantiles},
        {"map_has_a_field_per_pair_and_a_panel_per_policy", map_has_a_field_per_pair_and_a_panel_per_policy},
        {"front_holds_what_nothing_beats", front_holds_what_nothing_beats},
        {"wide_ranges_are_logarithmic", wide_ranges_are_logarithmic},
        {"runs_that_are_no_replications_never_share_a_mark", runs_that_are_no_replications_never_share_a_mark},
        {"wrong_queries_are_refused_with_a_hint", wrong_queries_are_refused_with_a_hint},
        {"empty_database_has_nothing_to_show", empty_database_has_nothing_to_show},
        {"every_template_draws_and_its_script_draws_the_same_again",
         every_template_draws_and_its_script_draws_the_same_again},
        {"terminal_form_fits_its_columns", terminal_form_fits_its_columns},
        {"filter_hides_runs_from_figures_by_name", filter_hides_runs_from_figures_by_name},
    };
    return check_run("figure_templates", checks, sizeof checks / sizeof *checks);
}
