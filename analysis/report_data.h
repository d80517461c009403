/* What a report shows, gathered from a store: per scenario a line for each policy, over all of its replications. */
#ifndef ORCHID_ANALYSIS_REPORT_DATA_H
#define ORCHID_ANALYSIS_REPORT_DATA_H

#include "statistics.h"
#include "store.h"

/* The figures of a line. */
typedef enum Measure {
    MEASURE_RESPONSE_TIME, /* s */
    MEASURE_ACCURACY,      /* fraction */
    MEASURE_ENERGY,        /* J per request */
    MEASURE_REWARD,
    MEASURE_INFEASIBLE,   /* fraction of decisions */
    MEASURE_DECISIONS,    /* count */
    MEASURE_INTERACTIONS, /* count */
    MEASURE_TO_OPTIMUM,   /* interactions to the optimum; over the runs that reached it */
    MEASURE_WARM_UP,      /* fraction of the measured requests that MSER-5 would cut */
    MEASURE_COUNT
} Measure;

/* One replication. */
typedef struct ReportRun {
    int64_t seed, replication;
    double values[MEASURE_COUNT]; /* NAN: not known */
} ReportRun;

/* How many of the requests were answered with an option. */
typedef struct ReportShare {
    char *option; /* owned */
    double count, fraction;
} ReportShare;

/* One policy on one scenario. */
typedef struct ReportLine {
    char *policy, *parameters_hash, *version; /* owned */
    int run_count;
    ReportRun *runs;
    int share_count;
    ReportShare *shares; /* largest first */
    Interval intervals[MEASURE_COUNT];
    Interval slower;          /* response time minus the oracle's on the same requests, s; count 0: no oracle */
    double slower_fraction;   /* its mean over the oracle's mean; NAN likewise */
    double slower_half_width; /* its half width over the oracle's mean */
    double warm_up_fraction;  /* median of MEASURE_WARM_UP over the runs that know it; NAN where none does */
    bool best;                /* has the largest mean reward, or cannot be told from it on the same requests */
} ReportLine;

typedef struct ReportScenario {
    char *name, *hash; /* owned */
    int failed;        /* runs left out */
    int line_count;
    ReportLine *lines; /* in the order of their first runs */
} ReportScenario;

/* Zero is empty. */
typedef struct ReportData {
    int scenario_count;
    ReportScenario *scenarios;
} ReportData;

/* Gathers the runs of one experiment, or of all where it is 0. The caller frees `ret_data` in any case. */
StoreStatus report_data_read(Store *store, int64_t experiment, ReportData *ret_data, Error *error);

void report_data_free(ReportData *data);

#endif
