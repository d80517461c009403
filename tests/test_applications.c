/* Users with applications of their own, sizes that vary, links that are shared, and users who think. */
#include "../sim/distribution.h"
#include "../sim/simulation.h"
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { USER_LIMIT = 1000, DRAWS = 200000 };

/* Options of the lab's users in order. */
enum { LOCAL_SMALL, LOCAL_LARGE, EDGE_SMALL, EDGE_LARGE };

static const RunKey KEY = {.seed = 1, .validate = true};

static Scenario *load(const char *const *overrides)
{
    int count = 0;
    while (overrides[count])
        count++;
    ErrorList errors = {0};
    Scenario *scenario = scenario_load(check_path("tests/lab/lab.yaml"), overrides, count, &errors);
    if (!scenario) {
        error_list_write(&errors, stderr);
        abort();
    }
    return scenario;
}

#define LAB(...) load((const char *const[]){__VA_ARGS__, NULL})

/* The first decision's feedback where the asks are answered with `options`, kept in `outcomes`. */
static Feedback first_feedback(const Scenario *scenario, const int *options, Outcome *outcomes)
{
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    CHECK(simulation_advance(simulation, &decision));
    simulation_apply(simulation, (Answer){.options = options});
    CHECK(simulation_advance(simulation, &decision) && decision.feedback_count > 0);
    Feedback feedback = decision.feedback[0];
    for (int i = 0; i < feedback.count; i++)
        outcomes[i] = feedback.outcomes[i];
    simulation_destroy(simulation);
    return feedback;
}

static void two_on_a_shared_link_halve_each_others_rate(void)
{
    Outcome outcomes[2];
    /* Each with a link of its own: 10 ms up, 3 ms, 2 x 8 ms of sharing the edge, 0.1 ms down, 3 ms */
    Scenario *scenario = LAB("name=lab");
    first_feedback(scenario, (int[]){EDGE_LARGE, EDGE_LARGE}, outcomes);
    CHECK_NEAR(outcomes[1].response_s, 0.0321, 1e-9);
    scenario_destroy(scenario);
    /* One link: 20 ms up, 0.2 ms down */
    scenario = LAB("links.device-edge.shared=yes");
    CHECK_INT(scenario->link_count, 1);
    first_feedback(scenario, (int[]){EDGE_LARGE, EDGE_LARGE}, outcomes);
    CHECK_NEAR(outcomes[0].response_s, 0.0422, 1e-9);
    CHECK_NEAR(outcomes[1].response_s, 0.0422, 1e-9);
    first_feedback(scenario, (int[]){EDGE_LARGE, LOCAL_LARGE}, outcomes);
    CHECK_NEAR(outcomes[0].response_s, 0.0241, 1e-9);
    scenario_destroy(scenario);
}

static void a_shared_link_belongs_to_the_node_above(void)
{
    Scenario *scenario = LAB("links.device-edge.shared=yes", "nodes.device.count=5", "nodes.edge.count=2");
    CHECK_INT(scenario->link_count, 2);
    const Option *option = &scenario->options[0].items[EDGE_LARGE];
    for (int user = 0; user < 5; user++) {
        int links[ROUTE_LIMIT];
        CHECK_INT(scenario_route(scenario, user, option, links), 5 + user % 2);
        CHECK_INT(links[0], user % 2);
    }
    Outcome outcomes[5];
    first_feedback(scenario, (int[]){EDGE_LARGE, EDGE_LARGE, LOCAL_LARGE, LOCAL_LARGE, LOCAL_LARGE}, outcomes);
    CHECK_NEAR(outcomes[0].response_s, 0.0241, 1e-9);
    CHECK_NEAR(outcomes[1].response_s, 0.0241, 1e-9);
    scenario_destroy(scenario);
    scenario = LAB("links.device-edge.shared=yes", "links.device-edge.condition={regular: 2 s, weak: 1 s}",
                   "nodes.device.count=5", "nodes.edge.count=2", "stop.rounds=400");
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    double values[64];
    const Feature *features;
    int weak = 0;
    while (simulation_advance(simulation, &decision)) {
        view_observe(simulation_view(simulation), &decision, values);
        int shared = view_shared_features(simulation_view(simulation), &features);
        int own = view_ask_features(simulation_view(simulation), &features);
        for (int user = 2; user < 5; user++)
            CHECK_NEAR(values[shared + user * own + 3], values[shared + user % 2 * own + 3], 0);
        weak += values[shared + 3] != values[shared + own + 3];
        simulation_apply(simulation, (Answer){.options = (int[]){EDGE_LARGE, 0, EDGE_LARGE, 0, EDGE_LARGE}});
    }
    CHECK(weak > 0);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void an_application_has_its_own_sizes_deadline_and_weight(void)
{
    Scenario *scenario = LAB("workload.applications=[{name: big, share: 100 %, input: 20 kB, output: 10 kB, deadline: "
                             "40 ms, weight: 100 %}]",
                             "objective.kind=utility", "options.cuts=[1]", "options.edge=[large]");
    Outcome outcomes[2];
    const OptionSet *options = &scenario->options[0];
    int whole = -1, cut = -1;
    for (int i = 0; i < options->count; i++) {
        whole = options->items[i].target != SELF && options->items[i].cut == 0 ? i : whole;
        cut = options->items[i].cut == 1 ? i : cut;
    }
    Feedback feedback = first_feedback(scenario, (int[]){whole, LOCAL_SMALL}, outcomes);
    /* 20 ms up, 3 ms, 8 ms, 1 ms down, 3 ms; accuracy alone counts */
    CHECK_NEAR(outcomes[0].response_s, 0.035, 1e-9);
    CHECK_NEAR(feedback.reward, 0.8, 1e-9);
    /* A cut sends its layer, not the input: 10 ms of computing, 50 ms up, 3 ms, 6 ms, 1 ms down, 3 ms */
    first_feedback(scenario, (int[]){cut, LOCAL_SMALL}, outcomes);
    CHECK_NEAR(outcomes[0].response_s, 0.073, 1e-9);
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    while (simulation_advance(simulation, &decision)) {
        CHECK_NEAR(decision.asks[1].input_bytes, 20e3, 0);
        CHECK_NEAR(decision.asks[1].accuracy_weight, 1, 0);
        double reserved_s = 0;
        CHECK_NEAR(view_message_time(simulation_view(simulation), decision.asks, &options->items[whole], &reserved_s),
                   0.027, 1e-12);
        simulation_apply(simulation, (Answer){.options = (int[]){cut, whole}});
    }
    CHECK_INT(simulation_metrics(simulation)->late, 10);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

/* Place of a feature of the asks' block, -1: there is none. */
static int own_feature(const Simulation *simulation, const char *name)
{
    const Feature *features;
    int count = view_ask_features(simulation_view(simulation), &features), place = -1;
    for (int i = 0; i < count; i++)
        place = strcmp(features[i].name, name) == 0 ? i : place;
    return place;
}

static void users_have_weights_in_turn(void)
{
    Scenario *scenario = LAB("nodes.device.count=5", "workload.weights=[10 %, 50 %, 90 %]",
                             "objective={kind: utility, metric: top1, reference: 80 ms}");
    Outcome outcomes[5];
    Feedback feedback = first_feedback(scenario, (int[]){1, 1, 1, 1, 1}, outcomes);
    const double weights[] = {0.1, 0.5, 0.9, 0.1, 0.5};
    double sum = 0;
    for (int i = 0; i < 5; i++) {
        CHECK_NEAR(outcomes[i].accuracy_weight, weights[i], 0);
        CHECK_NEAR(outcomes[i].reference_s, 0.08, 0);
        sum += weights[i] * 0.9 - (1 - weights[i]) * 0.5; /* 40 ms on the device */
    }
    CHECK_NEAR(feedback.reward, sum / 5, 1e-12);
    scenario_destroy(scenario);
}

static void a_weight_is_drawn_for_each_request_whatever_the_answers(void)
{
    Scenario *scenario =
        LAB("workload.weights={uniform: [20 %, 60 %]}", "stop.rounds=5000", "objective={kind: utility, metric: top1}");
    double seen[2] = {0};
    for (int option = 0; option < 2; option++) {
        Simulation *simulation = simulation_create(scenario, KEY);
        Decision decision;
        double sum = 0, least = 1, largest = 0, last = 0, values[64];
        int count = 0, place = own_feature(simulation, "own.weight");
        CHECK(place >= 0);
        while (simulation_advance(simulation, &decision)) {
            if (decision.feedback_count > 0)
                CHECK_NEAR(decision.feedback[0].outcomes[1].accuracy_weight, last, 0);
            const Feature *features;
            int shared = view_shared_features(decision.view, &features);
            int own = view_ask_features(decision.view, &features);
            view_observe(decision.view, &decision, values);
            for (int i = 0; i < 2; i++, count++) {
                last = decision.asks[i].accuracy_weight;
                CHECK_NEAR(values[shared + i * own + place], last, 0);
                sum += last;
                least = fmin(least, last);
                largest = fmax(largest, last);
            }
            seen[option] += last * (double)count;
            simulation_apply(simulation, (Answer){.options = (int[]){option, option}});
        }
        CHECK_NEAR(sum / count, 0.4, 4 * 0.4 / sqrt(12 * count));
        CHECK(least >= 0.2 && least < 0.201 && largest <= 0.6 && largest > 0.599);
        simulation_destroy(simulation);
    }
    CHECK_NEAR(seen[0], seen[1], 0);
    scenario_destroy(scenario);
}

static void an_application_has_its_own_reference(void)
{
    Scenario *scenario = LAB("nodes.device.count=40", "objective={kind: utility, metric: top1, reference: 80 ms}",
                             "workload.weights=[0 %, 50 %]",
                             "workload.applications=[{name: quick, share: 50 %, reference: 10 ms}, {name: slow, share: "
                             "50 %, weight: 100 %}]");
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    CHECK(simulation_advance(simulation, &decision));
    int place = own_feature(simulation, "own.reference"), quick = 0, options[40] = {0};
    double values[512], reward = 0;
    const Feature *features;
    int shared = view_shared_features(decision.view, &features), own = view_ask_features(decision.view, &features);
    CHECK(place >= 0 && features[place].scale == 0.08);
    view_observe(decision.view, &decision, values);
    for (int i = 0; i < 40; i++) {
        const Ask *ask = &decision.asks[i];
        CHECK_NEAR(ask->reference_s, ask->application == 0 ? 0.01 : 0.08, 0);
        CHECK_NEAR(ask->accuracy_weight, ask->application == 1 ? 1 : i % 2 ? 0.5 : 0, 0);
        CHECK_NEAR(values[shared + i * own + place], ask->reference_s, 0);
        quick += ask->application == 0;
        /* 10 ms on the device */
        reward += ask->accuracy_weight * 0.7 - (1 - ask->accuracy_weight) * 0.010 / ask->reference_s;
    }
    CHECK(quick > 5 && quick < 35);
    simulation_apply(simulation, (Answer){.options = options});
    simulation_advance(simulation, &decision);
    CHECK_NEAR(decision.feedback[0].reward, reward / 40, 1e-9);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
    /* Another objective does not count it, and nobody has to look at it. */
    scenario = LAB("workload.weights=[0 %, 50 %]");
    simulation = simulation_create(scenario, KEY);
    CHECK_INT(own_feature(simulation, "own.weight"), -1);
    CHECK_INT(own_feature(simulation, "own.reference"), -1);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void a_request_sends_what_was_drawn_for_it(void)
{
    Scenario *scenario = LAB("workload.applications=[{name: a, share: 100 %, input: {exponential: 10 kB}}]");
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    double before = 0, bytes = 0;
    CHECK(simulation_advance(simulation, &decision));
    for (int i = 0; i < 9; i++) {
        bytes = decision.asks[0].input_bytes;
        CHECK(bytes > 0 && bytes != before && bytes != decision.asks[1].input_bytes);
        simulation_apply(simulation, (Answer){.options = (int[]){EDGE_LARGE, LOCAL_SMALL}});
        CHECK(simulation_advance(simulation, &decision));
        CHECK_NEAR(decision.feedback[0].outcomes[0].response_s, bytes / 1e6 + 0.0141, 1e-8);
        before = bytes;
    }
    const Feature *features;
    int count = view_ask_features(simulation_view(simulation), &features);
    CHECK(!features[count - 1].constant);
    CHECK_NEAR(features[count - 1].scale, 10e3, 0);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

/* Who has which application depends on the seed alone. */
static void users_get_applications_by_share(void)
{
    Scenario *scenario =
        LAB("nodes.device.count=1000", "workload.applications=[{name: a, share: 20 %}, {name: b, share: "
                                       "50 %}, {name: c, share: 30 %}]");
    int first[USER_LIMIT], counts[3] = {0}, moved = 0;
    for (int run = 0; run < 3; run++) {
        RunKey key = {.seed = run == 2 ? 2 : 1, .replication = (uint64_t)run};
        Simulation *simulation = simulation_create(scenario, key);
        Decision decision;
        CHECK(simulation_advance(simulation, &decision));
        for (int i = 0; i < decision.ask_count; i++) {
            int application = decision.asks[i].application;
            first[i] = run == 0 ? application : first[i];
            counts[application] += run == 0;
            moved += run == 2 && application != first[i];
            CHECK(run != 1 || application == first[i]);
        }
        simulation_destroy(simulation);
    }
    CHECK(moved > 300);
    /* Four standard deviations of a binomial count */
    CHECK_NEAR(counts[0], 200, 4 * sqrt(1000 * 0.2 * 0.8));
    CHECK_NEAR(counts[1], 500, 4 * sqrt(1000 * 0.5 * 0.5));
    CHECK_NEAR(counts[2], 300, 4 * sqrt(1000 * 0.3 * 0.7));
    scenario_destroy(scenario);
}

static void who_thinks_asks_again_a_time_after_the_answer(void)
{
    Scenario *scenario = LAB("workload={arrivals: think, think: 100 ms}", "stop={time: 1 s}");
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    for (int i = 0; simulation_advance(simulation, &decision); i++) {
        CHECK_INT(decision.asks[0].user, i % 2);
        CHECK_INT(decision.time, 100000000 + (Time)(i / 2) * 140000000);
        simulation_apply(simulation, (Answer){.options = (int[]){LOCAL_LARGE}});
    }
    CHECK_INT(simulation_metrics(simulation)->arrived, 14);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void who_is_refused_thinks_before_the_next_request(void)
{
    Scenario *scenario =
        LAB("workload={arrivals: think, think: 100 ms, input: 10 kB}", "stop={time: 250 ms}", "nodes.edge.limit=1");
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    Time times[2] = {0};
    int asks[2] = {0};
    while (simulation_advance(simulation, &decision)) {
        int user = decision.asks[0].user;
        times[user] = decision.time;
        asks[user]++;
        simulation_apply(simulation, (Answer){.options = (int[]){EDGE_LARGE}});
    }
    /* Both ask at 100 ms and are at the edge at 113 ms; the first is answered at 124 ms. */
    CHECK_INT(asks[0], 2);
    CHECK_INT(asks[1], 2);
    CHECK_INT(times[0], 224000000);
    CHECK_INT(times[1], 213000000);
    CHECK_INT(simulation_metrics(simulation)->refused, 1);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void clones_and_reruns_think_the_same(void)
{
    Scenario *scenario = LAB("workload={arrivals: think, applications: [{name: a, share: 40 %, think: {exponential: 50 "
                             "ms}, input: {lognormal: {mean: 10 kB, cv: 0.5}}}, {name: b, share: 60 %, think: {gamma: "
                             "{mean: 80 ms, cv: 0.5}}, output: {exponential: 2 kB}}]}",
                             "nodes.device.count=20", "nodes.edge.limit=3", "stop={time: 20 s}");
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    for (int i = 0; i < 500; i++) {
        CHECK(simulation_advance(simulation, &decision));
        simulation_apply(simulation, (Answer){.options = (int[]){EDGE_LARGE}});
    }
    Simulation *clone = simulation_clone(simulation), *imagined = simulation_clone(simulation);
    simulation_foresee(imagined);
    CHECK(!simulation_advance(imagined, &decision));
    Simulation *runs[] = {simulation, clone};
    for (int i = 0; i < 2; i++)
        while (simulation_advance(runs[i], &decision))
            simulation_apply(runs[i], (Answer){.options = (int[]){EDGE_LARGE}});
    CHECK(simulation_check(simulation, NULL));
    CHECK(simulation_metrics(simulation)->refused > 100);
    CHECK(simulation_metrics(clone)->fingerprint == simulation_metrics(simulation)->fingerprint);
    simulation_destroy(simulation);
    simulation_destroy(clone);
    simulation_destroy(imagined);
    scenario_destroy(scenario);
}

static void distributions_have_the_mean_and_spread_they_are_given(void)
{
    const Distribution distributions[] = {distribution_constant(3), distribution_exponential(3),
                                          distribution_lognormal(3, 0.5), distribution_gamma(3, 0.5),
                                          distribution_uniform(1, 5)};
    const double deviations[] = {0, 3, 1.5, 1.5, 4 / sqrt(12)};
    for (int k = 0; k < 5; k++) {
        double sum = 0, squares = 0;
        for (int i = 0; i < DRAWS; i++) {
            double value = distribution_draw(&distributions[k], rng_draw(7, (uint64_t)i));
            CHECK(value >= 0);
            sum += value;
            squares += value * value;
        }
        double mean = sum / DRAWS, deviation = sqrt(fmax(squares / DRAWS - mean * mean, 0));
        CHECK_NEAR(mean, distributions[k].mean, 4 * deviations[k] / sqrt(DRAWS) + 1e-12);
        CHECK_NEAR(deviation, deviations[k], 0.02 * deviations[k] + 1e-6);
        CHECK(distribution_varies(&distributions[k]) == (k > 0));
    }
}

int main(void)
{
    const Check checks[] = {
        {"two_on_a_shared_link_halve_each_others_rate", two_on_a_shared_link_halve_each_others_rate},
        {"a_shared_link_belongs_to_the_node_above", a_shared_link_belongs_to_the_node_above},
        {"an_application_has_its_own_sizes_deadline_and_weight", an_application_has_its_own_sizes_deadline_and_weight},
        {"users_have_weights_in_turn", users_have_weights_in_turn},
        {"a_weight_is_drawn_for_each_request_whatever_the_answers",
         a_weight_is_drawn_for_each_request_whatever_the_answers},
        {"an_application_has_its_own_reference", an_application_has_its_own_reference},
        {"a_request_sends_what_was_drawn_for_it", a_request_sends_what_was_drawn_for_it},
        {"users_get_applications_by_share", users_get_applications_by_share},
        {"who_thinks_asks_again_a_time_after_the_answer", who_thinks_asks_again_a_time_after_the_answer},
        {"who_is_refused_thinks_before_the_next_request", who_is_refused_thinks_before_the_next_request},
        {"clones_and_reruns_think_the_same", clones_and_reruns_think_the_same},
        {"distributions_have_the_mean_and_spread_they_are_given",
         distributions_have_the_mean_and_spread_they_are_given},
    };
    return check_run("applications", checks, sizeof checks / sizeof checks[0]);
}
