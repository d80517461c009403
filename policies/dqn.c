#include "dqn.h"

#include "../sim/memory.h"

#include <stdlib.h>

/* Stands for the infinite bonus of an output that was never chosen: sums of finite values have an order. */
static const float UNTRIED = 1e9F;

static void list_accuracies(Dqn *dqn)
{
    const AnswerOutputs *outputs = &dqn->outputs;
    for (int part = 0; part < outputs->part_count; part++) {
        int kind = outputs->rounds ? 0 : part;
        const OptionSet *options = answer_outputs_option_set(outputs, kind, part);
        for (int digit = 0; digit < outputs->parts[part].count; digit++)
            dqn->accuracy[outputs->parts[part].first + digit] =
                options->items[answer_outputs_option(outputs, kind, part, digit)].accuracy;
    }
}

void dqn_init(Dqn *dqn, const DqnParameters *parameters, ActionScope scope, bool joint, const Scenario *scenario,
              Stream stream)
{
    dqn->parameters = *parameters;
    dqn->learn_step = dqn_learn_step;
    dqn->scenario = scenario;
    dqn->stream = stream;
    encoding_init(&dqn->encoding, scenario);
    AnswerOutputs *outputs = &dqn->outputs;
    answer_outputs_init(outputs, scenario, scope, joint);
    ReplayShape shape = {parameters->replay, dqn->encoding.size, outputs->per_answer, parameters->priority};
    int batch = (int)parameters->values.batch;
    if (parameters->exploration.decay == 0)
        dqn->parameters.exploration.decay = outputs->size;
    deep_values_init(&dqn->values, &parameters->values, outputs, dqn->encoding.size, &dqn->stream);
    experience_init(&dqn->experience, scenario->user_count, &shape, (int)parameters->steps,
                    (float)parameters->values.discount);
    replay_memory_init(&dqn->replay, shape);
    replay_batch_init(&dqn->batch, &shape, batch);
    dqn->state = memory_allocate((size_t)dqn->encoding.size, sizeof *dqn->state);
    dqn->errors = memory_allocate((size_t)batch, sizeof *dqn->errors);
    dqn->chosen = memory_allocate((size_t)outputs->per_answer, sizeof *dqn->chosen);
    dqn->digits = memory_allocate((size_t)outputs->ask_count, sizeof *dqn->digits);
    dqn->drawn = memory_allocate((size_t)outputs->part_size, sizeof *dqn->drawn);
    dqn->accuracy = memory_allocate((size_t)outputs->part_size, sizeof *dqn->accuracy);
    dqn->choices = memory_allocate((size_t)outputs->ask_count, sizeof *dqn->choices);
    if (parameters->exploration.kind != EXPLORATION_EPSILON)
        dqn->tempting = memory_allocate((size_t)outputs->size, sizeof *dqn->tempting);
    if (parameters->exploration.kind == EXPLORATION_COUNT)
        dqn->visits = memory_allocate((size_t)outputs->size, sizeof *dqn->visits);
    list_accuracies(dqn);
}

void dqn_free(Dqn *dqn)
{
    deep_values_free(&dqn->values);
    encoding_free(&dqn->encoding);
    answer_outputs_free(&dqn->outputs);
    experience_free(&dqn->experience);
    replay_memory_free(&dqn->replay);
    replay_batch_free(&dqn->batch);
    constrained_choice_free(&dqn->choice);
    free(dqn->state);
    free(dqn->errors);
    free(dqn->chosen);
    free(dqn->digits);
    free(dqn->drawn);
    free(dqn->tempting);
    free(dqn->visits);
    free(dqn->accuracy);
    free(dqn->choices);
}

void dqn_finish(void *state)
{
    dqn_free(state);
}

/* The threshold is one of this objective alone. */
static bool is_constrained(const Dqn *dqn)
{
    return dqn->parameters.constrained && dqn->scenario->objective.kind == OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY;
}

/* The best answer that is accurate enough, by a value for each output of the parts. */
static void choose_accurate(Dqn *dqn, int kind, const float *values, int *ret_digits)
{
    const AnswerOutputs *outputs = &dqn->outputs;
    for (int ask = 0; ask < outputs->ask_count; ask++) {
        const OutputRange *part = answer_outputs_part(outputs, kind, ask);
        dqn->choices[ask] = (ChoiceOptions){part->count, values + part->first, dqn->accuracy + part->first};
    }
    constrained_choice_best(&dqn->choice, outputs->ask_count, dqn->choices, &dqn->scenario->objective, ret_digits);
}

/* The best answer by a value for each output. */
static void choose_best(Dqn *dqn, int kind, const float *outputs, int *ret_digits)
{
    if (is_constrained(dqn)) {
        choose_accurate(dqn, kind, outputs, ret_digits);
        return;
    }
    deep_values_best(&dqn->values, outputs, kind, dqn->chosen);
    answer_outputs_split(&dqn->outputs, kind, dqn->chosen, ret_digits);
}

void dqn_best(Dqn *dqn, int kind, const float *state, int *ret_digits)
{
    choose_best(dqn, kind, deep_values_read(&dqn->values, state), ret_digits);
}

void dqn_draw(Dqn *dqn, int kind, int *ret_digits)
{
    for (int ask = 0; ask < dqn->outputs.ask_count; ask++) {
        const OutputRange *part = answer_outputs_part(&dqn->outputs, kind, ask);
        for (int digit = 0; is_constrained(dqn) && digit < part->count; digit++)
            dqn->drawn[part->first + digit] = (float)stream_uniform(&dqn->stream);
        if (!is_constrained(dqn))
            ret_digits[ask] = (int)stream_uniform_integer(&dqn->stream, (uint64_t)part->count);
    }
    if (is_constrained(dqn))
        choose_accurate(dqn, kind, dqn->drawn, ret_digits);
}

/* The outputs of a kind of question with noise, so that the best of them is drawn by softmax, or with a bonus for those
 * seldom chosen, whatever the state was. */
static const float *tempt(Dqn *dqn, int kind, const float *outputs, int64_t step)
{
    const ExplorationParameters *exploration = &dqn->parameters.exploration;
    double scale = dqn->parameters.values.reward_scale;
    double temperature = scale * exploration_temperature(exploration, step);
    for (int k = 0; k < dqn->outputs.per_answer; k++) {
        const OutputRange *head = answer_outputs_head(&dqn->outputs, kind, k);
        for (int i = head->first; i < head->first + head->count; i++) {
            float extra = dqn->visits
                              ? fminf((float)exploration_bonus(scale * exploration->bonus, dqn->visits[i]), UNTRIED)
                              : (float)(temperature * exploration_gumbel(&dqn->stream));
            dqn->tempting[i] = outputs[i] + extra;
        }
    }
    return dqn->tempting;
}

static void explore(Dqn *dqn, int kind)
{
    const ExplorationParameters *exploration = &dqn->parameters.exploration;
    int64_t step = dqn->explored++;
    if (exploration->kind != EXPLORATION_EPSILON)
        choose_best(dqn, kind, tempt(dqn, kind, deep_values_read(&dqn->values, dqn->state), step), dqn->digits);
    else if (stream_uniform(&dqn->stream) < exploration_epsilon(exploration, step))
        dqn_draw(dqn, kind, dqn->digits);
    else
        dqn_best(dqn, kind, dqn->state, dqn->digits);
    answer_outputs_choose(&dqn->outputs, kind, dqn->digits, dqn->chosen);
    for (int k = 0; dqn->visits && k < dqn->outputs.per_answer; k++)
        dqn->visits[dqn->chosen[k]]++;
}

static void learn_steps(Dqn *dqn, int count)
{
    for (int i = 0; i < count; i++)
        dqn->learn_step(dqn);
}

void dqn_decide(void *state, const Decision *decision, bool explores, int *ret_options)
{
    Dqn *dqn = state;
    int kind = answer_outputs_kind(&dqn->outputs, decision);
    encoding_write(&dqn->encoding, decision, dqn->state);
    if (explores)
        explore(dqn, kind);
    else
        dqn_best(dqn, kind, dqn->state, dqn->digits);
    answer_outputs_options(&dqn->outputs, kind, dqn->digits, ret_options);
    if (explores)
        learn_steps(dqn, experience_answer(&dqn->experience, decision->index, decision->asks[0].user, dqn->state,
                                           dqn->chosen, &dqn->replay));
}

void dqn_learn(void *state, const Decision *decision)
{
    Dqn *dqn = state;
    for (int i = 0; i < decision->feedback_count; i++) {
        float reward = deep_values_scale(&dqn->values, decision->feedback[i].reward);
        learn_steps(dqn, experience_reward(&dqn->experience, decision->feedback[i].decision, reward, &dqn->replay));
    }
    if (decision->ask_count == 0)
        experience_conclude(&dqn->experience, &dqn->replay);
}

void dqn_learn_step(Dqn *dqn)
{
    for (int64_t i = 0; i < dqn->parameters.updates && dqn->replay.count > 0; i++) {
        replay_memory_sample(&dqn->replay, &dqn->stream, (int)dqn->parameters.values.batch, dqn->parameters.correction,
                             &dqn->batch);
        deep_values_learn(&dqn->values, &dqn->batch, dqn->errors);
        replay_memory_prioritise(&dqn->replay, &dqn->batch, dqn->errors);
    }
}
