/* Parts of the claims about hybrid learning (Shahhosseini, Hu, Seo, Kanduri, Donyanavard, Rahmani, Dutt: Hybrid
 * Learning for Orchestrating Deep Learning Inference in Multi-user Edge-cloud Networks, ISQED 2022). */
#ifndef ORCHID_ANALYSIS_CLAIMS_HYBRID_H
#define ORCHID_ANALYSIS_CLAIMS_HYBRID_H

#include "claims.h"

/* What a learner needs in one setting. Borrows texts and values from the arena it was read into. */
typedef struct Effort {
    const char *context;  /* "fixed" or "changing" */
    const char *services; /* "drawn" or "mean" */
    int users;
    const char *policy;
    CensoredScores scores; /* real interactions to the optimum; of changing contexts to that in 95 % of them */
    int arrived;
    CensoredEstimate needs;      /* interquartile mean */
    double work_us, planning_us; /* wall time of the learner an interaction, and of its planning; mean over trainings */
} Effort;

typedef struct Efforts {
    int count;
    Effort *items; /* by context, services, users, then learners in the order of learners_order */
} Efforts;

/* Reads all trainings of the latest version and estimates what each learner needs. */
StoreStatus efforts_read(Store *store, Arena *arena, Efforts *ret_efforts, Error *error);

/* The effort of a learner in the setting of `like`; NULL where it was not trained there. */
const Effort *efforts_find(const Efforts *efforts, const Effort *like, const char *policy);

/* How many times more interactions `first` needs than `second`, with its bootstrap interval. */
CensoredEstimate efforts_ratio(const Effort *first, const Effort *second);

/* "1,234 [900, 1,500]" of an estimate, in the arena. */
const char *efforts_format(Arena *arena, CensoredEstimate estimate);

/* What a learner is: the one figure of the paper compares the first two. */
typedef enum LearnerFamily {
    LEARNER_MODEL_FREE,
    LEARNER_HYBRID,    /* as the paper has it */
    LEARNER_STRUCTURED /* knows that an answer has parts */
} LearnerFamily;

LearnerFamily learner_family(const char *policy);

/* The place of a learner in tables and figures; unknown ones come last. */
int learner_place(const char *policy);

/* The rows of the figure reproduce_interactions, of all runs of the store, in `arena`; "" where there are none. */
StoreStatus efforts_figure(Store *store, Arena *arena, const char **ret_data, Error *error);

/* The table of efforts and ratios of each setting. */
void claims_hybrid_tables(const Efforts *efforts, Findings *findings);

#endif
