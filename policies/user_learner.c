#include "user_learner.h"

#include "network_file.h"
#include "user_cost.h"

#include <stdlib.h>
#include <string.h>

static const char learner_block[] = "learner";

/* The state of the learner's own stream, its questions and updates. */
enum { ANSWERED = STREAM_WORDS, UPDATES, LEARNER_WORDS };

void user_learner_init(UserLearner *learner, const Scenario *scenario, Stream stream, int64_t capacity,
                       int further_inputs, int value_size)
{
    *learner = (UserLearner){.scenario = scenario, .stream = stream};
    user_states_init(&learner->states, scenario);
    option_features_init(&learner->features, scenario);
    int asks = learner->states.ask_count, row_size = learner->states.size;
    answer_memory_init(&learner->memory, (AnswerShape){.capacity = capacity,
                                                       .ask_count = asks,
                                                       .row_size = row_size + further_inputs,
                                                       .value_size = value_size});
    learner->rows = memory_allocate((size_t)(asks * row_size), sizeof *learner->rows);
    learner->actions = memory_allocate((size_t)asks, sizeof *learner->actions);
    learner->costs = memory_allocate((size_t)asks, sizeof *learner->costs);
}

void user_learner_free(UserLearner *learner)
{
    user_states_free(&learner->states);
    option_features_free(&learner->features);
    answer_memory_free(&learner->memory);
    free(learner->rows);
    free(learner->actions);
    free(learner->costs);
}

bool user_learner_end(UserLearner *learner, const Feedback *feedback, double scale)
{
    user_cost_parts(&learner->scenario->objective, feedback, scale, learner->costs);
    return answer_memory_end(&learner->memory, feedback->decision, learner->costs);
}

void user_learner_save(const UserLearner *learner, int64_t updates, const UserLearnerNetwork *networks,
                       int network_count, const char *memory, WeightsFile *file)
{
    int64_t *words = arena_allocate(&file->arena, LEARNER_WORDS, sizeof *words);
    memcpy(words, learner->stream.state, sizeof learner->stream.state);
    words[ANSWERED] = learner->answered;
    words[UPDATES] = updates;
    weights_file_add(file, learner_block, WEIGHTS_INT64, LEARNER_WORDS, words);
    for (int i = 0; i < network_count; i++)
        network_file_add(file, networks[i].name, networks[i].network);
    answer_memory_save(&learner->memory, file, memory);
}

bool user_learner_load(UserLearner *learner, int64_t *ret_updates, const UserLearnerNetwork *networks,
                       int network_count, const char *memory, const WeightsFile *file, Error *error)
{
    int64_t words[LEARNER_WORDS];
    bool good = weights_file_copy(file, learner_block, WEIGHTS_INT64, LEARNER_WORDS, words, error);
    for (int i = 0; good && i < network_count; i++)
        good = network_file_read(file, networks[i].name, networks[i].network, error);
    if (!good || !answer_memory_load(&learner->memory, file, memory, error) ||
        !weights_file_check(file, memory, option_features_has_actions(&learner->features, &learner->memory), error))
        return false;
    memcpy(learner->stream.state, words, sizeof learner->stream.state);
    learner->answered = words[ANSWERED];
    *ret_updates = words[UPDATES];
    return true;
}
