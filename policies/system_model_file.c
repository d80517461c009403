/* Models of the system in files of weights. */
#include "network_file.h"
#include "system_model.h"

#include <string.h>

enum { COUNT, NEXT, UPDATES, MODEL_WORDS };

static const char *block_name(Arena *arena, const char *name, const char *part)
{
    return arena_format(arena, "%s.%s", name, part);
}

static int64_t *widen(Arena *arena, const int *values, int64_t count)
{
    int64_t *words = arena_allocate(arena, (size_t)count, sizeof *words);
    for (int64_t i = 0; i < count; i++)
        words[i] = values[i];
    return words;
}

void system_model_save(const SystemModel *model, const char *name, WeightsFile *file)
{
    Arena *arena = &file->arena;
    int64_t *words = arena_allocate(arena, MODEL_WORDS, sizeof *words), count = model->count;
    words[COUNT] = count;
    words[NEXT] = model->next;
    words[UPDATES] = model->updates;
    int64_t outcomes = network_last_layer(model->network)->outputs, asks = model->outputs->ask_count;
    network_file_add(file, block_name(arena, name, "network"), model->network);
    weights_file_add(file, block_name(arena, name, "words"), WEIGHTS_INT64, MODEL_WORDS, words);
    weights_file_add(file, block_name(arena, name, "units"), WEIGHTS_FLOAT64, QUANTITY_COUNT, model->unit);
    weights_file_add(file, block_name(arena, name, "states"), WEIGHTS_FLOAT32, count * model->state_size,
                     model->states);
    weights_file_add(file, block_name(arena, name, "outcomes"), WEIGHTS_FLOAT32, count * outcomes, model->outcomes);
    weights_file_add(file, block_name(arena, name, "digits"), WEIGHTS_INT64, count * asks,
                     widen(arena, model->digits, count * asks));
    weights_file_add(file, block_name(arena, name, "kinds"), WEIGHTS_INT64, count, widen(arena, model->kinds, count));
}

/* Answers that there are. */
static bool take_answers(SystemModel *model, const int64_t *digits, const int64_t *kinds)
{
    const AnswerOutputs *outputs = model->outputs;
    int64_t kind_count = outputs->rounds ? 1 : outputs->part_count;
    for (int64_t i = 0; i < model->count; i++) {
        if (kinds[i] < 0 || kinds[i] >= kind_count)
            return false;
        model->kinds[i] = (int)kinds[i];
        for (int ask = 0; ask < outputs->ask_count; ask++) {
            int64_t at = i * outputs->ask_count + ask;
            if (digits[at] < 0 || digits[at] >= answer_outputs_part(outputs, model->kinds[i], ask)->count)
                return false;
            model->digits[at] = (int)digits[at];
        }
    }
    return true;
}

static bool load_ring(SystemModel *model, const char *name, const WeightsFile *file, Arena *arena, Error *error)
{
    int64_t outcomes = network_last_layer(model->network)->outputs, count = model->count;
    int64_t *digits = arena_allocate(arena, (size_t)(count * model->outputs->ask_count), sizeof *digits);
    int64_t *kinds = arena_allocate(arena, (size_t)count, sizeof *kinds);
    if (!weights_file_copy(file, block_name(arena, name, "states"), WEIGHTS_FLOAT32, count * model->state_size,
                           model->states, error) ||
        !weights_file_copy(file, block_name(arena, name, "outcomes"), WEIGHTS_FLOAT32, count * outcomes,
                           model->outcomes, error) ||
        !weights_file_copy(file, block_name(arena, name, "digits"), WEIGHTS_INT64, count * model->outputs->ask_count,
                           digits, error) ||
        !weights_file_copy(file, block_name(arena, name, "kinds"), WEIGHTS_INT64, count, kinds, error))
        return false;
    if (take_answers(model, digits, kinds))
        return true;
    error_set(error, file->path, 0, 0, "remembers answers that there are not");
    return false;
}

bool system_model_load(SystemModel *model, const char *name, const WeightsFile *file, Error *error)
{
    Arena arena = {0};
    int64_t words[MODEL_WORDS], memory = model->parameters.memory;
    bool whole =
        network_file_read(file, block_name(&arena, name, "network"), model->network, error) &&
        weights_file_copy(file, block_name(&arena, name, "words"), WEIGHTS_INT64, MODEL_WORDS, words, error) &&
        weights_file_copy(file, block_name(&arena, name, "units"), WEIGHTS_FLOAT64, QUANTITY_COUNT, model->unit, error);
    if (whole && (words[COUNT] < 0 || words[COUNT] > memory || words[NEXT] < 0 || words[NEXT] >= memory ||
                  (words[COUNT] < memory && words[NEXT] != words[COUNT]))) {
        error_set(error, file->path, 0, 0, "has outcomes that contradict each other");
        whole = false;
    }
    if (whole) {
        model->count = words[COUNT];
        model->next = words[NEXT];
        model->updates = words[UPDATES];
        whole = load_ring(model, name, file, &arena, error);
    }
    arena_free(&arena);
    return whole;
}
