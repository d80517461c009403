#include "answer_search.h"

#include "../sim/objective.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PRICE_STEPS = 60 };

/* More than what objective_accepts forgives. */
#define ACCURACY_MARGIN 1e-8

/* One search: how an answer is judged, and how far it has come. */
typedef struct Problem {
    AnswerSearch *search;
    const AnswerParts *parts;
    const Decision *decision;
    const Objective *objective;
    PartWorth worth;
    double best_value;
    int64_t steps_left;
} Problem;

void answer_search_free(AnswerSearch *search)
{
    free(search->tried);
    free(search->best);
    free(search->loads);
    free(search->crowd);
    free(search->chosen);
    free(search->promise);
    free(search->order);
    free(search->rest);
    *search = (AnswerSearch){0};
}

static void make_room(AnswerSearch *search, const AnswerParts *parts)
{
    if (parts->ask_count <= search->ask_limit && parts->slot_count <= search->slot_limit &&
        parts->part_count <= search->part_limit)
        return;
    answer_search_free(search);
    search->ask_limit = parts->ask_count;
    search->slot_limit = parts->slot_limit;
    search->part_limit = parts->part_limit;
    search->tried = memory_allocate((size_t)search->ask_limit, sizeof *search->tried);
    search->best = memory_allocate((size_t)search->ask_limit, sizeof *search->best);
    search->loads = memory_allocate((size_t)search->slot_limit, sizeof *search->loads);
    search->crowd = memory_allocate((size_t)search->slot_limit, sizeof *search->crowd);
    search->chosen = memory_allocate((size_t)(search->ask_limit + search->slot_limit), sizeof *search->chosen);
    search->promise = memory_allocate((size_t)search->part_limit, sizeof *search->promise);
    search->order = memory_allocate((size_t)search->part_limit, sizeof *search->order);
    search->rest = memory_allocate((size_t)search->ask_limit + 1, sizeof *search->rest);
}

static int option_count(const Problem *problem, int ask)
{
    return problem->decision->asks[ask].options->count;
}

static bool has_threshold(const Problem *problem)
{
    return problem->objective->kind == OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY;
}

/* What the options of an answer add up to. */
typedef struct Sums {
    double promise, value, accuracy;
} Sums;

static bool is_accepted(const Problem *problem, const Sums *sums)
{
    return !has_threshold(problem) || objective_accepts(problem->objective, sums->accuracy / problem->parts->ask_count);
}

/* Lists the parts of an answer, those of its options first; returns their number. */
static int list_parts(const Problem *problem, const int *options)
{
    const AnswerParts *parts = problem->parts;
    int *chosen = problem->search->chosen, *crowd = problem->search->crowd, count = parts->ask_count;
    for (int slot = 0; slot < parts->slot_count; slot++)
        crowd[slot] = 0;
    for (int i = 0; i < parts->ask_count; i++) {
        chosen[i] = parts->first[i] + options[i];
        if (parts->slot_of[chosen[i]] != NO_NODE)
            crowd[parts->slot_of[chosen[i]]]++;
    }
    for (int slot = 0; slot < parts->slot_count; slot++)
        if (crowd[slot] > 0)
            chosen[count++] = parts->slot_first[slot] + crowd[slot] - 1;
    return count;
}

/* The value of an answer; less than the best known where the threshold is missed, or where it cannot be better. */
static double judge(const Problem *problem, const int *options, const Sums *sums)
{
    if (!is_accepted(problem, sums))
        return -INFINITY;
    int count = list_parts(problem, options);
    const int *chosen = problem->search->chosen;
    const PartWorth *worth = &problem->worth;
    double value = sums->value, variance = 0;
    for (int i = problem->parts->ask_count; i < count; i++)
        value += worth->values[chosen[i]];
    if (worth->deviation_weight <= 0 && value <= problem->best_value)
        return -INFINITY;
    for (int i = 0; worth->covariance && i < count; i++) {
        const double *row = worth->covariance + (size_t)chosen[i] * (size_t)problem->parts->part_count;
        for (int j = 0; j < count; j++)
            variance += row[chosen[j]];
    }
    return value + worth->deviation_weight * sqrt(fmax(variance, 0));
}

static void keep_if_better(Problem *problem, const int *options, const Sums *sums)
{
    double value = judge(problem, options, sums);
    if (value <= problem->best_value)
        return;
    problem->best_value = value;
    memcpy(problem->search->best, options, (size_t)problem->parts->ask_count * sizeof *options);
}

static Sums add_up(const Problem *problem, const int *options)
{
    Sums sums = {0};
    for (int i = 0; i < problem->parts->ask_count; i++) {
        sums.value += problem->worth.values[problem->parts->first[i] + options[i]];
        sums.accuracy += problem->parts->accuracy[problem->parts->first[i] + options[i]];
    }
    return sums;
}

/* The value of a part with all the optimism it may get. */
static double hope(const Problem *problem, int part)
{
    const PartWorth *worth = &problem->worth;
    if (!worth->covariance || worth->deviation_weight <= 0)
        return worth->values[part];
    double variance = worth->covariance[(size_t)part * (size_t)problem->parts->part_count + (size_t)part];
    return worth->values[part] + worth->deviation_weight * sqrt(fmax(variance, 0));
}

/* Accuracy of an option above the threshold. */
static double excess(const Problem *problem, int part)
{
    return problem->parts->accuracy[part] - problem->objective->threshold + ACCURACY_MARGIN;
}

/* What all asks have above the threshold together when each takes its best option at that price. */
static double total_excess(const Problem *problem, double price)
{
    const AnswerParts *parts = problem->parts;
    double total = 0;
    for (int i = 0; i < parts->ask_count; i++) {
        double best = -INFINITY, best_excess = 0;
        for (int part = parts->first[i]; part < parts->first[i] + option_count(problem, i); part++) {
            double own = excess(problem, part), value = hope(problem, part) + price * own;
            if (value > best) {
                best = value;
                best_excess = own;
            }
        }
        total += best_excess;
    }
    return total;
}

/* The price of accuracy that makes the bound tightest: where what is bought turns from too little to enough. */
static double price_of_accuracy(const Problem *problem)
{
    if (!has_threshold(problem) || total_excess(problem, 0) >= 0)
        return 0;
    double low = 0, high = 1e-6;
    for (int i = 0; i < PRICE_STEPS && total_excess(problem, high) < 0; i++) {
        low = high;
        high *= 2;
    }
    for (int i = 0; i < PRICE_STEPS && high - low > 1e-6 * high; i++) {
        double middle = 0.5 * (low + high);
        *(total_excess(problem, middle) < 0 ? &low : &high) = middle;
    }
    return high;
}

static void order_options(const Problem *problem, int ask)
{
    int first = problem->parts->first[ask], *order = problem->search->order + first;
    const double *promise = problem->search->promise + first;
    for (int i = 0; i < option_count(problem, ask); i++) {
        int at = i;
        for (; at > 0 && promise[order[at - 1]] < promise[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

/* Fills promise, order and rest. The promise of a load is that of the best load from this one on. */
static void prepare_bounds(const Problem *problem)
{
    const AnswerParts *parts = problem->parts;
    AnswerSearch *search = problem->search;
    double price = price_of_accuracy(problem);
    search->rest[parts->ask_count] = 0;
    for (int i = parts->ask_count - 1; i >= 0; i--) {
        for (int part = parts->first[i]; part < parts->first[i] + option_count(problem, i); part++)
            search->promise[part] = hope(problem, part) + price * excess(problem, part);
        order_options(problem, i);
        search->rest[i] = search->rest[i + 1] + search->promise[parts->first[i] + search->order[parts->first[i]]];
    }
    for (int slot = 0; slot < parts->slot_count; slot++) {
        double best = -INFINITY;
        for (int part = parts->slot_first[slot] + parts->ask_count - 1; part >= parts->slot_first[slot]; part--)
            search->promise[part] = best = fmax(best, hope(problem, part));
    }
}

static double promise_of_loads(const Problem *problem)
{
    const AnswerParts *parts = problem->parts;
    const AnswerSearch *search = problem->search;
    double sum = 0;
    for (int slot = 0; slot < parts->slot_count; slot++) {
        int load = search->loads[slot];
        double promise = search->promise[parts->slot_first[slot] + (load > 0 ? load - 1 : 0)];
        sum += load > 0 || promise > 0 ? promise : 0;
    }
    return sum;
}

/* Answers the asks from `ask` on in all ways that may be best, after those before, which add up to `before`. */
static void branch(Problem *problem, int ask, const Sums *before)
{
    AnswerSearch *search = problem->search;
    const AnswerParts *parts = problem->parts;
    if (ask == parts->ask_count) {
        keep_if_better(problem, search->tried, before);
        return;
    }
    for (int i = 0; i < option_count(problem, ask) && problem->steps_left > 0; i++) {
        int option = search->order[parts->first[ask] + i], part = parts->first[ask] + option;
        int slot = parts->slot_of[part];
        Sums sums = {before->promise + search->promise[part], before->value + problem->worth.values[part],
                     before->accuracy + parts->accuracy[part]};
        search->tried[ask] = option;
        problem->steps_left--;
        if (slot != NO_NODE)
            search->loads[slot]++;
        if (sums.promise + search->rest[ask + 1] + promise_of_loads(problem) > problem->best_value)
            branch(problem, ask + 1, &sums);
        if (slot != NO_NODE)
            search->loads[slot]--;
    }
}

/* Tries all options of asks `a` and `b`, the others' left as they are in the best answer. */
static void improve_two(Problem *problem, int a, int b)
{
    int *tried = problem->search->tried;
    memcpy(tried, problem->search->best, (size_t)problem->parts->ask_count * sizeof *tried);
    for (tried[a] = 0; tried[a] < option_count(problem, a); tried[a]++)
        for (tried[b] = 0; tried[b] < option_count(problem, b); tried[b]++) {
            Sums sums = add_up(problem, tried);
            keep_if_better(problem, tried, &sums);
        }
}

static void climb(Problem *problem)
{
    double before;
    do {
        before = problem->best_value;
        for (int a = 0; a < problem->parts->ask_count; a++)
            for (int b = a + 1; b < problem->parts->ask_count; b++)
                improve_two(problem, a, b);
    } while (problem->best_value > before);
}

static void choose_most_accurate(const Problem *problem, int *options)
{
    const AnswerParts *parts = problem->parts;
    for (int i = 0; i < parts->ask_count; i++) {
        const double *accuracy = parts->accuracy + parts->first[i];
        options[i] = 0;
        for (int o = 1; o < option_count(problem, i); o++)
            if (accuracy[o] > accuracy[options[i]])
                options[i] = o;
    }
}

void answer_search_best(AnswerSearch *search, const AnswerParts *parts, const Decision *decision,
                        const Objective *objective, PartWorth worth, int64_t step_limit, int *ret_options)
{
    make_room(search, parts);
    Problem problem = {search, parts, decision, objective, worth, -INFINITY, step_limit};
    choose_most_accurate(&problem, search->best);
    Sums most_accurate = add_up(&problem, search->best);
    if (is_accepted(&problem, &most_accurate)) {
        problem.best_value = judge(&problem, search->best, &most_accurate);
        prepare_bounds(&problem);
        memset(search->loads, 0, (size_t)parts->slot_count * sizeof *search->loads);
        branch(&problem, 0, &(Sums){0});
        if (problem.steps_left == 0)
            climb(&problem);
    }
    memcpy(ret_options, search->best, (size_t)parts->ask_count * sizeof *ret_options);
}
