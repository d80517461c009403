/* Linear bandits over joint answers: the reward is taken for the sum of what the parts of an answer are worth
 * (answer_parts.h), a Bayesian linear model learns the parts from the reward of the whole, and every question goes to
 * the best answer under optimism or under one draw from the posterior:
 *
 *   linear-ucb       mean + exploration x standard deviation (Li, Chu, Langford, Schapire: A contextual-bandit approach
 *                    to personalized news article recommendation, WWW 2010)
 *   linear-thompson  weights drawn anew for each question (Agrawal, Goyal: Thompson sampling for contextual bandits
 * with linear payoffs, ICML 2013)
 *
 * An answer below the accuracy threshold is never given where another exists: accuracies are in the option table, so
 * that its penalty need not be learned, which a sum could not express. Frozen, the answer is the best by mean less one
 * deviation: what was never tried is not taken for good.
 *
 * What is known is looked at anew, and weights are drawn anew, only when there is more of it: when outcomes have raised
 * the determinant of the precision by KNOWLEDGE_GROWTH (Abbasi-Yadkori, Pal, Szepesvari: Improved algorithms for linear
 * stochastic bandits, NeurIPS 2011, sec. 5.1). Late in a run that is seldom, and questions that come again are answered
 * as before. */
#include "answer_search.h"
#include "known_answer.h"
#include "open_terms.h"
#include "policy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KNOWLEDGE_GROWTH 0.005

typedef enum Exploration { EXPLORE_UCB, EXPLORE_THOMPSON } Exploration;

typedef struct Parameters {
    AnswerPrior prior;
    double noise;
    int64_t search_limit;
    double exploration; /* of linear-ucb alone */
} Parameters;

typedef struct LinearBandit {
    Exploration explore;
    Parameters parameters;
    const Scenario *scenario; /* borrowed */
    Stream stream;
    AnswerParts parts;
    BayesLinear model;
    AnswerSearch search;
    OpenTerms open;                /* features of answers, one list each */
    KnownAnswer exploring, frozen; /* separate: a frozen answer leaves no trace */
    double knowledge;              /* of the model when `weights` were set */
    int dimension;                 /* as well */
    int weight_limit, worth_limit;
    double *weights;    /* [weight_limit] what is explored with: drawn or mean */
    double *worths;     /* [worth_limit] of parts */
    double *covariance; /* [worth_limit][worth_limit], rows of part_count entries */
    double *scratch;    /* [weight_limit] */
} LinearBandit;

#define COMMON_FIELDS                                                                                                  \
    {.key = "prior_deviation",                                                                                         \
     .kind = FIELD_QUANTITY,                                                                                           \
     .dimension = DIMENSION_COUNT,                                                                                     \
     .offset = offsetof(Parameters, prior.deviation),                                                                  \
     .fallback = "0.1",                                                                                                \
     .minimum = 1e-9,                                                                                                  \
     .maximum = 1e9,                                                                                                   \
     .help = "standard deviation of what an option is worth before it is tried, in units of a request's reward"},      \
        {.key = "user_deviation",                                                                                      \
         .kind = FIELD_QUANTITY,                                                                                       \
         .dimension = DIMENSION_COUNT,                                                                                 \
         .offset = offsetof(Parameters, prior.user_deviation),                                                         \
         .fallback = "0.005",                                                                                          \
         .minimum = 1e-9,                                                                                              \
         .maximum = 1e9,                                                                                               \
         .help = "standard deviation of what sets a user apart from the others of its group"},                         \
        {.key = "noise",                                                                                               \
         .kind = FIELD_QUANTITY,                                                                                       \
         .dimension = DIMENSION_COUNT,                                                                                 \
         .offset = offsetof(Parameters, noise),                                                                        \
         .fallback = "0.005",                                                                                          \
         .minimum = 1e-9,                                                                                              \
         .maximum = 1e9,                                                                                               \
         .help = "standard deviation of a request's reward around its mean"},                                          \
    {                                                                                                                  \
        .key = "search_limit", .kind = FIELD_INTEGER, .offset = offsetof(Parameters, search_limit),                    \
        .fallback = "20000", .minimum = 0, .maximum = 1e9,                                                             \
        .help = "steps of the search for the best answer, which is exact where it ends before"                         \
    }

static const Field thompson_fields[] = {COMMON_FIELDS};

static const Field ucb_fields[] = {
    COMMON_FIELDS,
    {.key = "exploration",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_COUNT,
     .offset = offsetof(Parameters, exploration),
     .fallback = "2",
     .minimum = 0,
     .maximum = 1e9,
     .help = "standard deviations that are added for what is uncertain"},
};

static bool suits(const void *parameters, const Scenario *scenario, Error *error)
{
    (void)parameters;
    int64_t features = 0;
    for (int user = 0; user < scenario->user_count; user++)
        features += scenario->options[scenario->group_of[scenario->users[user]]].count;
    if (features <= FEATURES_MOST / 2)
        return true;
    error_set(error, NULL, 0, 0,
              "%lld options of all users are more than a linear model can hold, %d: use fewer users or options",
              (long long)features, FEATURES_MOST / 2);
    return false;
}

static void start(LinearBandit *learner, Exploration explore, const Parameters *parameters, const Scenario *scenario,
                  Stream stream)
{
    learner->explore = explore;
    learner->parameters = *parameters;
    learner->scenario = scenario;
    learner->stream = stream;
    learner->parts.prior = parameters->prior;
}

static void start_ucb(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    start(state, EXPLORE_UCB, parameters, scenario, stream);
}

static void start_thompson(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    start(state, EXPLORE_THOMPSON, parameters, scenario, stream);
}

static void remember(LinearBandit *learner, const Decision *decision, const int *options)
{
    OpenTerms *open = &learner->open;
    if (open->term_limit == 0)
        open_terms_init(open, 1, answer_parts_most(&learner->parts));
    int64_t slot = open_terms_add(open, decision->index);
    *open_terms_count(open, slot, 0) = answer_parts_list(&learner->parts, options, open_terms_of(open, slot, 0));
}

static void free_scratch(LinearBandit *learner)
{
    free(learner->worths);
    free(learner->covariance);
    free(learner->scratch);
}

static void make_room(LinearBandit *learner)
{
    if (learner->weight_limit >= learner->model.limit && learner->worth_limit >= learner->parts.part_limit)
        return;
    size_t weights = (size_t)learner->model.limit, worths = (size_t)learner->parts.part_limit;
    learner->weights = memory_grow(learner->weights, (size_t)learner->weight_limit, weights, sizeof *learner->weights);
    learner->weight_limit = learner->model.limit;
    learner->worth_limit = learner->parts.part_limit;
    free_scratch(learner);
    learner->worths = memory_allocate(worths, sizeof *learner->worths);
    learner->covariance = memory_allocate(worths * worths, sizeof *learner->covariance);
    learner->scratch = memory_allocate(weights, sizeof *learner->scratch);
}

/* What each part is worth if its features have these weights. */
static void add_up(const LinearBandit *learner, const double *weights)
{
    const AnswerParts *parts = &learner->parts;
    for (int part = 0; part < parts->part_count; part++) {
        const int *features = parts->features + (size_t)part * (size_t)parts->width;
        learner->worths[part] = 0;
        for (int i = 0; i < parts->counts[part]; i++)
            learner->worths[part] += weights[features[i]];
    }
}

/* Sets the weights to explore with where there is enough news. */
static void look_anew(LinearBandit *learner)
{
    const BayesLinear *model = &learner->model;
    double knowledge = bayes_linear_knowledge(model);
    if (learner->dimension == model->size && knowledge < learner->knowledge + log1p(KNOWLEDGE_GROWTH))
        return;
    if (learner->explore == EXPLORE_THOMPSON)
        bayes_linear_sample(model, 1, &learner->stream, learner->weights);
    else
        bayes_linear_mean(model, learner->weights);
    learner->knowledge = knowledge;
    learner->dimension = model->size;
    learner->exploring.valid = false;
}

/* What the parts are worth for this question: certain where drawn, else with a bonus or a malus. */
static PartWorth judge_parts(LinearBandit *learner, bool explore)
{
    PartWorth worth = {.values = learner->worths};
    if (!explore)
        bayes_linear_mean(&learner->model, learner->scratch);
    add_up(learner, explore ? learner->weights : learner->scratch);
    if (explore && learner->explore == EXPLORE_THOMPSON)
        return worth;
    const AnswerParts *parts = &learner->parts;
    WeightSums sums = {parts->part_count, parts->width, parts->counts, parts->features};
    bayes_linear_covariance(&learner->model, sums, learner->covariance);
    worth.covariance = learner->covariance;
    worth.deviation_weight = explore ? learner->parameters.exploration : -1;
    return worth;
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    LinearBandit *learner = state;
    KnownAnswer *known = explore ? &learner->exploring : &learner->frozen;
    answer_parts_build(&learner->parts, &learner->model, decision, explore);
    make_room(learner);
    if (explore)
        look_anew(learner);
    if (!known_answer_find(known, &learner->parts, ret_options)) {
        answer_search_best(&learner->search, &learner->parts, decision, &learner->scenario->objective,
                           judge_parts(learner, explore), learner->parameters.search_limit, ret_options);
        known_answer_keep(known, &learner->parts, ret_options);
    }
    if (!explore)
        return;
    if (decision->index == 0)
        open_terms_clear(&learner->open);
    remember(learner, decision, ret_options);
}

/* The reward of a question is the mean over its requests; weights are of one request, and so is the noise. */
static void learn(void *state, const Decision *decision)
{
    LinearBandit *learner = state;
    for (int i = 0; i < decision->feedback_count; i++) {
        const Feedback *feedback = &decision->feedback[i];
        int64_t slot = open_terms_take(&learner->open, feedback->decision);
        if (slot < 0)
            continue;
        bayes_linear_add(&learner->model, *open_terms_count(&learner->open, slot, 0),
                         open_terms_of(&learner->open, slot, 0), feedback->count * feedback->reward,
                         sqrt(feedback->count) * learner->parameters.noise);
        learner->frozen.valid = false;
    }
    if (decision->ask_count == 0)
        open_terms_clear(&learner->open);
}

static const char bandit_block[] = "bandit", parts_block[] = "parts", model_block[] = "model",
                  answer_block[] = "exploring";

/* What is explored with is kept beside the model: it is older. What can be told from the model is not: the mean, and
 * the answer when frozen. */
enum { STREAM, KNOWLEDGE, WEIGHTS, BLOCK_COUNT };

static const WeightsPart bandit_parts[BLOCK_COUNT] = {[STREAM] = {"stream", WEIGHTS_INT64},
                                                      [KNOWLEDGE] = {"knowledge", WEIGHTS_FLOAT64},
                                                      [WEIGHTS] = {"weights", WEIGHTS_FLOAT64}};

static void save(const void *state, WeightsFile *file)
{
    const LinearBandit *learner = state;
    int64_t *stream = weights_file_add_words(file, bandit_block, bandit_parts[STREAM].name, STREAM_WORDS);
    memcpy(stream, learner->stream.state, sizeof learner->stream.state);
    *weights_file_add_numbers(file, bandit_block, bandit_parts[KNOWLEDGE].name, 1) = learner->knowledge;
    int dimension = learner->dimension;
    double *weights = weights_file_add_numbers(file, bandit_block, bandit_parts[WEIGHTS].name, dimension);
    if (dimension > 0)
        memcpy(weights, learner->weights, (size_t)dimension * sizeof *weights);
    answer_parts_save(&learner->parts, file, parts_block);
    bayes_linear_save(&learner->model, file, model_block);
    known_answer_save(&learner->exploring, file, answer_block);
}

static bool load_bandit(LinearBandit *learner, const WeightsFile *file, Error *error)
{
    const WeightsBlock *blocks[BLOCK_COUNT];
    if (!weights_file_find_parts(file, bandit_block, bandit_parts, BLOCK_COUNT, blocks, error))
        return false;
    int64_t dimension = blocks[WEIGHTS]->count;
    if (!weights_file_check(file, bandit_block,
                            blocks[STREAM]->count == STREAM_WORDS && blocks[KNOWLEDGE]->count == 1 &&
                                dimension <= learner->model.size,
                            error))
        return false;
    memcpy(learner->stream.state, blocks[STREAM]->values, sizeof learner->stream.state);
    learner->knowledge = *(const double *)blocks[KNOWLEDGE]->values;
    learner->dimension = (int)dimension;
    make_room(learner);
    if (dimension > 0)
        memcpy(learner->weights, blocks[WEIGHTS]->values, (size_t)dimension * sizeof *learner->weights);
    return true;
}

static bool load(void *state, const WeightsFile *file, Error *error)
{
    LinearBandit *learner = state;
    return answer_parts_load(&learner->parts, file, parts_block, error) &&
           bayes_linear_load(&learner->model, file, model_block, FEATURES_MOST, error) &&
           weights_file_check(file, model_block, learner->model.size == learner->parts.names.count, error) &&
           known_answer_load(&learner->exploring, file, answer_block, learner->scenario, error) &&
           load_bandit(learner, file, error);
}

static void finish(void *state)
{
    LinearBandit *learner = state;
    answer_parts_free(&learner->parts);
    bayes_linear_free(&learner->model);
    answer_search_free(&learner->search);
    open_terms_free(&learner->open);
    known_answer_free(&learner->exploring);
    known_answer_free(&learner->frozen);
    free(learner->weights);
    free_scratch(learner);
}

const PolicyType policy_linear_ucb = {
    .name = "linear-ucb",
    .summary = "linear bandit over the parts of joint answers, by upper confidence bounds",
    .parameter_count = sizeof ucb_fields / sizeof ucb_fields[0],
    .parameters = ucb_fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(LinearBandit),
    .learns = true,
    .feedback = FEEDBACK_REWARD,
    .suits = suits,
    .start = start_ucb,
    .decide = decide,
    .learn = learn,
    .save = save,
    .load = load,
    .finish = finish,
};

const PolicyType policy_linear_thompson = {
    .name = "linear-thompson",
    .summary = "linear bandit over the parts of joint answers, by Thompson sampling",
    .parameter_count = sizeof thompson_fields / sizeof thompson_fields[0],
    .parameters = thompson_fields,
    .parameter_size = sizeof(Parameters),
    .state_size = sizeof(LinearBandit),
    .learns = true,
    .feedback = FEEDBACK_REWARD,
    .suits = suits,
    .start = start_thompson,
    .decide = decide,
    .learn = learn,
    .save = save,
    .load = load,
    .finish = finish,
};
