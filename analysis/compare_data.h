/* What a comparison shows: per cell of runs that are equal but for what is compared, and per metric, a line for each of
 * the compared values with its interval and its difference to a baseline. */
#ifndef ORCHID_ANALYSIS_COMPARE_DATA_H
#define ORCHID_ANALYSIS_COMPARE_DATA_H

#include "learner_statistics.h"
#include "run_set.h"
#include "statistics.h"

typedef enum Pairing {
    PAIRING_AUTOMATIC, /* paired where every run of both has its partner, else unpaired */
    PAIRING_PAIRED,    /* runs that have no partner are left out of the difference */
    PAIRING_UNPAIRED
} Pairing;

/* What to compare. Zero is: policies by response time and reward. */
typedef struct CompareRequest {
    const char *by;       /* keys with commas between: the values of the first are compared, within equal values of the
                             others; NULL: policy */
    const char *metrics;  /* stored names with commas between; the name of one kept per group means all groups; NULL:
                             response_time_mean,reward_mean */
    const char *where;    /* an expression; NULL: all runs */
    const char *baseline; /* a value of the first key; NULL: the oracle where it is one of them, else the best */
    Pairing pairing;
    double confidence; /* 0: CONFIDENCE */
    bool learners;     /* interquartile mean, probability of improvement, optimality gap, by bootstrap */
} CompareRequest;

typedef enum Verdict {
    VERDICT_NONE,     /* there is no baseline that shares the other keys, or too few runs for a test */
    VERDICT_BASELINE, /* is it */
    VERDICT_BETTER,
    VERDICT_WORSE,
    VERDICT_LARGER, /* of a metric that is neither good nor bad */
    VERDICT_SMALLER,
    VERDICT_NO_DIFFERENCE /* seen: the corrected p value is above 1 - confidence */
} Verdict;

extern const char *const verdict_names[]; /* by Verdict */

/* One compared value under one metric. */
typedef struct CompareLine {
    const char *const *values; /* [by_count]; NULL: the runs have no such key */
    const char *variant;   /* what else tells it from lines of the same values, such as "policy.epsilon = 0.1"; "" */
    Interval interval;     /* over the runs that know the metric, in its unit */
    int baseline;          /* the line it is compared with; -1: none */
    bool paired;           /* how the difference was taken */
    Difference difference; /* to the baseline, in the metric's unit; all NAN where there is none */
    double p_corrected;    /* after Holm over all differences of the cell; NAN likewise */
    Verdict verdict;
    bool best; /* has the best mean of those it is compared with, or cannot be told from it (uncorrected) */
    Estimate interquartile_mean, improvement, optimality_gap; /* NAN where not asked for, or without a meaning */
} CompareLine;

typedef struct CompareBlock {
    const char *metric, *unit;
    Better better;
    CompareLine *lines; /* [line_count of the cell] */
} CompareBlock;

/* Runs that are equal in everything but the compared keys and their random numbers. */
typedef struct CompareCell {
    const char *title;    /* the scenario's name, and what tells the cell from others of that name */
    const char *scenario; /* the name alone */
    int failed, repeated; /* runs left out: failed, or run again later */
    int comparisons;      /* differences that were tested: what p values are corrected for */
    int line_count;
    CompareBlock *blocks; /* [metric_count] */
} CompareCell;

/* Everything lives in the arenas. */
typedef struct Comparison {
    int by_count, metric_count, cell_count;
    const char **by; /* whole names of the keys */
    CompareCell *cells;
    const char *together; /* what changes with the keys, see Grouping; "" for nothing */
    double confidence;
    bool learners;
    Arena arena, grouping_texts;
} Comparison;

/* Compares. STORE_INPUT: an unknown key, metric or baseline, nothing that matches. The caller frees `ret_comparison` in
 * any case. */
StoreStatus compare_data_read(Store *store, const CompareRequest *request, Comparison *ret_comparison, Error *error);
void compare_data_free(Comparison *comparison);

#endif
