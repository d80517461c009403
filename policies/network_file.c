#include "network_file.h"

#include "network_sparse.h"

#include <stdlib.h>
#include <string.h>

enum { SIZES_TEXT_SIZE = 128 };

enum { PARAMETERS, FIRST_MOMENTS, SECOND_MOMENTS, BLOCK_COUNT };

static const char *const block_names[BLOCK_COUNT] = {"parameters", "first_moments", "second_moments"};

/* Where a block has what belongs to one weight of a layer. */
static float *entry_of(const Network *network, int block, int l, int input, int output)
{
    float *const arrays[BLOCK_COUNT] = {network->parameters, network->first_moments, network->second_moments};
    const NetworkLayer *layer = &network->layers[l];
    if (block != PARAMETERS && network->sparse && l == network->layer_count - 1)
        return network_sparse_moments(network, output, block == SECOND_MOMENTS) + input;
    return arrays[block] + (layer->weights - network->parameters) + network_weight(layer, input, output);
}

static int64_t count_of(const Network *network)
{
    int64_t count = 0;
    for (int l = 0; l < network->layer_count; l++)
        count += (int64_t)(network->layers[l].inputs + 1) * network->layers[l].outputs;
    return count;
}

/* Between a block of the network and one without its padding, layer after layer, input after input. */
static void pack(const Network *network, int block, float *ret_packed)
{
    for (int l = 0; l < network->layer_count; l++)
        for (int i = 0; i <= network->layers[l].inputs; i++)
            for (int o = 0; o < network->layers[l].outputs; o++)
                *ret_packed++ = *entry_of(network, block, l, i, o);
}

static void unpack(const Network *network, const float *packed, int block)
{
    for (int l = 0; l < network->layer_count; l++)
        for (int i = 0; i <= network->layers[l].inputs; i++)
            for (int o = 0; o < network->layers[l].outputs; o++)
                *entry_of(network, block, l, i, o) = *packed++;
}

static void add_output_steps(WeightsFile *file, const char *block, const Network *network)
{
    int64_t count = network_last_layer(network)->outputs,
            *steps = arena_allocate(&file->arena, (size_t)count, sizeof *steps);
    for (int64_t i = 0; i < count; i++)
        steps[i] = network->sparse->steps[i];
    weights_file_add(file, block, WEIGHTS_INT64, count, steps);
}

static bool read_output_steps(const WeightsFile *file, const char *block, Network *network, Arena *arena, Error *error)
{
    int64_t count = network_last_layer(network)->outputs, *steps = arena_allocate(arena, (size_t)count, sizeof *steps);
    if (!weights_file_copy(file, block, WEIGHTS_INT64, count, steps, error))
        return false;
    for (int64_t i = 0; i < count; i++) {
        if (steps[i] < 0 || steps[i] > INT32_MAX) {
            error_set(error, file->path, 0, 0, "has an output of %lld steps", (long long)steps[i]);
            return false;
        }
        network->sparse->steps[i] = (int32_t)steps[i];
    }
    return true;
}

void network_file_add(WeightsFile *file, const char *name, const Network *network)
{
    Arena *arena = &file->arena;
    NetworkShape shape = network_shape(network);
    int64_t *sizes = arena_allocate(arena, NETWORK_LAYER_LIMIT + 1, sizeof *sizes), count = count_of(network);
    for (int l = 0; l <= shape.layer_count; l++)
        sizes[l] = shape.sizes[l];
    int64_t *steps = arena_allocate(arena, 1, sizeof *steps);
    *steps = network->step_count;
    weights_file_add(file, arena_format(arena, "%s.sizes", name), WEIGHTS_INT64, shape.layer_count + 1, sizes);
    weights_file_add(file, arena_format(arena, "%s.steps", name), WEIGHTS_INT64, 1, steps);
    for (int i = 0; i < BLOCK_COUNT; i++) {
        float *packed = arena_allocate(arena, (size_t)count, sizeof *packed);
        pack(network, i, packed);
        const char *block = arena_format(arena, "%s.%s", name, block_names[i]);
        weights_file_add(file, block, WEIGHTS_FLOAT32, count, packed);
    }
    if (network->sparse)
        add_output_steps(file, arena_format(arena, "%s.output_steps", name), network);
}

static void write_sizes(const int64_t *sizes, int64_t count, char text[SIZES_TEXT_SIZE])
{
    text[0] = 0;
    for (int64_t i = 0; i < count && strlen(text) < SIZES_TEXT_SIZE - 1; i++)
        snprintf(text + strlen(text), SIZES_TEXT_SIZE - strlen(text), "%s%lld", i ? "-" : "", (long long)sizes[i]);
}

static bool check_shape(const WeightsFile *file, const char *name, const WeightsBlock *block, const Network *network,
                        Error *error)
{
    NetworkShape shape = network_shape(network);
    int64_t wanted[NETWORK_LAYER_LIMIT + 1];
    int64_t count = shape.layer_count + 1;
    for (int64_t l = 0; l < count; l++)
        wanted[l] = shape.sizes[l];
    if (block->count == count && memcmp(block->values, wanted, (size_t)count * sizeof *wanted) == 0)
        return true;
    char theirs[SIZES_TEXT_SIZE], ours[SIZES_TEXT_SIZE];
    write_sizes(block->values, block->count, theirs);
    write_sizes(wanted, count, ours);
    error_set(error, file->path, 0, 0, "has a network `%s` of the sizes %s where %s are needed", name, theirs, ours);
    return false;
}

bool network_file_read(const WeightsFile *file, const char *name, Network *network, Error *error)
{
    Arena arena = {0};
    int64_t steps = 0, count = count_of(network);
    float *packed[BLOCK_COUNT];
    const WeightsBlock *sizes = weights_file_find(file, arena_format(&arena, "%s.sizes", name), WEIGHTS_INT64, error);
    bool whole = sizes && check_shape(file, name, sizes, network, error) &&
                 weights_file_copy(file, arena_format(&arena, "%s.steps", name), WEIGHTS_INT64, 1, &steps, error);
    for (int i = 0; i < BLOCK_COUNT && whole; i++) {
        packed[i] = arena_allocate(&arena, (size_t)count, sizeof *packed[i]);
        const char *block = arena_format(&arena, "%s.%s", name, block_names[i]);
        whole = weights_file_copy(file, block, WEIGHTS_FLOAT32, count, packed[i], error);
    }
    if (whole && steps < 0) {
        error_set(error, file->path, 0, 0, "has a network `%s` of %lld steps", name, (long long)steps);
        whole = false;
    }
    if (whole && network->sparse)
        whole = read_output_steps(file, arena_format(&arena, "%s.output_steps", name), network, &arena, error);
    for (int i = 0; i < BLOCK_COUNT && whole; i++)
        unpack(network, packed[i], i);
    network->step_count = whole ? steps : network->step_count;
    arena_free(&arena);
    return whole;
}
