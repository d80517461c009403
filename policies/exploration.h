/* How learners leave what they think best: schedules of epsilon, softmax choice, bonuses for what was seldom tried. */
#ifndef ORCHID_POLICIES_EXPLORATION_H
#define ORCHID_POLICIES_EXPLORATION_H

#include "../sim/config.h"
#include "../sim/rng.h"

/* What learners that are not told better ones can do. */
typedef enum Exploration { EXPLORATION_EPSILON, EXPLORATION_SOFTMAX, EXPLORATION_COUNT } Exploration;

/* The names of those, as a FIELD_CHOICE has them. */
extern const char *const exploration_names[];

typedef struct ExplorationParameters {
    int kind;                              /* an Exploration */
    double epsilon, epsilon_floor;         /* probability of a random answer: at first, and at least */
    double temperature, temperature_floor; /* of softmax, the same, in units of the reward */
    int64_t decay;                         /* decisions after which either has fallen to 1/e */
    double bonus;                          /* of an answer tried once, in units of the reward */
} ExplorationParameters;

#define EXPLORATION_FIELD(STRUCT, KEY, MEMBER, KIND, FALLBACK, LEAST, MOST, HELP)                                      \
    {                                                                                                                  \
        .key = KEY, .kind = KIND, .dimension = DIMENSION_COUNT, .offset = offsetof(STRUCT, exploration.MEMBER),        \
        .fallback = FALLBACK, .minimum = LEAST, .maximum = MOST, .help = HELP                                          \
    }

/* The fields of a struct whose member `exploration` these are. */
#define EXPLORATION_FIELDS(STRUCT, EPSILON, EPSILON_FLOOR, DECAY, LEAST_DECAY, DECAY_HELP)                             \
    EXPLORATION_FIELD(STRUCT, "epsilon", epsilon, FIELD_QUANTITY, EPSILON, 0, 1,                                       \
                      "probability of a random answer at the first decision"),                                         \
        EXPLORATION_FIELD(STRUCT, "epsilon_floor", epsilon_floor, FIELD_QUANTITY, EPSILON_FLOOR, 0, 1,                 \
                          "least probability of a random answer while learning"),                                      \
        EXPLORATION_FIELD(                                                                                             \
            STRUCT, "epsilon_decay", decay, FIELD_INTEGER, DECAY, LEAST_DECAY, 1e15,                                   \
            "decisions after which epsilon, or the temperature, has fallen to 1/e of its start" DECAY_HELP),           \
        {.key = "exploration",                                                                                         \
         .kind = FIELD_CHOICE,                                                                                         \
         .offset = offsetof(STRUCT, exploration.kind),                                                                 \
         .fallback = "epsilon",                                                                                        \
         .choices = exploration_names,                                                                                 \
         .help = "random answers now and then, draws by exp(value / temperature), or a bonus for what was seldom "     \
                 "tried"},                                                                                             \
        EXPLORATION_FIELD(STRUCT, "temperature", temperature, FIELD_QUANTITY, "0.5", 0, 1e9,                           \
                          "softmax: temperature at the first decision, in units of the reward"),                       \
        EXPLORATION_FIELD(STRUCT, "temperature_floor", temperature_floor, FIELD_QUANTITY, "0.001", 0, 1e9,             \
                          "softmax: least temperature"),                                                               \
        EXPLORATION_FIELD(STRUCT, "bonus", bonus, FIELD_QUANTITY, "0.002", 0, 1e9,                                     \
                          "count: bonus of an answer tried once, that falls with the root of its tries")

/* Epsilon, or the temperature, at decision number `step`. */
double exploration_epsilon(const ExplorationParameters *parameters, int64_t step);
double exploration_temperature(const ExplorationParameters *parameters, int64_t step);

/* A probability that starts at `start` and falls to 1/e of it every `decay` steps, but never below `floor`. */
double exploration_exponential(double start, double floor, double decay, int64_t step);

/* One that falls in a straight line to `floor`, which it reaches after `steps` and keeps. */
double exploration_linear(double start, double floor, int64_t steps, int64_t step);

/* An index drawn in proportion to exp(value / temperature) with one draw of the stream (Boltzmann exploration, as in
 * Sutton, Barto: Reinforcement learning, 2018, section 2.8). A value of -INFINITY is never chosen; at least one is
 * finite. Temperature 0: the first of the greatest, and the stream is left alone. */
int exploration_softmax(Stream *stream, const float *values, int count, double temperature);

/* A draw of the standard Gumbel distribution. The greatest of several values, each with temperature times a draw of its
 * own added, is drawn as exploration_softmax does (Luce: Individual choice behavior, 1959); where only some sums of
 * values may be chosen, the greatest of those is drawn nearly so (Papandreou, Yuille: Perturb-and-MAP random fields,
 * ICCV 2011). */
double exploration_gumbel(Stream *stream);

/* What an action tried `visits` times is worth beyond its mean: scale / sqrt(visits), INFINITY untried (Strehl,
 * Littman: An analysis of model-based interval estimation for Markov decision processes, J. Comput. Syst. Sci. 2008).
 */
double exploration_bonus(double scale, int64_t visits);

#endif
