/* Reserved links and nodes: what a share is worth, and which shares are legal. */
#include "../sim/reservation.h"
#include "../sim/simulation.h"
#include "check.h"
#include "worlds.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Options of the lab's users in order. */
enum { LOCAL_SMALL, LOCAL_LARGE, EDGE_SMALL, EDGE_LARGE };

static const RunKey KEY = {.seed = 1, .validate = true};

/* The lab with overrides. */
#define LAB(...)                                                                                                       \
    world_load("../lab/lab.yaml", (const char *const[]){__VA_ARGS__},                                                  \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* Outcomes of the first question, answered with shares. */
static void divided_outcomes(const Scenario *scenario, const int *options, const Share *shares, Outcome *ret_outcomes)
{
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    CHECK(simulation_advance(simulation, &decision));
    simulation_apply(simulation, (Answer){.options = options, .shares = shares});
    CHECK(simulation_advance(simulation, &decision));
    CHECK_INT(decision.feedback_count, 1);
    memcpy(ret_outcomes, decision.feedback[0].outcomes, 2 * sizeof *ret_outcomes);
    simulation_destroy(simulation);
}

#define SHARED_LINK "links.device-edge.shared=yes", "links.device-edge.discipline=reserved"

static void a_reserved_share_of_a_link_lasts_both_ways(void)
{
    Scenario *scenario = LAB(SHARED_LINK, "nodes.edge.threads=1", "options.edge=[large]");
    Outcome outcomes[2];
    Share shares[] = {{.bandwidth = 0.2}, {.bandwidth = 0.8}};
    divided_outcomes(scenario, (int[]){2, 2}, shares, outcomes);
    CHECK_NEAR(outcomes[0].response_s, (0.010 + 0.0001) / 0.2 + 0.006 + 0.012, 1e-9);
    CHECK_NEAR(outcomes[1].response_s, (0.010 + 0.0001) / 0.8 + 0.006 + 0.012, 1e-9);
    /* Who is alone still has no more than its share, and who sends nothing needs none. */
    shares[0].bandwidth = 0;
    divided_outcomes(scenario, (int[]){LOCAL_LARGE, 2}, shares, outcomes);
    CHECK_NEAR(outcomes[1].response_s, (0.010 + 0.0001) / 0.8 + 0.006 + 0.012, 1e-9);
    scenario_destroy(scenario);
}

static void a_link_and_a_node_are_reserved_apart(void)
{
    static const char *const duplex[] = {"links.device-edge.duplex=full", "links.device-edge.duplex=half"};
    for (int half = 0; half < 2; half++) {
        Scenario *scenario = LAB(SHARED_LINK, "nodes.edge.discipline=reserved", duplex[half],
                                 half ? "links.device-edge={from: device, to: edge, delay: 3 ms, bandwidth: 8 Mbit/s, "
                                        "duplex: half, shared: yes, discipline: reserved}"
                                      : "name=lab");
        Outcome outcomes[2];
        const Share shares[] = {{0.25, 0.5}, {0.75, 0.5}};
        divided_outcomes(scenario, (int[]){EDGE_LARGE, EDGE_SMALL}, shares, outcomes);
        double back_s = half ? 0.001 : 0.0001;
        CHECK_NEAR(outcomes[0].response_s, (0.010 + back_s) / 0.5 + 0.006 + 0.008 / 0.25, 1e-9);
        scenario_destroy(scenario);
    }
}

/* Each user asks alone: the second comes 1 ms after the first and holds more than what that leaves. It waits until the
 * first is through on that very link, and no longer; its answer to the node is another matter. */
static void a_share_that_is_not_free_is_waited_for(void)
{
    Scenario *scenario = LAB(SHARED_LINK, "workload.arrivals=periodic", "workload.period=2 ms", "stop={time: 2 ms}");
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    const Share first = {.bandwidth = 0.4}, second = {.bandwidth = 0.8};
    CHECK(simulation_advance(simulation, &decision));
    simulation_apply(simulation, (Answer){.options = (int[]){EDGE_LARGE}, .shares = &first});
    CHECK(simulation_advance(simulation, &decision));
    CHECK_INT(decision.time, 1000000);
    simulation_apply(simulation, (Answer){.options = (int[]){EDGE_LARGE}, .shares = &second});
    Simulation *future = simulation_clone(simulation);
    simulation_foresee(future);
    CHECK(!simulation_advance(future, &decision));
    CHECK_INT(decision.feedback_count, 2);
    double sent_s = 0.010 / 0.4, overtaken_s = sent_s + 0.010 / 0.8; /* the first has the edge alone by then */
    CHECK_NEAR(decision.feedback[0].outcomes[0].response_s, sent_s + 0.003 + 0.008 + 0.0001 / 0.4 + 0.003, 1e-9);
    CHECK_NEAR(decision.feedback[1].outcomes[0].response_s, overtaken_s - 0.001 + 0.003 + 0.008 + 0.0001 / 0.8 + 0.003,
               1e-9);
    simulation_destroy(future);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

/* The sentence against these shares of the lab's first question, or "". */
static const char *objection(const Scenario *scenario, const int *options, const Share *shares)
{
    static char text[ERROR_MESSAGE_SIZE];
    Simulation *simulation = simulation_create(scenario, KEY);
    Decision decision;
    CHECK(simulation_advance(simulation, &decision));
    Error error = {0};
    Answer answer = {.options = options, .shares = shares};
    bool accepted = reservation_accepts(scenario, decision.asks, decision.ask_count, answer, &error);
    CHECK_INT(accepted, error.message[0] == 0);
    snprintf(text, sizeof text, "%s", error.message);
    simulation_destroy(simulation);
    return text;
}

static void an_illegal_share_is_told(void)
{
    Scenario *scenario = LAB(SHARED_LINK, "nodes.edge.discipline=reserved");
    const int both[] = {EDGE_LARGE, EDGE_SMALL}, one[] = {LOCAL_LARGE, EDGE_SMALL};
    CHECK_TEXT(objection(scenario, both, NULL), "");
    CHECK_TEXT(objection(scenario, both, (Share[]){{0.5, 0.1}, {0.5, 0.9}}), "");
    CHECK_TEXT(objection(scenario, both, (Share[]){{1.0 / 3, 0.1}, {2.0 / 3 + 1e-12, 0.9}}), "");
    CHECK_TEXT(objection(scenario, both, (Share[]){{0, 0.5}, {1, 0.5}}),
               "user 1 needs a share of node 3 and gets 0; a share is above 0 and at most 1");
    CHECK_TEXT(objection(scenario, one, (Share[]){{0, (double)NAN}, {1, 0.5}}), "");
    CHECK_TEXT(objection(scenario, both, (Share[]){{0.5, 0.5}, {0.5, (double)NAN}}),
               "user 2 needs a share of link 1 and gets nan; a share is above 0 and at most 1");
    CHECK_TEXT(objection(scenario, one, (Share[]){{0, 0}, {1.5, 0.5}}),
               "user 2 needs a share of node 3 and gets 1.5; a share is above 0 and at most 1");
    CHECK_TEXT(objection(scenario, both, (Share[]){{0.5, 0.5}, {0.625, 0.5}}),
               "the shares of node 3 sum to more than 1: 1.125 with that of user 2");
    CHECK_TEXT(objection(scenario, one, (Share[]){{0.5, 0.5}, {0.625, 0.5}}), "");
    scenario_destroy(scenario);
    scenario = LAB(SHARED_LINK, "workload.input=0 B", "workload.output=0 B"); /* nothing to send */
    CHECK_TEXT(objection(scenario, both, (Share[]){{0, 0}, {0, 0}}), "");
    scenario_destroy(scenario);
    scenario = LAB("links.device-edge.discipline=reserved"); /* to each its own */
    CHECK_TEXT(objection(scenario, both, (Share[]){{0, 1}, {0, 1}}), "");
    scenario_destroy(scenario);
}

int main(void)
{
    static const Check checks[] = {
        {"a_reserved_share_of_a_link_lasts_both_ways", a_reserved_share_of_a_link_lasts_both_ways},
        {"a_link_and_a_node_are_reserved_apart", a_link_and_a_node_are_reserved_apart},
        {"a_share_that_is_not_free_is_waited_for", a_share_that_is_not_free_is_waited_for},
        {"an_illegal_share_is_told", an_illegal_share_is_told},
    };
    return check_run("reservation", checks, sizeof checks / sizeof checks[0]);
}
