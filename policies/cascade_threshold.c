#include "cascade_threshold.h"

#include <math.h>
#include <stdlib.h>

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

static double gain_of(const CascadeTask *task, int row, CascadeCriterion criterion, double price, const int counts[2])
{
    bool label = cascade_task_label(task, row);
    switch (criterion) {
    case CRITERION_ACCURACY:
        return task->heavy->correct[row] - task->light->correct[row] - price;
    case CRITERION_DECISIONS:
        break;
    case CRITERION_BALANCED:
        return (label ? 1.0 : -1.0) / counts[label];
    }
    return label ? 1 : -1;
}

double cascade_threshold_tune(CascadeScorer *scorer, const CascadeTask *task, const SampleRows *rows,
                              CascadeCriterion criterion, double price)
{
    int counts[2] = {0};
    Candidate *candidates = memory_allocate((size_t)rows->count, sizeof *candidates);
    count_labels(task, rows, counts);
    for (int i = 0; i < rows->count; i++) {
        int row = rows->rows[i];
        candidates[i] = (Candidate){cascade_scorer_score(scorer, cascade_task_values(task, row)),
                                    gain_of(task, row, criterion, price, counts)};
    }
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
