/* UCB1 over joint answers, one bandit for each state (Auer, Cesa-Bianchi, Fischer: Finite-time analysis of the
 * multiarmed bandit problem, Machine Learning 2002): every answer once, then the one of the greatest mean reward plus
 * exploration x sqrt(2 ln t / visits), where t counts the rewards in the state. The theory has rewards in [0, 1] and
 * exploration 1; for rewards that range over r, exploration is r. */
#include "table_bandit.h"

#include <math.h>

typedef struct Parameters {
    double exploration;
} Parameters;

typedef struct Ucb {
    TableBandit bandit;
    double exploration;
} Ucb;

static const Field fields[] = {
    {.key = "exploration",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(Parameters, exploration),
     .fallback = "0.002",
     .minimum = 0,
     .maximum = INFINITY,
     .help = "scale of the bonus for what was seldom tried, in units of the reward"},
};

static int64_t choose(Tabular *tabular, int64_t row)
{
    const Ucb *learner = (const Ucb *)tabular;
    int64_t untried = action_values_untried(&tabular->values, row);
    if (untried != NO_ACTION)
        return untried;
    RowGroups groups = visit_groups_of(&learner->bandit.groups, row);
    double twice_logarithm = 2 * log((double)tabular->values.rows[row].visits);
    double best_bound = -INFINITY;
    int64_t best = 0;
    for (int i = 0; i < groups.count; i++) {
        RankingEntry first = groups.groups[i].ranking.entries[0];
        double bonus = learner->exploration * sqrt(twice_logarithm / (double)groups.groups[i].visits);
        if (first.key + bonus > best_bound) {
            best_bound = first.key + bonus;
            best = first.item;
        }
    }
    return tabular->values.values[best].action;
}

static const TabularMethod method = {.learn = table_bandit_learn, .choose = choose};

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    Ucb *learner = state;
    const Parameters *given = parameters;
    table_bandit_init(&learner->bandit, &method, scenario, stream);
    learner->exploration = given->exploration;
}

const PolicyType policy_ucb = {
    .name = "ucb",
    .summary = "bandit over joint answers, one a state, by upper confidence bounds (UCB1)",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(Ucb),
    .learns = true,
    .feedback = FEEDBACK_REWARD,
    .suits = tabular_suits,
    .start = start,
    .decide = tabular_decide,
    .learn = tabular_learn,
    .save = table_bandit_save,
    .load = table_bandit_load,
    .finish = table_bandit_finish,
};
