/* What a request will cost, learnt from what requests did cost: a Bayesian linear model over factored features.
 *
 * Costs are seconds, or what the objective makes of seconds and joules. The first of them sets the unit in which the
 * priors are written, so that nothing about the size of times has to be known beforehand. Noise is relative to the
 * cost; how large it is, is learnt from the errors of predictions made before each outcome. */
#ifndef ORCHID_POLICIES_FACTORED_MODEL_H
#define ORCHID_POLICIES_FACTORED_MODEL_H

#include "bayes_linear.h"

typedef struct FactoredModel {
    BayesLinear regression;
    double *mean;                         /* [size] of the weights, by the data so far */
    double *weights;                      /* [size] in use: the mean, or a draw */
    double unit;                          /* the cost that counts as 1; 0: none seen yet, nor set by the caller */
    double first_noise;                   /* relative, to start from */
    double noise_square_sum, noise_count; /* squares of relative errors, and their number */
} FactoredModel;

/* A model without data for weights of these priors, which are copied. `noise` is the relative standard deviation of a
 * cost to start from, > 0. */
void factored_model_init(FactoredModel *model, int size, const double *prior_mean, const double *prior_sd,
                         double noise);
void factored_model_free(FactoredModel *model);

/* Adds a weight of this prior, independent of the others; returns its index. */
int factored_model_grow(FactoredModel *model, double prior_mean, double prior_sd);

/* Predicts by means from now on. */
void factored_model_use_mean(FactoredModel *model);

/* Predicts by one draw of the posterior from now on. Costs have long tails, so that a few of them can mislead a normal
 * posterior into certainty: the draw is a multivariate Student t with so many `degrees` of freedom, > 0, which now and
 * then doubts even that. */
void factored_model_use_sample(FactoredModel *model, double degrees, Stream *stream);

/* The expected cost of a request with these features, by the weights in use. */
double factored_model_predict(const FactoredModel *model, int count, const Term *terms);

/* How uncertain the expected cost is: the posterior's standard deviation. */
double factored_model_sd(FactoredModel *model, int count, const Term *terms);

/* The relative standard deviation of a cost about its expectation, as far as known. */
double factored_model_noise(const FactoredModel *model);

/* Learns that requests, `requests` of them, whose features add up to `terms` cost `cost` in all. Zero or less teaches
 * nothing. */
void factored_model_learn(FactoredModel *model, int count, const Term *terms, int requests, double cost);

/* Lets what was learnt so far count `keep` as much, 0 < keep <= 1. */
void factored_model_forget(FactoredModel *model, double keep);

/* Adds the blocks of its regression and NAME.scale, and makes a model without data on the same features what was added.
 * The weights in use are not kept. False, and why in `error`, where the file does not have it whole; the model is good
 * for factored_model_free then. */
void factored_model_save(const FactoredModel *model, WeightsFile *file, const char *name);
bool factored_model_load(FactoredModel *model, const WeightsFile *file, const char *name, Error *error);

#endif
