/* The joint optimum of cuts, targets and shares when everybody runs one and the same variant: what choosing versions
 * adds is what the oracle has beyond it. Exact where shared_plan_is_exact; elsewhere it does as if users met in shares
 * alone. */
#include "allocation.h"
#include "one_variant.h"
#include "policy.h"
#include "shared_plan.h"

/* Partial answers that one question may cost. */
enum { VISIT_LIMIT = 100000 };

typedef struct FixedVersion {
    int variant;
    SharedPlan plan;
    Allocator allocator;
} FixedVersion;

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)stream;
    FixedVersion *policy = state;
    policy->variant = one_variant_index(parameters, scenario);
    shared_plan_init(&policy->plan, scenario);
    allocator_init(&policy->allocator, scenario);
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    (void)explore;
    FixedVersion *policy = state;
    shared_plan_find(&policy->plan, decision, policy->variant, VISIT_LIMIT, ret_options);
}

static void share(void *state, const Decision *decision, const int *options, bool explore, Share *ret_shares)
{
    (void)explore;
    FixedVersion *policy = state;
    allocator_share(&policy->allocator, ALLOCATION_OPTIMAL, decision, options, ret_shares);
}

static void finish(void *state)
{
    FixedVersion *policy = state;
    shared_plan_free(&policy->plan);
    allocator_free(&policy->allocator);
}

const PolicyType policy_fixed_version = {
    .name = "fixed-version",
    .summary = "the best cuts and shares for all together, with one variant for everybody",
    .parameter_count = ONE_VARIANT_FIELDS,
    .parameters = one_variant_fields,
    .parameter_size = sizeof(OneVariant),
    .state_size = sizeof(FixedVersion),
    .suits = one_variant_suits,
    .start = start,
    .decide = decide,
    .share = share,
    .finish = finish,
};
