#include "learner_statistics.h"

#include "../sim/memory.h"

#include <assert.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What is estimated, and from what. */
typedef struct Question {
    enum { INTERQUARTILE_MEAN, OPTIMALITY_GAP, PROBABILITY_OF_IMPROVEMENT } kind;
    double target;        /* of the optimality gap */
    Scores first, second; /* `second` only for the probability of improvement */
} Question;

static size_t score_count(Scores scores)
{
    assert(scores.task_count >= 1 && scores.run_count >= 1);
    return (size_t)scores.task_count * (size_t)scores.run_count;
}

/* Sorts `values` on the way. */
static double interquartile_mean(double *values, size_t count)
{
    size_t cut = count / 4;
    gsl_sort(values, 1, count);
    return gsl_stats_mean(values + cut, 1, count - 2 * cut);
}

double learner_statistics_interquartile_mean(Scores scores)
{
    size_t count = score_count(scores);
    double *values = memory_allocate(count, sizeof *values);
    memcpy(values, scores.values, count * sizeof *values);
    double mean = interquartile_mean(values, count);
    free(values);
    return mean;
}

double learner_statistics_optimality_gap(Scores scores, double target)
{
    size_t count = score_count(scores);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += fmax(target - scores.values[i], 0);
    return sum / (double)count;
}

double learner_statistics_probability_of_improvement(Scores first, Scores second)
{
    assert(first.task_count == second.task_count && first.run_count >= 1 && second.run_count >= 1);
    double better = 0;
    for (int task = 0; task < first.task_count; task++)
        for (int i = 0; i < first.run_count; i++)
            for (int j = 0; j < second.run_count; j++) {
                double own = first.values[task * first.run_count + i];
                double other = second.values[task * second.run_count + j];
                better += own > other ? 1 : own == other ? 0.5 : 0;
            }
    return better / ((double)score_count(first) * second.run_count);
}

/* Draws as many runs for each task as it has, with replacement. */
static void resample(Scores scores, double *values, Stream *stream)
{
    size_t runs = (size_t)scores.run_count;
    for (size_t task = 0; task < (size_t)scores.task_count; task++)
        for (size_t i = 0; i < runs; i++)
            values[task * runs + i] = scores.values[task * runs + stream_uniform_integer(stream, runs)];
}

/* The figure of the question, with `first` and `second` in the place of its own scores; `first` may be sorted. */
static double answer(const Question *question, double *first, const double *second)
{
    Scores own = question->first, other = question->second;
    own.values = first;
    other.values = second;
    switch (question->kind) {
    case INTERQUARTILE_MEAN:
        return interquartile_mean(first, score_count(own));
    case OPTIMALITY_GAP:
        return learner_statistics_optimality_gap(own, question->target);
    case PROBABILITY_OF_IMPROVEMENT:
        return learner_statistics_probability_of_improvement(own, other);
    }
    return NAN;
}

/* The percentile interval around `value`. */
static Estimate bootstrap(const Question *question, double value, double confidence, int resamples, Stream *stream)
{
    assert(confidence > 0 && confidence < 1 && resamples >= 1);
    bool two = question->kind == PROBABILITY_OF_IMPROVEMENT;
    if (question->first.run_count < 2 || (two && question->second.run_count < 2))
        return (Estimate){value, NAN, NAN};
    size_t count = (size_t)resamples;
    double *first = memory_allocate(score_count(question->first), sizeof *first);
    double *second = two ? memory_allocate(score_count(question->second), sizeof *second) : NULL;
    double *answers = memory_allocate(count, sizeof *answers);
    for (size_t i = 0; i < count; i++) {
        resample(question->first, first, stream);
        if (two)
            resample(question->second, second, stream);
        answers[i] = answer(question, first, second);
    }
    gsl_sort(answers, 1, count);
    Estimate result = {.value = value,
                       .low = gsl_stats_quantile_from_sorted_data(answers, 1, count, (1 - confidence) / 2),
                       .high = gsl_stats_quantile_from_sorted_data(answers, 1, count, (1 + confidence) / 2)};
    free(first);
    free(second);
    free(answers);
    return result;
}

Estimate learner_statistics_interquartile_mean_interval(Scores scores, double confidence, int resamples, Stream *stream)
{
    Question question = {.kind = INTERQUARTILE_MEAN, .first = scores};
    return bootstrap(&question, learner_statistics_interquartile_mean(scores), confidence, resamples, stream);
}

Estimate learner_statistics_optimality_gap_interval(Scores scores, double target, double confidence, int resamples,
                                                    Stream *stream)
{
    Question question = {.kind = OPTIMALITY_GAP, .target = target, .first = scores};
    double value = learner_statistics_optimality_gap(scores, target);
    return bootstrap(&question, value, confidence, resamples, stream);
}

Estimate learner_statistics_probability_of_improvement_interval(Scores first, Scores second, double confidence,
                                                                int resamples, Stream *stream)
{
    Question question = {.kind = PROBABILITY_OF_IMPROVEMENT, .first = first, .second = second};
    double value = learner_statistics_probability_of_improvement(first, second);
    return bootstrap(&question, value, confidence, resamples, stream);
}
