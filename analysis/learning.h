/* The learning protocol: a policy learns from real interactions, and every so many of them its greedy answers are
 * judged apart, on copies, which costs no interactions and leaves no trace in it. */
#ifndef ORCHID_ANALYSIS_LEARNING_H
#define ORCHID_ANALYSIS_LEARNING_H

#include "evaluation.h"

/* Points of a curve: after each of the first DENSE_CHECKPOINTS interactions, then CHECKPOINTS_PER_DECADE for each
 * tenfold, the same ones whatever the length, and the end. */
enum { DENSE_CHECKPOINTS = 30, CHECKPOINTS_PER_DECADE = 20 };

/* A training that may end early has at least so many optimal points at its end. */
enum { STEADY_POINTS = 12 };

/* What the training up to a point took, evaluations left out. */
typedef struct CurveTime {
    double wall_s, cpu_s;
    /* Parts of wall_s: the simulated world; the policy's answers and updates without its planning; what it says that
     * its planning took. */
    double simulation_s, learning_s, planning_s;
} CurveTime;

/* How far a training is. */
typedef struct LearningProgress {
    int64_t interactions, first, last; /* made, and before and after the training; those of earlier ones included */
    double elapsed_s;
    const CurvePoint *point; /* the latest, NULL before the first */
} LearningProgress;

/* What to do. */
typedef struct LearningPlan {
    const Scenario *scenario;
    uint64_t seed, replication;
    int64_t decisions;     /* to make, at least 1 */
    int64_t begun;         /* interactions that the policy has behind it in this scenario's training */
    const uint64_t *world; /* where those ended, see resume.h; NULL: the streams of the training begin anew */
    bool experienced;      /* the policy knows something already: the curve begins with a point of what it knew */
    /* Called about five times a second; false ends the training here. May be NULL. */
    bool (*progress)(void *context, const LearningProgress *progress);
    void *context;
} LearningPlan;

/* How it went. */
typedef struct Learning {
    int64_t interactions; /* in this scenario's training, those before included: where a learner that has not arrived is
                             censored */
    int curve_count;
    CurvePoint *curve; /* [curve_count] */
    CurveTime *times;  /* [curve_count] */
    bool compared;     /* there is an oracle: the next four say something */
    /* The first evaluation from which on the greedy policy stays optimal to the end: interactions, NAN: it does not end
     * so. To optimum: within 0.1 % of the oracle in all contexts, or in 95 % of their probability; near: within 1 % in
     * all contexts. */
    double to_optimum, to_most_optimum, to_near_optimum;
    int contexts;    /* judged at each point; 0: the first questions of the measured run */
    bool sampled;    /* they are a sample */
    uint64_t *world; /* [resume_size] where the training stands; NULL where arrivals are not rounds */
} Learning;

/* The first checkpoint after `reached` >= 0 interactions. */
int64_t learning_next_checkpoint(int64_t reached);

/* The interactions of the first point from which on all points have at least `fraction` of the probability optimal
 * (`near`: within 1 %); NAN where the last has not. */
double learning_interactions_to(const CurvePoint *curve, int count, bool near, double fraction);

/* Whether the curve has been optimal in all contexts for the last STEADY_POINTS points, while interactions grew at
 * least by the factor `patience`. */
bool learning_is_steady(const CurvePoint *curve, int count, double patience);

/* Lets the policy learn. Ends early where the scenario's training_patience says so, or `progress`. What it returns is
 * allocated in `arena`. The policy is not frozen before and after. */
Learning learning_run(const LearningPlan *plan, Policy *policy, Arena *arena);

#endif
