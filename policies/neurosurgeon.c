/* Neurosurgeon's choice (Kang et al., ASPLOS 2017): each device cuts one and the same network where, at the bandwidth
 * and server that it has now, its own answer comes soonest. It knows nothing of the others but that there are some: it
 * counts on an equal part of what is reserved, and what those leave who need none goes in equal parts to the rest. */
#include "allocation.h"
#include "choice.h"
#include "one_variant.h"
#include "policy.h"

#include <math.h>

typedef struct Neurosurgeon {
    int variant;
    Allocator allocator;
} Neurosurgeon;

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)stream;
    Neurosurgeon *policy = state;
    policy->variant = one_variant_index(parameters, scenario);
    allocator_init(&policy->allocator, scenario);
}

static int soonest(const View *view, const Ask *ask, int variant, Share part)
{
    int best = NO_CHOICE;
    double least_s = INFINITY;
    for (int i = 0; i < ask->options->count; i++) {
        const Option *option = &ask->options->items[i];
        if (option->variant != variant)
            continue;
        Need need = expect_need(view, ask, option, NULL);
        double response_s = expect_response(&need, part);
        if (response_s < least_s) {
            least_s = response_s;
            best = i;
        }
    }
    return best;
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    (void)explore;
    const Neurosurgeon *policy = state;
    double part = 1.0 / decision->ask_count;
    for (int i = 0; i < decision->ask_count; i++)
        ret_options[i] = soonest(decision->view, &decision->asks[i], policy->variant, (Share){part, part});
}

static void share(void *state, const Decision *decision, const int *options, bool explore, Share *ret_shares)
{
    (void)explore;
    Neurosurgeon *policy = state;
    allocator_share(&policy->allocator, ALLOCATION_EQUAL, decision, options, ret_shares);
}

static void finish(void *state)
{
    allocator_free(&((Neurosurgeon *)state)->allocator);
}

const PolicyType policy_neurosurgeon = {
    .name = "neurosurgeon",
    .summary = "each request cut where its own answer is expected soonest, with one variant and equal shares",
    .parameter_count = ONE_VARIANT_FIELDS,
    .parameters = one_variant_fields,
    .parameter_size = sizeof(OneVariant),
    .state_size = sizeof(Neurosurgeon),
    .suits = one_variant_suits,
    .start = start,
    .decide = decide,
    .share = share,
    .finish = finish,
};
