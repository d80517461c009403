#include "answer_outputs.h"

#include <assert.h>
#include <stdlib.h>

static int group_of(const AnswerOutputs *outputs, int kind, int ask)
{
    const Scenario *scenario = outputs->scenario;
    return outputs->rounds ? scenario->group_of[scenario->users[ask]] : kind;
}

/* The range of `count` outputs after those there are. */
static OutputRange append(int *size, double count)
{
    OutputRange range = {*size, (int)count};
    *size += range.count;
    return range;
}

/* Groups without users have no options, and a range of no outputs. */
static void fill_parts(AnswerOutputs *outputs)
{
    outputs->part_count = outputs->rounds ? outputs->ask_count : outputs->scenario->node_group_count;
    outputs->parts = memory_allocate((size_t)outputs->part_count, sizeof *outputs->parts);
    for (int part = 0; part < outputs->part_count; part++) {
        int digits = outputs->actions.digits[group_of(outputs, part, part)].count;
        outputs->parts[part] = append(&outputs->part_size, digits);
    }
}

static double joint_count(const AnswerOutputs *outputs)
{
    double count = 1;
    for (int ask = 0; ask < outputs->ask_count; ask++)
        count *= outputs->parts[ask].count;
    return count;
}

/* All but the heads of joint answers, which may be too many. */
static void prepare(AnswerOutputs *outputs, const Scenario *scenario, ActionScope scope, bool joint)
{
    bool rounds = scenario->workload.arrivals == ARRIVALS_ROUNDS;
    *outputs = (AnswerOutputs){
        .scenario = scenario, .joint = joint, .rounds = rounds, .ask_count = rounds ? scenario->user_count : 1};
    outputs->per_answer = joint ? 1 : outputs->ask_count;
    joint_actions_init(&outputs->actions, scenario, scope);
    fill_parts(outputs);
}

void answer_outputs_init(AnswerOutputs *outputs, const Scenario *scenario, ActionScope scope, bool joint)
{
    prepare(outputs, scenario, scope, joint);
    bool whole = joint && outputs->rounds;
    outputs->head_count = whole ? 1 : outputs->part_count;
    outputs->heads = memory_allocate((size_t)outputs->head_count, sizeof *outputs->heads);
    for (int head = 0; head < outputs->head_count; head++)
        outputs->heads[head] = append(&outputs->size, whole ? joint_count(outputs) : outputs->parts[head].count);
}

void answer_outputs_free(AnswerOutputs *outputs)
{
    joint_actions_free(&outputs->actions);
    free(outputs->parts);
    free(outputs->heads);
    *outputs = (AnswerOutputs){0};
}

bool answer_outputs_suit(const Scenario *scenario, ActionScope scope, bool joint, Error *error)
{
    AnswerOutputs outputs;
    prepare(&outputs, scenario, scope, joint);
    double count = joint && outputs.rounds ? joint_count(&outputs) : outputs.part_size;
    answer_outputs_free(&outputs);
    if (count <= OUTPUTS_MOST)
        return true;
    error_set(error, NULL, 0, 0,
              "%.3g answers are more than a network can have outputs for, %d: use fewer users or options%s", count,
              OUTPUTS_MOST, joint ? ", or a learner with outputs for each user" : "");
    return false;
}

int answer_outputs_kind(const AnswerOutputs *outputs, const Decision *decision)
{
    assert(decision->ask_count == outputs->ask_count);
    return outputs->rounds ? 0 : outputs->scenario->group_of[decision->asks[0].node];
}

int answer_outputs_kind_of(const AnswerOutputs *outputs, const int *chosen)
{
    int kind = 0;
    while (!outputs->rounds && chosen[0] >= outputs->heads[kind].first + outputs->heads[kind].count)
        kind++;
    return kind;
}

void answer_outputs_choose(const AnswerOutputs *outputs, int kind, const int *digits, int *ret_chosen)
{
    int joint = 0;
    for (int ask = 0; ask < outputs->ask_count; ask++) {
        const OutputRange *part = answer_outputs_part(outputs, kind, ask);
        joint = joint * part->count + digits[ask];
        if (!outputs->joint)
            ret_chosen[ask] = part->first + digits[ask];
    }
    if (outputs->joint)
        ret_chosen[0] = answer_outputs_head(outputs, kind, 0)->first + joint;
}

void answer_outputs_split(const AnswerOutputs *outputs, int kind, const int *chosen, int *ret_digits)
{
    int joint = chosen[0] - answer_outputs_head(outputs, kind, 0)->first;
    for (int ask = outputs->ask_count - 1; ask >= 0; ask--) {
        const OutputRange *part = answer_outputs_part(outputs, kind, ask);
        ret_digits[ask] = outputs->joint ? joint % part->count : chosen[ask] - part->first;
        joint /= part->count;
    }
}

int answer_outputs_option(const AnswerOutputs *outputs, int kind, int ask, int digit)
{
    return outputs->actions.digits[group_of(outputs, kind, ask)].options[digit];
}

void answer_outputs_options(const AnswerOutputs *outputs, int kind, const int *digits, int *ret_options)
{
    for (int ask = 0; ask < outputs->ask_count; ask++)
        ret_options[ask] = answer_outputs_option(outputs, kind, ask, digits[ask]);
}

const OptionSet *answer_outputs_option_set(const AnswerOutputs *outputs, int kind, int ask)
{
    return &outputs->scenario->options[group_of(outputs, kind, ask)];
}
