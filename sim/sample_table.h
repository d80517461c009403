/* What several models made of the same samples, found out once and for all: which of them are right on which sample,
 * and what each said of its own answer. A request that carries a sample ends right or wrong as the table says. */
#ifndef ORCHID_SIM_SAMPLE_TABLE_H
#define ORCHID_SIM_SAMPLE_TABLE_H

#include "memory.h"

#include <stdbool.h>
#include <stdint.h>

/* Of more classes no logits are kept. */
enum { SAMPLE_MODEL_LIMIT = 32, SAMPLE_COUNT_LIMIT = 1000000000, SAMPLE_LOGIT_LIMIT = 64 };

/* What may be known of a model's answer to a sample, from its probabilities of the classes. */
typedef enum SampleFeature {
    SAMPLE_CONFIDENCE, /* probability of the most probable class */
    SAMPLE_MARGIN,     /* the same less that of the second most probable */
    SAMPLE_ENTROPY,    /* of the probabilities, nat */
    SAMPLE_PREDICTION, /* the most probable class, from 0 */
    SAMPLE_TOP2,       /* probabilities of the second to fifth most probable class */
    SAMPLE_TOP3,
    SAMPLE_TOP4,
    SAMPLE_TOP5,
    SAMPLE_FEATURE_COUNT
} SampleFeature;

/* "confidence", "margin", ...: by SampleFeature, NULL at the end. */
extern const char *const sample_feature_names[];

/* What a sample may be used for: to learn from, to choose with, to report on. */
typedef enum SampleUse { SAMPLE_TRAIN, SAMPLE_TUNE, SAMPLE_TEST, SAMPLE_USE_COUNT } SampleUse;

/* "train", "tune", "test": by SampleUse, NULL at the end. */
extern const char *const sample_use_names[];

/* What one model made of all samples. */
typedef struct SampleModel {
    const char *name;                             /* of a variant */
    const uint8_t *correct;                       /* [rows] 1: right */
    int feature_count;                            /* that are known of its answers */
    SampleFeature features[SAMPLE_FEATURE_COUNT]; /* [feature_count] ascending */
    int class_count;                              /* one more than the largest prediction; 0 where none is known */
    int logit_count;                              /* classes whose logits are known: all there are, or 0 */
    const double *values; /* [rows][feature_count + logit_count], each row's features and then its logits */
} SampleModel;

/* What the model said of a row's sample: its features, and its logits behind them. */
static inline const double *sample_model_values(const SampleModel *model, int row)
{
    return model->values + (ptrdiff_t)row * (model->feature_count + model->logit_count);
}

/* All pointers are borrowed from the arena of whoever read it. Zero has no samples. */
typedef struct SampleTable {
    int row_count;
    const int *samples;  /* [rows] number of each sample; NULL where rows have counts */
    const int *labels;   /* [rows] the right class, from 0; NULL: the file does not say, as in `uses` */
    const int *counts;   /* [rows] samples that a row stands for; NULL: each is one sample */
    const uint8_t *uses; /* [rows] SampleUse */
    int model_count;
    const SampleModel *models;
    uint64_t hash; /* of a file, from sample_table_hash; 0: not known */
} SampleTable;

/* A hash of all that a run may depend on. */
uint64_t sample_table_hash(const SampleTable *table);

/* The model of that name, or NULL. */
const SampleModel *sample_table_model(const SampleTable *table, const char *name);

/* Index of a feature among those known of the model's answers; -1 where it is not. */
int sample_model_feature(const SampleModel *model, SampleFeature feature);

/* Some rows of a table. */
typedef struct SampleRows {
    int count;
    const int *rows; /* [count] ascending */
} SampleRows;

/* A table in three parts, and how requests draw from them. */
typedef struct SampleParts {
    SampleRows parts[SAMPLE_USE_COUNT];
    const int64_t *ends; /* [rows of test] where rows stand for several samples: samples up to each; NULL: one each */
} SampleParts;

/* Divides the table as its file says; where that says nothing, at random by `seed`: fractions `train` and `tune` of the
 * rows, rounded down, and the rest to test. Rows that stand for several samples all go to test. */
SampleParts sample_parts_divide(const SampleTable *table, double train, double tune, uint64_t seed, Arena *arena);

/* The row that 64 random bits stand for, each sample as likely as any other; the part is not empty. */
int sample_parts_draw(const SampleParts *parts, SampleUse use, uint64_t bits);

/* Fraction of the samples of a part on which the model is right; the part is not empty. */
double sample_parts_accuracy(const SampleParts *parts, const SampleTable *table, SampleUse use,
                             const SampleModel *model);

/* What a model says of its answer, from its logits. */
typedef struct SampleOutput {
    double values[SAMPLE_FEATURE_COUNT]; /* by SampleFeature; probabilities of classes that there are not are 0 */
} SampleOutput;

/* The softmax of logits[count], at least two and all finite; of equal ones the first is the more probable. */
SampleOutput sample_output_of(const double *logits, int count);

#endif
