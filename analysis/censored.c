#include "censored.h"

#include "../sim/memory.h"

#include <assert.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The figure of `count` values, some of which may be infinite; sorts them. */
static double figure_of(CensoredFigure figure, double *values, size_t count)
{
    size_t cut = figure == CENSORED_MEDIAN ? (count - 1) / 2 : count / 4;
    double sum = 0;
    gsl_sort(values, 1, count);
    for (size_t i = cut; i < count - cut; i++)
        sum += values[i];
    return sum / (double)(count - 2 * cut);
}

/* The bracket of the runs that `chosen` (NULL: all in order) lists; `buffer` has room for them. */
static Bracket bracket_of(CensoredFigure figure, CensoredScores scores, const int *chosen, double *buffer)
{
    size_t count = (size_t)scores.count;
    Bracket bracket;
    for (size_t i = 0; i < count; i++)
        buffer[i] = scores.values[chosen ? (size_t)chosen[i] : i];
    bracket.least = figure_of(figure, buffer, count);
    for (size_t i = 0; i < count; i++) {
        size_t run = chosen ? (size_t)chosen[i] : i;
        buffer[i] = scores.censored[run] ? INFINITY : scores.values[run];
    }
    bracket.most = figure_of(figure, buffer, count);
    return bracket;
}

static Bracket divide(Bracket first, Bracket second)
{
    assert(first.least > 0 && second.least > 0);
    return (Bracket){first.least / second.most, first.most / second.least};
}

Bracket censored_figure(CensoredFigure figure, CensoredScores scores)
{
    assert(scores.count >= 1);
    double *buffer = memory_allocate((size_t)scores.count, sizeof *buffer);
    Bracket bracket = bracket_of(figure, scores, NULL, buffer);
    free(buffer);
    return bracket;
}

Bracket censored_ratio(CensoredFigure figure, CensoredScores first, CensoredScores second)
{
    return divide(censored_figure(figure, first), censored_figure(figure, second));
}

/* A bracket of resampled runs. */
static Bracket draw(CensoredFigure figure, CensoredScores scores, int *chosen, double *buffer, Stream *stream)
{
    for (int i = 0; i < scores.count; i++)
        chosen[i] = (int)stream_uniform_integer(stream, (uint64_t)scores.count);
    return bracket_of(figure, scores, chosen, buffer);
}

/* The quantile of sorted values, between which it interpolates unless they are infinite. */
static double quantile(const double *sorted, size_t count, double probability)
{
    double place = probability * (double)(count - 1), below = floor(place);
    double low = sorted[(size_t)below], high = sorted[(size_t)ceil(place)];
    return low == high || place == below ? low : low + (place - below) * (high - low);
}

/* The interval of a figure, or with `second` of a ratio. */
static CensoredEstimate bootstrap(CensoredFigure figure, CensoredScores first, const CensoredScores *second,
                                  double confidence, int resamples, Stream *stream)
{
    assert(confidence > 0 && confidence < 1 && resamples >= 1);
    Bracket value = second ? censored_ratio(figure, first, *second) : censored_figure(figure, first);
    if (first.count < 2 || (second && second->count < 2))
        return (CensoredEstimate){value, NAN, NAN};
    size_t count = (size_t)resamples, runs = (size_t)first.count;
    if (second && second->count > first.count)
        runs = (size_t)second->count;
    int *chosen = memory_allocate(runs, sizeof *chosen);
    double *buffer = memory_allocate(runs, sizeof *buffer);
    double *least = memory_allocate(count, sizeof *least), *most = memory_allocate(count, sizeof *most);
    for (size_t i = 0; i < count; i++) {
        Bracket bracket = draw(figure, first, chosen, buffer, stream);
        if (second)
            bracket = divide(bracket, draw(figure, *second, chosen, buffer, stream));
        least[i] = bracket.least;
        most[i] = bracket.most;
    }
    gsl_sort(least, 1, count);
    gsl_sort(most, 1, count);
    CensoredEstimate estimate = {value, quantile(least, count, (1 - confidence) / 2),
                                 quantile(most, count, (1 + confidence) / 2)};
    free(chosen);
    free(buffer);
    free(least);
    free(most);
    return estimate;
}

CensoredEstimate censored_interval(CensoredFigure figure, CensoredScores scores, double confidence, int resamples,
                                   Stream *stream)
{
    return bootstrap(figure, scores, NULL, confidence, resamples, stream);
}

CensoredEstimate censored_ratio_interval(CensoredFigure figure, CensoredScores first, CensoredScores second,
                                         double confidence, int resamples, Stream *stream)
{
    return bootstrap(figure, first, &second, confidence, resamples, stream);
}

void censored_format(Bracket value, int digits, char *buffer, size_t size)
{
    if (value.least == value.most)
        snprintf(buffer, size, "%.*g", digits, value.least);
    else if (isinf(value.most) && value.least > 0)
        snprintf(buffer, size, ">= %.*g", digits, value.least);
    else if (!isinf(value.most) && value.least == 0)
        snprintf(buffer, size, "<= %.*g", digits, value.most);
    else if (!isinf(value.most))
        snprintf(buffer, size, "%.*g to %.*g", digits, value.least, digits, value.most);
    else
        snprintf(buffer, size, "?");
}
