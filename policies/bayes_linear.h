/* Bayesian linear regression, one observation at a time: y = x . w + normal noise of known standard deviation, with an
 * independent normal prior on each weight.
 *
 * The posterior is kept as the square root of its information: an upper triangular R and a vector z such that R w - z
 * is standard normal. An observation is one more row, rotated into the triangle (Bierman: Factorization Methods for
 * Discrete Sequential Estimation, 1977); the mean and a draw from the posterior are one back substitution each. Nothing
 * is inverted, and the cost is O(size^2) throughout. */
#ifndef ORCHID_POLICIES_BAYES_LINEAR_H
#define ORCHID_POLICIES_BAYES_LINEAR_H

#include "../sim/rng.h"

/* One entry of x that is not 0; entries of the same index add up. */
typedef struct Term {
    int index;
    double value;
} Term;

typedef struct BayesLinear {
    int size;           /* weights */
    double *root;       /* [size][size] R; below the diagonal unused */
    double *target;     /* [size] z */
    double *prior_mean; /* [size] */
    double *prior_sd;   /* [size] > 0 */
    double *scratch;    /* [size] */
    int next_prior;     /* weight whose prior is renewed next */
} BayesLinear;

/* `size` weights with these priors, which are copied. */
void bayes_linear_init(BayesLinear *regression, int size, const double *prior_mean, const double *prior_sd);
void bayes_linear_free(BayesLinear *regression);

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

/* x . w */
double bayes_linear_product(int count, const Term *x, const double *weights);

#endif
