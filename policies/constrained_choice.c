#include "constrained_choice.h"

#include "../sim/memory.h"

#include <math.h>
#include <stdlib.h>

static const double ACCURACY_UNIT = 1e-12;

void constrained_choice_free(ConstrainedChoice *choice)
{
    free(choice->answers);
    *choice = (ConstrainedChoice){0};
}

static void make_room(ConstrainedChoice *choice, int64_t count)
{
    if (count <= choice->limit)
        return;
    int64_t limit = 2 * count;
    choice->answers = memory_grow(choice->answers, (size_t)choice->limit, (size_t)limit, sizeof *choice->answers);
    choice->limit = limit;
}

/* The most accurate first, of those the most valuable, and then by digits. */
static int compare(const void *left, const void *right)
{
    const PartialAnswer *a = left, *b = right;
    if (a->accuracy != b->accuracy)
        return a->accuracy > b->accuracy ? -1 : 1;
    if (a->value < b->value || a->value > b->value)
        return a->value > b->value ? -1 : 1;
    if (a->before != b->before)
        return a->before < b->before ? -1 : 1;
    return a->digit < b->digit ? -1 : a->digit > b->digit;
}

/* Keeps of candidates[count] those more valuable than all that are as accurate; returns their number. */
static int64_t keep_best(PartialAnswer *candidates, int64_t count)
{
    qsort(candidates, (size_t)count, sizeof *candidates, compare);
    int64_t kept = 1;
    for (int64_t i = 1; i < count; i++)
        if (candidates[i].value > candidates[kept - 1].value)
            candidates[kept++] = candidates[i];
    return kept;
}

/* Appends the ways to answer one ask more than answers[first .. first + count - 1]; returns their number. */
static int64_t extend(ConstrainedChoice *choice, int64_t first, int64_t count, const ChoiceOptions *options)
{
    make_room(choice, first + count + count * options->count);
    PartialAnswer *candidates = choice->answers + first + count;
    for (int64_t before = first; before < first + count; before++)
        for (int digit = 0; digit < options->count; digit++)
            *candidates++ =
                (PartialAnswer){choice->answers[before].accuracy + llround(options->accuracy[digit] / ACCURACY_UNIT),
                                choice->answers[before].value + (double)options->values[digit], digit, (int)before};
    return keep_best(choice->answers + first + count, count * options->count);
}

void constrained_choice_best(ConstrainedChoice *choice, int ask_count, const ChoiceOptions *options,
                             const Objective *objective, int *ret_digits)
{
    int64_t first = 0, count = 1;
    make_room(choice, 1);
    choice->answers[0] = (PartialAnswer){.before = -1};
    for (int ask = 0; ask < ask_count; ask++) {
        int64_t extended = extend(choice, first, count, &options[ask]);
        first += count;
        count = extended;
    }
    int64_t best = first; /* values rise as accuracies fall: the last that is accurate enough */
    for (int64_t i = first + 1; i < first + count; i++)
        if (objective_accepts(objective, (double)choice->answers[i].accuracy * ACCURACY_UNIT / ask_count))
            best = i;
    for (int ask = ask_count - 1; ask >= 0; ask--, best = choice->answers[best].before)
        ret_digits[ask] = choice->answers[best].digit;
}
