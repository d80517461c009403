#include "policy_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The registry: a new policy is one line here. */
#define ALL_POLICIES(APPLY)                                                                                            \
    APPLY(policy_device_only)                                                                                          \
    APPLY(policy_edge_only)                                                                                            \
    APPLY(policy_cloud_only)                                                                                           \
    APPLY(policy_random)                                                                                               \
    APPLY(policy_round_robin)                                                                                          \
    APPLY(policy_greedy)                                                                                               \
    APPLY(policy_neurosurgeon)                                                                                         \
    APPLY(policy_fixed_version)                                                                                        \
    APPLY(policy_equal_shares)                                                                                         \
    APPLY(policy_oracle)                                                                                               \
    APPLY(policy_q_learning)                                                                                           \
    APPLY(policy_q_learning_offload)                                                                                   \
    APPLY(policy_double_q)                                                                                             \
    APPLY(policy_sarsa)                                                                                                \
    APPLY(policy_dyna_q)                                                                                               \
    APPLY(policy_prioritised_sweeping)                                                                                 \
    APPLY(policy_ucb)                                                                                                  \
    APPLY(policy_thompson)                                                                                             \
    APPLY(policy_linear_ucb)                                                                                           \
    APPLY(policy_linear_thompson)                                                                                      \
    APPLY(policy_dqn)                                                                                                  \
    APPLY(policy_dqn_offload)                                                                                          \
    APPLY(policy_dqn_branching)                                                                                        \
    APPLY(policy_dqn_features)                                                                                         \
    APPLY(policy_p_dqn)                                                                                                \
    APPLY(policy_hybrid_ppo)                                                                                           \
    APPLY(policy_hybrid_learning)                                                                                      \
    APPLY(policy_hybrid_factored)                                                                                      \
    APPLY(policy_model_thompson)                                                                                       \
    APPLY(policy_model_optimism)                                                                                       \
    APPLY(policy_model_greedy)                                                                                         \
    APPLY(policy_model_parametric)                                                                                     \
    APPLY(policy_model_reward)                                                                                         \
    APPLY(policy_model_no_prior)                                                                                       \
    APPLY(policy_model_network)                                                                                        \
    APPLY(policy_cascade_never)                                                                                        \
    APPLY(policy_cascade_always)                                                                                       \
    APPLY(policy_cascade_random)                                                                                       \
    APPLY(policy_cascade_confidence)                                                                                   \
    APPLY(policy_cascade_logistic)                                                                                     \
    APPLY(policy_cascade_mlp)                                                                                          \
    APPLY(policy_cascade_oracle)                                                                                       \
    APPLY(policy_model_shares)

#define DECLARE(type) extern const PolicyType type;
#define ADDRESS(type) &type,

ALL_POLICIES(DECLARE)

static const PolicyType *const types[] = {ALL_POLICIES(ADDRESS)};

enum { TYPE_COUNT = sizeof types / sizeof types[0], FIELD_LIMIT = 64 };

const char *const feedback_names[] = {
    [FEEDBACK_NONE] = "nothing", [FEEDBACK_REWARD] = "reward", [FEEDBACK_USERS] = "each user's outcome"};

/* The name that a section gives, or NULL. */
static const char *section_name(const ConfigNode *section)
{
    const ConfigNode *name = config_get(section, "name");
    return name && name->kind == CONFIG_SCALAR ? name->text : NULL;
}

/* Binds `name` and the type's own parameters into a block from the arena; the parameters stand at its beginning. */
static void *bind_parameters(const PolicyType *type, const ConfigNode *section, Arena *arena, ErrorList *errors)
{
    Field fields[FIELD_LIMIT];
    assert(type->parameter_count < FIELD_LIMIT);
    size_t name_offset = (type->parameter_size + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
    void *parameters = arena_allocate(arena, 1, name_offset + sizeof(const char *));
    fields[0] = (Field){.key = "name",
                        .kind = FIELD_TEXT,
                        .offset = name_offset,
                        .fallback = type->name,
                        .help = "which policy answers; see `orchid list policies`"};
    for (int i = 0; i < type->parameter_count; i++)
        fields[i + 1] = type->parameters[i];
    config_bind(arena, section, "policy", fields, type->parameter_count + 1, parameters, errors);
    return parameters;
}

/* The section whose parameters hold for `type`: the scenario's where it names this type, else NULL for the defaults. */
static const ConfigNode *section_for(const PolicyType *type, const Scenario *scenario)
{
    const char *name = section_name(scenario->policy);
    return name && strcmp(name, type->name) == 0 ? scenario->policy : NULL;
}

const PolicyType *policy_type(int index)
{
    return index >= 0 && index < TYPE_COUNT ? types[index] : NULL;
}

const PolicyType *policy_type_find(const char *name)
{
    for (int i = 0; i < TYPE_COUNT; i++)
        if (strcmp(types[i]->name, name) == 0)
            return types[i];
    return NULL;
}

const char *policy_name_nearest(const char *name)
{
    const char *names[TYPE_COUNT];
    for (int i = 0; i < TYPE_COUNT; i++)
        names[i] = types[i]->name;
    return error_nearest(name, names, TYPE_COUNT);
}

bool policy_check(const ConfigNode *section, ErrorList *errors)
{
    if (!section)
        return true;
    if (section->kind != CONFIG_MAP || !section_name(section)) {
        config_error(errors, section, "policy", "needs the name of a policy, such as {name: greedy}");
        return false;
    }
    const char *name = section_name(section);
    const PolicyType *type = policy_type_find(name);
    if (!type) {
        char excerpt[CONFIG_EXCERPT_SIZE];
        const char *nearest = policy_name_nearest(name);
        config_error(errors, config_get(section, "name"), "policy.name", "there is no policy \"%s\"%s%s%s",
                     config_excerpt(name, excerpt), nearest ? "; did you mean '" : "", nearest ? nearest : "",
                     nearest ? "'?" : "");
        return false;
    }
    int before = errors->total;
    Arena arena = {0};
    bind_parameters(type, section, &arena, errors);
    arena_free(&arena);
    return errors->total == before;
}

/* What holds for all types; false with the reason in `error`. */
static bool suits_cascade(const PolicyType *type, const Scenario *scenario, Error *error)
{
    if (!scenario->cascade.present || !type->learns || type->escalates)
        return true;
    error_set(error, NULL, 0, 0, "does not decide which light answers are sent on, and cannot learn beside a cascade");
    return false;
}

bool policy_suits(const PolicyType *type, const Scenario *scenario, ErrorList *errors)
{
    Arena arena = {0};
    const ConfigNode *section = section_for(type, scenario);
    const Scenario *practice = type->learns ? scenario->training_world : NULL;
    Error error = {0};
    bool suits = suits_cascade(type, scenario, &error);
    if (suits && type->suits)
        suits = type->suits(bind_parameters(type, section, &arena, errors), scenario, &error);
    suits = suits && (!practice || policy_sees_alike(scenario, practice, &error));
    if (!suits && section)
        config_error(errors, section, "policy", "%s: %s", type->name, error.message);
    else if (!suits)
        error_add(errors, scenario->path, 0, 0, "policy: %s: %s", type->name, error.message);
    arena_free(&arena);
    return suits && (!practice || policy_suits(type, practice, errors));
}

void policy_write_parameters(const PolicyType *type, const Scenario *scenario, FILE *stream)
{
    Arena arena = {0};
    ErrorList errors = {0};
    const void *parameters = bind_parameters(type, section_for(type, scenario), &arena, &errors);
    config_write(stream, type->parameters, type->parameter_count, parameters, 0);
    arena_free(&arena);
}

Policy *policy_create(const PolicyType *type, const Scenario *scenario, RunKey key)
{
    Policy *policy = memory_allocate(1, sizeof *policy);
    policy->type = type;
    policy->scenario = scenario;
    policy->options = memory_allocate((size_t)scenario->user_count, sizeof *policy->options);
    allocator_init(&policy->allocator, scenario);
    if (scenario->reserves && type->share)
        policy->shares = memory_allocate((size_t)scenario->user_count, sizeof *policy->shares);
    policy->state = memory_allocate(1, type->state_size);
    ErrorList errors = {0};
    const void *parameters = bind_parameters(type, section_for(type, scenario), &policy->arena, &errors);
    assert(errors.total == 0);
    type->start(policy->state, parameters, scenario, stream_create(key.seed, key.replication, STREAM_POLICY, 0));
    return policy;
}

void policy_destroy(Policy *policy)
{
    if (!policy)
        return;
    if (policy->type->finish)
        policy->type->finish(policy->state);
    free(policy->state);
    free(policy->options);
    free(policy->shares);
    allocator_free(&policy->allocator);
    arena_free(&policy->arena);
    free(policy);
}

void policy_freeze(Policy *policy, bool frozen)
{
    policy->frozen = frozen;
}

static void learn(Policy *policy, const Decision *decision)
{
    if (policy->type->learn && !policy->frozen)
        policy->type->learn(policy->state, decision);
}

Answer policy_decide(Policy *policy, const Decision *decision)
{
    assert(decision->ask_count > 0 && decision->ask_count <= policy->scenario->user_count);
    if (decision->kind == DECISION_ESCALATE && !policy->type->escalates) {
        policy->options[0] = OPTION_KEEP;
        return (Answer){.options = policy->options};
    }
    learn(policy, decision);
    policy->type->decide(policy->state, decision, !policy->frozen, policy->options);
    for (int i = 0; i < decision->ask_count; i++)
        assert(policy->options[i] >= 0 && policy->options[i] < decision->asks[i].options->count);
    if (!policy->scenario->reserves)
        return (Answer){.options = policy->options};
    if (!policy->shares)
        return allocator_answer(&policy->allocator, decision, policy->options);
    memset(policy->shares, 0, (size_t)decision->ask_count * sizeof *policy->shares);
    policy->type->share(policy->state, decision, policy->options, !policy->frozen, policy->shares);
    return (Answer){.options = policy->options, .shares = policy->shares};
}

void policy_settle(const Policy *policy, Simulation *simulation)
{
    assert(!policy->type->turns || !policy->type->learn);
    if (policy->type->turns && !policy->scenario->reserves)
        simulation_settle(simulation, policy->type->turns(policy->state));
}

PolicyWork policy_work(const Policy *policy)
{
    return policy->type->work ? policy->type->work(policy->state) : (PolicyWork){0};
}

void policy_conclude(Policy *policy, const Decision *decision)
{
    assert(decision->ask_count == 0);
    learn(policy, decision);
}
