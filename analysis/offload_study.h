/* How well rules tell which light answers are worth sending on: each learns from one part of the samples, chooses its
 * threshold by a second and is judged on a third, over and over on other divisions, all rules on the same. */
#ifndef ORCHID_ANALYSIS_OFFLOAD_STUDY_H
#define ORCHID_ANALYSIS_OFFLOAD_STUDY_H

#include "../policies/cascade_threshold.h"
#include "statistics.h"

#include <stdio.h>

typedef enum OffloadRule {
    OFFLOAD_NEVER,
    OFFLOAD_ALWAYS,
    OFFLOAD_RANDOM, /* as many as the tuned confidence sends on, by chance */
    OFFLOAD_CONFIDENCE,
    OFFLOAD_MARGIN,
    OFFLOAD_ENTROPY,
    OFFLOAD_CALIBRATED, /* logistic regression on the confidence alone */
    OFFLOAD_LOGISTIC,
    OFFLOAD_NETWORK,
    OFFLOAD_ORACLE, /* is told */
    OFFLOAD_RULE_COUNT
} OffloadRule;

/* "never", "always", ...: by OffloadRule. */
extern const char *const offload_rule_names[];

/* What to study. */
typedef struct OffloadPlan {
    int table_count;
    const SampleTable *tables; /* [table_count] of networks trained apart, or one; borrowed */
    const char *light, *heavy; /* models that are in all tables */
    int seeds;                 /* divisions of each table, 1, 2, ... */
    double train, tune; /* fractions; a table that divides itself stays so, and seeds are those of networks alone */
    CascadeCriterion criterion;
    double price; /* as in cascade_threshold_tune */
} OffloadPlan;

/* A rule on the samples of one division that it has not seen. */
typedef struct OffloadResult {
    int counts[2][2]; /* [worth sending on][sent on] samples */
    int right;        /* samples that end right */
    double auc;       /* probability that a sample worth sending on has a higher score than another, ties counting half;
                         NAN where there is no score or one kind is missing */
    double threshold; /* NAN where there is none */
} OffloadResult;

typedef struct OffloadStudy {
    const OffloadPlan *plan;           /* borrowed */
    bool possible[OFFLOAD_RULE_COUNT]; /* the tables have what the rule needs */
    OffloadResult *results;            /* [rule][table][seed] owned */
} OffloadStudy;

/* Whether the tables have both models, and samples in every part; else why not in `error`. */
bool offload_plan_check(const OffloadPlan *plan, Error *error);

OffloadStudy offload_study_run(const OffloadPlan *plan);

/* The same for several plans that differ in criterion and price alone: classifiers learn but once. */
void offload_study_run_all(const OffloadPlan *plans, int count, OffloadStudy *ret_studies);
void offload_study_free(OffloadStudy *study);

/* A figure of a result, all fractions but for the AUC. */
typedef enum OffloadMeasure {
    OFFLOAD_SENT,      /* sent on, of all */
    OFFLOAD_DECISIONS, /* right decisions, of all */
    OFFLOAD_BALANCED,  /* mean of the fractions of right decisions among the two kinds */
    OFFLOAD_AUC,
    OFFLOAD_ACCURACY, /* samples that end right, of all */
    OFFLOAD_MEASURE_COUNT
} OffloadMeasure;

double offload_measure(const OffloadResult *result, OffloadMeasure measure);

/* The mean of a measure of `rule`, less that of `baseline` on the same divisions (OFFLOAD_RULE_COUNT: of nothing).
 * Several tables are independent: the interval is over their means. Divisions of one table share samples: the variance
 * of their mean is taken as (1 / n + test / train) times theirs (Nadeau, Bengio: Inference for the generalization
 * error, Machine Learning 52, 2003). One table that divides itself is one replication, whatever the seeds: half width
 * and p value are NAN. The p value is two-sided. */
Difference offload_compare(const OffloadStudy *study, OffloadRule rule, OffloadRule baseline, OffloadMeasure measure);

/* All divisions of all tables together: counts are sums, the AUC is their mean, and the threshold NAN. */
OffloadResult offload_sum(const OffloadStudy *study, OffloadRule rule);

/* A table of all rules for people. */
void offload_write(const OffloadStudy *study, FILE *stream);

#endif
