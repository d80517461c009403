/* What requests need when they are answered with an option, learnt from how long they took: a Bayesian linear model of
 * response times, whose structure is known and whose speeds are not.
 *
 *   response time = work on the user's own node x its slowness
 *                 + messages: delays, and bytes over bandwidth and share, at the present rate
 *                 + work on the target x its slowness / share
 *                 + what else the way to the target takes
 *
 * Known are macs and bytes of layers, the present rates and delays of links, the other tenants that are seen. Learnt
 * are the slowness of every node group, for all variants in common and for each, and how far from its macs the work
 * before or behind each cut of a variant is; the latter become weights of the model when they are first observed.
 * Priors are in units of the objective's reference time. Latency profiles are not looked at. */
#ifndef ORCHID_POLICIES_RESPONSE_MODEL_H
#define ORCHID_POLICIES_RESPONSE_MODEL_H

#include "expect.h"
#include "factored_model.h"

typedef struct ResponseSettings {
    double noise;     /* relative standard deviation of a response time to start from */
    double degrees;   /* of freedom of a draw, as in factored_model_use_sample */
    double deviation; /* standard deviation of a variant's slowness from that of all */
    double residual;  /* of a cut's work from its macs, relative */
} ResponseSettings;

typedef struct ResponseModel {
    const Scenario *scenario; /* borrowed */
    ResponseSettings settings;
    FactoredModel times;
    double most_macs; /* of a variant */
    int cut_limit;    /* most layers of a variant, and 1 */
    int64_t cut_count;
    int *cut_weight;    /* [side][variant][cut] weight of a residual; NO_WEIGHT: not observed yet */
    double *cut_draw;   /* [side][variant][cut] what is believed of those now, relative */
    int residual_count; /* observed ones, */
    int64_t *residuals; /* [residual_count] and which, in the order of their weights */
} ResponseModel;

void response_model_init(ResponseModel *model, const Scenario *scenario, ResponseSettings settings);
void response_model_free(ResponseModel *model);

/* Predicts by means, or by one draw of what is believed, from now on. */
void response_model_use_mean(ResponseModel *model);
void response_model_use_sample(ResponseModel *model, Stream *stream);

/* Needs as the model predicts them; `model` of the source is borrowed. Energy is not learnt. */
NeedSource response_model_needs(ResponseModel *model);

/* The features of an answer with these shares, to be remembered until its outcome: returns their number, at most
 * RESPONSE_TERMS; 0 where it teaches nothing, as a link has no bandwidth now. */
enum { RESPONSE_TERMS = 11 };
int response_model_terms(ResponseModel *model, const Decision *decision, int ask, int option, Share share,
                         Term *ret_terms);

/* Learns that a request with these features took so long (s). */
void response_model_learn(ResponseModel *model, int count, const Term *terms, double response_s);

/* Lets what was learnt so far count `keep` as much, 0 < keep <= 1. */
void response_model_forget(ResponseModel *model, double keep);

/* Adds blocks, and makes a model without data on the same scenario and settings what was added. False, and why in
 * `error`, where the file does not have it whole; the model is good for response_model_free then. */
void response_model_save(const ResponseModel *model, WeightsFile *file, const char *name);
bool response_model_load(ResponseModel *model, const WeightsFile *file, const char *name, Error *error);

#endif
