/* The two kinds of model of what a request will cost behind one face: linear, or networks. */
#ifndef ORCHID_POLICIES_COST_MODEL_H
#define ORCHID_POLICIES_COST_MODEL_H

#include "factored_features.h"
#include "factored_model.h"
#include "network_model.h"

typedef struct CostModelSettings {
    double noise;                 /* linear: as in factored_model_init */
    double degrees;               /* linear: of the draw, as in factored_model_use_sample */
    NetworkModelSettings network; /* its inputs follow from the features */
} CostModelSettings;

typedef struct CostModel {
    bool is_network; /* which of the two below is there */
    CostModelSettings settings;
    FactoredModel linear;
    NetworkModel network;
} CostModel;

/* A model without data on these features: networks where their form says so. */
void cost_model_init(CostModel *model, const FactoredFeatures *features, CostModelSettings settings, Stream stream);
void cost_model_free(CostModel *model);

/* Predicts by the mean, or by one draw of what is believed, from now on. */
void cost_model_use_mean(CostModel *model);
void cost_model_use_sample(CostModel *model, Stream *stream);

/* Expected cost, and how uncertain it is. */
double cost_model_predict(CostModel *model, int count, const Term *terms);
double cost_model_sd(CostModel *model, int count, const Term *terms);

/* Learns that `requests` requests whose features add up to `terms` cost `cost` in all; networks: of one request. */
void cost_model_learn(CostModel *model, int count, const Term *terms, int requests, double cost);

/* Called once a decision: networks train; a linear model lets what it learnt count `keep` as much. */
void cost_model_step(CostModel *model, double keep);

/* Adds the blocks of the model that is there, and makes one without data on the same features and settings what was
 * added. False, and why in `error`, where the file does not have it whole; the model is good for cost_model_free then.
 */
void cost_model_save(const CostModel *model, WeightsFile *file, const char *name);
bool cost_model_load(CostModel *model, const WeightsFile *file, const char *name, Error *error);

#endif
