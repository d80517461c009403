/* Logistic regression: the probability of yes is 1 / (1 + exp(-(w . x + b))).
 *
 * A hundred inputs and some ten thousand samples need no library: Newton's method is done in less than ten steps.
 * liblinear 2.3 (logistic regression with both penalties, support vector machine) was tried in its place on the light
 * answers of four pairs of networks, and ranked none of them better by more than 0.001 of the area under the curve. */
#ifndef ORCHID_POLICIES_LOGISTIC_H
#define ORCHID_POLICIES_LOGISTIC_H

#include <stdbool.h>

/* What is learnt from: count rows of `size` inputs of the order of 1, each labelled yes or no. */
typedef struct LogisticSamples {
    int count, size;
    double *inputs; /* [count][size] owned by whoever made them, as the next */
    bool *labels;   /* [count] */
} LogisticSamples;

/* The weights that make the logarithmic loss of the samples and half of the sum of ridges[i] w[i]^2 least, the bias
 * last, into weights[size + 1], which hold where to begin. ridges[size] are positive; that of the bias is 1e-6. Newton's method with halved
 * steps (Nocedal, Wright: Numerical Optimization, 2nd ed. 2006, ch. 3): the loss is convex, so this is what any exact
 * solver finds. Returns the steps taken. */
int logistic_fit(const LogisticSamples *samples, const double *ridges, double *weights);

/* w . x + b */
double logistic_sum(const double *weights, const double *inputs, int size);

/* log(1 + exp(-sum)) for yes, log(1 + exp(sum)) for no. */
double logistic_loss(double sum, bool label);

#endif
