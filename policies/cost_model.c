#include "cost_model.h"

#include <assert.h>

void cost_model_init(CostModel *model, const FactoredFeatures *features, CostModelSettings settings, Stream stream)
{
    *model = (CostModel){.is_network = features->form == FORM_NETWORK, .settings = settings};
    model->settings.network.input_count = features->count;
    if (model->is_network)
        network_model_init(&model->network, model->settings.network, stream);
    else
        factored_model_init(&model->linear, features->count, features->prior_mean, features->prior_sd, settings.noise);
}

void cost_model_free(CostModel *model)
{
    if (model->is_network)
        network_model_free(&model->network);
    else
        factored_model_free(&model->linear);
}

void cost_model_use_mean(CostModel *model)
{
    if (model->is_network)
        network_model_use_mean(&model->network);
    else
        factored_model_use_mean(&model->linear);
}

void cost_model_use_sample(CostModel *model, Stream *stream)
{
    if (model->is_network)
        network_model_use_sample(&model->network, stream);
    else
        factored_model_use_sample(&model->linear, model->settings.degrees, stream);
}

double cost_model_predict(CostModel *model, int count, const Term *terms)
{
    return model->is_network ? network_model_predict(&model->network, count, terms)
                             : factored_model_predict(&model->linear, count, terms);
}

double cost_model_sd(CostModel *model, int count, const Term *terms)
{
    return model->is_network ? network_model_sd(&model->network, count, terms)
                             : factored_model_sd(&model->linear, count, terms);
}

void cost_model_learn(CostModel *model, int count, const Term *terms, int requests, double cost)
{
    assert(!model->is_network || requests == 1);
    if (model->is_network)
        network_model_learn(&model->network, count, terms, cost);
    else
        factored_model_learn(&model->linear, count, terms, requests, cost);
}

void cost_model_step(CostModel *model, double keep)
{
    if (model->is_network)
        network_model_train(&model->network);
    else if (keep < 1)
        factored_model_forget(&model->linear, keep);
}

void cost_model_save(const CostModel *model, WeightsFile *file, const char *name)
{
    if (model->is_network)
        network_model_save(&model->network, file, name);
    else
        factored_model_save(&model->linear, file, name);
}

bool cost_model_load(CostModel *model, const WeightsFile *file, const char *name, Error *error)
{
    return model->is_network ? network_model_load(&model->network, file, name, error)
                             : factored_model_load(&model->linear, file, name, error);
}
