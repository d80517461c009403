/* The optimum, as far as it can be known at the question, cached while no request is on its way, because then the
 * observation tells the whole future.
 *
 * By brute force on clones, under the scenario's allocation; but where something is reserved, arrivals are rounds and
 * the objective is a sum over users, options and shares are the joint optimum (shared_plan), whatever the allocation.
 */
#include "../sim/context.h"
#include "choice.h"
#include "oracle_search.h"
#include "policy.h"
#include "shared_plan.h"
#include "state_key.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* Joint answers, counted once for interchangeable users. Bounds leave few of them to try, but beyond this many a
 * question could take minutes all the same. */
#define SEARCH_LIMIT 1e9
/* States remembered before the cache starts afresh, which costs time and changes no answer. */
enum { CACHE_LIMIT = 100000 };

typedef struct Parameters {
    int64_t visits;
} Parameters;

typedef struct Oracle {
    const Scenario *scenario; /* borrowed */
    Parameters parameters;
    bool joint; /* options and shares are searched together, by: */
    SharedPlan plan;
    OracleSearch search; /* else */
    bool caches;         /* states come back, so that answers are worth remembering */
    StateKey state_key;  /* zero before the first question, like the next two */
    Table states;
    int *answers; /* [answer_limit][ask_count] by the index in `states` */
    double *gaps; /* [answer_limit] rewards by which better answers might exist */
    int64_t answer_limit;
    Allocator allocator;
    PolicyWork work;
} Oracle;

static const Field fields[] = {
    {.key = "visits",
     .kind = FIELD_INTEGER,
     .offset = offsetof(Parameters, visits),
     .fallback = "100000",
     .maximum = 1e12,
     .help =
         "where shares are searched: partial answers looked at before the best so far has to do, with its bound_gap"},
};

/* Whether options and shares are searched together. */
static bool is_joint(const Scenario *scenario)
{
    return scenario->reserves && scenario->workload.arrivals == ARRIVALS_ROUNDS &&
           scenario->objective.kind != OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY;
}

static bool suits(const void *parameters, const Scenario *scenario, Error *error)
{
    (void)parameters;
    if (scenario->cascade.present) {
        error_set(error, NULL, 0, 0, "cannot foresee which light answers are right; cascade-oracle is told");
        return false;
    }
    if (is_joint(scenario))
        return shared_plan_is_exact(scenario, error);
    double size = oracle_search_size(scenario);
    if (size <= SEARCH_LIMIT)
        return true;
    error_set(error, NULL, 0, 0,
              "%.3g joint answers to a question are too many to search, at most %.0e: use fewer users "
              "or options",
              size, SEARCH_LIMIT);
    return false;
}

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)stream;
    Oracle *oracle = state;
    oracle->scenario = scenario;
    oracle->parameters = *(const Parameters *)parameters;
    oracle->joint = is_joint(scenario);
    oracle->caches = !oracle->joint || context_tells_all(scenario);
    if (oracle->joint)
        shared_plan_init(&oracle->plan, scenario);
    else
        oracle_search_init(&oracle->search, scenario);
    allocator_init(&oracle->allocator, scenario);
}

/* Room for the answer to a state that is new to the cache; its index. */
static int64_t new_answer(Oracle *oracle, const void *key, int ask_count)
{
    if (oracle->states.count == CACHE_LIMIT)
        table_clear(&oracle->states);
    int64_t index = table_insert(&oracle->states, key);
    if (index >= oracle->answer_limit) {
        size_t asks = (size_t)ask_count, old_count = (size_t)oracle->answer_limit;
        oracle->answer_limit = 2 * index + 8;
        size_t new_count = (size_t)oracle->answer_limit;
        oracle->answers = memory_grow(oracle->answers, old_count * asks, new_count * asks, sizeof *oracle->answers);
        oracle->gaps = memory_grow(oracle->gaps, old_count, new_count, sizeof *oracle->gaps);
    }
    return index;
}

/* Returns the reward by which better answers might exist. */
static double search(Oracle *oracle, const Decision *decision, int *ret_options)
{
    if (!oracle->joint) {
        oracle_search_run(&oracle->search, decision, ret_options);
        return 0;
    }
    SharedFinding finding =
        shared_plan_find(&oracle->plan, decision, ANY_VARIANT, oracle->parameters.visits, ret_options);
    return (finding.cost - finding.bound) / decision->ask_count;
}

/* The same from the cache where the state was met before. */
static double recall(Oracle *oracle, const Decision *decision, int *ret_options)
{
    if (!oracle->state_key.key) {
        state_key_init(&oracle->state_key, decision);
        table_init(&oracle->states, oracle->state_key.size);
    }
    size_t asks = (size_t)decision->ask_count;
    const void *key = state_key_exact(&oracle->state_key, decision);
    int64_t index = table_find(&oracle->states, key);
    if (index == NOT_IN_TABLE) {
        double gap = search(oracle, decision, ret_options);
        index = new_answer(oracle, key, decision->ask_count);
        memcpy(oracle->answers + (size_t)index * asks, ret_options, asks * sizeof *ret_options);
        oracle->gaps[index] = gap;
    }
    memcpy(ret_options, oracle->answers + (size_t)index * asks, asks * sizeof *ret_options);
    return oracle->gaps[index];
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    (void)explore;
    Oracle *oracle = state;
    bool known = oracle->caches && view_is_idle(decision->view);
    double gap = known ? recall(oracle, decision, ret_options) : search(oracle, decision, ret_options);
    oracle->work.bounded++;
    oracle->work.bound_gap += gap;
}

/* The best shares follow from the options. */
static void share(void *state, const Decision *decision, const int *options, bool explore, Share *ret_shares)
{
    (void)explore;
    Oracle *oracle = state;
    Allocation rule = oracle->joint ? ALLOCATION_OPTIMAL : oracle->scenario->allocation;
    allocator_share(&oracle->allocator, rule, decision, options, ret_shares);
}

static PolicyWork work(const void *state)
{
    const Oracle *oracle = state;
    return oracle->joint ? oracle->work : (PolicyWork){0};
}

static void finish(void *state)
{
    Oracle *oracle = state;
    if (oracle->joint)
        shared_plan_free(&oracle->plan);
    else
        oracle_search_free(&oracle->search);
    allocator_free(&oracle->allocator);
    state_key_free(&oracle->state_key);
    table_free(&oracle->states);
    free(oracle->answers);
    free(oracle->gaps);
}

const PolicyType policy_oracle = {
    .name = "oracle",
    .summary = "the best joint answer with expected times, by exhaustive search on clones or, with shares, by branch "
               "and bound",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(Oracle),
    .suits = suits,
    .start = start,
    .decide = decide,
    .share = share,
    .work = work,
    .finish = finish,
};
