#include "markov.h"

#include <assert.h>

/* Visits per unit of time: steps between neighbours make the ends half as frequent as inner states. */
static double chain_weight(const Chain *chain, int state)
{
    bool end = state == 0 || state == chain->state_count - 1;
    return chain->dwell_s[state] * (end && chain->state_count > 2 ? 1 : 2);
}

void chain_stationary(const Chain *chain, double *ret_probability)
{
    assert(chain->state_count >= 1);
    if (chain->state_count == 1) {
        ret_probability[0] = 1;
        return;
    }
    double total = 0;
    for (int i = 0; i < chain->state_count; i++)
        total += chain_weight(chain, i);
    for (int i = 0; i < chain->state_count; i++)
        ret_probability[i] = chain_weight(chain, i) / total;
}

int chain_start(const Chain *chain, Stream *stream)
{
    double probability[CHAIN_STATE_LIMIT];
    chain_stationary(chain, probability);
    double u = stream_uniform(stream);
    int state = 0;
    while (state < chain->state_count - 1 && u >= probability[state])
        u -= probability[state++];
    return state;
}

Time chain_leave(const Chain *chain, int state, Time now, Stream *stream)
{
    assert(state >= 0 && state < chain->state_count);
    if (chain->state_count == 1)
        return TIME_NEVER;
    return now + time_from_s(stream_exponential(stream, chain->dwell_s[state]));
}

int chain_next(const Chain *chain, int state, Stream *stream)
{
    assert(chain->state_count >= 2 && state >= 0 && state < chain->state_count);
    if (state == 0)
        return 1;
    if (state == chain->state_count - 1)
        return state - 1;
    return stream_uniform(stream) < 0.5 ? state - 1 : state + 1;
}
