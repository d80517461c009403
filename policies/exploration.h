/* How learners leave what they think best: schedules of epsilon, softmax choice, bonuses for what was seldom tried. */
#ifndef ORCHID_POLICIES_EXPLORATION_H
#define ORCHID_POLICIES_EXPLORATION_H

#include "../sim/rng.h"

/* A probability that starts at `start` and falls to 1/e of it every `decay` steps, but never below `floor`. */
double exploration_exponential(double start, double floor, double decay, int64_t step);

/* One that falls in a straight line to `floor`, which it reaches after `steps` and keeps. */
double exploration_linear(double start, double floor, int64_t steps, int64_t step);

/* An index drawn in proportion to exp(value / temperature) with one draw of the stream (Boltzmann exploration, as in
 * Sutton, Barto: Reinforcement learning, 2018, section 2.8). A value of -INFINITY is never chosen; at least one is
 * finite. Temperature 0: the first of the greatest, and the stream is left alone. */
int exploration_softmax(Stream *stream, const float *values, int count, double temperature);

/* What an action tried `visits` times is worth beyond its mean: scale / sqrt(visits), INFINITY untried (Strehl,
 * Littman: An analysis of model-based interval estimation for Markov decision processes, J. Comput. Syst. Sci. 2008).
 */
double exploration_bonus(double scale, int64_t visits);

#endif
