/* Model-based learning: a factored model of what single requests cost, and the exact best joint answer on it.
 *
 * While it learns it plans on one draw from the posterior (Thompson: On the likelihood that one unknown probability
 * exceeds another in view of the evidence of two samples, Biometrika 1933; for joint answers of which every part is
 * observed, semi-bandit feedback: Wen, Kveton, Ashkan: Efficient learning in large-scale combinatorial semi-bandits,
 * ICML 2015), on lower confidence bounds, or on the mean with random answers in between. Frozen it plans on the mean.
 */
#include "../sim/clock.h"
#include "cost_model.h"
#include "model_plan.h"
#include "open_terms.h"
#include "policy.h"
#include "user_cost.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A decision costs the square of the features and a multiple of the ways to share users out. */
enum { FEATURE_LIMIT = 2000, PLAN_LIMIT = 20000 };
/* Costs that networks remember where they may forget none. */
enum { MEMORY_LIMIT = 20000 };

typedef enum Exploration { EXPLORE_THOMPSON, EXPLORE_OPTIMISM, EXPLORE_EPSILON } Exploration;
typedef enum Source { SOURCE_USERS, SOURCE_REWARD } Source;

static const char *const form_choices[] = {"bayesian", "parametric", "network", NULL};
static const char *const exploration_choices[] = {"thompson", "optimism", "epsilon", NULL};
static const char *const feedback_choices[] = {"users", "reward", NULL};

typedef struct Parameters {
    int form, exploration, feedback;
    bool prior;
    double noise, degrees, optimism, epsilon;
    int64_t memory;                   /* decisions */
    int64_t members, hidden, updates; /* of networks */
    double learning_rate, prior_scale;
} Parameters;

typedef struct ModelBased {
    Parameters parameters;
    const Scenario *scenario; /* borrowed */
    Stream stream;
    FactoredFeatures features;
    CostModel model;
    ModelPlan planner;
    OpenTerms open;
    double *accuracy; /* [node group][option_limit] as seen; -1: not yet */
    Term *sum;        /* [asks x TERM_LIMIT] scratch */
    double caution;   /* standard deviations below the mean that it plans on now */
    double unseen;    /* accuracy of what was not seen, now */
    PolicyWork work;  /* joint answers planned while learning */
} ModelBased;

/* clang-format off */
#define FIELD_OF(name, type, value, ...)                                                                               \
    {.key = #name, .kind = type, .offset = offsetof(Parameters, name), .fallback = value, __VA_ARGS__}
#define CHOICE_OF(name, value, ...) FIELD_OF(name, FIELD_CHOICE, value, .choices = name##_choices, __VA_ARGS__)
#define NUMBER_OF(name, value, least, most, ...)                                                                       \
    FIELD_OF(name, FIELD_QUANTITY, value, .dimension = DIMENSION_COUNT, .minimum = least, .maximum = most, __VA_ARGS__)

/* The parameters of a variant, by its defaults. */
#define FIELDS(form_default, exploration_default, feedback_default, prior_default, noise_default)                      \
    {                                                                                                                  \
        CHOICE_OF(form, form_default,                                                                                  \
            .help = "of the model: linear in work over share, with corrections for each load or without; networks"),   \
        CHOICE_OF(exploration, exploration_default,                                                                    \
            .help = "plan on a draw of the posterior, on confidence bounds, or at random now and then"),               \
        CHOICE_OF(feedback, feedback_default,                                                                          \
            .help = "what it learns from: every user's own outcome, or the reward alone"),                             \
        FIELD_OF(prior, FIELD_BOOLEAN, prior_default,                                                                  \
            .help = "know accuracies, how jobs share cores, and that load never makes faster"),                        \
        NUMBER_OF(noise, noise_default, 1e-3, 10,                                                                      \
            .help = "relative standard deviation of a cost that learning starts from"),                                \
        NUMBER_OF(degrees, "2", 1, 1e6,                                                                                \
            .help = "thompson: degrees of freedom of the draw; the fewer, the longer its tails"),                      \
        NUMBER_OF(optimism, "2", 0, 100,                                                                               \
            .help = "optimism: standard deviations below the mean that a cost may be"),                                \
        NUMBER_OF(epsilon, "0.1", 0, 1,                                                                                \
            .help = "epsilon: probability of a random answer while learning"),                                         \
        FIELD_OF(memory, FIELD_INTEGER, "0", .minimum = 0, .maximum = 1e15,                                            \
            .help = "decisions after which what was learnt counts 1/e; network: costs kept; 0: all"),                  \
        FIELD_OF(members, FIELD_INTEGER, "10", .minimum = 1, .maximum = 1000,                                          \
            .help = "network: in the ensemble"),                                                                       \
        FIELD_OF(hidden, FIELD_INTEGER, "32", .minimum = 1, .maximum = 4096,                                           \
            .help = "network: units of the hidden layer"),                                                             \
        FIELD_OF(updates, FIELD_INTEGER, "16", .minimum = 1, .maximum = 1e6,                                           \
            .help = "network: training steps of each member per decision at first"),                                   \
        NUMBER_OF(learning_rate, "0.01", 1e-6, 1,                                                                      \
            .help = "network: of Adam at first"),                                                                      \
        NUMBER_OF(prior_scale, "6", 0, 1e3,                                                                            \
            .help = "network: of the random network that keeps a member apart where there are no data"),               \
    }
/* clang-format on */

static bool suits(const void *parameters, const Scenario *scenario, Error *error)
{
    const Parameters *wanted = parameters;
    if (wanted->feedback == SOURCE_REWARD && !wanted->prior) {
        error_set(error, NULL, 0, 0, "accuracies cannot be learnt from the reward alone: use prior: yes");
        return false;
    }
    if (wanted->feedback == SOURCE_REWARD && wanted->form == FORM_NETWORK) {
        error_set(error, NULL, 0, 0, "networks learn from each user's outcome: use feedback: users");
        return false;
    }
    double size = model_plan_size(scenario);
    if (size > PLAN_LIMIT) {
        error_set(error, NULL, 0, 0, "%.3g ways to share users out over nodes are too many to plan, at most %d", size,
                  PLAN_LIMIT);
        return false;
    }
    FactoredFeatures features;
    factored_features_init(&features, scenario, (FactoredForm)wanted->form, wanted->prior);
    int count = features.count;
    factored_features_free(&features);
    if (count > FEATURE_LIMIT)
        error_set(error, NULL, 0, 0, "%d features are too many to learn, at most %d: use form: parametric", count,
                  FEATURE_LIMIT);
    return count <= FEATURE_LIMIT;
}

static void start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    ModelBased *learner = state;
    learner->parameters = *(const Parameters *)parameters;
    learner->scenario = scenario;
    learner->stream = stream;
    FactoredFeatures *features = &learner->features;
    factored_features_init(features, scenario, (FactoredForm)learner->parameters.form, learner->parameters.prior);
    const Parameters *wanted = &learner->parameters;
    CostModelSettings settings = {.noise = wanted->noise,
                                  .degrees = wanted->degrees,
                                  .network = {.members = (int)wanted->members,
                                              .hidden = (int)wanted->hidden,
                                              .updates = (int)wanted->updates,
                                              .capacity = wanted->memory > 0 ? wanted->memory : MEMORY_LIMIT,
                                              .learning_rate = wanted->learning_rate,
                                              .noise = wanted->noise,
                                              .prior = wanted->prior_scale,
                                              .degrees = wanted->degrees}};
    Stream initial = stream_create(stream_next(&learner->stream), 0, STREAM_POLICY, 0);
    cost_model_init(&learner->model, features, settings, initial);
    model_plan_init(&learner->planner, scenario);
    open_terms_init(&learner->open, learner->planner.ask_limit, TERM_LIMIT);
    learner->sum = memory_allocate((size_t)learner->planner.ask_limit * TERM_LIMIT, sizeof *learner->sum);
    size_t options = (size_t)(scenario->node_group_count * features->option_limit);
    learner->accuracy = memory_allocate(options, sizeof *learner->accuracy);
    for (size_t i = 0; i < options; i++)
        learner->accuracy[i] = -1;
}

static double *accuracy_of(ModelBased *learner, int node, int option)
{
    return &learner->accuracy[learner->scenario->group_of[node] * learner->features.option_limit + option];
}

static double believed_accuracy(void *state, const Ask *ask, int option)
{
    ModelBased *learner = state;
    double seen = *accuracy_of(learner, ask->node, option);
    return seen >= 0 ? seen : learner->unseen;
}

static double believed_cost(void *state, const Decision *decision, int ask, int option, int load)
{
    ModelBased *learner = state;
    Term terms[TERM_LIMIT];
    int count = factored_features_terms(&learner->features, decision, ask, option, load, terms);
    double cost = cost_model_predict(&learner->model, count, terms);
    return learner->caution > 0 ? cost - learner->caution * cost_model_sd(&learner->model, count, terms) : cost;
}

/* Whether two asks of one question have the same features; what a load adds follows from the target's. */
static bool are_alike(void *state, const Decision *decision, int ask, int earlier)
{
    ModelBased *learner = state;
    for (int option = 0; option < decision->asks[ask].options->count; option++) {
        Term one[TERM_LIMIT], other[TERM_LIMIT];
        int count = factored_features_terms(&learner->features, decision, ask, option, 1, one);
        if (factored_features_terms(&learner->features, decision, earlier, option, 1, other) != count)
            return false;
        for (int i = 0; i < count; i++)
            if (one[i].index != other[i].index || one[i].value != other[i].value)
                return false;
    }
    return true;
}

static void plan(ModelBased *learner, const Decision *decision, int *ret_options)
{
    bool prior = learner->parameters.prior;
    Belief belief = {.model = learner,
                     .cost = believed_cost,
                     .accuracy = prior ? NULL : believed_accuracy,
                     .alike = learner->model.is_network ? are_alike : NULL,
                     .monotone = prior};
    model_plan_solve(&learner->planner, decision, &belief, ret_options);
}

/* What was never seen is never chosen for its accuracy. */
static void plan_on_mean(ModelBased *learner, const Decision *decision, int *ret_options)
{
    cost_model_use_mean(&learner->model);
    learner->caution = learner->unseen = 0;
    plan(learner, decision, ret_options);
}

/* What was never seen counts as perfectly accurate, so that it is tried where it promises to be quick. */
static void plan_to_learn(ModelBased *learner, const Decision *decision, int *ret_options)
{
    const Parameters *parameters = &learner->parameters;
    bool epsilon = parameters->exploration == EXPLORE_EPSILON;
    if (epsilon && stream_uniform(&learner->stream) < parameters->epsilon) {
        for (int i = 0; i < decision->ask_count; i++)
            ret_options[i] = (int)stream_uniform_integer(&learner->stream, (uint64_t)decision->asks[i].options->count);
        return;
    }
    double before_s = clock_s(CLOCK_MONOTONIC);
    if (parameters->exploration == EXPLORE_THOMPSON)
        cost_model_use_sample(&learner->model, &learner->stream);
    else
        cost_model_use_mean(&learner->model);
    learner->caution = parameters->exploration == EXPLORE_OPTIMISM ? parameters->optimism : 0;
    learner->unseen = 1;
    plan(learner, decision, ret_options);
    learner->work.planning_steps++;
    learner->work.planning_s += clock_s(CLOCK_MONOTONIC) - before_s;
}

/* Keeps the features of an answer for when its outcome is known. */
static void remember(ModelBased *learner, const Decision *decision, const int *options)
{
    const Objective *objective = &learner->scenario->objective;
    int64_t slot = open_terms_add(&learner->open, decision->index);
    double offset = 0, accuracy = 0;
    model_plan_count_loads(&learner->planner, decision, options);
    for (int i = 0; i < decision->ask_count; i++) {
        const Ask *ask = &decision->asks[i];
        double own = ask->options->items[options[i]].accuracy;
        double slope = user_cost_slope(objective, ask->accuracy_weight, ask->reference_s);
        Term *terms = open_terms_of(&learner->open, slot, i);
        int count =
            factored_features_terms(&learner->features, decision, i, options[i], learner->planner.loads[i], terms);
        for (int k = 0; learner->parameters.feedback == SOURCE_REWARD && k < count; k++)
            terms[k].value *= slope;
        *open_terms_count(&learner->open, slot, i) = count;
        offset += user_cost_offset(objective, own, ask->accuracy_weight);
        accuracy += own;
    }
    bool bounded = objective->kind == OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY;
    learner->open.decisions[slot] = (OpenDecision){
        .offset_sum = offset, .accepted = !bounded || objective_accepts(objective, accuracy / decision->ask_count)};
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    ModelBased *learner = state;
    factored_features_look(&learner->features, decision);
    if (!explore) {
        plan_on_mean(learner, decision, ret_options);
        return;
    }
    if (decision->index == 0)
        open_terms_clear(&learner->open); /* a new run */
    int64_t memory = learner->parameters.memory;
    cost_model_step(&learner->model, memory > 0 ? exp(-1 / (double)memory) : 1);
    plan_to_learn(learner, decision, ret_options);
    remember(learner, decision, ret_options);
}

static void learn_from_users(ModelBased *learner, int64_t slot, const Feedback *feedback)
{
    for (int i = 0; i < feedback->count; i++) {
        const Outcome *outcome = &feedback->outcomes[i];
        double cost = user_cost_observed(&learner->scenario->objective, outcome, feedback->count);
        cost_model_learn(&learner->model, *open_terms_count(&learner->open, slot, i),
                         open_terms_of(&learner->open, slot, i), 1, cost);
        if (!outcome->refused)
            *accuracy_of(learner, learner->scenario->users[outcome->user], outcome->option) = outcome->accuracy;
    }
}

/* The reward is a sum over users; below the threshold it tells nothing. */
static void learn_from_reward(ModelBased *learner, int64_t slot, const Feedback *feedback)
{
    const OpenDecision *decision = &learner->open.decisions[slot];
    if (!decision->accepted)
        return;
    int count = 0;
    for (int i = 0; i < feedback->count; i++)
        for (int k = 0; k < *open_terms_count(&learner->open, slot, i); k++)
            learner->sum[count++] = open_terms_of(&learner->open, slot, i)[k];
    double cost = -feedback->reward * feedback->count - decision->offset_sum;
    cost_model_learn(&learner->model, count, learner->sum, feedback->count, cost);
}

static void learn(void *state, const Decision *decision)
{
    ModelBased *learner = state;
    for (int i = 0; i < decision->feedback_count; i++) {
        const Feedback *feedback = &decision->feedback[i];
        int64_t slot = open_terms_take(&learner->open, feedback->decision);
        if (slot < 0)
            continue;
        if (learner->parameters.feedback == SOURCE_REWARD)
            learn_from_reward(learner, slot, feedback);
        else
            learn_from_users(learner, slot, feedback);
    }
    if (decision->ask_count == 0)
        open_terms_clear(&learner->open);
}

static PolicyWork work(const void *state)
{
    return ((const ModelBased *)state)->work;
}

static const char learner_block[] = "learner", accuracy_block[] = "accuracy", model_block[] = "model";

/* The state of the learner's own stream, and its joint plans. */
enum { PLANNED = STREAM_WORDS, LEARNER_WORDS };

static int64_t accuracy_count(const ModelBased *learner)
{
    return (int64_t)learner->scenario->node_group_count * learner->features.option_limit;
}

static void save(const void *state, WeightsFile *file)
{
    const ModelBased *learner = state;
    int64_t *words = arena_allocate(&file->arena, LEARNER_WORDS, sizeof *words);
    memcpy(words, learner->stream.state, sizeof learner->stream.state);
    words[PLANNED] = learner->work.planning_steps;
    weights_file_add(file, learner_block, WEIGHTS_INT64, LEARNER_WORDS, words);
    weights_file_add(file, accuracy_block, WEIGHTS_FLOAT64, accuracy_count(learner), learner->accuracy);
    cost_model_save(&learner->model, file, model_block);
}

static bool are_accuracies(const ModelBased *learner)
{
    for (int64_t i = 0; i < accuracy_count(learner); i++)
        if (learner->accuracy[i] != -1 && !(learner->accuracy[i] >= 0 && learner->accuracy[i] <= 1))
            return false;
    return true;
}

static bool load(void *state, const WeightsFile *file, Error *error)
{
    ModelBased *learner = state;
    int64_t words[LEARNER_WORDS];
    if (!weights_file_copy(file, learner_block, WEIGHTS_INT64, LEARNER_WORDS, words, error) ||
        !weights_file_copy(file, accuracy_block, WEIGHTS_FLOAT64, accuracy_count(learner), learner->accuracy, error) ||
        !weights_file_check(file, accuracy_block, are_accuracies(learner), error))
        return false;
    memcpy(learner->stream.state, words, sizeof learner->stream.state);
    learner->work.planning_steps = words[PLANNED];
    return weights_file_check(file, learner_block, words[PLANNED] >= 0, error) &&
           cost_model_load(&learner->model, file, model_block, error);
}

static void finish(void *state)
{
    ModelBased *learner = state;
    factored_features_free(&learner->features);
    cost_model_free(&learner->model);
    model_plan_free(&learner->planner);
    open_terms_free(&learner->open);
    free(learner->accuracy);
    free(learner->sum);
}

/* One variant: its C name, its name, what is special about it, and its defaults. */
#define VARIANT(type, type_name, text, kind, ...)                                                                      \
    static const Field type##_fields[] = FIELDS(__VA_ARGS__);                                                          \
    const PolicyType type = {                                                                                          \
        .name = type_name,                                                                                             \
        .summary = text,                                                                                               \
        .parameter_count = sizeof type##_fields / sizeof type##_fields[0],                                             \
        .parameters = type##_fields,                                                                                   \
        .parameter_size = sizeof(Parameters),                                                                          \
        .state_size = sizeof(ModelBased),                                                                              \
        .learns = true,                                                                                                \
        .feedback = kind,                                                                                              \
        .suits = suits,                                                                                                \
        .start = start,                                                                                                \
        .decide = decide,                                                                                              \
        .learn = learn,                                                                                                \
        .save = save,                                                                                                  \
        .load = load,                                                                                                  \
        .work = work,                                                                                                  \
        .finish = finish,                                                                                              \
    }

VARIANT(policy_model_thompson, "model-thompson",
        "learns a factored Bayesian model and plans exactly on one draw of its posterior", FEEDBACK_USERS, "bayesian",
        "thompson", "users", "yes", "0.1");
VARIANT(policy_model_optimism, "model-optimism", "the same, planning on lower confidence bounds", FEEDBACK_USERS,
        "bayesian", "optimism", "users", "yes", "0.1");
VARIANT(policy_model_greedy, "model-greedy", "the same, planning on the mean with a random answer now and then",
        FEEDBACK_USERS, "bayesian", "epsilon", "users", "yes", "0.1");
VARIANT(policy_model_parametric, "model-parametric",
        "learns mean service and message times alone and plans on one draw of them", FEEDBACK_USERS, "parametric",
        "thompson", "users", "yes", "0.1");
VARIANT(policy_model_reward, "model-reward", "model-thompson that sees the reward alone", FEEDBACK_REWARD, "bayesian",
        "thompson", "reward", "yes", "0.1");
VARIANT(policy_model_no_prior, "model-no-prior", "model-thompson without prior knowledge of accuracies or contention",
        FEEDBACK_USERS, "bayesian", "thompson", "users", "no", "0.1");
VARIANT(policy_model_network, "model-network",
        "learns costs by an ensemble of networks and plans exactly on one of them", FEEDBACK_USERS, "network",
        "thompson", "users", "yes", "0.05");
