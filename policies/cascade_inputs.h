/* What a light variant says of its answer, as inputs of a classifier: its probabilities, margin and entropy as far as
 * the samples have them, beside each the logarithm of what it leaves over, since most of what matters lies within a
 * thousandth of certainty, and an input for each class that it may predict: a cat at 90 % is not a ship at 90 %. The
 * logits of all classes, where they are known, tell which answers a heavy variant would not know either.
 * Standardised by the samples that the classifier learns from. */
#ifndef ORCHID_POLICIES_CASCADE_INPUTS_H
#define ORCHID_POLICIES_CASCADE_INPUTS_H

#include "../sim/sample_table.h"

/* Beyond so many classes the predicted one is left out: samples would be too few for each. */
enum {
    CASCADE_CLASS_LIMIT = 64,
    CASCADE_INPUT_LIMIT = 2 * SAMPLE_FEATURE_COUNT + CASCADE_CLASS_LIMIT + SAMPLE_LOGIT_LIMIT
};

typedef struct CascadeInputs {
    int count;                /* inputs, >= 1 */
    int plain_count;          /* the first of them, which are of one feature: the confidence, where that is known */
    const SampleModel *light; /* borrowed: which features there are */
    double *mean, *scale;     /* [count] of the samples; scale 0: an input that does not vary, and counts as 0 */
} CascadeInputs;

/* How many inputs there are for what `light` says, at most CASCADE_INPUT_LIMIT; 0 where nothing tells how sure it is.
 */
int cascade_inputs_count(const SampleModel *light);

/* For samples of `light`, which has inputs, standardised by `rows`. */
void cascade_inputs_init(CascadeInputs *inputs, const SampleModel *light, const SampleRows *rows);
void cascade_inputs_free(CascadeInputs *inputs);

/* The inputs for what the light variant said, as sample_model_values has it, into ret_inputs[count]. */
void cascade_inputs_write(const CascadeInputs *inputs, const double *values, double *ret_inputs);

#endif
