/* What a simulation says that it holds, against what malloc has handed out. */
#include "../policies/policy.h"
#include "../sim/request.h"
#include "check.h"

#include <malloc.h>
#include <stdlib.h>

enum { MOST_OVERRIDES = 4, PROBE_BYTES = 1 << 20 };

/* What malloc adds to every array, and rounds up large ones to. */
static const double TOLERANCE = 0.02;

typedef struct World {
    const char *file;
    const char *overrides[MOST_OVERRIDES];
    const char *policy;
} World;

static const World worlds[] = {
    {"scenarios/hello.yaml", {"stop.rounds=200"}, "greedy"},
    {"scenarios/raspberry_pi.yaml", {"stop.time=100 s"}, "round-robin"},
    {"tests/scenarios/mixed.yaml", {NULL}, "random"},
    {"scenarios/scale/devices_1000.yaml",
     {"stop.time=20 s", "links.pi-site.bandwidth={levels: [200 Mbit/s, 300 Mbit/s], dwell: [3 s, 3 s]}"},
     "round-robin"},
    {"scenarios/scale/devices_1000.yaml", {"stop.time=20 s"}, "device-only"},
    {"scenarios/scale/devices_10000.yaml", {"stop.time=12 s"}, "round-robin"},
};

/* An edge machine that gets ten times what it can do and turns nothing away. */
static const World overload = {
    "scenarios/scale/devices_1000.yaml",
    {"stop.time=20 s", "nodes.site.limit=0", "workload.applications[0].rate=10 /s"},
    "edge-only",
};

static size_t bytes_in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* Whether mallinfo2 sees what malloc does: not where a sanitizer's takes its place. */
static bool sees_malloc(void)
{
    size_t before = bytes_in_use();
    void *probe = memory_allocate(1, PROBE_BYTES);
    bool sees = bytes_in_use() >= before + PROBE_BYTES;
    free(probe);
    return sees;
}

static Scenario *load(const World *world)
{
    int count = 0;
    while (count < MOST_OVERRIDES && world->overrides[count])
        count++;
    ErrorList errors = {0};
    Scenario *scenario = scenario_load(check_path(world->file), world->overrides, count, &errors);
    if (!scenario) {
        error_list_write(&errors, stderr);
        abort();
    }
    return scenario;
}

/* To the end. */
static void run(Simulation *simulation, const World *world)
{
    const Scenario *scenario = simulation_scenario(simulation);
    Policy *policy = policy_create(policy_type_find(world->policy), scenario, (RunKey){.seed = 1});
    Decision decision;
    while (simulation_advance(simulation, &decision))
        simulation_apply(simulation, policy_decide(policy, &decision));
    policy_destroy(policy);
}

static void check_held(size_t said, size_t held)
{
    CHECK_NEAR((double)said, (double)held, TOLERANCE * (double)held);
}

static void bytes_are_what_malloc_handed_out(void)
{
    bool sees = sees_malloc();
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        Scenario *scenario = load(&worlds[i]);
        size_t before = bytes_in_use();
        Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1});
        size_t begun = simulation_bytes(simulation);
        if (sees)
            check_held(begun, bytes_in_use() - before);
        run(simulation, &worlds[i]);
        size_t ended = simulation_bytes(simulation);
        if (sees)
            check_held(ended, bytes_in_use() - before);
        CHECK(ended > begun);
        simulation_destroy(simulation);
        scenario_destroy(scenario);
    }
}

static void requests_on_their_way_are_counted(void)
{
    Scenario *scenario = load(&overload);
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1});
    size_t before = simulation_bytes(simulation);
    run(simulation, &overload);
    size_t grown = simulation_bytes(simulation) - before;
    size_t waiting = (size_t)simulation_metrics(simulation)->unfinished;
    CHECK(waiting > 10000);
    CHECK(grown >= waiting * sizeof(Request));
    /* Their array doubles, and beside each stand its job and its message. */
    CHECK(grown <= 4 * waiting * sizeof(Request));
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

static void runs_of_one_key_and_their_clones_hold_the_same(void)
{
    Scenario *scenario = load(&overload);
    size_t bytes[2];
    for (int i = 0; i < 2; i++) {
        Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1});
        run(simulation, &overload);
        bytes[i] = simulation_bytes(simulation);
        Simulation *clone = simulation_clone(simulation);
        CHECK_INT(simulation_bytes(clone), bytes[i]);
        simulation_destroy(clone);
        simulation_destroy(simulation);
    }
    CHECK_INT(bytes[0], bytes[1]);
    scenario_destroy(scenario);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(bytes_are_what_malloc_handed_out),
        CHECK_OF(requests_on_their_way_are_counted),
        CHECK_OF(runs_of_one_key_and_their_clones_hold_the_same),
    };
    return check_run("simulation_bytes", checks, sizeof checks / sizeof *checks);
}
