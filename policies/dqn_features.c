/* Deep Q-learning of discrete choices that resemble each other: one network for all users, options by their features
 * (option_features.h), users' costs that add up to what the reward says (summed_costs.h). What is reserved is divided
 * as the scenario's allocation says, so that with `optimal` shares only the discrete part is learnt.
 *
 * An answer's worth is known whole when it ends, so nothing is bootstrapped: there is no discount and no target network.
 * What accuracies are worth is taken from the options' accuracies; what is learnt is what is left of the reward. */
#include "encoding.h"
#include "experience.h"
#include "exploration.h"
#include "network_file.h"
#include "policy.h"
#include "replay_memory_file.h"
#include "summed_costs.h"
#include "user_cost.h"
#include "user_states.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct Parameters {
    SummedCostsParameters costs;
    int64_t updates, replay; /* for each question; questions that are remembered */
    double epsilon, epsilon_floor;
    int64_t epsilon_decay;
    double reward_scale;
} Parameters;

typedef struct DqnFeatures {
    Parameters parameters;
    const Scenario *scenario; /* borrowed */
    Stream stream;
    UserStates states;
    OptionFeatures features;
    SummedCosts costs;
    Experience experience;
    ReplayMemory replay;
    ReplayBatch batch;
    int64_t explored; /* questions answered while learning */
    float *rows;      /* [ask_count][states.size] */
    float *scores;    /* [option_limit] */
    int *actions;     /* [ask_count] */
    double *offsets;  /* by pending decision: see offset_of */
} DqnFeatures;
