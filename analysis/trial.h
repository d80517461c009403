/* One run of one policy on one scenario: what to run and what came of it in one plain struct. */
#ifndef ORCHID_ANALYSIS_TRIAL_H
#define ORCHID_ANALYSIS_TRIAL_H

#include "learner_file.h"
#include "metric_table.h"

#include <stdatomic.h>

/* How often users of a group were answered with an option. */
typedef struct DecisionCount {
    const char *node_group, *option; /* borrowed from the scenario */
    int64_t count;                   /* >= 1 */
} DecisionCount;

/* The value of a sweep's axis in one run. */
typedef struct SweepValue {
    const char *key;  /* of the scenario, such as "objective.threshold"; "policy" for the policies */
    const char *text; /* as a scenario would say it, such as "89 %" */
    double number;    /* in `unit`; NAN where the value is no quantity */
    const char *unit; /* base unit, "" where dimensionless */
} SweepValue;

/* Sees every question of the measured run, and its end, which asks nothing but has the last feedback. */
typedef struct TrialObserver {
    void (*observe)(void *context, const Decision *decision);
    void *context;
} TrialObserver;

/* What a learner begins with, and where it goes. */
typedef struct TrialLearner {
    const LearnerFile *from; /* borrowed; NULL: it knows nothing */
    bool frozen;             /* it is measured as it is in `from`, without training */
    const char *weights;     /* path of the file it is written to after training; NULL: none */
    bool (*progress)(void *context, const LearningProgress *progress); /* as in LearningPlan; may be NULL */
    void *context;
} TrialLearner;

typedef enum TrialStatus {
    TRIAL_PENDING, /* not run, or cancelled in training, or left out after the experiment was stopped */
    TRIAL_DONE,
    TRIAL_FAILED /* `error` says why; the figures are not to be used */
} TrialStatus;

/* One run of one policy on one scenario. Zero, with the first block filled in, is ready to run. */
typedef struct Trial {
    const Scenario *scenario; /* borrowed, must outlive the trial */
    const PolicyType *policy;
    uint64_t seed;
    uint64_t replication;          /* from 0 */
    int64_t number;                /* of the run in its sweep, from 1; 0 outside of one, as the next three */
    int value_count;               /* what the sweep varies, borrowed as the next */
    const SweepValue *values;      /* [value_count] */
    const char *reproduce;         /* a command line that does this run again */
    const TrialObserver *observer; /* borrowed; NULL: nobody looks */
    const TrialLearner *learner;   /* borrowed; NULL: it learns from nothing on, and is not kept */
    const atomic_bool *cancelled;  /* borrowed; turns true where a training is to be given up; NULL: never */

    TrialStatus status; /* this and all below: filled by trial_run, owned by the trial's arena */
    char error[ERROR_MESSAGE_SIZE];
    const char *parameters; /* of the policy, in force, as canonical YAML lines; "" where it has none. What was given
                               before the run, borrowed, stays */
    int metric_count;
    Metric *metrics;
    int curve_count; /* 0 for a policy that was not trained */
    CurvePoint *curve;
    CurveTime *curve_times; /* [curve_count]; NULL: not known */
    Learning learning;      /* how the training went; zero where there was none */
    int decision_count_count;
    DecisionCount *decision_counts; /* by node group, then option; none is zero */
    int64_t events;                 /* of the measured run */
    uint64_t fingerprint;           /* of the measured run */
    int64_t interactions;           /* decisions made while learning */
    double wall_s, cpu_s;           /* training and measuring together */
    Arena arena;
} Trial;

/* The key under which the parameters of a learner that came out of a file tell so: "weights: HASH". */
#define TRIAL_WEIGHTS "weights: "

/* Runs a trial that is pending. A learner with a training budget is trained first, evaluated at growing intervals,
 * frozen, and then measured on the same requests as every other policy; a learner without one learns while it is
 * measured. A trial that is cancelled while it trains is pending as before. */
void trial_run(Trial *trial);

/* The parameters of a policy in force on a scenario, as canonical YAML lines in `arena`. */
const char *trial_parameters(const PolicyType *policy, const Scenario *scenario, Arena *arena);

/* The value of a metric by its stored name; NAN where the trial has none. */
double trial_metric(const Trial *trial, const char *name);

/* Frees the results; what to run stays, but for the parameters. */
void trial_free(Trial *trial);

#endif
