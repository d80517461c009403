/* Always the same tier: device-only, edge-only and cloud-only. A user who has no option there takes its first option.
 */
#include "choice.h"
#include "turn_taker.h"

#include <string.h>

typedef struct Parameters {
    const char *variant; /* NULL: the most accurate */
    int64_t cut;         /* layers computed on the device first; 0: none */
} Parameters;

static const Field fields[] = {
    {.key = "variant",
     .kind = FIELD_TEXT,
     .offset = offsetof(Parameters, variant),
     .fallback = "",
     .help = "model variant to run; default the most accurate one offered there"},
    {.key = "cut",
     .kind = FIELD_INTEGER,
     .offset = offsetof(Parameters, cut),
     .fallback = "0",
     .maximum = 1e6,
     .help = "layers computed on the user's own device before the rest is sent away; needs options.cuts"},
};

static int wanted_variant(const Parameters *parameters, const Scenario *scenario)
{
    bool given = parameters->variant && parameters->variant[0];
    return given ? model_variant_index(&scenario->model, parameters->variant) : ANY_VARIANT;
}

/* The tier's choice, or of the same target and variant the option with the wanted cut; NO_CHOICE where there is none.
 */
static int find_choice(const OptionSet *options, Tier tier, int variant, int64_t cut)
{
    int whole = choice_on_tier(options, tier, variant);
    if (whole == NO_CHOICE || cut == 0)
        return whole;
    for (int i = 0; i < options->count; i++) {
        const Option *option = &options->items[i], *like = &options->items[whole];
        if (option->cut == cut && option->second_cut == 0 && option->target == like->target &&
            option->variant == like->variant)
            return i;
    }
    return NO_CHOICE;
}

/* A tier without options, a variant that the model lacks or that nobody may run there, and a cut not offered are slips
 * of the pen. */
static bool suits(Tier tier, const Parameters *parameters, const Scenario *scenario, Error *error)
{
    bool given = parameters->variant && parameters->variant[0];
    int variant = wanted_variant(parameters, scenario);
    if (given && variant < 0) {
        error_set(error, NULL, 0, 0, "model %s has no variant '%s'", scenario->model.name, parameters->variant);
        return false;
    }
    for (int g = 0; g < scenario->node_group_count; g++)
        if (find_choice(&scenario->options[g], tier, variant, parameters->cut) != NO_CHOICE)
            return true;
    if (parameters->cut > 0) {
        error_set(error, NULL, 0, 0, "no option on tier %s is cut behind layer %d; options.cuts offers them",
                  tier_names[tier], (int)parameters->cut);
        return false;
    }
    if (given)
        error_set(error, NULL, 0, 0, "variant '%s' is not among the options on tier %s", parameters->variant,
                  tier_names[tier]);
    else
        error_set(error, NULL, 0, 0, "nobody has an option on tier %s", tier_names[tier]);
    return false;
}

/* It is always the turn of the same option. */
static void start(Tier tier, TurnTaker *taker, const Parameters *parameters, const Scenario *scenario)
{
    int variant = wanted_variant(parameters, scenario);
    taker->group_of = scenario->group_of;
    for (int g = 0; g < scenario->node_group_count; g++) {
        int choice = find_choice(&scenario->options[g], tier, variant, parameters->cut);
        taker->turns.counts[g] = 1;
        taker->turns.options[g] = memory_allocate(1, sizeof(int));
        taker->turns.options[g][0] = choice == NO_CHOICE ? 0 : choice;
    }
}

static bool device_suits(const void *parameters, const Scenario *scenario, Error *error)
{
    return suits(TIER_END, parameters, scenario, error);
}

static bool edge_suits(const void *parameters, const Scenario *scenario, Error *error)
{
    return suits(TIER_EDGE, parameters, scenario, error);
}

static bool cloud_suits(const void *parameters, const Scenario *scenario, Error *error)
{
    return suits(TIER_CLOUD, parameters, scenario, error);
}

static void device_start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)stream;
    start(TIER_END, state, parameters, scenario);
}

static void edge_start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)stream;
    start(TIER_EDGE, state, parameters, scenario);
}

static void cloud_start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    (void)stream;
    start(TIER_CLOUD, state, parameters, scenario);
}

/* What the three have in common. */
#define FIXED_POLICY                                                                                                   \
    .parameter_count = sizeof fields / sizeof fields[0], .parameters = fields, .parameter_size = sizeof(Parameters),   \
    TURN_TAKER

const PolicyType policy_device_only = {.name = "device-only",
                                       .summary = "everything on the user's own device",
                                       .suits = device_suits,
                                       .start = device_start,
                                       FIXED_POLICY};

const PolicyType policy_edge_only = {.name = "edge-only",
                                     .summary = "everything on the nearest edge",
                                     .suits = edge_suits,
                                     .start = edge_start,
                                     FIXED_POLICY};

const PolicyType policy_cloud_only = {.name = "cloud-only",
                                      .summary = "everything in the nearest cloud",
                                      .suits = cloud_suits,
                                      .start = cloud_start,
                                      FIXED_POLICY};
