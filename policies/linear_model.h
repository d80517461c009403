/* A Bayesian linear model that grows: the outcome is the sum of the weights of the features at hand plus normal noise,
 * and the weights are normal a priori, each for itself. What is known of them is the precision matrix (the inverse of
 * their covariance) and the precision times their mean; an outcome adds to both (Bishop: Pattern recognition and
 * machine learning, 2006, eq. 3.50, 3.51). The precision is kept as its Cholesky factor, which an outcome changes by
 * one row (Gill, Golub, Murray, Saunders: Methods for modifying matrix factorizations, Mathematics of Computation
 * 1974). */
#ifndef ORCHID_POLICIES_LINEAR_MODEL_H
#define ORCHID_POLICIES_LINEAR_MODEL_H

#include "../sim/rng.h"
#include "weights_file.h"

#include <stdbool.h>

/* Zero is a model without features. */
typedef struct LinearModel {
    int dimension, limit; /* features, and how many there is room for */
    double *factor; /* [dimension][dimension] upper triangle U with precision = transposed U x U, in rows of `limit`
                       entries */
    double *information; /* [dimension] precision x mean */
    double *mean;        /* [dimension] of the weights; up to date after linear_model_fit */
    double *scratch;     /* [dimension] */
    bool mean_known;
    double knowledge; /* logarithm of the factor by which outcomes have raised the determinant of the precision */
} LinearModel;

void linear_model_free(LinearModel *model);

/* Adds a feature whose weight is normal with mean 0 and this deviation; returns its index, the former dimension. */
int linear_model_add(LinearModel *model, double deviation);

/* Learns from one outcome with noise of that variance. A feature listed twice counts twice. O(dimension^2). */
void linear_model_observe(LinearModel *model, const int *features, int count, double outcome, double variance);

/* Brings the mean up to date. O(dimension^2). */
void linear_model_fit(LinearModel *model);

/* Sums of weights as lists of features: sum i has counts[i] of them, from features[i * width] on. */
typedef struct WeightSums {
    int count, width;
    const int *counts, *features;
} WeightSums;

/* The covariance of sums of weights, ret_covariance[count][count]; `scratch` has room for count x dimension entries.
 * O(count x dimension^2). */
void linear_model_covariance(const LinearModel *model, WeightSums sums, double *scratch, double *ret_covariance);

/* Draws weights, ret_weights[dimension], from what is known of them. O(dimension^2). */
void linear_model_draw(LinearModel *model, Stream *stream, double *ret_weights);

/* Adds blocks NAME.factor, its triangle in rows, NAME.information and NAME.knowledge, and makes a model without
 * features what was added. False, and why in `error`, where the file does not have it whole, or of more features than
 * `dimension_most`; the model is good for linear_model_free then. */
void linear_model_save(const LinearModel *model, WeightsFile *file, const char *name);
bool linear_model_load(LinearModel *model, const WeightsFile *file, const char *name, int dimension_most, Error *error);

#endif
