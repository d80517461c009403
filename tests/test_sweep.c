/* The plan of a sweep: what the grammar means, which runs there are and which are chosen. */
#include "../analysis/sweep_selection.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { LABEL_SIZE = 200 };

static const char *base_path(void)
{
    return check_path("tests/scenarios/sweep.yaml");
}

/* The plan of the base scenario with another section `sweep`; ends the program where that is wrong. */
static Sweep *plan(const char *sweep)
{
    char setting[1000];
    const char *const settings[] = {setting};
    snprintf(setting, sizeof setting, "sweep=%s", sweep);
    ErrorList errors = {0};
    Sweep *made = sweep_open(base_path(), settings, 1, false, &errors);
    if (!made) {
        error_list_write(&errors, stderr);
        exit(1);
    }
    return made;
}

static const char *label(const Sweep *sweep, int64_t cell, char buffer[LABEL_SIZE])
{
    sweep_cell_label(sweep, cell, buffer, LABEL_SIZE);
    return buffer;
}

/* The values of the first axis, joined by '|'. */
static const char *values_of(const char *axis, char *buffer, size_t size)
{
    char section[400];
    snprintf(section, sizeof section, "{%s, policies: [greedy]}", axis);
    Sweep *sweep = plan(section);
    buffer[0] = 0;
    for (int i = 0; i < sweep->axes.axes[0].point_count; i++) {
        size_t length = strlen(buffer);
        snprintf(buffer + length, size - length, "%s%s", i ? "|" : "", sweep->axes.axes[0].keys[0].values[i].text);
    }
    sweep_close(sweep);
    return buffer;
}

static void listed_plan_of_100000_runs_is_small(void)
{
    Sweep *sweep =
        plan("{nodes.device.count: {from: 1, to: 1000, step: 1}, objective.threshold: [0 %, 1 %], repeat: 50}");
    SweepSelection all = {0};
    CHECK_INT(sweep->run_count, 100000);
    CHECK_INT(sweep_selection_count(sweep, &all), 100000);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    CHECK(usage.ru_maxrss < 200 * 1024);
    sweep_close(sweep);
}

static void cells_are_all_combinations_with_the_first_axis_slowest(void)
{
    ErrorList errors = {0};
    Sweep *sweep = sweep_open(base_path(), NULL, 0, false, &errors);
    char buffer[LABEL_SIZE];
    CHECK_INT(sweep->cell_count, 12);
    CHECK_INT(sweep->axes.repeat, 4); /* the scenario's replications */
    CHECK_INT(sweep->run_count, 48);
    CHECK_TEXT(label(sweep, 0, buffer), "objective.threshold=0 %, nodes.device.count=1, policy=device-only");
    CHECK_TEXT(label(sweep, 1, buffer), "objective.threshold=0 %, nodes.device.count=1, policy=greedy");
    CHECK_TEXT(label(sweep, 2, buffer), "objective.threshold=0 %, nodes.device.count=2, policy=device-only");
    CHECK_TEXT(label(sweep, 11, buffer), "objective.threshold=89 %, nodes.device.count=3, policy=greedy");
    CHECK_INT(sweep_cell_of(sweep, 1), 0);
    CHECK_INT(sweep_replication_of(sweep, 4), 3);
    CHECK_INT(sweep_cell_of(sweep, 5), 1);
    CHECK_INT(sweep_replication_of(sweep, 5), 0);
    CHECK_INT(sweep_cell_of(sweep, 48), 11);
    sweep_close(sweep);
}

static void ranges_hold_both_ends(void)
{
    char text[400];
    size_t size = sizeof text;
    CHECK_TEXT(values_of("nodes.device.count: {from: 1, to: 5, step: 2}", text, size), "1|3|5");
    CHECK_TEXT(values_of("nodes.device.count: {from: 5, to: 1, step: -2}", text, size), "5|3|1");
    CHECK_TEXT(values_of("nodes.device.count: {from: 1, to: 4, step: 2}", text, size), "1|3");
    CHECK_TEXT(values_of("nodes.device.count: {from: 2, to: 2, step: 1}", text, size), "2");
    CHECK_TEXT(values_of("objective.threshold: {from: 0.1 %, to: 0.7 %, step: 0.1 %}", text, size),
               "0.1 %|0.2 %|0.3 %|0.4 %|0.5 %|0.6 %|0.7 %");
    CHECK_TEXT(values_of("links.device-edge.delay: {from: 1 ms, to: 0.1 s, points: 3, scale: log}", text, size),
               "1 ms|10 ms|0.1 s");
    CHECK_TEXT(values_of("links.device-edge.delay: {from: 100 ms, to: 1 ms, points: 3, scale: log}", text, size),
               "100 ms|10 ms|1 ms");
    CHECK_TEXT(values_of("links.device-edge.delay: {from: 1ms, to: 2 ms, points: 5}", text, size),
               "1ms|1.25ms|1.5ms|1.75ms|2 ms");
    CHECK_TEXT(values_of("seed: {from: 999999999, to: 1000000001, step: 1}", text, size),
               "999999999|1000000000|1000000001");
}

static void zipped_keys_change_together(void)
{
    Sweep *sweep = plan("{zip: [{nodes.device.count: [1, 2, 3], nodes.edge.cores: {from: 2, to: 4, step: 1}}], "
                        "policies: [greedy], repeat: 2}");
    char buffer[LABEL_SIZE];
    CHECK_INT(sweep->cell_count, 3);
    CHECK_TEXT(label(sweep, 1, buffer), "nodes.device.count=2, nodes.edge.cores=3, policy=greedy");
    SweepCell *cell = sweep_cell_load(sweep, 2, NULL);
    CHECK_TEXT(cell->error, "");
    CHECK_INT(cell->scenario->user_count, 3);
    CHECK_NEAR(cell->scenario->node_groups[1].cores, 4, 0);
    sweep_cell_free(cell);
    sweep_close(sweep);
}

static void nested_values_are_values(void)
{
    Sweep *sweep = plan("{options.end: [[d4], [d0, d4], all variants], "
                        "nodes.edge.background: [{busy: [0]}, {busy: [0, 1], dwell: [5 s, 1 s]}], policies: [greedy], "
                        "where: \"options.end != '[d0, d4]'\", repeat: 1}");
    char buffer[LABEL_SIZE];
    CHECK_INT(sweep->cell_count, 4);
    CHECK_TEXT(label(sweep, 1, buffer),
               "options.end=[d4], nodes.edge.background={busy: [0, 1], dwell: [5 s, 1 s]}, policy=greedy");
    SweepCell *cell = sweep_cell_load(sweep, 3, NULL);
    CHECK_INT(cell->scenario->options[0].count, 9);
    CHECK_INT(cell->scenario->node_groups[1].background.state_count, 2);
    CHECK_NEAR(cell->scenario->node_groups[1].background.dwell_s[1], 1, 0);
    sweep_cell_free(cell);
    sweep_close(sweep);
}

static void values_know_their_numbers_and_units(void)
{
    Sweep *sweep = plan("{objective.threshold: [80 %], links.device-edge.delay: [5 ms], options.end: [[d4]], "
                        "links.device-edge.bandwidth: [8 Mbit/s], policies: [{name: q-learning, epsilon: 0.1}]}");
    SweepCell *cell = sweep_cell_load(sweep, 0, NULL);
    CHECK_NEAR(cell->values[0].number, 0.8, 0);
    CHECK_TEXT(cell->values[0].unit, "");
    CHECK_NEAR(cell->values[1].number, 0.005, 0);
    CHECK_TEXT(cell->values[1].unit, "s");
    CHECK(cell->values[2].number != cell->values[2].number);
    CHECK_TEXT(cell->values[2].text, "[d4]");
    CHECK_NEAR(cell->values[3].number, 8e6, 0);
    CHECK_TEXT(cell->values[3].unit, "bit/s");
    CHECK_TEXT(cell->values[4].key, "policy");
    CHECK_TEXT(cell->values[4].text, "q-learning {epsilon: 0.1}");
    sweep_cell_free(cell);
    sweep_close(sweep);
}

/* Parameters in the scenario belong to the policy it names; an entry changes what it says and no more. */
static void policies_as_an_axis_take_parameters_from_scenario_and_entry(void)
{
    Sweep *sweep = plan("{policies: [q-learning, {name: q-learning, epsilon: 0.1}, {name: greedy}]}");
    uint64_t hash = 0;
    for (int i = 0; i < 3; i++) {
        SweepCell *cell = sweep_cell_load(sweep, i, NULL);
        CHECK_TEXT(cell->policy->name, i < 2 ? "q-learning" : "greedy");
        CHECK((strstr(cell->parameters, "epsilon: 0.3\n") != NULL) == (i == 0));
        CHECK((strstr(cell->parameters, "epsilon: 0.1\n") != NULL) == (i == 1));
        CHECK((strstr(cell->parameters, "learning_rate: 0.2\n") != NULL) == (i < 2));
        CHECK(i == 0 || cell->scenario->hash == hash); /* the policy is no part of what is simulated */
        hash = cell->scenario->hash;
        sweep_cell_free(cell);
    }
    sweep_close(sweep);
}

static void seed_and_replications_do_not_make_another_scenario(void)
{
    Sweep *sweep = plan("{seed: [1, 2], replications: [3, 4], stop.rounds: [20, 21], repeat: 1}");
    uint64_t hash[8];
    for (int i = 0; i < 8; i++) {
        SweepCell *cell = sweep_cell_load(sweep, i, NULL);
        hash[i] = cell->scenario->hash;
        CHECK_INT(cell->scenario->seed, 1 + i / 4);
        sweep_cell_free(cell);
    }
    for (int i = 0; i < 8; i++)
        CHECK((hash[i] == hash[0]) == (i % 2 == 0));
    sweep_close(sweep);
}

static void cell_is_the_scenario_with_these_settings(void)
{
    ErrorList errors = {0};
    Sweep *sweep = sweep_open(base_path(), NULL, 0, false, &errors);
    const char *const settings[] = {"objective.threshold=89 %", "nodes.device.count=2", "policy={name: greedy}"};
    Scenario *scenario = scenario_load(base_path(), settings, 3, &errors);
    SweepCell *cell = sweep_cell_load(sweep, 9, NULL);
    CHECK(cell->scenario->hash == scenario->hash);
    CHECK_TEXT(cell->scenario->resolved, scenario->resolved);
    sweep_cell_free(cell);
    scenario_destroy(scenario);
    sweep_close(sweep);
}

static void scenario_without_sweep_is_one_cell(void)
{
    ErrorList errors = {0};
    Sweep *sweep = sweep_open(check_path("tests/scenarios/three_tiers.yaml"), NULL, 0, false, &errors);
    char buffer[LABEL_SIZE];
    CHECK_INT(errors.total, 0);
    CHECK_INT(sweep->run_count, 2);
    CHECK_TEXT(label(sweep, 0, buffer), "three tiers");
    sweep_close(sweep);
}

static void condition_leaves_out_cells_and_numbers_stay_dense(void)
{
    Sweep *sweep = plan("{nodes.device.count: [1, 2, 3], objective.threshold: [80 %, 89 %], policies: [greedy], "
                        "where: nodes.device.count <= 2 or objective.threshold < 85 %, repeat: 2}");
    char buffer[LABEL_SIZE];
    CHECK_INT(sweep->cell_count, 5);
    CHECK_INT(sweep->run_count, 10);
    CHECK_TEXT(label(sweep, 4, buffer), "nodes.device.count=3, objective.threshold=80 %, policy=greedy");
    sweep_close(sweep);
}

/* The chosen runs as text. */
static const char *chosen(const Sweep *sweep, const SweepSelection *selection, char *buffer, size_t size)
{
    int64_t run;
    buffer[0] = 0;
    for (SweepWalk walk = sweep_walk_begin(sweep, selection); sweep_walk_next(&walk, &run);) {
        size_t length = strlen(buffer);
        snprintf(buffer + length, size - length, "%s%d", length ? " " : "", (int)run);
    }
    return buffer;
}

static void runs_are_chosen_by_condition_number_and_shard(void)
{
    Sweep *sweep = plan("{nodes.device.count: [1, 2, 3], policies: [greedy, device-only], repeat: 2}"); /* 12 runs */
    Arena arena = {0};
    Error error = {0};
    ErrorList errors = {0};
    char text[200];
    SweepSelection selection = {0};
    selection.where = expression_parse(&arena, "policy == greedy and nodes.device.count != 2", sweep->names,
                                       sweep->axes.key_count, &error);
    CHECK_TEXT(chosen(sweep, &selection, text, sizeof text), "1 2 9 10");
    CHECK(sweep_select_runs(&arena, sweep, "2..9,1,9,12", &selection, &errors));
    CHECK_TEXT(chosen(sweep, &selection, text, sizeof text), "1 2 9");
    CHECK(sweep_select_shard("2/2", &selection, &errors));
    CHECK_TEXT(chosen(sweep, &selection, text, sizeof text), "2");
    selection = (SweepSelection){.shard = 2, .shard_count = 3};
    CHECK_TEXT(chosen(sweep, &selection, text, sizeof text), "2 5 8 11");
    selection.whole_cells = true;
    CHECK_TEXT(chosen(sweep, &selection, text, sizeof text), "3 4 9 10");
    selection = (SweepSelection){.shard = 20, .shard_count = 20};
    CHECK_TEXT(chosen(sweep, &selection, text, sizeof text), "");
    CHECK_INT(errors.total, 0);
    arena_free(&arena);
    sweep_close(sweep);
}

static void shards_share_out_every_run_once(void)
{
    Sweep *sweep = plan("{nodes.device.count: [1, 2, 3, 4, 5], objective.threshold: [0 %, 80 %, 89 %], repeat: 7}");
    Arena arena = {0};
    Error error = {0};
    const Expression *where = expression_parse(&arena, "nodes.device.count * 10 % != objective.threshold", sweep->names,
                                               sweep->axes.key_count, &error);
    CHECK(where != NULL);
    for (int shards = 1; shards <= 9; shards++)
        for (int whole = 0; whole <= 1; whole++) {
            int met[105 + 1] = {0}, least = 1000, most = 0;
            for (int shard = 1; shard <= shards; shard++) {
                SweepSelection selection = {where, 0, NULL, shard, shards, whole};
                int64_t run;
                int count = 0;
                for (SweepWalk walk = sweep_walk_begin(sweep, &selection); sweep_walk_next(&walk, &run); count++)
                    met[run]++;
                least = count < least ? count : least;
                most = count > most ? count : most;
            }
            CHECK(most - least <= (whole ? 7 : 1));
            for (int run = 1; run <= 105; run++)
                CHECK_INT(met[run], 1);
        }
    arena_free(&arena);
    sweep_close(sweep);
}

static void wrong_choices_are_refused(void)
{
    Sweep *sweep = plan("{policies: [greedy], repeat: 10}");
    Arena arena = {0};
    SweepSelection selection = {0};
    const char *const runs[] = {"",   "0", "11", "3-5", "5..3", "1,,2", "1..", "a", "1..11", "99999999999999999999",
                                "1 2"};
    const char *const shards[] = {"", "0/4", "5/4", "1", "1/0", "a/b", "1/4x", "-1/4", "1/2/3"};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        ErrorList errors = {0};
        CHECK(!sweep_select_runs(&arena, sweep, runs[i], &selection, &errors) && errors.total == 1);
    }
    for (size_t i = 0; i < sizeof shards / sizeof *shards; i++) {
        ErrorList errors = {0};
        CHECK(!sweep_select_shard(shards[i], &selection, &errors) && errors.total == 1);
    }
    arena_free(&arena);
    sweep_close(sweep);
}

int main(void)
{
    const Check checks[] = {
        {"listed_plan_of_100000_runs_is_small", listed_plan_of_100000_runs_is_small},
        {"cells_are_all_combinations_with_the_first_axis_slowest",
         cells_are_all_combinations_with_the_first_axis_slowest},
        {"ranges_hold_both_ends", ranges_hold_both_ends},
        {"zipped_keys_change_together", zipped_keys_change_together},
        {"nested_values_are_values", nested_values_are_values},
        {"values_know_their_numbers_and_units", values_know_their_numbers_and_units},
        {"policies_as_an_axis_take_parameters_from_scenario_and_entry",
         policies_as_an_axis_take_parameters_from_scenario_and_entry},
        {"seed_and_replications_do_not_make_another_scenario", seed_and_replications_do_not_make_another_scenario},
        {"cell_is_the_scenario_with_these_settings", cell_is_the_scenario_with_these_settings},
        {"scenario_without_sweep_is_one_cell", scenario_without_sweep_is_one_cell},
        {"condition_leaves_out_cells_and_numbers_stay_dense", condition_leaves_out_cells_and_numbers_stay_dense},
        {"runs_are_chosen_by_condition_number_and_shard", runs_are_chosen_by_condition_number_and_shard},
        {"shards_share_out_every_run_once", shards_share_out_every_run_once},
        {"wrong_choices_are_refused", wrong_choices_are_refused},
    };
    return check_run("sweep", checks, sizeof checks / sizeof checks[0]);
}
