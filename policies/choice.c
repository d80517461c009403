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
