/* Light answers that are kept or sent on: what a request goes through, against times worked out by hand, and queueing
 * theory. */
#include "../policies/policy.h"
#include "../sim/foresight.h"
#include "check.h"
#include "courses.h"
#include "worlds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How the first request of a scenario ends. */
static Outcome first_outcome(const Scenario *scenario, Answers answers)
{
    Simulation *simulation = simulation_create(scenario, COURSE_KEY);
    Course course = course_run(simulation, answers);
    simulation_destroy(simulation);
    return course.outcomes[0];
}

static void a_kept_answer_goes_home_at_once(void)
{
    Scenario *scenario = CASCADE("name=lab");
    /* 10 kB up at 8 Mbit/s: 10 ms; 3 ms; 10 ms of computing; 1 kB down at 80 Mbit/s: 0.1 ms; 3 ms */
    Outcome outcome = first_outcome(scenario, (Answers){.escalate = answer_never});
    CHECK_NEAR(outcome.response_s, 0.0261, 1e-12);
    CHECK_NEAR(outcome.energy_j, 0.010 * (6 - 2), 1e-9);
    CHECK_TEXT(scenario->options[0].items[outcome.option].label, "edge:small");
    scenario_destroy(scenario);
}

static void an_answer_that_is_sent_on_takes_the_rest_of_the_way(void)
{
    Scenario *scenario = CASCADE("name=lab");
    /* Up and the light variant: 23 ms; 10 kB at 4 Mbit/s: 20 ms; 20 ms; 8 ms of computing; 1 kB at 8 Mbit/s: 1 ms; 20
     * ms; 3.1 ms */
    Outcome outcome = first_outcome(scenario, (Answers){.escalate = answer_second});
    CHECK_NEAR(outcome.response_s, 0.023 + 0.040 + 0.008 + 0.021 + 0.0031, 1e-12);
    CHECK_NEAR(outcome.energy_j, 0.010 * (6 - 2) + 0.008 * (30 - 10), 1e-9);
    CHECK_TEXT(scenario->options[0].items[outcome.option].label, "edge:small>cloud:large");
    scenario_destroy(scenario);
}

static void a_device_may_be_light_too(void)
{
    Scenario *scenario = CASCADE("options={end: [small], edge: [large], cloud: [large]}");
    const OptionSet *options = &scenario->options[0];
    CHECK_INT(options->count, 3);
    CHECK_INT(options->escalation_count, 3);
    const OptionSet *escalations = options->items[0].escalations;
    CHECK_TEXT(escalations->items[OPTION_KEEP].label, "keep");
    CHECK_TEXT(escalations->items[1].label, "device:small>edge:large");
    CHECK_TEXT(escalations->items[2].label, "device:small>cloud:large");
    CHECK_NEAR(first_outcome(scenario, (Answers){.escalate = answer_never}).response_s, 0.010, 1e-12);
    /* 13 ms up, 40 ms of computing, 3.1 ms down */
    CHECK_NEAR(first_outcome(scenario, (Answers){.escalate = answer_second}).response_s, 0.0661, 1e-12);
    scenario_destroy(scenario);
}

static void a_branch_sends_on_what_its_layer_put_out(void)
{
    Scenario *scenario = CASCADE("cascade.cut=1");
    /* 23 ms, then 50 kB at 4 Mbit/s: 100 ms; 20 ms; three quarters of 8 ms; 24.1 ms back */
    Outcome outcome = first_outcome(scenario, (Answers){.escalate = answer_second});
    CHECK_NEAR(outcome.response_s, 0.023 + 0.120 + 0.006 + 0.0241, 1e-12);
    scenario_destroy(scenario);
}

static void a_branch_that_goes_on_where_it_is_sends_nothing(void)
{
    Scenario *scenario = CASCADE("cascade.cut=1", "options={edge: [small, large], cloud: [large]}");
    CHECK_TEXT(scenario->options[0].items[0].escalations->items[1].label, "edge:small>edge:large");
    /* 23 ms, then three quarters of 40 ms, 3.1 ms down */
    CHECK_NEAR(first_outcome(scenario, (Answers){.escalate = answer_second}).response_s, 0.0561, 1e-12);
    scenario_destroy(scenario);
    scenario = CASCADE("cascade.cut=1", "options={end: [small, large], cloud: [large]}");
    CHECK_TEXT(scenario->options[0].items[0].escalations->items[1].label, "device:small>device:large");
    CHECK_NEAR(first_outcome(scenario, (Answers){.escalate = answer_second}).response_s, 0.010 + 0.030, 1e-12);
    scenario_destroy(scenario);
}

static void a_question_says_what_the_light_variant_said(void)
{
    Scenario *scenario = CASCADE("name=lab");
    Simulation *simulation = simulation_create(scenario, COURSE_KEY);
    const Feature *shared, *ask, *light;
    const View *view = simulation_view(simulation);
    int shared_count = view_shared_features(view, &shared), ask_count = view_ask_features(view, &ask);
    CHECK_INT(view_light_features(view, &light), 3);
    CHECK_TEXT(light[0].name, "light.confidence");
    CHECK_TEXT(light[1].name, "light.margin");
    CHECK_TEXT(light[2].name, "light.entropy");
    CHECK_TEXT(light[2].unit, "nat");
    Decision decision;
    double *observation = memory_allocate((size_t)(shared_count + ask_count + 3), sizeof *observation);
    CHECK(simulation_advance(simulation, &decision));
    CHECK(decision.kind == DECISION_ROUTE);
    CHECK_INT(view_observe(view, &decision, observation), shared_count + ask_count);
    simulation_apply(simulation, (Answer){.options = (int[]){0}});
    CHECK(simulation_advance(simulation, &decision));
    CHECK(decision.kind == DECISION_ESCALATE);
    CHECK_INT(decision.ask_count, 1);
    CHECK_INT(decision.asks[0].request, 0);
    CHECK_INT(decision.time, 23000000);
    CHECK_INT(view_observe(view, &decision, observation), shared_count + ask_count + 3);
    const double expected[] = {0.99, 0.98, 0.056};
    for (int i = 0; i < 3; i++) {
        CHECK_NEAR(observation[shared_count + ask_count + i], expected[i], 0);
        CHECK_NEAR(view_light(view)[i], expected[i], 0);
    }
    CHECK(foresight_is_right(view, scenario->cascade.light) && foresight_is_right(view, scenario->cascade.heavy));
    free(observation);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void both_questions_of_a_request_get_feedback(void)
{
    Scenario *scenario = CASCADE("name=lab", "objective={kind: weighted_cost, latency_weight: 1, accuracy_weight: 2}");
    Simulation *simulation = simulation_create(scenario, COURSE_KEY);
    Decision decision;
    int option = 0;
    for (int i = 0; i < 3; i++) {
        CHECK(simulation_advance(simulation, &decision));
        option = decision.kind == DECISION_ESCALATE;
        if (i < 2)
            simulation_apply(simulation, (Answer){.options = &option});
    }
    CHECK_INT(decision.feedback_count, 2);
    const Feedback *escalation = &decision.feedback[0], *route = &decision.feedback[1];
    CHECK(escalation->kind == DECISION_ESCALATE && route->kind == DECISION_ROUTE);
    CHECK_INT(escalation->decision, 0);
    CHECK_INT(route->decision, 0);
    CHECK_NEAR(escalation->outcomes[0].response_s, 0.0951, 1e-12);
    CHECK_NEAR(route->outcomes[0].response_s, 0.0951, 1e-12);
    CHECK_NEAR(escalation->reward, -0.0951, 1e-12); /* right: nothing else is lost */
    CHECK_NEAR(route->reward, -0.0951, 1e-12);
    simulation_destroy(simulation);
    simulation = simulation_create(scenario, COURSE_KEY);
    Course course = course_run(simulation, (Answers){.escalate = answer_second});
    CHECK_INT(course.escalations, course.routes);
    CHECK_INT(course.escalation_feedbacks, course.route_feedbacks);
    CHECK_INT(simulation_metrics(simulation)->decisions, course.route_feedbacks);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static int by_chance(const Decision *decision, void *context)
{
    int escalations = decision->asks[0].options->count - 1;
    Stream *stream = context;
    return stream_uniform(stream) < 0.4 ? 1 + (int)stream_uniform_integer(stream, (uint64_t)escalations) : OPTION_KEEP;
}

/* With many users, jitter, weak links, queues, little memory and a node that refuses: every invariant after every
 * event. */
static void a_crowded_world_keeps_its_accounts(void)
{
    Scenario *scenario = CASCADE("workload={arrivals: poisson, rate: 9 /s, input: 10 kB, output: 1 kB}",
                                 "nodes.device.count=6", "options={end: [small], edge: [small, large], cloud: [large]}",
                                 "nodes.cloud.limit=1", "nodes.edge.memory=500 MB", "nodes.edge.discipline=fcfs",
                                 "links.0.jitter=1 ms", "links.1.condition={regular: 1 s, weak: 1 s}", "stop.time=30 s",
                                 "samples.order=random", "nodes.edge.background={busy: [0, 0.5], dwell: [1 s, 1 s]}");
    for (int route = 0; route < 4; route++) {
        Simulation *simulation = simulation_create(scenario, COURSE_KEY);
        Stream stream = stream_create(7, 0, STREAM_POLICY, 0);
        Course course = course_run(simulation, (Answers){.route = route, .escalate = by_chance, .context = &stream});
        const Metrics *metrics = simulation_metrics(simulation);
        int64_t sum = 0;
        const OptionSet *options = &scenario->options[0];
        for (int i = 0; i < options->count + options->escalation_count; i++)
            sum += metrics->option_counts[0][i];
        CHECK_INT(sum, metrics->arrived);
        CHECK_INT(metrics->arrived, course.routes);
        CHECK(simulation_check(simulation, NULL));
        bool light = options->items[route].variant == scenario->cascade.light;
        CHECK(light ? course.escalations > 500 : course.escalations == 0);
        CHECK(!light || (metrics->refused > 0 && metrics->sent_on > 200));
        simulation_destroy(simulation);
    }
    scenario_destroy(scenario);
}

/* Poisson arrivals, exponential services, a fair coin of 40 %: a Jackson network. The mean response is the sum of two
 * M/M/1 sojourns, the second weighted by the fraction that goes there. */
static void queues_at_both_ends_are_those_of_theory(void)
{
    enum { RUNS = 10 };
    const double rate = 40, light_s = 0.010, heavy_s = 0.040, fraction = 0.4;
    Scenario *scenario =
        CASCADE("nodes.edge.platform=shaky", "nodes.cloud={name: cloud, tier: cloud, platform: shaky, cores: 1}",
                "links=[{from: device, to: edge}, {from: edge, to: cloud}]", "stop.time=400 s", "warm_up={time: 10 s}",
                "workload={arrivals: poisson, rate: 40 /s}", "samples.order=random");
    double mean = 0, square = 0, escalated = 0;
    for (int i = 0; i < RUNS; i++) {
        Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 3, .replication = (uint64_t)i});
        Stream stream = stream_create(11, (uint64_t)i, STREAM_POLICY, 0);
        course_run(simulation, (Answers){.escalate = by_chance, .context = &stream});
        const Metrics *metrics = simulation_metrics(simulation);
        double response_s = summary_mean(&metrics->response_s);
        mean += response_s / RUNS;
        square += response_s * response_s / RUNS;
        escalated += (double)metrics->sent_on / (double)metrics->asked_on / RUNS;
        simulation_destroy(simulation);
    }
    double expected = light_s / (1 - rate * light_s) + fraction * heavy_s / (1 - fraction * rate * heavy_s);
    double error = sqrt((square - mean * mean) / (RUNS - 1));
    CHECK_NEAR(mean, expected, 4.78 * error); /* t of 9 degrees of freedom at 99.9 % */
    CHECK(error < 0.02 * expected);
    CHECK_NEAR(escalated, fraction, 0.01);
    scenario_destroy(scenario);
}

static void a_copy_goes_on_as_the_original_would(void)
{
    Scenario *scenario = CASCADE("samples.order=random", "workload={arrivals: poisson, rate: 30 /s}", "stop.time=5 s");
    Simulation *simulation = simulation_create(scenario, COURSE_KEY);
    Decision decision;
    int escalations = 0;
    while (simulation_advance(simulation, &decision) && escalations < 30) {
        int option = decision.kind == DECISION_ESCALATE && escalations++ % 2;
        if (escalations < 30)
            simulation_apply(simulation, (Answer){.options = &option});
        else
            break;
    }
    CHECK(decision.kind == DECISION_ESCALATE);
    Simulation *copies[2] = {simulation, simulation_clone(simulation)};
    for (int i = 0; i < 2; i++) {
        simulation_apply(copies[i], (Answer){.options = (int[]){1}});
        while (simulation_advance(copies[i], &decision)) {
            int option = decision.kind == DECISION_ESCALATE && decision.index % 2;
            simulation_apply(copies[i], (Answer){.options = &option});
        }
    }
    CHECK(simulation_metrics(copies[0])->fingerprint == simulation_metrics(copies[1])->fingerprint);
    CHECK_INT(simulation_metrics(copies[0])->sent_on, simulation_metrics(copies[1])->sent_on);
    simulation_destroy(copies[0]);
    simulation_destroy(copies[1]);
    scenario_destroy(scenario);
}

static void who_foresees_is_not_told_who_is_right(void)
{
    Scenario *scenario = CASCADE("samples={file: samples.csv, train: 50 %, tune: 25 %}");
    Simulation *simulation = simulation_create(scenario, COURSE_KEY);
    Decision decision;
    CHECK(simulation_advance(simulation, &decision));
    Simulation *future = simulation_clone(simulation);
    simulation_imagine(future, simulation);
    simulation_apply(future, (Answer){.options = (int[]){0}});
    CHECK(!simulation_advance(future, &decision)); /* no question: light answers are kept */
    CHECK_INT(decision.feedback_count, 1);
    CHECK_NEAR(decision.feedback[0].outcomes[0].response_s, 0.0261, 1e-12);
    CHECK_NEAR(decision.feedback[0].outcomes[0].accuracy, scenario->options[0].items[0].accuracy, 0);
    /* An answer to the question itself may be tried. */
    simulation_apply(simulation, (Answer){.options = (int[]){0}});
    CHECK(simulation_advance(simulation, &decision));
    simulation_imagine(future, simulation);
    simulation_apply(future, (Answer){.options = (int[]){1}});
    CHECK(!simulation_advance(future, &decision));
    CHECK_INT(decision.feedback_count, 2);
    CHECK_NEAR(decision.feedback[0].mean_response_s, 0.0951, 1e-12);
    CHECK_NEAR(decision.feedback[0].mean_accuracy, scenario->options[0].items[1].accuracy, 0);
    simulation_destroy(future);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void who_does_not_answer_keeps_every_light_answer(void)
{
    Scenario *scenario = CASCADE("name=lab");
    WorldRun kept = world_run_fresh("edge-only", scenario, COURSE_KEY);
    CHECK_NEAR(kept.response_s, 0.0261, 1e-12);
    CHECK_INT(kept.decisions, 2 * 8); /* two questions a request */
    WorldRun heavy = world_run_fresh("cloud-only", scenario, COURSE_KEY);
    CHECK_NEAR(heavy.response_s, 0.0851, 1e-12);
    for (int i = 0; policy_type(i); i++) {
        const PolicyType *type = policy_type(i);
        ErrorList errors = {0};
        bool suits = policy_suits(type, scenario, &errors);
        CHECK(!type->learns || type->escalates || !suits);
        CHECK_INT(suits, errors.total == 0);
        if (type->learns && !type->escalates)
            CHECK(strstr(errors.items[0].message, "does not decide which light answers are sent on") != NULL);
    }
    ErrorList errors = {0};
    CHECK(!policy_suits(policy_type_find("oracle"), scenario, &errors));
    CHECK(strstr(errors.items[0].message, "cascade-oracle is told") != NULL);
    scenario_destroy(scenario);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(a_kept_answer_goes_home_at_once),
        CHECK_OF(an_answer_that_is_sent_on_takes_the_rest_of_the_way),
        CHECK_OF(a_device_may_be_light_too),
        CHECK_OF(a_branch_sends_on_what_its_layer_put_out),
        CHECK_OF(a_branch_that_goes_on_where_it_is_sends_nothing),
        CHECK_OF(a_question_says_what_the_light_variant_said),
        CHECK_OF(both_questions_of_a_request_get_feedback),
        CHECK_OF(a_crowded_world_keeps_its_accounts),
        CHECK_OF(queues_at_both_ends_are_those_of_theory),
        CHECK_OF(a_copy_goes_on_as_the_original_would),
        CHECK_OF(who_foresees_is_not_told_who_is_right),
        CHECK_OF(who_does_not_answer_keeps_every_light_answer),
    };
    return check_run("cascade", checks, sizeof checks / sizeof *checks);
}
