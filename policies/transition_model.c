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

static void count_transition(TransitionModel *model, int64_t pair, int64_t successor)
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
    model->transitions[index].count++;
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
    count_transition(model, pair, successor);
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
