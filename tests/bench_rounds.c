/* Rounds of five users, as learners meet them: alone, in a batch of cloned worlds, and copied to look ahead. */
#include "bench.h"

#include <stdlib.h>

enum { COPIES = 20000, BATCH = 64, BATCH_ROUNDS = 4000 };

/* A world of the line's scenario at its first question. */
static Simulation *ask_first(const BenchLine *line, uint64_t round, Decision *ret_decision)
{
    Simulation *simulation = simulation_create(line->scenario, (RunKey){.seed = 1, .replication = round});
    simulation_advance(simulation, ret_decision);
    return simulation;
}

/* Worlds of one origin take turns, a round each, every one a question further than the one before it. */
static BenchRun measure_batch(const BenchLine *line, uint64_t round)
{
    const Scenario *scenario = line->scenario;
    RunKey key = {.seed = 1, .replication = round};
    Simulation *worlds[BATCH];
    Policy *policies[BATCH];
    Decision decisions[BATCH];
    worlds[0] = ask_first(line, round, &decisions[0]);
    policies[0] = policy_create(policy_type_find(line->policy), scenario, key);
    for (int i = 1; i < BATCH; i++) {
        worlds[i] = simulation_clone(worlds[i - 1]);
        policies[i] = policy_create(policy_type_find(line->policy), scenario, key);
        simulation_apply(worlds[i], policy_decide(policies[i], &decisions[i - 1]));
        simulation_advance(worlds[i], &decisions[i]);
    }
    double start = bench_cpu_s();
    for (int turn = 0; turn < BATCH_ROUNDS; turn++)
        for (int i = 0; i < BATCH; i++) {
            simulation_apply(worlds[i], policy_decide(policies[i], &decisions[i]));
            simulation_advance(worlds[i], &decisions[i]);
        }
    BenchRun run = {.units = (int64_t)BATCH * BATCH_ROUNDS, .seconds = bench_cpu_s() - start};
    for (int i = 0; i < BATCH; i++) {
        policy_destroy(policies[i]);
        simulation_destroy(worlds[i]);
    }
    return run;
}

typedef void CopyWorld(Simulation *to, const Simulation *from);

/* Copies of a world in the middle of a question into one that is there. */
static BenchRun measure_copies(const BenchLine *line, uint64_t round, CopyWorld *copy_world)
{
    Decision decision;
    Simulation *simulation = ask_first(line, round, &decision), *copy = simulation_clone(simulation);
    double start = bench_cpu_s();
    for (int i = 0; i < COPIES; i++)
        copy_world(copy, simulation);
    BenchRun run = {.units = COPIES, .seconds = bench_cpu_s() - start};
    simulation_destroy(copy);
    simulation_destroy(simulation);
    return run;
}

static BenchRun measure_imagine(const BenchLine *line, uint64_t round)
{
    return measure_copies(line, round, simulation_imagine);
}

static BenchRun measure_copy(const BenchLine *line, uint64_t round)
{
    return measure_copies(line, round, simulation_copy);
}

static BenchRun measure_clone(const BenchLine *line, uint64_t round)
{
    Decision decision;
    Simulation *simulation = ask_first(line, round, &decision);
    double start = bench_cpu_s();
    for (int i = 0; i < COPIES; i++)
        simulation_destroy(simulation_clone(simulation));
    BenchRun run = {.units = COPIES, .seconds = bench_cpu_s() - start};
    simulation_destroy(simulation);
    return run;
}

#define FIVE_USERS(rounds) .file = "scenarios/online_learning/exp_a.yaml", .overrides = {"stop.rounds=" rounds}

int main(int argc, char **argv)
{
    const char *alone = "five users, device-only", *copy = "five users, copy of the world";
    BenchLine lines[] = {
        {alone, "round", bench_simulate, FIVE_USERS("300000"), .policy = "device-only"},
        {"five users, device-only, batch of 64", "round", measure_batch, alone, FIVE_USERS("300000"),
         .policy = "device-only"},
        {"five users, greedy", "round", bench_simulate, FIVE_USERS("100000"), .policy = "greedy"},
        {"five users, q-learning", "round", bench_simulate, FIVE_USERS("200000"), .policy = "q-learning"},
        {copy, "copy", measure_copy, FIVE_USERS("1000")},
        {"five users, copy to look ahead", "copy", measure_imagine, copy, FIVE_USERS("1000")},
        {"five users, clone and its end", "copy", measure_clone, copy, FIVE_USERS("1000")},
    };
    return bench_main(lines, sizeof lines / sizeof *lines, argc, argv);
}
