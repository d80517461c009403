#include "cascade_inputs.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* A probability nearer to 0 or 1 counts as this. */
static const double LEAST_PROBABILITY = 1e-7;

/* Inputs that vary less than this around their mean say nothing. */
static const double LEAST_DEVIATION = 1e-12;

static double bounded_logarithm(double probability)
{
    return log(fmax(probability, LEAST_PROBABILITY));
}

/* Classes with an input of their own. */
static int class_inputs(const SampleModel *light)
{
    return light->class_count <= CASCADE_CLASS_LIMIT ? light->class_count : 0;
}

/* All inputs before they are standardised: two of each feature, those of the class that is predicted, and last the
 * logits less their mean. */
static void write_raw(const SampleModel *light, const double *values, double *ret_inputs)
{
    int predicted = sample_model_feature(light, SAMPLE_PREDICTION), classes = class_inputs(light);
    for (int i = 0; i < light->feature_count; i++) {
        SampleFeature feature = light->features[i];
        if (i == predicted)
            continue;
        /* Confidence and margin are nearly 1 where all is clear, the others nearly 0. */
        bool high = feature == SAMPLE_CONFIDENCE || feature == SAMPLE_MARGIN;
        *ret_inputs++ = values[i];
        *ret_inputs++ = bounded_logarithm(high ? 1 - values[i] : values[i]);
    }
    for (int k = 0; predicted >= 0 && k < classes; k++)
        *ret_inputs++ = values[predicted] == k;
    const double *logits = values + light->feature_count;
    double mean = 0;
    for (int k = 0; k < light->logit_count; k++)
        mean += logits[k] / light->logit_count;
    for (int k = 0; k < light->logit_count; k++)
        *ret_inputs++ = logits[k] - mean;
}

int cascade_inputs_count(const SampleModel *light)
{
    bool predicts = sample_model_feature(light, SAMPLE_PREDICTION) >= 0;
    int sure = light->feature_count - predicts;
    return sure == 0 ? 0 : 2 * sure + (predicts ? class_inputs(light) : 0) + light->logit_count;
}

void cascade_inputs_init(CascadeInputs *inputs, const SampleModel *light, const SampleRows *rows)
{
    double raw[CASCADE_INPUT_LIMIT];
    *inputs = (CascadeInputs){.count = cascade_inputs_count(light), .plain_count = 2, .light = light};
    assert(inputs->count > 0 && rows->count > 0);
    size_t count = (size_t)inputs->count;
    inputs->mean = memory_allocate(count, sizeof *inputs->mean);
    inputs->scale = memory_allocate(count, sizeof *inputs->scale);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < rows->count; i++) {
            write_raw(light, sample_model_values(light, rows->rows[i]), raw);
            for (size_t k = 0; k < count; k++) {
                double distance = raw[k] - inputs->mean[k];
                if (pass == 0)
                    inputs->mean[k] += distance / (i + 1);
                else
                    inputs->scale[k] += distance * distance / rows->count;
            }
        }
    for (size_t k = 0; k < count; k++) {
        double deviation = sqrt(inputs->scale[k]);
        inputs->scale[k] = deviation > LEAST_DEVIATION ? 1 / deviation : 0;
    }
}

void cascade_inputs_free(CascadeInputs *inputs)
{
    free(inputs->mean);
    free(inputs->scale);
    *inputs = (CascadeInputs){0};
}

void cascade_inputs_write(const CascadeInputs *inputs, const double *values, double *ret_inputs)
{
    double raw[CASCADE_INPUT_LIMIT];
    write_raw(inputs->light, values, raw);
    for (int i = 0; i < inputs->count; i++)
        ret_inputs[i] = (raw[i] - inputs->mean[i]) * inputs->scale[i];
}
