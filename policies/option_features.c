#include "option_features.h"

#include <math.h>
#include <stdlib.h>

/* Kinds of features; with the numbers that tell them apart each is a name. */
typedef enum FeatureKind {
    TARGET,
    VARIANT,
    CUT,
    SECOND_CUT,
    BITS,
    OWN_WORK,
    WORK,
    WORK_ROOT,
    BYTES,
    BYTES_ROOT,
    MIDDLE_BYTES
} FeatureKind;

typedef struct FeatureName {
    int64_t kind, which, variant;
} FeatureName;

/* What counts as 1. */
typedef struct Scale {
    double macs, bytes;
} Scale;

/* The bytes that an option is expected to send. */
static double bytes_of(const Scenario *scenario, const Option *option)
{
    return option->target == SELF || option->cut > 0 ? option->up_bytes : scenario->applications[0].input_bytes.mean;
}

static Scale find_scale(const Scenario *scenario)
{
    Scale scale = {0, 0};
    for (int v = 0; v < scenario->model.variant_count; v++)
        scale.macs = fmax(scale.macs, scenario->model.variants[v].macs);
    for (int group = 0; group < scenario->node_group_count; group++)
        for (int o = 0; o < scenario->options[group].count; o++)
            scale.bytes = fmax(scale.bytes, bytes_of(scenario, &scenario->options[group].items[o]));
    return scale;
}

static void add(OptionFeatures *features, FeatureName name, double value)
{
    if (value <= 0)
        return;
    if (features->term_count == features->term_limit) {
        size_t old = (size_t)features->term_limit, wide = 2 * old + 256;
        features->terms = memory_grow(features->terms, old, wide, sizeof *features->terms);
        features->term_limit = (int64_t)wide;
    }
    features->terms[features->term_count++] = (Term){(int)table_insert(&features->names, &name), value};
}

static void add_work(OptionFeatures *features, int group, int variant, double work)
{
    add(features, (FeatureName){WORK, group, variant}, work);
    add(features, (FeatureName){WORK_ROOT, group, variant}, sqrt(fmax(work, 0)));
}

static void add_option(OptionFeatures *features, const Option *option, Scale scale)
{
    const Variant *variant = &features->scenario->model.variants[option->variant];
    double macs = variant->macs / scale.macs;
    double before = option->target == SELF ? 1 : model_prefix_share(variant, option->cut), behind = 1 - before;
    add(features, (FeatureName){TARGET, option->target, 0}, 1);
    add(features, (FeatureName){VARIANT, 0, option->variant}, 1);
    add(features, (FeatureName){OWN_WORK, 0, option->variant}, macs * before);
    if (option->target == SELF)
        return;
    add(features, (FeatureName){CUT, option->cut, 0}, 1);
    add(features, (FeatureName){BITS, option->transfer_bits, 0}, 1);
    if (option->second_cut > 0) {
        behind = 1 - model_prefix_share(variant, option->second_cut);
        add(features, (FeatureName){SECOND_CUT, option->second_cut, 0}, 1);
        add(features, (FeatureName){MIDDLE_BYTES, option->target, 0}, option->middle_bytes / scale.bytes);
        add_work(features, option->middle_group, option->variant, macs * (1 - before - behind));
    }
    add_work(features, option->target, option->variant, macs * behind);
    double bytes = bytes_of(features->scenario, option) / scale.bytes;
    add(features, (FeatureName){BYTES, option->target, 0}, bytes);
    add(features, (FeatureName){BYTES_ROOT, option->target, 0}, sqrt(bytes));
}

void option_features_init(OptionFeatures *features, const Scenario *scenario)
{
    *features = (OptionFeatures){.scenario = scenario};
    table_init(&features->names, sizeof(FeatureName));
    Scale scale = find_scale(scenario);
    size_t groups = (size_t)scenario->node_group_count;
    for (int group = 0; group < scenario->node_group_count; group++)
        if (scenario->options[group].count > features->option_limit)
            features->option_limit = scenario->options[group].count;
    features->first = memory_allocate(groups * (size_t)(features->option_limit + 1), sizeof *features->first);
    for (int group = 0; group < scenario->node_group_count; group++) {
        int64_t *first = features->first + (ptrdiff_t)group * (features->option_limit + 1);
        for (int o = 0; o < scenario->options[group].count; o++) {
            first[o] = features->term_count;
            add_option(features, &scenario->options[group].items[o], scale);
            first[o + 1] = features->term_count;
        }
    }
    features->count = (int)features->names.count;
}

void option_features_free(OptionFeatures *features)
{
    table_free(&features->names);
    free(features->first);
    free(features->terms);
    *features = (OptionFeatures){0};
}

bool option_features_has_actions(const OptionFeatures *features, const AnswerMemory *memory)
{
    const Scenario *scenario = features->scenario;
    const int *actions = memory->ended.actions;
    for (int64_t i = 0; i < memory->count * memory->shape.ask_count; i++) {
        int group = actions[i] / features->option_limit, option = actions[i] % features->option_limit;
        if (actions[i] < 0 || group >= scenario->node_group_count || option >= scenario->options[group].count)
            return false;
    }
    return true;
}

float option_features_score(const OptionFeatures *features, int group, int option, const float *weights)
{
    const Term *terms;
    int count = option_features_of(features, group, option, &terms);
    float score = 0;
    for (int i = 0; i < count; i++)
        score += (float)terms[i].value * weights[terms[i].index];
    return score;
}

void option_features_scores(const OptionFeatures *features, int group, const float *weights, float *ret_scores)
{
    for (int o = 0; o < features->scenario->options[group].count; o++)
        ret_scores[o] = option_features_score(features, group, o, weights);
}

void option_features_spread(const OptionFeatures *features, int group, int option, float gradient, float *gradients)
{
    const Term *terms;
    int count = option_features_of(features, group, option, &terms);
    for (int i = 0; i < count; i++)
        gradients[terms[i].index] += gradient * (float)terms[i].value;
}
