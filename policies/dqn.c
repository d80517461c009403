#include "dqn.h"

#include "../sim/memory.h"
#include "exploration.h"

#include <stdlib.h>

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
    if (parameters->epsilon_decay == 0)
        dqn->parameters.epsilon_decay = outputs->size;
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

void dqn_best(Dqn *dqn, int kind, const float *state, int *ret_digits)
{
    const float *outputs = deep_values_read(&dqn->values, state);
    if (is_constrained(dqn)) {
        choose_accurate(dqn, kind, outputs, ret_digits);
        return;
    }
    deep_values_best(&dqn->values, outputs, kind, dqn->chosen);
    answer_outputs_split(&dqn->outputs, kind, dqn->chosen, ret_digits);
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

static void choose(Dqn *dqn, int kind, bool explore)
{
    const DqnParameters *parameters = &dqn->parameters;
    double epsilon = explore ? exploration_exponential(parameters->epsilon, parameters->epsilon_floor,
                                                       (double)parameters->epsilon_decay, dqn->explored++)
                             : 0;
    if (explore && stream_uniform(&dqn->stream) < epsilon)
        dqn_draw(dqn, kind, dqn->digits);
    else
        dqn_best(dqn, kind, dqn->state, dqn->digits);
}

static void learn_steps(Dqn *dqn, int count)
{
    for (int i = 0; i < count; i++)
        dqn->learn_step(dqn);
}

void dqn_decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    Dqn *dqn = state;
    int kind = answer_outputs_kind(&dqn->outputs, decision);
    encoding_write(&dqn->encoding, decision, dqn->state);
    choose(dqn, kind, explore);
    answer_outputs_options(&dqn->outputs, kind, dqn->digits, ret_options);
    if (!explore)
        return;
    answer_outputs_choose(&dqn->outputs, kind, dqn->digits, dqn->chosen);
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
