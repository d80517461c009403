#include "choice.h"

/* Whether option `a` beats `b` on one target: more of the inference there first, then the more accurate variant. */
static bool is_better(const Option *a, const Option *b)
{
    if (a->cut != b->cut)
        return a->cut < b->cut;
    if (a->second_cut != b->second_cut)
        return a->second_cut < b->second_cut;
    return a->accuracy > b->accuracy;
}

static bool is_variant(const Option *option, int variant)
{
    return variant == ANY_VARIANT || option->variant == variant;
}

int choice_on_target(const OptionSet *options, int target, int variant)
{
    int best = NO_CHOICE;
    for (int i = 0; i < options->count; i++) {
        const Option *option = &options->items[i];
        if (option->target == target && is_variant(option, variant) &&
            (best == NO_CHOICE || is_better(option, &options->items[best])))
            best = i;
    }
    return best;
}

int choice_on_tier(const OptionSet *options, Tier tier, int variant)
{
    for (int i = 0; i < options->count; i++)
        if (options->items[i].tier == tier && is_variant(&options->items[i], variant))
            return choice_on_target(options, options->items[i].target, variant);
    return NO_CHOICE;
}

/* Whether every user has an option with the variant; `ret_option` is one. */
static bool is_common(const Scenario *scenario, int variant, const Option **ret_option)
{
    for (int g = 0; g < scenario->node_group_count; g++) {
        const OptionSet *set = &scenario->options[g];
        int i = 0;
        while (i < set->count && set->items[i].variant != variant)
            i++;
        if (set->count > 0 && i == set->count)
            return false;
        if (set->count > 0)
            *ret_option = &set->items[i];
    }
    return true;
}

int choice_common_variant(const Scenario *scenario, const char *name, Error *error)
{
    const Option *option = NULL;
    if (name) {
        int variant = model_variant_index(&scenario->model, name);
        if (variant >= 0 && is_common(scenario, variant, &option))
            return variant;
        if (variant < 0)
            error_set(error, NULL, 0, 0, "model %s has no variant '%s'", scenario->model.name, name);
        else
            error_set(error, NULL, 0, 0, "variant '%s' is not among the options of every user", name);
        return NO_CHOICE;
    }
    int best = NO_CHOICE;
    double accuracy = -1;
    for (int variant = 0; variant < scenario->model.variant_count; variant++)
        if (is_common(scenario, variant, &option) && option->accuracy > accuracy) {
            best = variant;
            accuracy = option->accuracy;
        }
    if (best == NO_CHOICE)
        error_set(error, NULL, 0, 0, "no variant is among the options of every user");
    return best;
}

int choice_targets(const OptionSet *options, int *ret_targets)
{
    int count = 0;
    for (int i = 0; i < options->count; i++) {
        int known = 0;
        while (known < count && ret_targets[known] != options->items[i].target)
            known++;
        if (known == count)
            ret_targets[count++] = options->items[i].target;
    }
    return count;
}
