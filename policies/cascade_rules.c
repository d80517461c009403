/* Rules about light answers that look at nothing: keep all, send all on, or each by chance. */
#include "cascade_choice.h"
#include "policy.h"

typedef struct Parameters {
    double rate;
} Parameters;

typedef struct Rule {
    double rate;  /* of answers that are sent on */
    uint64_t key; /* names the sequence of its draws, one a question */
} Rule;

static const Field fields[] = {
    {.key = "rate",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_FRACTION,
     .offset = offsetof(Parameters, rate),
     .fallback = "20 %",
     .maximum = 1,
     .help = "of light answers, how many are sent on"},
};

static bool suits(const void *parameters, const Scenario *scenario, Error *error)
{
    (void)parameters;
    return cascade_suits(scenario, error);
}

static void start_at(void *state, double rate, Stream stream)
{
    *(Rule *)state = (Rule){rate, stream_next(&stream)};
}

static void start_never(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)parameters, (void)scenario;
    start_at(state, 0, stream);
}

static void start_always(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)parameters, (void)scenario;
    start_at(state, 1, stream);
}

static void start_random(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)scenario;
    start_at(state, ((const Parameters *)parameters)->rate, stream);
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    (void)explore;
    const Rule *rule = state;
    if (decision->kind == DECISION_ROUTE)
        cascade_route(decision, ret_options);
    else
        *ret_options =
            cascade_escalate(decision, rng_uniform(rng_draw(rule->key, (uint64_t)decision->index)) < rule->rate);
}

/* What the three have in common. */
#define CASCADE_RULE .escalates = true, .state_size = sizeof(Rule), .suits = suits, .decide = decide

const PolicyType policy_cascade_never = {.name = "cascade-never",
                                         .summary = "the light variant, and all its answers are kept",
                                         .start = start_never,
                                         CASCADE_RULE};

const PolicyType policy_cascade_always = {.name = "cascade-always",
                                          .summary = "the light variant, and all its answers are sent on",
                                          .start = start_always,
                                          CASCADE_RULE};

const PolicyType policy_cascade_random = {.name = "cascade-random",
                                          .summary = "the light variant, and each of its answers is sent on by chance",
                                          .parameter_count = sizeof fields / sizeof fields[0],
                                          .parameters = fields,
                                          .parameter_size = sizeof(Parameters),
                                          .start = start_random,
                                          CASCADE_RULE};
