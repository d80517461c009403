/* Runs what a store does not have yet of a sweep, and stores it in the order of the plan. */
#ifndef ORCHID_ANALYSIS_SWEEP_RUN_H
#define ORCHID_ANALYSIS_SWEEP_RUN_H

#include "store.h"
#include "sweep_selection.h"

enum { SWEEP_LABEL_SIZE = 256 };

/* How far a sweep is. Runs that were in the store before are `present`; the others count in `done`. */
typedef struct SweepProgress {
    int64_t total;         /* runs chosen; with a precision to stop at, at most */
    int64_t present, done; /* done includes failed */
    int64_t failed;
    double elapsed_s, left_s;       /* left: estimate, NAN while nothing is done */
    char slowest[SWEEP_LABEL_SIZE]; /* the cell with the largest mean wall time, "" while there is none */
    double slowest_s;               /* of one of its runs */
} SweepProgress;

/* What to run, where to, and whom to tell. All borrowed. */
typedef struct SweepOrder {
    Sweep *sweep;
    const SweepSelection *selection; /* whole_cells where there is a precision, and no ranges */
    Store *store;
    int64_t experiment;
    int jobs;              /* 0: all cores */
    double precision;      /* replications of a cell end when the relative half width of their mean response time is
                              at most this, as a fraction; 0: all replications are run */
    const char *reproduce; /* a command line that means this sweep, to which " --run N" is added */
    void (*progress)(void *context, const SweepProgress *progress); /* about five times a second; may be NULL */
    bool (*stop)(void *context); /* asked as often: true ends the sweep after the runs under way, but cancels
 trainings; may be NULL */
    void *context;
} SweepOrder;

/* How it went. */
typedef struct SweepOutcome {
    SweepProgress progress;                /* the last; `done` counts what is stored */
    bool stopped;                          /* because the caller asked */
    StoreStatus status;                    /* of the store */
    Error error;                           /* of the store where its status is not fine */
    char failure[ERROR_MESSAGE_SIZE + 64]; /* of the first run that failed, with its number; "" where none did */
} SweepOutcome;

/* Runs on `jobs` threads every chosen run that is not stored as done. Rows come in the order of run numbers, in
 * transactions of at most about a second: what is killed goes on where it was. With a precision, all cells are brought
 * to STOPPING_LEAST replications, then those that need more to a quarter more, and so on, each round in the order of
 * run numbers. Neither rows nor their order depend on the number of threads. */
SweepOutcome sweep_run(const SweepOrder *order);

#endif
