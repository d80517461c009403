/* The optimum by brute force, as far as it can be known at the question: oracle_search for each distinct state, cached
 * while no request is on its way, because then the observation tells the whole future. */
#include "oracle_search.h"
#include "policy.h"
#include "state_key.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* Joint answers, counted once for interchangeable users. Bounds leave few of them to try, but beyond this many a
 * question could take minutes all the same. */
#define SEARCH_LIMIT 1e9
/* States remembered before the cache starts afresh, which costs time and changes no answer. */
enum { CACHE_LIMIT = 100000 };

typedef struct Oracle {
    const Scenario *scenario; /* borrowed */
    OracleSearch search;
    StateKey state_key; /* zero before the first question, like the next two */
    Table states;
    int *answers; /* [answer_limit][ask_count] by the index in `states` */
    int64_t answer_limit;
} Oracle;

static bool suits(const void *parameters, const Scenario *scenario, Error *error)
{
    (void)parameters;
    if (scenario->cascade.present) {
        error_set(error, NULL, 0, 0, "cannot foresee which light answers are right; cascade-oracle is told");
        return false;
    }
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
    (void)parameters, (void)stream;
    Oracle *oracle = state;
    oracle->scenario = scenario;
    oracle_search_init(&oracle->search, scenario);
}

/* Where the answer to a state that is new to the cache goes. */
static int *new_answer(Oracle *oracle, const void *key, int ask_count)
{
    if (oracle->states.count == CACHE_LIMIT)
        table_clear(&oracle->states);
    int64_t index = table_insert(&oracle->states, key);
    if (index >= oracle->answer_limit) {
        size_t old_count = (size_t)(oracle->answer_limit * ask_count);
        oracle->answer_limit = 2 * index + 8;
        size_t new_count = (size_t)(oracle->answer_limit * ask_count);
        oracle->answers = memory_grow(oracle->answers, old_count, new_count, sizeof *oracle->answers);
    }
    return oracle->answers + index * ask_count;
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    (void)explore;
    Oracle *oracle = state;
    if (!view_is_idle(decision->view)) {
        oracle_search_run(&oracle->search, decision, ret_options);
        return;
    }
    if (!oracle->state_key.key) {
        state_key_init(&oracle->state_key, decision);
        table_init(&oracle->states, oracle->state_key.size);
    }
    int ask_count = decision->ask_count;
    const void *key = state_key_exact(&oracle->state_key, decision);
    int64_t known = table_find(&oracle->states, key);
    if (known == NOT_IN_TABLE) {
        oracle_search_run(&oracle->search, decision, ret_options);
        memcpy(new_answer(oracle, key, ask_count), ret_options, (size_t)ask_count * sizeof *ret_options);
    } else {
        memcpy(ret_options, oracle->answers + known * ask_count, (size_t)ask_count * sizeof *ret_options);
    }
}

static void finish(void *state)
{
    Oracle *oracle = state;
    oracle_search_free(&oracle->search);
    state_key_free(&oracle->state_key);
    table_free(&oracle->states);
    free(oracle->answers);
}

const PolicyType policy_oracle = {
    .name = "oracle",
    .summary = "the best joint answer by exhaustive search on clones with expected times",
    .state_size = sizeof(Oracle),
    .suits = suits,
    .start = start,
    .decide = decide,
    .finish = finish,
};
