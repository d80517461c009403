/* Samples that the requests of a cascade carry: which of them, how often, and that they end right or wrong as those
 * say. */
#include "check.h"
#include "courses.h"

#include <math.h>
#include <string.h>

static void requests_end_right_or_wrong_as_their_samples_say(void)
{
    Scenario *scenario = CASCADE("stop.time=19.5 s");
    Simulation *simulation = simulation_create(scenario, COURSE_KEY);
    Course course = course_run(simulation, (Answers){.escalate = answer_every_third});
    for (int i = 0; i < 20; i++)
        CHECK_NEAR(course.outcomes[i].accuracy, (i % 3 == 0 ? course_heavy_right : course_light_right)[i % COURSE_ROWS],
                   0);
    const Metrics *metrics = simulation_metrics(simulation);
    CHECK_INT(metrics->asked_on, 20);
    CHECK_INT(metrics->sent_on, 7);
    CHECK_INT(metrics->finished, 20);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

/* The samples that requests of a run carry, told by the confidence, in the order of the questions. */
static int collect(const Decision *decision, void *context)
{
    int *counts = context;
    const double *light = view_light(decision->view);
    const double confidences[COURSE_ROWS] = {0.99, 0.9, 0.55, 0.6, 0.97, 0.8, 0.7, 0.95};
    for (int i = 0; i < COURSE_ROWS; i++)
        counts[i] += light[0] == confidences[i];
    return OPTION_KEEP;
}

static void random_samples_come_equally_often(void)
{
    Scenario *scenario = CASCADE("samples.order=random", "workload.period=100 ms", "stop.time=799.95 s");
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 2});
    int counts[COURSE_ROWS] = {0}, total = 0;
    course_run(simulation, (Answers){.escalate = collect, .context = counts});
    double statistic = 0;
    for (int i = 0; i < COURSE_ROWS; i++)
        total += counts[i];
    for (int i = 0; i < COURSE_ROWS; i++)
        statistic += pow(counts[i] - total / 8.0, 2) / (total / 8.0);
    CHECK_INT(total, 8000);
    CHECK(statistic < 24.3); /* chi-square, 7 degrees of freedom, 0.1 % */
    CHECK(statistic > 0.4);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void training_never_meets_the_samples_that_are_reported_on(void)
{
    Scenario *scenario = CASCADE("samples={file: samples.csv, train: 50 %, tune: 25 %}", "workload.period=10 ms");
    const RunKey keys[] = {{.seed = 2, .training = true, .decisions = 600}, {.seed = 2}};
    int counts[2][COURSE_ROWS] = {{0}};
    for (int i = 0; i < 2; i++) {
        Simulation *simulation = simulation_create(scenario, keys[i]);
        course_run(simulation, (Answers){.escalate = collect, .context = counts[i]});
        simulation_destroy(simulation);
    }
    int trained = 0, reported = 0;
    for (int i = 0; i < COURSE_ROWS; i++) {
        CHECK(counts[0][i] == 0 || counts[1][i] == 0);
        trained += counts[0][i] > 0;
        reported += counts[1][i] > 0;
    }
    CHECK_INT(trained, 4);
    CHECK_INT(reported, 2);
    scenario_destroy(scenario);
}

/* What the k-th request meets does not depend on what is done with others. */
static void all_policies_meet_the_same_samples(void)
{
    Scenario *scenario = CASCADE("samples.order=random", "stop.time=40 s");
    Course courses[2];
    for (int i = 0; i < 2; i++) {
        Simulation *simulation = simulation_create(scenario, COURSE_KEY);
        courses[i] = course_run(simulation, (Answers){.route = 0, .escalate = i ? answer_every_third : answer_never});
        simulation_destroy(simulation);
    }
    Simulation *simulation = simulation_create(scenario, COURSE_KEY);
    Course heavy = course_run(simulation, (Answers){.route = 1, .escalate = answer_never});
    simulation_destroy(simulation);
    int differ = 0;
    for (int i = 0; i < 40; i++) {
        CHECK_NEAR(courses[1].outcomes[i].accuracy, (i % 3 == 0 ? &heavy : &courses[0])->outcomes[i].accuracy, 0);
        differ += courses[0].outcomes[i].accuracy != heavy.outcomes[i].accuracy;
    }
    CHECK(differ > 5);
    scenario_destroy(scenario);
}

static void expected_accuracy_is_that_of_the_samples_to_learn_from(void)
{
    Scenario *scenario = CASCADE("name=lab");
    CHECK_NEAR(scenario->options[0].items[0].accuracy, 0.5, 0); /* nothing to learn from: all there is */
    scenario_destroy(scenario);
    scenario = CASCADE("samples={file: samples.csv, train: 50 %, tune: 25 %}");
    const SampleRows *train = &scenario->samples.parts.parts[SAMPLE_TRAIN];
    double right[2] = {0};
    for (int i = 0; i < train->count; i++) {
        right[0] += course_light_right[train->rows[i]];
        right[1] += course_heavy_right[train->rows[i]];
    }
    CHECK_INT(train->count, 4);
    for (int i = 0; i < 2; i++)
        CHECK_NEAR(scenario->options[0].items[i].accuracy, right[i] / 4, 1e-15);
    scenario_destroy(scenario);
}

static void what_is_resolved_is_the_same_scenario(void)
{
    const char *const variants[][2] = {
        {"name=lab", "seed=1"},
        {"samples={file: samples.csv, train: 50 %, tune: 25 %, split_seed: 4}", "cascade.cut=1"}};
    for (int i = 0; i < 2; i++) {
        Scenario *scenario = CASCADE(variants[i][0], variants[i][1]);
        Arena arena = {0};
        ErrorList errors = {0};
        ScenarioFiles files = {0};
        const ConfigNode *root =
            config_parse(&arena, scenario->resolved, strlen(scenario->resolved), scenario->path, false, &errors);
        Scenario *again = scenario_build(root, scenario->path, &files, &errors);
        CHECK(again && again->hash == scenario->hash);
        if (again)
            CHECK_TEXT(again->resolved, scenario->resolved);
        scenario_destroy(again);
        scenario_destroy(scenario);
        scenario_files_free(&files);
        arena_free(&arena);
    }
}

static void other_samples_make_another_scenario(void)
{
    static const char *const overrides[] = {"samples.split_seed=2", "samples.train=25 %", "cascade.cut=1",
                                            "samples.order=in_turn"};
    Scenario *plain = CASCADE("samples={file: samples.csv, train: 50 %, tune: 25 %}");
    for (size_t i = 0; i < sizeof overrides / sizeof *overrides; i++) {
        Scenario *other = CASCADE("samples={file: samples.csv, train: 50 %, tune: 25 %}", overrides[i]);
        CHECK(other->hash != plain->hash && other->world_hash != plain->world_hash);
        scenario_destroy(other);
    }
    scenario_destroy(plain);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(requests_end_right_or_wrong_as_their_samples_say),
        CHECK_OF(random_samples_come_equally_often),
        CHECK_OF(training_never_meets_the_samples_that_are_reported_on),
        CHECK_OF(all_policies_meet_the_same_samples),
        CHECK_OF(expected_accuracy_is_that_of_the_samples_to_learn_from),
        CHECK_OF(what_is_resolved_is_the_same_scenario),
        CHECK_OF(other_samples_make_another_scenario),
    };
    return check_run("cascade_samples", checks, sizeof checks / sizeof *checks);
}
