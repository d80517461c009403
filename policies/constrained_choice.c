#include "constrained_choice.h"

#include "../sim/memory.h"

#include <math.h>
#include <stdlib.h>

static const double ACCURACY_UNIT = 1e-12;

void constrained_choice_free(ConstrainedChoice *choice)
{
    free(choice->answers);
    free(choice->candidates);
    free(choice->accuracies);
    *choice = (ConstrainedChoice){0};
}

static void make_room(ConstrainedChoice *choice, int64_t count, int option_count)
{
    if (count > choice->limit) {
        int64_t limit = 2 * count;
        choice->answers = memory_grow(choice->answers, (size_t)choice->limit, (size_t)limit, sizeof *choice->answers);
        choice->limit = limit;
    }
    if (option_count > choice->option_limit) {
        size_t old = (size_t)choice->option_limit, limit = (size_t)option_count;
        choice->candidates = memory_grow(choice->candidates, old, limit, sizeof *choice->candidates);
        choice->accuracies = memory_grow(choice->accuracies, old, limit, sizeof *choice->accuracies);
        choice->option_limit = option_count;
    }
}

/* The most accurate first, of those the most valuable, and then by what they extend and by digits. */
static bool comes_before(const PartialAnswer *a, const PartialAnswer *b)
{
    if (a->accuracy != b->accuracy)
        return a->accuracy > b->accuracy;
    if (a->value < b->value || a->value > b->value)
        return a->value > b->value;
    return a->before != b->before ? a->before < b->before : a->digit < b->digit;
}

/* Makes `ret_extended` the extension of answers[first .. end - 1] by a digit that comes first of those worth more than
 * `value`. They are in order, values rise, and so do their extensions. False: there is none. */
static bool find_next(const PartialAnswer *answers, int64_t end, double digit_value, int64_t digit_accuracy,
                      double value, PartialAnswer *ret_extended)
{
    int64_t at = ret_extended->before;
    while (at < end && answers[at].value + digit_value <= value)
        at++;
    ret_extended->before = (int)at;
    if (at == end)
        return false;
    ret_extended->value = answers[at].value + digit_value;
    ret_extended->accuracy = answers[at].accuracy + digit_accuracy;
    return true;
}

/* Appends the ways to answer one ask more than answers[first .. first + count - 1] that no other beats, by merging
 * those of each option; returns their number. */
static int64_t extend(ConstrainedChoice *choice, int64_t first, int64_t count, const ChoiceOptions *options)
{
    make_room(choice, first + count + count * options->count, options->count);
    PartialAnswer *extended = choice->answers + first + count;
    double value = -INFINITY;
    for (int digit = 0; digit < options->count; digit++) {
        choice->candidates[digit] = (PartialAnswer){.before = (int)first, .digit = digit};
        choice->accuracies[digit] = llround(options->accuracy[digit] / ACCURACY_UNIT);
    }
    for (int64_t kept = 0;; kept++) {
        const PartialAnswer *best = NULL;
        for (int digit = 0; digit < options->count; digit++) {
            PartialAnswer *candidate = &choice->candidates[digit];
            if (find_next(choice->answers, first + count, (double)options->values[digit], choice->accuracies[digit],
                          value, candidate) &&
                (!best || comes_before(candidate, best)))
                best = candidate;
        }
        if (!best)
            return kept;
        extended[kept] = *best;
        value = best->value;
    }
}

void constrained_choice_best(ConstrainedChoice *choice, int ask_count, const ChoiceOptions *options,
                             const Objective *objective, int *ret_digits)
{
    int64_t first = 0, count = 1;
    make_room(choice, 1, 0);
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
