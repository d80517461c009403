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

/* All inputs before they are standardised, two of each feature but the class that is predicted. */
static void write_raw(const SampleModel *light, const double *values, double *ret_inputs)
{
    for (int i = 0; i < light->feature_count; i++) {
        SampleFeature feature = light->features[i];
        if (feature == SAMPLE_PREDICTION)
            continue;
        /* Confidence and margin are nearly 1 where all is clear, the others nearly 0. */
        bool high = feature == SAMPLE_CONFIDENCE || feature == SAMPLE_MARGIN;
        *ret_inputs++ = values[i];
        *ret_inputs++ = bounded_logarithm(high ? 1 - values[i] : values[i]);
    }
}

int cascade_inputs_count(const SampleModel *light)
{
    return 2 * (light->feature_count - (sample_model_feature(light, SAMPLE_PREDICTION) >= 0));
}

void cascade_inputs_init(CascadeInputs *inputs, const SampleModel *light, const SampleRows *rows)
{
    double raw[2 * SAMPLE_FEATURE_COUNT];
    *inputs = (CascadeInputs){.count = cascade_inputs_count(light), .plain_count = 2, .light = light};
    assert(inputs->count > 0 && rows->count > 0);
    size_t count = (size_t)inputs->count;
    inputs->mean = memory_allocate(count, sizeof *inputs->mean);
    inputs->scale = memory_allocate(count, sizeof *inputs->scale);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < rows->count; i++) {
            write_raw(light, light->values + (ptrdiff_t)rows->rows[i] * light->feature_count, raw);
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
    write_raw(inputs->light, values, ret_inputs);
    for (int i = 0; i < inputs->count; i++)
        ret_inputs[i] = (ret_inputs[i] - inputs->mean[i]) * inputs->scale[i];
}
