/* Bayesian linear regression, one observation at a time: y = x . w + normal noise of known standard deviation, with an
 * independent normal prior on each weight. Weights can be added at any time.
 *
 * The posterior is kept as the square root of its information: an upper triangular R and a vector z such that R w - z
 * is standard normal. An observation is one more row, rotated into the triangle (Bierman: Factorization Methods for
 * Discrete Sequential Estimation, 1977); the mean and a draw from the posterior are one back substitution each. Nothing
 * is inverted, and the cost is O(size^2) throughout. */
#ifndef ORCHID_POLICIES_BAYES_LINEAR_H
#define ORCHID_POLICIES_BAYES_LINEAR_H

#include "../sim/rng.h"
#include "weights_file.h"

/* One entry of x that is not 0; entries of the same index add up. */
typedef struct Term {
    int index;
    double value;
} Term;

/* Zero is a regression without weights. */
typedef struct BayesLinear {
    int size, limit;    /* weights, and how many there is room for */
    double *root;       /* [size][size] R, in rows of `limit` entries; below the diagonal unused */
    double *target;     /* [size] z */
    double *prior_mean; /* [size] */
    double *prior_sd;   /* [size] > 0 */
    double *scratch;    /* [size] */
    double
        *covariance; /* [size][size] of the weights, in rows of `limit` entries; NULL: not known since the last news */
    int next_prior;  /* weight whose prior is renewed next */
} BayesLinear;

/* Sums of weights as lists of their indices: sum i has counts[i] of them, from indices[i * width] on. */
typedef struct WeightSums {
    int count, width;
    const int *counts, *indices;
} WeightSums;

/* `size` weights with these priors, which are copied. */
void bayes_linear_init(BayesLinear *regression, int size, const double *prior_mean, const double *prior_sd);
void bayes_linear_free(BayesLinear *regression);

/* Adds one weight of this prior, with `prior_sd` > 0, independent of the others; returns its index, the former size. */
int bayes_linear_grow(BayesLinear *regression, double prior_mean, double prior_sd);

/* Learns that x . w was `y`, give or take `sd` > 0. */
void bayes_linear_add(BayesLinear *regression, int count, const Term *x, double y, double sd);

/* Lets what was learnt so far count `keep` as much, 0 < keep <= 1, while the prior keeps its weight: the prior of one
 * weight after the other is renewed, each for all the calls since its last turn. */
void bayes_linear_forget(BayesLinear *regression, double keep);

/* The posterior mean of all weights into ret_weights[size]. */
void bayes_linear_mean(const BayesLinear *regression, double *ret_weights);

/* One draw of the posterior into ret_weights[size], its deviation from the mean times `spread`. */
void bayes_linear_sample(const BayesLinear *regression, double spread, Stream *stream, double *ret_weights);

/* Posterior standard deviation of x . w. */
double bayes_linear_sd(BayesLinear *regression, int count, const Term *x);

/* The covariance of sums of weights, ret_covariance[count][count]. O(size^3) after news, and then O(count x width x
 * (size + count)). */
void bayes_linear_covariance(BayesLinear *regression, WeightSums sums, double *ret_covariance);

/* How much was learnt: the logarithm of the determinant of the precision over that of the prior. O(size). */
double bayes_linear_knowledge(const BayesLinear *regression);

/* x . w */
double bayes_linear_product(int count, const Term *x, const double *weights);

/* Adds blocks NAME.root, its triangle in rows, NAME.target, NAME.prior_mean, NAME.prior_sd and NAME.next_prior, and
 * makes a regression without weights what was added. False, and why in `error`, where the file does not have it whole,
 * or with more weights than `most`; the regression is good for bayes_linear_free then. */
void bayes_linear_save(const BayesLinear *regression, WeightsFile *file, const char *name);
bool bayes_linear_load(BayesLinear *regression, const WeightsFile *file, const char *name, int most, Error *error);

#endif
