#include "../sim/simulation.h"
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OVERRIDE_LIMIT = 8, USER_LIMIT = 16 };

/* Options of the lab's users in order. */
enum { LOCAL_SMALL, LOCAL_LARGE, EDGE_SMALL, EDGE_LARGE };

static Scenario *load(const char *file, const char *const *overrides)
{
    int count = 0;
    while (overrides && overrides[count])
        count++;
    ErrorList errors = {0};
    Scenario *scenario = scenario_load(check_path(file), overrides, count, &errors);
    if (!scenario) {
        error_list_write(&errors, stderr);
        abort();
    }
    return scenario;
}

/* The lab with overrides; the name is one that changes nothing. */
#define LAB(...) load("tests/lab/lab.yaml", (const char *const[]){__VA_ARGS__, NULL})

static const RunKey KEY = {.seed = 1, .validate = true};

/* Runs to the end, always answering `option`; keeps the last feedback where asked for. */
static void run_to_end(Simulation *simulation, int option)
{
    int options[USER_LIMIT];
    for (int i = 0; i < USER_LIMIT; i++)
        options[i] = option;
    Decision decision;
    while (simulation_advance(simulation, &decision))
        simulation_apply(simulation, (Answer){.options = options});
}

/* Outcome of the first question when its asks are answered with `options`. */
static Outcome first_outcome(const Scenario *scenario, const int *options, int ask)
{
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    CHECK(simulation_advance(simulation, &decision));
    simulation_apply(simulation, (Answer){.options = options});
    while (simulation_advance(simulation, &decision) && decision.feedback_count == 0)
        simulation_apply(simulation, (Answer){.options = options});
    CHECK(decision.feedback_count > 0);
    Outcome outcome = decision.feedback[0].outcomes[ask];
    simulation_destroy(simulation);
    return outcome;
}

static void a_local_inference_takes_its_profile_and_its_energy(void)
{
    Scenario *scenario = LAB("name=lab");
    Outcome outcome = first_outcome(scenario, (int[]){LOCAL_LARGE, LOCAL_SMALL}, 0);
    CHECK_NEAR(outcome.response_s, 0.040, 1e-12);
    CHECK_NEAR(outcome.energy_j, 0.040 * (5 - 1), 1e-9);
    CHECK_NEAR(outcome.accuracy, 0.9, 1e-12);
    scenario_destroy(scenario);
}

static void an_offloaded_inference_crosses_the_link_both_ways(void)
{
    Scenario *scenario = LAB("name=lab");
    /* 10 kB up at 8 Mbit/s: 10 ms; 3 ms; 8 ms; 1 kB down at 80 Mbit/s: 0.1 ms; 3 ms */
    Outcome outcome = first_outcome(scenario, (int[]){EDGE_LARGE, LOCAL_SMALL}, 0);
    CHECK_NEAR(outcome.response_s, 0.010 + 0.003 + 0.008 + 0.0001 + 0.003, 1e-9);
    CHECK_NEAR(outcome.energy_j, 0.008 * (30 - 10), 1e-9);
    scenario_destroy(scenario);
}

static void two_at_the_edge_share_its_cores(void)
{
    Scenario *scenario = LAB("name=lab");
    /* Two threads each on two cores: both take twice as long. */
    Outcome outcome = first_outcome(scenario, (int[]){EDGE_LARGE, EDGE_LARGE}, 1);
    CHECK_NEAR(outcome.response_s, 0.010 + 0.003 + 0.016 + 0.0001 + 0.003, 1e-9);
    scenario_destroy(scenario);
    /* One thread each on two cores: neither notices the other. */
    scenario = LAB("nodes.edge.threads=1", "options.edge=[large]");
    outcome = first_outcome(scenario, (int[]){2, 2}, 1);
    CHECK_NEAR(outcome.response_s, 0.010 + 0.003 + 0.012 + 0.0001 + 0.003, 1e-9);
    scenario_destroy(scenario);
}

static void first_come_first_served_makes_the_second_wait(void)
{
    Scenario *scenario = LAB("nodes.edge.discipline=fcfs");
    CHECK_NEAR(first_outcome(scenario, (int[]){EDGE_LARGE, EDGE_LARGE}, 0).response_s, 0.0241, 1e-9);
    CHECK_NEAR(first_outcome(scenario, (int[]){EDGE_LARGE, EDGE_LARGE}, 1).response_s, 0.0321, 1e-9);
    scenario_destroy(scenario);
}

static void a_reserved_share_lasts_whoever_else_is_there(void)
{
    Scenario *scenario = LAB("nodes.edge.discipline=reserved");
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    CHECK(simulation_advance(simulation, &decision));
    double share[] = {0.25, 0.5};
    simulation_apply(simulation, (Answer){.options = (int[]){EDGE_LARGE, EDGE_LARGE}, .compute_share = share});
    CHECK(simulation_advance(simulation, &decision));
    CHECK_NEAR(decision.feedback[0].outcomes[0].response_s, 0.0161 + 0.008 / 0.25, 1e-9);
    CHECK_NEAR(decision.feedback[0].outcomes[1].response_s, 0.0161 + 0.008 / 0.5, 1e-9);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void a_weak_link_delays_upward_messages_only(void)
{
    Scenario *scenario = LAB("links.device-edge.condition=weak");
    CHECK_NEAR(first_outcome(scenario, (int[]){EDGE_LARGE, LOCAL_SMALL}, 0).response_s, 0.0241 + 0.020, 1e-9);
    scenario_destroy(scenario);
}

static void a_cut_computes_its_layers_on_the_device_and_sends_their_output(void)
{
    Scenario *scenario = LAB("options.cuts=[1]", "options.edge=[large]");
    const OptionSet *options = &scenario->options[0];
    int cut = -1;
    for (int i = 0; i < options->count; i++)
        if (options->items[i].cut == 1)
            cut = i;
    CHECK(cut >= 0);
    Outcome outcome = first_outcome(scenario, (int[]){cut, LOCAL_SMALL}, 0);
    /* A quarter of 40 ms; 50 kB up: 50 ms; 3 ms; three quarters of 8 ms; back */
    CHECK_NEAR(outcome.response_s, 0.010 + 0.050 + 0.003 + 0.006 + 0.0001 + 0.003, 1e-9);
    CHECK_NEAR(outcome.energy_j, 0.010 * 4 + 0.006 * 20, 1e-9);
    scenario_destroy(scenario);
}

static void what_does_not_fit_into_memory_waits(void)
{
    Scenario *scenario = LAB("nodes.edge.memory=500 MB");
    CHECK_NEAR(first_outcome(scenario, (int[]){EDGE_LARGE, EDGE_LARGE}, 0).response_s, 0.0241, 1e-9);
    CHECK_NEAR(first_outcome(scenario, (int[]){EDGE_LARGE, EDGE_LARGE}, 1).response_s, 0.0321, 1e-9);
    /* 100 and 400 MB fit side by side; in 8 ms of sharing the small one needs 4 and the large one 10 in all */
    CHECK_NEAR(first_outcome(scenario, (int[]){EDGE_SMALL, EDGE_LARGE}, 1).response_s, 0.0161 + 0.010, 1e-9);
    scenario_destroy(scenario);
}

static void a_node_at_its_limit_refuses(void)
{
    Scenario *scenario = LAB("nodes.edge.limit=1");
    CHECK(!first_outcome(scenario, (int[]){EDGE_LARGE, EDGE_LARGE}, 0).refused);
    Outcome outcome = first_outcome(scenario, (int[]){EDGE_LARGE, EDGE_LARGE}, 1);
    CHECK(outcome.refused);
    CHECK_NEAR(outcome.response_s, 0.013, 1e-9);
    Simulation *simulation = simulation_create(scenario, KEY);
    run_to_end(simulation, EDGE_LARGE);
    const Metrics *metrics = simulation_metrics(simulation);
    CHECK_INT(metrics->arrived, 20);
    CHECK_INT(metrics->finished, 10);
    CHECK_INT(metrics->refused, 10);
    CHECK_INT(metrics->infeasible, 10);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

/* A request that is refused at once ends while its answer is being applied. */
static void feedback_of_instant_refusals_is_not_lost(void)
{
    Scenario *scenario = LAB("workload={arrivals: poisson, rate: 40 /s, input: 0 B, output: 0 B}", "stop={time: 10 s}",
                             "nodes.device.limit=1");
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    int64_t feedback = 0;
    while (simulation_advance(simulation, &decision)) {
        feedback += decision.feedback_count;
        simulation_apply(simulation, (Answer){.options = (int[]){LOCAL_LARGE}});
    }
    feedback += decision.feedback_count;
    const Metrics *metrics = simulation_metrics(simulation);
    CHECK(metrics->refused > 100);
    CHECK_INT(feedback, metrics->finished + metrics->refused);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void other_tenants_slow_a_node_down(void)
{
    Scenario *scenario = LAB("nodes.edge.background={busy: [1]}");
    CHECK_NEAR(first_outcome(scenario, (int[]){EDGE_LARGE, LOCAL_SMALL}, 0).response_s, 0.0241 + 0.008, 1e-9);
    scenario_destroy(scenario);
}

static void rounds_follow_each_other_or_a_period(void)
{
    Scenario *scenario = LAB("name=lab");
    Simulation *simulation = simulation_create(scenario, KEY);
    run_to_end(simulation, LOCAL_LARGE);
    CHECK_NEAR(time_to_s(simulation_now(simulation)), 10 * 0.040, 1e-9);
    const Metrics *metrics = simulation_metrics(simulation);
    CHECK_INT(metrics->decisions, 10);
    CHECK_NEAR(summary_mean(&metrics->reward), -0.040, 1e-12);
    CHECK_NEAR(metrics->nodes[0].utilisation, 1, 1e-9);
    CHECK_NEAR(metrics->nodes[0].energy_j, 0.4 * 5, 1e-9);
    CHECK_NEAR(metrics->nodes[2].utilisation, 0, 1e-9);
    CHECK_NEAR(metrics->nodes[2].energy_j, 0.4 * 10, 1e-9);
    simulation_destroy(simulation);
    scenario_destroy(scenario);

    scenario = LAB("workload.period=100 ms");
    simulation = simulation_create(scenario, KEY);
    run_to_end(simulation, LOCAL_LARGE);
    CHECK_NEAR(time_to_s(simulation_now(simulation)), 10 * 0.1, 1e-9);
    CHECK_NEAR(simulation_metrics(simulation)->nodes[0].utilisation, 0.4, 1e-9);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void warm_up_is_not_recorded(void)
{
    Scenario *scenario = LAB("warm_up={rounds: 4}", "workload.deadline=30 ms");
    Simulation *simulation = simulation_create(scenario, KEY);
    run_to_end(simulation, LOCAL_LARGE);
    const Metrics *metrics = simulation_metrics(simulation);
    CHECK_INT(metrics->arrived, 12);
    CHECK_INT(metrics->unrecorded, 8);
    CHECK_INT(metrics->decisions, 6);
    CHECK_INT(metrics->late, 12);
    CHECK_INT(metrics->option_counts[0][LOCAL_LARGE], 12);
    CHECK_NEAR(time_to_s(metrics->measured), 0.24, 1e-9);
    CHECK_NEAR(metrics->nodes[0].energy_j, 0.24 * 5, 1e-9);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void a_run_over_before_its_warm_up_measured_nothing(void)
{
    Scenario *scenario = LAB("warm_up={time: 50 s}");
    Simulation *simulation = simulation_create(scenario, KEY);
    run_to_end(simulation, LOCAL_LARGE);
    const Metrics *metrics = simulation_metrics(simulation);
    CHECK_INT(metrics->finished, 0);
    CHECK_INT(metrics->measured, 0);
    CHECK_NEAR(metrics->nodes[0].energy_j, 0, 0);
    CHECK_NEAR(metrics->nodes[0].served_core_s, 0, 0);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void periodic_users_take_turns(void)
{
    Scenario *scenario = LAB("workload.arrivals=periodic", "workload.period=100 ms", "stop={time: 1 s}");
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    int options[] = {LOCAL_SMALL};
    for (int i = 0; simulation_advance(simulation, &decision); i++) {
        CHECK_INT(decision.ask_count, 1);
        CHECK_INT(decision.asks[0].user, i % 2);
        CHECK_INT(decision.time, (Time)i * 50 * 1000000);
        simulation_apply(simulation, (Answer){.options = options});
    }
    CHECK_INT(simulation_metrics(simulation)->arrived, 21);
    CHECK_INT(simulation_metrics(simulation)->unfinished, 1);
    CHECK_NEAR(time_to_s(simulation_now(simulation)), 1, 0);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static uint64_t fingerprint_of(const Scenario *scenario, RunKey key, int option)
{
    Simulation *simulation = simulation_create(scenario, key);
    run_to_end(simulation, option);
    uint64_t fingerprint = simulation_metrics(simulation)->fingerprint;
    simulation_destroy(simulation);
    return fingerprint;
}

static Scenario *load_busy(void)
{
    return LAB("workload={arrivals: poisson, rate: 8 /s, input: 10 kB, output: 1 kB}", "stop={time: 20 s}",
               "nodes.device.platform=shaky", "nodes.edge.background={busy: [0, 1], dwell: [1 s, 500 ms]}",
               "links.device-edge.condition={regular: 2 s, weak: 1 s}", "links.device-edge.jitter=1 ms",
               "nodes.edge.memory=900 MB");
}

static void same_key_same_run(void)
{
    Scenario *scenario = load_busy();
    RunKey key = {.seed = 3};
    uint64_t fingerprint = fingerprint_of(scenario, key, LOCAL_SMALL);
    CHECK(fingerprint_of(scenario, key, LOCAL_SMALL) == fingerprint);
    CHECK(fingerprint_of(scenario, (RunKey){.seed = 4}, LOCAL_SMALL) != fingerprint);
    CHECK(fingerprint_of(scenario, (RunKey){.seed = 3, .replication = 1}, LOCAL_SMALL) != fingerprint);
    CHECK(fingerprint_of(scenario, (RunKey){.seed = 3, .training = true, .decisions = 300}, LOCAL_SMALL) !=
          fingerprint_of(scenario, (RunKey){.seed = 3, .decisions = 300}, LOCAL_SMALL));
    CHECK(fingerprint_of(scenario, key, EDGE_LARGE) != fingerprint);
    scenario_destroy(scenario);
}

/* Arrival times and the users who ask must not depend on the answers. */
static void policies_meet_the_same_arrivals(void)
{
    Scenario *scenario = load_busy();
    Simulation *a = simulation_create(scenario, KEY), *b = simulation_create(scenario, KEY);
    Decision from_a, from_b;
    int near[] = {LOCAL_SMALL}, far[] = {EDGE_LARGE};
    int count = 0;
    while (simulation_advance(a, &from_a)) {
        CHECK(simulation_advance(b, &from_b));
        CHECK_INT(from_a.time, from_b.time);
        CHECK_INT(from_a.asks[0].user, from_b.asks[0].user);
        simulation_apply(a, (Answer){.options = near});
        simulation_apply(b, (Answer){.options = far});
        count++;
    }
    CHECK(count > 200);
    simulation_destroy(a);
    simulation_destroy(b);
    scenario_destroy(scenario);
}

static void a_clone_lives_the_same_future(void)
{
    Scenario *scenario = load_busy();
    RunKey key = {.seed = 5};
    Simulation *simulation = simulation_create(scenario, key);
    Decision decision;
    int options[] = {EDGE_LARGE};
    for (int i = 0; i < 100 && simulation_advance(simulation, &decision); i++)
        simulation_apply(simulation, (Answer){.options = options});
    CHECK(simulation_advance(simulation, &decision)); /* in the middle of a question */
    Simulation *clone = simulation_clone(simulation);
    Simulation *reused = simulation_create(scenario, (RunKey){.seed = 77});
    run_to_end(reused, LOCAL_SMALL);
    simulation_copy(reused, simulation);
    Simulation *copies[] = {simulation, clone, reused};
    for (int i = 0; i < 3; i++) {
        simulation_apply(copies[i], (Answer){.options = options});
        run_to_end(copies[i], EDGE_LARGE);
        CHECK(simulation_metrics(copies[i])->fingerprint == simulation_metrics(simulation)->fingerprint);
        CHECK_NEAR(summary_mean(&simulation_metrics(copies[i])->response_s),
                   summary_mean(&simulation_metrics(simulation)->response_s), 0);
        CHECK(memcmp(&simulation_metrics(copies[i])->response_course_s,
                     &simulation_metrics(simulation)->response_course_s, sizeof(Series)) == 0);
        CHECK_NEAR(simulation_metrics(copies[i])->nodes[2].energy_j, simulation_metrics(simulation)->nodes[2].energy_j,
                   0);
    }
    CHECK(simulation_metrics(simulation)->fingerprint == fingerprint_of(scenario, key, EDGE_LARGE));
    for (int i = 0; i < 3; i++)
        simulation_destroy(copies[i]);
    scenario_destroy(scenario);
}

static void foresight_expects_means_and_leaves_the_original_alone(void)
{
    Scenario *scenario = LAB("nodes.device.platform=shaky");
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    CHECK(simulation_advance(simulation, &decision));
    Simulation *imagined = simulation_clone(simulation);
    simulation_foresee(imagined);
    simulation_apply(imagined, (Answer){.options = (int[]){LOCAL_LARGE, LOCAL_SMALL}});
    CHECK(!simulation_advance(imagined, &decision));
    CHECK_INT(decision.feedback_count, 1);
    CHECK_NEAR(decision.feedback[0].outcomes[0].response_s, 0.040, 1e-9);
    CHECK_NEAR(decision.feedback[0].mean_response_s, 0.025, 1e-9);
    CHECK_NEAR(decision.feedback[0].mean_accuracy, 0.8, 1e-9);
    CHECK_INT(simulation_metrics(imagined)->finished, 0);
    CHECK_INT(simulation_metrics(imagined)->response_course_s.pending, 0);
    simulation_imagine(imagined, simulation);
    simulation_apply(imagined, (Answer){.options = (int[]){LOCAL_LARGE, LOCAL_SMALL}});
    CHECK(!simulation_advance(imagined, &decision));
    CHECK_NEAR(decision.feedback[0].mean_response_s, 0.025, 1e-9);
    CHECK_INT(simulation_metrics(imagined)->finished, 0);
    simulation_destroy(imagined);
    simulation_apply(simulation, (Answer){.options = (int[]){LOCAL_LARGE, LOCAL_SMALL}});
    run_to_end(simulation, LOCAL_SMALL);
    CHECK_INT(simulation_metrics(simulation)->decisions, 10);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void every_invariant_holds_after_every_event(void)
{
    Scenario *scenario = load_busy();
    for (int option = 0; option < scenario->options[0].count; option++) {
        Simulation *simulation = simulation_create(scenario, KEY);
        run_to_end(simulation, option);
        CHECK(simulation_check(simulation, NULL));
        CHECK(simulation_metrics(simulation)->finished > 200);
        simulation_destroy(simulation);
    }
    scenario_destroy(scenario);
}

static void the_observation_is_what_its_table_says(void)
{
    Scenario *scenario = LAB("nodes.edge.background={busy: [1]}", "links.device-edge.condition=weak");
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    CHECK(simulation_advance(simulation, &decision));
    const Feature *shared, *own;
    int shared_count = view_shared_features(simulation_view(simulation), &shared);
    int own_count = view_ask_features(simulation_view(simulation), &own);
    CHECK_INT(shared_count, 3);
    CHECK_INT(own_count, 5);
    double values[32];
    CHECK_INT(view_observe(simulation_view(simulation), &decision, values), shared_count + 2 * own_count);
    CHECK_TEXT(shared[1].name, "edge.busy_cores");
    CHECK_NEAR(values[1], 1, 0);
    CHECK(shared[1].constant);
    CHECK_TEXT(own[3].name, "own.link1.weak");
    CHECK_NEAR(values[shared_count + 3], 1, 0);
    CHECK_NEAR(values[shared_count + own_count + 3], 1, 0);
    CHECK_TEXT(own[4].name, "own.input");
    CHECK(own[4].constant);
    CHECK_NEAR(values[shared_count + own_count + 4], 10e3, 0);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

int main(void)
{
    const Check checks[] = {
        {"a_local_inference_takes_its_profile_and_its_energy", a_local_inference_takes_its_profile_and_its_energy},
        {"an_offloaded_inference_crosses_the_link_both_ways", an_offloaded_inference_crosses_the_link_both_ways},
        {"two_at_the_edge_share_its_cores", two_at_the_edge_share_its_cores},
        {"first_come_first_served_makes_the_second_wait", first_come_first_served_makes_the_second_wait},
        {"a_reserved_share_lasts_whoever_else_is_there", a_reserved_share_lasts_whoever_else_is_there},
        {"a_weak_link_delays_upward_messages_only", a_weak_link_delays_upward_messages_only},
        {"a_cut_computes_its_layers_on_the_device_and_sends_their_output",
         a_cut_computes_its_layers_on_the_device_and_sends_their_output},
        {"what_does_not_fit_into_memory_waits", what_does_not_fit_into_memory_waits},
        {"a_node_at_its_limit_refuses", a_node_at_its_limit_refuses},
        {"feedback_of_instant_refusals_is_not_lost", feedback_of_instant_refusals_is_not_lost},
        {"other_tenants_slow_a_node_down", other_tenants_slow_a_node_down},
        {"rounds_follow_each_other_or_a_period", rounds_follow_each_other_or_a_period},
        {"warm_up_is_not_recorded", warm_up_is_not_recorded},
        {"a_run_over_before_its_warm_up_measured_nothing", a_run_over_before_its_warm_up_measured_nothing},
        {"periodic_users_take_turns", periodic_users_take_turns},
        {"same_key_same_run", same_key_same_run},
        {"policies_meet_the_same_arrivals", policies_meet_the_same_arrivals},
        {"a_clone_lives_the_same_future", a_clone_lives_the_same_future},
        {"foresight_expects_means_and_leaves_the_original_alone",
         foresight_expects_means_and_leaves_the_original_alone},
        {"every_invariant_holds_after_every_event", every_invariant_holds_after_every_event},
        {"the_observation_is_what_its_table_says", the_observation_is_what_its_table_says},
    };
    return check_run("simulation", checks, sizeof checks / sizeof checks[0]);
}
