#include "exploration.h"

#include <assert.h>

const char *const exploration_names[] = {"epsilon", "softmax", "count", NULL};

double exploration_epsilon(const ExplorationParameters *parameters, int64_t step)
{
    return exploration_exponential(parameters->epsilon, parameters->epsilon_floor, (double)parameters->decay, step);
}

double exploration_temperature(const ExplorationParameters *parameters, int64_t step)
{
    return exploration_exponential(parameters->temperature, parameters->temperature_floor, (double)parameters->decay,
                                   step);
}

double exploration_exponential(double start, double floor, double decay, int64_t step)
{
    return fmax(floor, start * exp(-(double)step / decay));
}

double exploration_linear(double start, double floor, int64_t steps, int64_t step)
{
    return step >= steps ? floor : start + (floor - start) * (double)step / (double)steps;
}

int exploration_softmax(Stream *stream, const float *values, int count, double temperature)
{
    assert(count >= 1 && temperature >= 0);
    int greatest = 0;
    for (int i = 1; i < count; i++)
        greatest = values[i] > values[greatest] ? i : greatest;
    if (temperature == 0)
        return greatest;
    double sum = 0, most = (double)values[greatest];
    for (int i = 0; i < count; i++)
        sum += exp(((double)values[i] - most) / temperature);
    double at = sum * stream_uniform(stream);
    int last = greatest; /* where rounding carries past the end, the last that may be chosen */
    for (int i = 0; i < count; i++) {
        double part = exp(((double)values[i] - most) / temperature);
        if (at < part)
            return i;
        at -= part;
        last = part > 0 ? i : last;
    }
    return last;
}

double exploration_gumbel(Stream *stream)
{
    return -log(-log(stream_uniform(stream)));
}

double exploration_bonus(double scale, int64_t visits)
{
    return visits > 0 ? scale / sqrt((double)visits) : INFINITY;
}
