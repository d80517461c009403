#include "model.h"

#include <assert.h>
#include <string.h>

int model_variant_index(const Model *model, const char *name)
{
    for (int i = 0; i < model->variant_count; i++)
        if (strcmp(model->variants[i].name, name) == 0)
            return i;
    return -1;
}

int model_metric_index(const Model *model, const char *name)
{
    for (int i = 0; i < model->metric_count; i++)
        if (strcmp(model->metrics[i], name) == 0)
            return i;
    return -1;
}

double model_transfer_accuracy(const Variant *variant, int bits, int metric)
{
    for (int i = 0; i < variant->transfer_count; i++)
        if (variant->transfers[i].bits == bits)
            return variant->transfers[i].accuracy[metric];
    return variant->accuracy[metric];
}

double model_prefix_share(const Variant *variant, int cut)
{
    assert(cut >= 0 && cut <= variant->layer_count);
    if (cut == 0)
        return 0;
    if (cut == variant->layer_count)
        return 1;
    double prefix = 0, whole = 0;
    for (int i = 0; i < variant->layer_count; i++) {
        whole += variant->layers[i].macs;
        if (i < cut)
            prefix += variant->layers[i].macs;
    }
    assert(whole > 0);
    return prefix / whole;
}
