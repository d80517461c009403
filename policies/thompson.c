/* Gaussian Thompson sampling over joint answers, one bandit for each state (Thompson: On the likelihood that one
 * unknown probability exceeds another, Biometrika 1933; Agrawal, Goyal: Further optimal regret bounds for Thompson
 * sampling, AISTATS 2013): draws what each answer may be worth from its posterior and gives the best draw's answer.
 *
 * The mean reward of an answer is normal a priori, with prior_mean and prior_deviation, and a reward is normal around
 * it with deviation `noise`. The draws are not made one by one: of many answers with the same deviation, first the
 * largest draw in units of the deviation is drawn, by its distribution; where even that could not make the group's best
 * answer the winner, none of the group can be, else the draw is handed to one of them, each being equally likely, and
 * what is left is looked at in the same way, with smaller draws. The answer has the distribution that drawing all would
 * give. */
#include "table_bandit.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

typedef struct Parameters {
    double noise, prior_mean, prior_deviation;
} Parameters;

typedef struct Thompson {
    TableBandit bandit;
    Parameters parameters;
} Thompson;

static const Field fields[] = {
    {.key = "noise",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(Parameters, noise),
     .fallback = "0.002",
     .minimum = 1e-9,
     .maximum = INFINITY,
     .help = "standard deviation of a reward around its mean"},
    {.key = "prior_mean",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(Parameters, prior_mean),
     .fallback = "0",
     .help = "expected reward of an answer not tried yet"},
    {.key = "prior_deviation",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(Parameters, prior_deviation),
     .fallback = "0.1",
     .minimum = 1e-9,
     .maximum = INFINITY,
     .help = "standard deviation of that expectation"},
};

/* A search for the best draw. */
typedef struct Contest {
    Stream *stream;
    double best;       /* draw so far */
    int64_t best_item; /* index into values; NO_ACTION: an untried answer */
} Contest;

/* The posterior of a group's members: mean = offset + weight x mean reward. */
typedef struct Posterior {
    double offset, weight, deviation;
} Posterior;

static Posterior posterior_of(const Parameters *parameters, int64_t visits)
{
    double prior = 1 / (parameters->prior_deviation * parameters->prior_deviation);
    double seen = (double)visits / (parameters->noise * parameters->noise);
    return (Posterior){parameters->prior_mean * prior / (prior + seen), seen / (prior + seen), 1 / sqrt(prior + seen)};
}

/* The largest of `count` draws is as great as what is exceeded with the probability returned, where one draw is not
 * exceeded with more than `tail`. */
static double draw_tail(Contest *contest, int64_t count, double tail)
{
    return tail - (1 - tail) * expm1(log(stream_uniform(contest->stream)) / (double)count);
}

/* Entries of a heap of `count` in the subtree below entry `at`, itself included. */
static int64_t subtree_size(int64_t at, int64_t count)
{
    int64_t size = 0;
    for (int64_t first = at, last = at; first < count; first = 2 * first + 1, last = 2 * last + 2)
        size += (last < count ? last + 1 : count) - first;
    return size;
}

/* The subtree below entry `at`, of which the largest draw has probability `tail` to be exceeded. */
static void search(Contest *contest, const Ranking *ranking, Posterior posterior, int64_t at, double tail)
{
    RankingEntry entry = ranking->entries[at];
    double mean = posterior.offset + posterior.weight * entry.key;
    if (mean + posterior.deviation * gsl_cdf_ugaussian_Qinv(tail) <= contest->best)
        return;
    int64_t sizes[3] = {1, subtree_size(2 * at + 1, ranking->count), subtree_size(2 * at + 2, ranking->count)};
    int64_t holder = (int64_t)stream_uniform_integer(contest->stream, (uint64_t)(sizes[0] + sizes[1] + sizes[2]));
    double tails[3];
    for (int i = 0; i < 3; i++) {
        bool holds = holder >= 0 && holder < sizes[i];
        holder -= sizes[i];
        tails[i] = holds || sizes[i] == 0 ? tail : draw_tail(contest, sizes[i], tail);
    }
    double own = mean + posterior.deviation * gsl_cdf_ugaussian_Qinv(tails[0]);
    if (own > contest->best) {
        contest->best = own;
        contest->best_item = entry.item;
    }
    for (int i = 1; i < 3; i++)
        if (sizes[i] > 0)
            search(contest, ranking, posterior, 2 * at + i, tails[i]);
}

static int64_t choose(Tabular *tabular, int64_t row)
{
    const Thompson *learner = (const Thompson *)tabular;
    const Parameters *parameters = &learner->parameters;
    const ActionRow *state = &tabular->values.rows[row];
    RowGroups groups = visit_groups_of(&learner->bandit.groups, row);
    Contest contest = {.stream = &tabular->stream, .best = -INFINITY, .best_item = NO_ACTION};
    if (state->tried < state->action_count)
        contest.best = parameters->prior_mean +
                       parameters->prior_deviation *
                           gsl_cdf_ugaussian_Qinv(draw_tail(&contest, state->action_count - state->tried, 0));
    for (int i = groups.count - 1; i >= 0; i--) {
        const Ranking *ranking = &groups.groups[i].ranking;
        search(&contest, ranking, posterior_of(parameters, groups.groups[i].visits), 0,
               draw_tail(&contest, ranking->count, 0));
    }
    return contest.best_item == NO_ACTION ? action_values_untried(&tabular->values, row)
                                          : tabular->values.values[contest.best_item].action;
}

static const TabularMethod method = {.learn = table_bandit_learn, .choose = choose};

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    Thompson *learner = state;
    table_bandit_init(&learner->bandit, &method, scenario, stream);
    learner->parameters = *(const Parameters *)parameters;
}

const PolicyType policy_thompson = {
    .name = "thompson",
    .summary = "bandit over joint answers, one a state, by Gaussian Thompson sampling",
    .parameter_count = sizeof fields / sizeof fields[0],
    .parameters = fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(Thompson),
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
