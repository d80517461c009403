#include "metrics.h"

#include <assert.h>
#include <math.h>

/* Bins are linear within an octave of ns; values below 128 ns have a bin each. */
static int histogram_bin(Time value)
{
    assert(value >= 0);
    uint64_t v = (uint64_t)value;
    int octave = 63 - __builtin_clzll(v | HISTOGRAM_BINS_PER_OCTAVE) - 6;
    int bin = octave * HISTOGRAM_BINS_PER_OCTAVE + (int)(v >> octave);
    int last = HISTOGRAM_OCTAVES * HISTOGRAM_BINS_PER_OCTAVE - 1;
    return bin < last ? bin : last;
}

/* Lower edge of a bin, ns. */
static double histogram_edge(int bin)
{
    int octave = bin / HISTOGRAM_BINS_PER_OCTAVE - 1, step = bin % HISTOGRAM_BINS_PER_OCTAVE;
    return octave < 0 ? step : ldexp(HISTOGRAM_BINS_PER_OCTAVE + step, octave);
}

double summary_mean(const Summary *summary)
{
    return summary->count ? summary->first + summary->sum / (double)summary->count : 0;
}

double summary_deviation(const Summary *summary)
{
    double n = (double)summary->count;
    return n < 2 ? 0 : sqrt(fmax(summary->sum_of_squares - summary->sum * summary->sum / n, 0) / (n - 1));
}

void histogram_add(Histogram *histogram, Time value)
{
    histogram->count++;
    histogram->bins[histogram_bin(value)]++;
}

double histogram_quantile(const Histogram *histogram, double p)
{
    assert(p >= 0 && p <= 1);
    if (histogram->count == 0)
        return 0;
    double wanted = p * (double)histogram->count, below = 0;
    int bin = 0, last = HISTOGRAM_OCTAVES * HISTOGRAM_BINS_PER_OCTAVE - 1;
    while (bin < last && below + (double)histogram->bins[bin] < wanted)
        below += (double)histogram->bins[bin++];
    while (bin < last && histogram->bins[bin] == 0)
        bin++;
    double within = (wanted - below) / (double)histogram->bins[bin];
    double edge = histogram_edge(bin);
    return (edge + fmin(fmax(within, 0), 1) * (histogram_edge(bin + 1) - edge)) / NS_PER_S;
}

void series_add(Series *series, double value)
{
    series->pending_sum += value;
    if (++series->pending < series_batch_size(series))
        return;
    series->means[series->count++] = series->pending_sum / (double)series->pending;
    series->pending = 0;
    series->pending_sum = 0;
    if (series->count < SERIES_BATCHES)
        return;
    series->count /= 2;
    series->doublings++;
    for (int i = 0; i < series->count; i++)
        series->means[i] = (series->means[2 * i] + series->means[2 * i + 1]) / 2;
}
