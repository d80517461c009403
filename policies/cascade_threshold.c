#include "cascade_threshold.h"

#include "logistic.h"

#include <math.h>
#include <stdlib.h>

/* Of the curve through a classifier's scores: next to none, but enough for labels that are all alike. */
static const double CURVE_RIDGE = 0.1;

const char *const cascade_criterion_names[] = {"accuracy", "decisions", "balanced", NULL};

/* What sending a sample on gains over keeping it. */
typedef struct Candidate {
    double score, gain;
} Candidate;

static int compare_candidates(const void *a, const void *b)
{
    const Candidate *first = a, *second = b;
    return (first->score < second->score) - (first->score > second->score);
}

/* Rows of each kind: [0] to be kept, [1] to be sent on. */
static void count_labels(const CascadeTask *task, const SampleRows *rows, int counts[2])
{
    for (int i = 0; i < rows->count; i++)
        counts[cascade_task_label(task, rows->rows[i])]++;
}

/* Gain where sending on helps with a probability, and so much more is right afterwards. */
static double gain_of(CascadeCriterion criterion, double price, const int counts[2], double helps, int more_right)
{
    switch (criterion) {
    case CRITERION_ACCURACY:
        return more_right - price;
    case CRITERION_DECISIONS:
        break;
    case CRITERION_BALANCED:
        return (counts[1] > 0 ? helps / counts[1] : 0) - (counts[0] > 0 ? (1 - helps) / counts[0] : 0);
    }
    return 2 * helps - 1;
}

/* Replaces what happened to each candidate by its probability given the score, by logistic regression. */
static void smooth(const Candidate *candidates, int count, double *events)
{
    LogisticSamples samples = {.count = count,
                               .size = 1,
                               .inputs = memory_allocate((size_t)count, sizeof *samples.inputs),
                               .labels = memory_allocate((size_t)count, sizeof *samples.labels)};
    double weights[2] = {0};
    for (int i = 0; i < count; i++) {
        samples.inputs[i] = candidates[i].score;
        samples.labels[i] = events[i] > 0;
    }
    logistic_fit(&samples, &CURVE_RIDGE, weights);
    for (int i = 0; i < count; i++)
        events[i] = 1 / (1 + exp(-logistic_sum(weights, &samples.inputs[i], 1)));
    free(samples.inputs);
    free(samples.labels);
}

/* Scores and gains of the rows' samples, as they were or, for a classifier, as its scores let expect. */
static void fill_candidates(CascadeScorer *scorer, const CascadeTask *task, const SampleRows *rows,
                            CascadeCriterion criterion, double price, Candidate *ret_candidates)
{
    int counts[2] = {0};
    double *helps = memory_allocate((size_t)rows->count, sizeof *helps);
    count_labels(task, rows, counts);
    for (int i = 0; i < rows->count; i++) {
        int row = rows->rows[i];
        ret_candidates[i].score = cascade_scorer_score(scorer, cascade_task_values(task, row));
        helps[i] = cascade_task_label(task, row);
    }
    if (cascade_score_is_learnt(scorer->score))
        smooth(ret_candidates, rows->count, helps);
    for (int i = 0; i < rows->count; i++) {
        int row = rows->rows[i], more_right = task->heavy->correct[row] - task->light->correct[row];
        ret_candidates[i].gain = gain_of(criterion, price, counts, helps[i], more_right);
    }
    free(helps);
}

double cascade_threshold_tune(CascadeScorer *scorer, const CascadeTask *task, const SampleRows *rows,
                              CascadeCriterion criterion, double price)
{
    Candidate *candidates = memory_allocate((size_t)rows->count, sizeof *candidates);
    fill_candidates(scorer, task, rows, criterion, price, candidates);
    qsort(candidates, (size_t)rows->count, sizeof *candidates, compare_candidates);
    double sum = 0, best = 0, threshold = INFINITY;
    for (int i = 0; i < rows->count; i++) {
        sum += candidates[i].gain;
        bool last = i + 1 == rows->count;
        if ((!last && candidates[i + 1].score == candidates[i].score) || sum <= best)
            continue;
        best = sum;
        threshold = last ? -INFINITY : (candidates[i].score + candidates[i + 1].score) / 2;
    }
    free(candidates);
    return threshold;
}
