/* Chooses uniformly among each request's options. */
#include "policy.h"

typedef struct Random {
    Stream stream; /* the origin of the streams of all questions */
} Random;

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)parameters, (void)scenario;
    Random *random = state;
    random->stream = stream;
}

/* Each question has a stream of its own, so that a draw depends on the question and not on what was asked before. */
static Stream question_stream(const Random *random, int64_t question)
{
    Stream stream = random->stream;
    for (int i = 0; i < 4; i++)
        stream.state[i] = rng_mix(stream.state[i], (uint64_t)question);
    return stream;
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    (void)explore;
    Stream stream = question_stream(state, decision->index);
    for (int i = 0; i < decision->ask_count; i++)
        ret_options[i] = (int)stream_uniform_integer(&stream, (uint64_t)decision->asks[i].options->count);
}

const PolicyType policy_random = {
    .name = "random",
    .summary = "each request uniformly among its options",
    .state_size = sizeof(Random),
    .start = start,
    .decide = decide,
};
