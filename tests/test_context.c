/* Contexts are as likely as they occur, and a question put into one is the question met there; a run that goes on where
 * another stopped is that run. */
#include "../sim/context.h"
#include "../sim/resume.h"
#include "check.h"
#include "worlds.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { USERS = 3 };

/* Small contexts in which everything varies: two users' links, two edges and the cloud, and the edges' own links. */
static Scenario *mixed(void)
{
    return world_load("mixed.yaml", NULL, 0);
}

/* The same with bandwidths that step: of each small device upwards, and of the large one's half-duplex link. */
static Scenario *leveled(void)
{
    static const char *const overrides[] = {
        "links.small-edge.up={levels: [8 Mbit/s, 20 Mbit/s, 40 Mbit/s], dwell: [1 s, 2 s, 3 s]}",
        "links.large-cloud.bandwidth={levels: [10 Mbit/s, 30 Mbit/s], dwell: [2 s, 1 s]}"};
    return world_load("mixed.yaml", overrides, 2);
}

static void probabilities_sum_to_one(void)
{
    static const char *const lopsided[] = {"nodes.edge.background={busy: [0, 0.5, 1.5], dwell: [1 s, 5 s, 3 s]}"};
    Scenario *scenarios[] = {mixed(), world_load("three_tiers.yaml", NULL, 0), world_load("mixed.yaml", lopsided, 1),
                             leveled()};
    /* 2^2 small links, 2^2 edge links, 2 or 3 states of two edges, 2 of the cloud; 3^2 and 2 bandwidths. */
    const int expected[] = {128, 4, 288, 128 * 18};
    for (int s = 0; s < 4; s++) {
        ContextSpace space;
        context_init(&space, scenarios[s], 1);
        CHECK_INT(space.count, expected[s]);
        CHECK(!space.sampled);
        double sum = 0;
        for (int i = 0; i < space.count; i++)
            sum += context_probability(&space, i);
        CHECK_NEAR(sum, 1, 1e-12);
        context_free(&space);
        scenario_destroy(scenarios[s]);
    }
}

static void fixed_world_is_one_context(void)
{
    static const char *const fixed[] = {"nodes.edge.background={busy: [1]}", "nodes.cloud.background={busy: [0]}"};
    Scenario *scenario = world_load("three_tiers.yaml", fixed, 2);
    ContextSpace space;
    context_init(&space, scenario, 1);
    CHECK_INT(space.count, 1);
    CHECK_INT(space.chain_count, 0);
    CHECK_NEAR(context_probability(&space, 0), 1, 0);
    context_free(&space);
    scenario_destroy(scenario);
}

static void contexts_are_distinct_and_count_through_all_states(void)
{
    Scenario *scenario = mixed();
    ContextSpace space;
    context_init(&space, scenario, 1);
    bool seen[128] = {0};
    CHECK_INT(space.chain_count, 7);
    for (int i = 0; i < space.count; i++) {
        int states[7], number = 0;
        context_states(&space, i, states);
        for (int chain = 0; chain < 7; chain++) {
            CHECK(states[chain] >= 0 && states[chain] < space.chains[chain].chain->state_count);
            number = 2 * number + states[chain];
        }
        CHECK(!seen[number]);
        seen[number] = true;
    }
    context_free(&space);
    scenario_destroy(scenario);
}

/* The context that a question stands in, found by its observation: the constructed question looks the same. */
static int context_met(const ContextSpace *space, const Decision *met, double *const *expected, double *buffer)
{
    int length = view_observe(met->view, met, buffer);
    for (int i = 0; i < space->count; i++)
        if (memcmp(buffer, expected[i], (size_t)length * sizeof *buffer) == 0)
            return i;
    return -1;
}

/* Observations of the first question in every context. */
static double **observe_all(const ContextSpace *space, const Scenario *scenario)
{
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1});
    double **observations = memory_allocate((size_t)space->count, sizeof *observations);
    Decision question;
    simulation_advance(simulation, &question);
    for (int i = 0; i < space->count; i++) {
        observations[i] = memory_allocate(100, sizeof **observations);
        context_enter(space, i, simulation);
        view_observe(question.view, &question, observations[i]);
    }
    simulation_destroy(simulation);
    return observations;
}

/* Rounds far enough apart to be nearly independent: a chi-square test of 12 contexts against their frequencies. */
static void contexts_are_as_frequent_as_their_probability(void)
{
    static const char *const slow[] = {"workload.period=100 s",
                                       "nodes.edge.background={busy: [0, 1], dwell: [4 s, 8 s]}",
                                       "nodes.cloud.background={busy: [0, 1, 3], dwell: [2 s, 3 s, 7 s]}",
                                       "links.device-edge.condition={regular: 9 s, weak: 3 s}",
                                       "nodes.device.count=1",
                                       "stop.rounds=20000"};
    Scenario *scenario = world_load("three_tiers.yaml", slow, 6);
    ContextSpace space;
    context_init(&space, scenario, 1);
    CHECK_INT(space.count, 12);
    double **observations = observe_all(&space, scenario), buffer[100], statistic = 0;
    int counts[12] = {0}, unknown = 0, local = 0;
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 3});
    Decision decision;
    for (; simulation_advance(simulation, &decision); simulation_apply(simulation, (Answer){.options = &local})) {
        int met = context_met(&space, &decision, observations, buffer);
        if (met < 0)
            unknown++;
        else
            counts[met]++;
    }
    CHECK_INT(unknown, 0);
    for (int i = 0; i < space.count; i++) {
        double expected = 20000 * context_probability(&space, i);
        statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
        free(observations[i]);
    }
    CHECK(statistic < gsl_cdf_chisq_Pinv(0.999, 11));
    CHECK(statistic > gsl_cdf_chisq_Pinv(0.001, 11));
    free(observations);
    simulation_destroy(simulation);
    context_free(&space);
    scenario_destroy(scenario);
}

/* What an answer to the pending question leads to, at mean times. */
static double expected_reward(const Simulation *question, int option)
{
    int options[USERS] = {option, option, option};
    Simulation *future = simulation_clone(question);
    simulation_foresee(future);
    simulation_apply(future, (Answer){.options = options});
    Decision end;
    CHECK(!simulation_advance(future, &end));
    double reward = end.feedback[0].mean_response_s;
    simulation_destroy(future);
    return reward;
}

/* The same contexts met in a run and entered by hand: the same answer has the same expectation, to the bit. */
static void check_question(Scenario *scenario)
{
    ContextSpace space;
    context_init(&space, scenario, 1);
    double **observations = observe_all(&space, scenario), buffer[100];
    Simulation *run = simulation_create(scenario, (RunKey){.seed = 4});
    Simulation *first = simulation_create(scenario, (RunKey){.seed = 9});
    Decision decision, question;
    CHECK(simulation_advance(first, &question));
    int compared = 0;
    for (; simulation_advance(run, &decision); compared++) {
        int context = context_met(&space, &decision, observations, buffer), option = compared % 3;
        CHECK(context >= 0);
        context_enter(&space, context < 0 ? 0 : context, first);
        CHECK_NEAR(expected_reward(first, option), expected_reward(run, option), 0);
        int options[USERS] = {compared % 3, (compared + 1) % 3, compared % 2};
        simulation_apply(run, (Answer){.options = options});
    }
    CHECK_INT(compared, 300);
    for (int i = 0; i < space.count; i++)
        free(observations[i]);
    free(observations);
    simulation_destroy(run);
    simulation_destroy(first);
    context_free(&space);
    scenario_destroy(scenario);
}

static void question_in_a_context_is_the_one_met_there(void)
{
    check_question(mixed());
    check_question(leveled());
}

static void check_going_on(Scenario *scenario)
{
    ContextSpace space;
    context_init(&space, scenario, 1);
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 4, .validate = true});
    Decision decision;
    int options[USERS] = {0}, decisions = 0;
    for (; simulation_advance(simulation, &decision); decisions++) {
        context_enter(&space, (17 * decisions) % space.count, simulation);
        simulation_apply(simulation, (Answer){.options = options});
    }
    CHECK_INT(decisions, 300);
    const char *broken = "";
    CHECK(simulation_check(simulation, &broken));
    CHECK_TEXT(broken, "");
    simulation_destroy(simulation);
    context_free(&space);
    scenario_destroy(scenario);
}

static void simulation_goes_on_from_a_context(void)
{
    check_going_on(mixed());
    check_going_on(leveled());
}

/* 2^14 combinations: the sample is the same for a seed, and its states are as frequent as the chain says. */
static void too_many_contexts_are_sampled(void)
{
    static const char *const crowd[] = {"nodes.device.count=12",
                                        "links.device-edge.condition={regular: 9 s, weak: 3 s}"};
    Scenario *scenario = world_load("three_tiers.yaml", crowd, 2);
    ContextSpace space, other;
    context_init(&space, scenario, 5);
    context_init(&other, scenario, 6);
    CHECK(space.sampled);
    CHECK_NEAR(space.combinations, 16384, 0);
    CHECK_INT(space.count, CONTEXT_LIMIT);
    double sum = 0;
    int weak = 0, different = 0;
    for (int i = 0; i < space.count; i++) {
        int states[14], again[14], others[14];
        sum += context_probability(&space, i);
        context_states(&space, i, states);
        context_states(&space, i, again);
        context_states(&other, i, others);
        CHECK(memcmp(states, again, sizeof states) == 0);
        different += memcmp(states, others, sizeof states) != 0;
        weak += states[5];
    }
    CHECK_NEAR(sum, 1, 1e-12);
    CHECK(different > CONTEXT_LIMIT / 2);
    CHECK_NEAR(weak / (double)CONTEXT_LIMIT, 0.25, 4 * sqrt(0.25 * 0.75 / CONTEXT_LIMIT));
    context_free(&space);
    context_free(&other);
    scenario_destroy(scenario);
}

static void only_rounds_without_series_are_told_by_contexts(void)
{
    static const char *const poisson[] = {"workload.arrivals=poisson", "workload.rate=4 /s", "stop={time: 30 s}"};
    Scenario *rounds = mixed(), *single = world_load("three_tiers.yaml", poisson, 3);
    CHECK(context_tells_all(rounds));
    CHECK(!context_tells_all(single));
    CHECK_INT(resume_size(single), 0);
    scenario_destroy(rounds);
    scenario_destroy(single);
}

/* Answers and times of a run's questions from here on. */
static uint64_t run_on(Simulation *simulation, int64_t limit)
{
    Decision decision;
    uint64_t hash = 0;
    for (int64_t made = 0; made < limit && simulation_advance(simulation, &decision); made++) {
        int options[USERS] = {(int)(decision.index % 4), (int)(decision.index % 3), (int)(decision.index % 5)};
        hash = rng_mix(rng_mix(hash, (uint64_t)decision.time), (uint64_t)decision.index);
        for (int i = 0; i < decision.feedback_count && made > 0; i++)
            hash = rng_mix(hash, (uint64_t)llround(1e12 * decision.feedback[i].mean_response_s));
        simulation_apply(simulation, (Answer){.options = options});
    }
    return hash;
}

static void check_resumed(const Scenario *scenario)
{
    int size = resume_size(scenario);
    uint64_t *words = memory_allocate((size_t)size, sizeof *words);
    Simulation *whole = simulation_create(scenario, (RunKey){.seed = 2, .training = true, .decisions = 200});
    Simulation *begun = simulation_create(scenario, (RunKey){.seed = 2, .training = true, .decisions = 80});
    Simulation *rest = simulation_create(scenario, (RunKey){.seed = 2, .training = true, .decisions = 200});
    run_on(whole, 80);
    run_on(begun, 1000);
    resume_note(begun, words);
    CHECK_INT(words[1], 80);
    CHECK(resume_from(rest, words));
    uint64_t expected = run_on(whole, 1000);
    CHECK(run_on(rest, 1000) == expected);
    words[1] = UINT64_MAX;
    Simulation *fresh = simulation_create(scenario, (RunKey){.seed = 2, .training = true, .decisions = 200});
    CHECK(!resume_from(fresh, words));
    simulation_destroy(whole);
    simulation_destroy(begun);
    simulation_destroy(rest);
    simulation_destroy(fresh);
    free(words);
}

static void resumed_run_is_the_run_without_a_break(void)
{
    static const char *const warm[] = {"warm_up={time: 2 s}", "stop={time: 100 s}"};
    Scenario *scenarios[] = {mixed(), leveled(), world_load("mixed.yaml", warm, 2),
                             world_load("three_tiers.yaml", NULL, 0)};
    for (int i = 0; i < 4; i++) {
        check_resumed(scenarios[i]);
        scenario_destroy(scenarios[i]);
    }
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(probabilities_sum_to_one),
        CHECK_OF(fixed_world_is_one_context),
        CHECK_OF(contexts_are_distinct_and_count_through_all_states),
        CHECK_OF(contexts_are_as_frequent_as_their_probability),
        CHECK_OF(question_in_a_context_is_the_one_met_there),
        CHECK_OF(simulation_goes_on_from_a_context),
        CHECK_OF(too_many_contexts_are_sampled),
        CHECK_OF(only_rounds_without_series_are_told_by_contexts),
        CHECK_OF(resumed_run_is_the_run_without_a_break),
    };
    return check_run("context", checks, sizeof checks / sizeof *checks);
}
