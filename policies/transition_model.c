#include "transition_model.h"

#include <stdlib.h>

static ModelledPair *pair_at(TransitionModel *model, int64_t pair)
{
    if (pair >= model->pair_limit) {
        int64_t limit = 2 * pair + 64;
        model->pairs = memory_grow(model->pairs, (size_t)model->pair_limit, (size_t)limit, sizeof *model->pairs);
        for (int64_t i = model->pair_limit; i < limit; i++)
            model->pairs[i].first_of_pair = NO_TRANSITION;
        model->pair_limit = limit;
    }
    return &model->pairs[pair];
}

static int64_t *first_into(TransitionModel *model, int64_t row)
{
    if (row >= model->row_limit) {
        int64_t limit = 2 * row + 16;
        model->first_into =
            memory_grow(model->first_into, (size_t)model->row_limit, (size_t)limit, sizeof *model->first_into);
        for (int64_t i = model->row_limit; i < limit; i++)
            model->first_into[i] = NO_TRANSITION;
        model->row_limit = limit;
    }
    return &model->first_into[row];
}

/* The transition from a pair to a state, of count 0 where it is new. */
static Transition *transition_at(TransitionModel *model, int64_t pair, int64_t successor)
{
    int64_t known = model->links.count;
    int64_t index = table_insert(&model->links, (const int64_t[2]){pair, successor});
    if (index == model->transition_limit) {
        model->transition_limit = 2 * index + 64;
        model->transitions =
            memory_grow(model->transitions, (size_t)index, (size_t)model->transition_limit, sizeof *model->transitions);
    }
    if (index == known) {
        int64_t *of_pair = &model->pairs[pair].first_of_pair, *into = first_into(model, successor);
        model->transitions[index] = (Transition){pair, successor, 0, *of_pair, *into};
        *of_pair = *into = index;
    }
    return &model->transitions[index];
}

void transition_model_init(TransitionModel *model)
{
    *model = (TransitionModel){0};
    table_init(&model->links, 2 * sizeof(int64_t));
}

void transition_model_free(TransitionModel *model)
{
    free(model->pairs);
    free(model->first_into);
    free(model->transitions);
    table_free(&model->links);
    *model = (TransitionModel){0};
}

void transition_model_observe(TransitionModel *model, int64_t pair, double reward, int64_t successor)
{
    ModelledPair *modelled = pair_at(model, pair);
    modelled->visits++;
    modelled->reward += (reward - modelled->reward) / (double)modelled->visits;
    if (successor < 0)
        return;
    modelled->followed++;
    transition_at(model, pair, successor)->count++;
}

int64_t transition_model_into(const TransitionModel *model, int64_t row)
{
    return row < model->row_limit ? model->first_into[row] : NO_TRANSITION;
}

int64_t transition_model_draw(const TransitionModel *model, int64_t pair, Stream *stream)
{
    const ModelledPair *modelled = &model->pairs[pair];
    int64_t at = modelled->first_of_pair;
    if (at == NO_TRANSITION)
        return NO_TRANSITION;
    if (model->transitions[at].next_of_pair == NO_TRANSITION)
        return model->transitions[at].successor;
    int64_t left = (int64_t)stream_uniform_integer(stream, (uint64_t)modelled->followed);
    while (left >= model->transitions[at].count) {
        left -= model->transitions[at].count;
        at = model->transitions[at].next_of_pair;
    }
    return model->transitions[at].successor;
}

enum { TRANSITION_WORDS = 3 };
enum { REWARDS, VISITS, TRANSITIONS, PART_COUNT };

static const WeightsPart parts[PART_COUNT] = {[REWARDS] = {"rewards", WEIGHTS_FLOAT64},
                                              [VISITS] = {"visits", WEIGHTS_INT64},
                                              [TRANSITIONS] = {"transitions", WEIGHTS_INT64}};

void transition_model_save(const TransitionModel *model, WeightsFile *file, const char *name)
{
    int64_t pair_count = model->pair_limit;
    while (pair_count > 0 && model->pairs[pair_count - 1].visits == 0)
        pair_count--;
    double *rewards = weights_file_add_numbers(file, name, parts[REWARDS].name, pair_count);
    int64_t *visits = weights_file_add_words(file, name, parts[VISITS].name, pair_count);
    for (int64_t i = 0; i < pair_count; i++) {
        rewards[i] = model->pairs[i].reward;
        visits[i] = model->pairs[i].visits;
    }
    int64_t *words = weights_file_add_words(file, name, parts[TRANSITIONS].name, TRANSITION_WORDS * model->links.count);
    for (int64_t i = 0; i < model->links.count; i++, words += TRANSITION_WORDS) {
        const Transition *transition = &model->transitions[i];
        words[0] = transition->pair;
        words[1] = transition->successor;
        words[2] = transition->count;
    }
}

/* In the order in which they were met, which the lists of transitions follow. False where they are not possible. */
static bool read_transitions(TransitionModel *model, const int64_t *words, int64_t count, int64_t pair_count,
                             int64_t row_count)
{
    for (int64_t i = 0; i < count; i++, words += TRANSITION_WORDS) {
        if (words[0] < 0 || words[0] >= pair_count || words[1] < 0 || words[1] >= row_count)
            return false;
        ModelledPair *pair = &model->pairs[words[0]];
        Transition *transition = transition_at(model, words[0], words[1]);
        if (transition->count > 0 || words[2] < 1 || words[2] > pair->visits - pair->followed)
            return false;
        transition->count = words[2];
        pair->followed += words[2];
    }
    return true;
}

bool transition_model_load(TransitionModel *model, const WeightsFile *file, const char *name, int64_t pair_count,
                           int64_t row_count, Error *error)
{
    const WeightsBlock *blocks[PART_COUNT];
    if (!weights_file_find_parts(file, name, parts, PART_COUNT, blocks, error))
        return false;
    const double *rewards = blocks[REWARDS]->values;
    const int64_t *visits = blocks[VISITS]->values;
    bool possible = blocks[REWARDS]->count == pair_count && blocks[VISITS]->count == pair_count &&
                    blocks[TRANSITIONS]->count % TRANSITION_WORDS == 0;
    for (int64_t i = 0; i < pair_count && possible; i++) {
        ModelledPair *pair = pair_at(model, i);
        pair->reward = rewards[i];
        pair->visits = visits[i];
        possible = visits[i] >= 1;
    }
    possible = possible && read_transitions(model, blocks[TRANSITIONS]->values,
                                            blocks[TRANSITIONS]->count / TRANSITION_WORDS, pair_count, row_count);
    return weights_file_check(file, name, possible, error);
}
