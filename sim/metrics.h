/* What a run measured, accumulated in the loop and read at its end. */
#ifndef ORCHID_SIM_METRICS_H
#define ORCHID_SIM_METRICS_H

#include "units.h"

/* Running count, sums and the largest value. Zero is empty. Sums are of differences from the first value, so that
 * values far from zero lose no digits; nothing is divided until somebody asks. */
typedef struct Summary {
    int64_t count;
    double first;
    double sum, sum_of_squares; /* of value - first */
    double maximum;
} Summary;

static inline void summary_add(Summary *summary, double value)
{
    if (summary->count++ == 0)
        summary->first = summary->maximum = value;
    double difference = value - summary->first;
    summary->sum += difference;
    summary->sum_of_squares += difference * difference;
    summary->maximum = value > summary->maximum ? value : summary->maximum;
}

/* 0 when empty. */
double summary_mean(const Summary *summary);

/* Sample standard deviation; 0 below two values. */
double summary_deviation(const Summary *summary);

/* Log-linear histogram of positive times: 64 bins an octave, so that a quantile is off by less than 0.8 %. */
enum { HISTOGRAM_BINS_PER_OCTAVE = 64, HISTOGRAM_OCTAVES = 48 };

typedef struct Histogram {
    int64_t count;
    int64_t bins[HISTOGRAM_OCTAVES * HISTOGRAM_BINS_PER_OCTAVE]; /* of ns */
} Histogram;

void histogram_add(Histogram *histogram, Time value);

/* The time (s) below which a fraction `p` of the values lies; 0 when empty. */
double histogram_quantile(const Histogram *histogram, double p);

/* A run's course in bounded memory: means of batches of consecutive values. The first batches hold 5 values, as MSER-5
 * wants them; when all places are taken, neighbours are merged and batches hold twice as many from then on, so that a
 * long run has 512 to 1,023 equal batches. Zero is empty. */
enum { SERIES_BATCHES = 1024, SERIES_FIRST_SIZE = 5 };

typedef struct Series {
    int count;       /* full batches */
    int doublings;   /* of the batch size */
    int64_t pending; /* values in the batch being filled, which is not among the means */
    double pending_sum;
    double means[SERIES_BATCHES]; /* [count] in the order the values came */
} Series;

void series_add(Series *series, double value);

/* Values in each full batch. */
static inline int64_t series_batch_size(const Series *series)
{
    return (int64_t)SERIES_FIRST_SIZE << series->doublings;
}

/* Meters of one node since warm_up. */
typedef struct NodeMetrics {
    double energy_j;      /* idle, requests and background */
    double utilisation;   /* busy cores, background included, over cores; time average */
    double served_core_s; /* by requests */
} NodeMetrics;

/* One run. Requests that arrived before warm_up count nowhere but in `unrecorded`. */
typedef struct Metrics {
    int64_t arrived, finished, refused, unfinished, late; /* requests; late: finished past their deadline */
    int64_t unrecorded;
    int64_t asked_on, sent_on;               /* light answers: that were asked about; of them, not kept */
    int64_t decisions, infeasible;           /* that ended; and missed the accuracy threshold or had a refusal */
    Summary response_s;                      /* per finished request */
    double waiting_sum_s, waiting_maximum_s; /* of finished requests: queued, not served */
    double accuracy_first, accuracy_sum;     /* of the first finished request; over all of the difference from it */
    double energy_first_j, energy_sum_j;     /* likewise */
    Summary reward;                          /* per decision */
    Histogram response;                      /* per finished request */
    Series response_course_s;                /* of finished requests, in the order they finished */
    Time measured;                           /* simulated time since warm_up */
    int node_count;
    NodeMetrics *nodes; /* [node_count] owned by the simulation */
    int option_group_count;
    int64_t **option_counts; /* [node group][option] answers, each light one that was sent on among those it was sent on
                                with; owned by the simulation */
    int64_t events;          /* since time 0 */
    uint64_t fingerprint;    /* hash over all events since time 0 */
} Metrics;

#endif
