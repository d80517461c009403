/* How much a light answer seems worth sending on: a score of what the light variant said, the higher the more. Plain
 * ones are a feature as it is; classifiers learn from samples which answers are wrong where the heavy variant is right.
 */
#ifndef ORCHID_POLICIES_CASCADE_SCORER_H
#define ORCHID_POLICIES_CASCADE_SCORER_H

#include "cascade_inputs.h"
#include "network.h"
#include "weights_file.h"

typedef enum CascadeScore {
    CASCADE_CONFIDENCE, /* less of it */
    CASCADE_MARGIN,     /* likewise */
    CASCADE_ENTROPY,
    CASCADE_CALIBRATED, /* log odds by logistic regression on the confidence alone: it ranks answers as that does */
    CASCADE_LOGISTIC,   /* log odds by logistic regression on all inputs */
    CASCADE_NETWORK,    /* the same, corrected by a network with one hidden layer */
    CASCADE_SCORE_COUNT
} CascadeScore;

/* Two variants and the samples that both were tried on. */
typedef struct CascadeTask {
    const SampleModel *light, *heavy;
    SampleRows train, tune;
} CascadeTask;

/* Whether sending the sample on makes a wrong answer right: what a classifier is to tell. */
static inline bool cascade_task_label(const CascadeTask *task, int row)
{
    return !task->light->correct[row] && task->heavy->correct[row];
}

/* What the light variant said of a sample. */
static inline const double *cascade_task_values(const CascadeTask *task, int row)
{
    return sample_model_values(task->light, row);
}

/* Whether the score is that of a classifier, which has learnt. */
static inline bool cascade_score_is_learnt(CascadeScore score)
{
    return score >= CASCADE_CALIBRATED;
}

typedef struct CascadeScorer {
    CascadeScore score;
    int feature; /* plain ones: index into what the light variant said */
    CascadeInputs inputs;
    double *scratch;  /* [inputs.count] */
    double *weights;  /* classifiers: [inputs.count + 1] of logistic regression */
    double ridge;     /* that was chosen for it by the samples to tune with */
    Network *network; /* of the score network; else NULL */
    float *narrow;    /* [inputs.count] */
} CascadeScorer;

/* Whether the samples have what the score needs: its feature, or of a classifier any feature and samples to learn from
 * and to tune with; else why not in `error`. */
bool cascade_scorer_suits(CascadeScore score, const CascadeTask *task, Error *error);

/* A scorer that has learnt from task->train, where there is something to learn: its strength of regularisation, or how
 * long it learns, is chosen by the logarithmic loss on task->tune. Random numbers are those of `stream`. */
void cascade_scorer_init(CascadeScorer *scorer, CascadeScore score, const CascadeTask *task, Stream stream);
void cascade_scorer_free(CascadeScorer *scorer);

/* The score of what a light variant said, as sample_model_values has it. */
double cascade_scorer_score(CascadeScorer *scorer, const double *values);

/* Adds what was learnt to a file, and takes it out again into a scorer of the same score and features; nothing for
 * plain ones. */
void cascade_scorer_save(const CascadeScorer *scorer, WeightsFile *file);
bool cascade_scorer_load(CascadeScorer *scorer, const WeightsFile *file, Error *error);

#endif
