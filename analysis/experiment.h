/* Many runs at once: trials from an array or a source, worked off by all cores and handed over in order. */
#ifndef ORCHID_ANALYSIS_EXPERIMENT_H
#define ORCHID_ANALYSIS_EXPERIMENT_H

#include "trial.h"

/* One trial per replication of the scenario and policy: all policies of a replication, then the next, so that whatever
 * is finished compares. The caller frees with experiment_free. */
Trial *experiment_plan(const Scenario *scenario, const PolicyType *const *policies, int policy_count, int *ret_count);

/* Frees the trials and the array; NULL is allowed. */
void experiment_free(Trial *trials, int count);

/* How far an experiment is. */
typedef struct Progress {
    int done, failed, total; /* trials; `done` includes `failed` */
    double elapsed_s;
    double left_s; /* estimate; NAN while nothing is done */
} Progress;

/* What the caller wants to hear of; both are called by the thread that called experiment_run. */
typedef struct ExperimentHooks {
    /* A trial is over. Comes in trial order, whatever order they finish in. False ends the experiment: trainings are
     * cancelled, other trials on their way are finished, no more are begun. It may call trial_free. May be NULL. */
    bool (*consume)(void *context, Trial *trial);
    /* About five times a second and after every trial. May be NULL. */
    void (*progress)(void *context, const Progress *progress);
    /* Asked as often: true ends the experiment, but trials that are being measured are finished. Trainings are
     * cancelled, and as trials are consumed in order, those after the first one cancelled are left out too. May be
     * NULL. */
    bool (*stop)(void *context);
    void *context;
} ExperimentHooks;

/* Cores this process may use. */
int experiment_cores(void);

/* Runs all trials on `jobs` threads (0: all cores). Results do not depend on `jobs`. Returns the trials that the
 * consumer accepted: less than `count` only where it ended the experiment. */
int experiment_run(Trial *trials, int count, int jobs, const ExperimentHooks *hooks);

/* Where the trials of a long experiment come from, one by one. */
typedef struct TrialSource {
    /* Puts the next trial into `ret_trial`, NULL where it cannot tell yet and is to be asked again; false when there is
     * none left. Called by the thread that called experiment_run_from. A trial must stay where it is until it is
     * consumed, or until the experiment has ended; one that is over already is handed on without being run. */
    bool (*next)(void *context, Trial **ret_trial);
    void *context;
    int total; /* for the progress */
} TrialSource;

/* The same with trials from a source, of which no more than a few hundred are asked for before the first of them is
 * consumed. */
int experiment_run_from(const TrialSource *source, int jobs, const ExperimentHooks *hooks);

#endif
