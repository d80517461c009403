#include "sample_images.h"

#include <stdlib.h>
#include <string.h>

/* Of so many images to test with, one is to choose thresholds by. */
enum { TEST_STRIDE = 4 };

/* A table under construction. */
typedef struct Draft {
    int *samples, *labels;
    uint8_t *uses;
} Draft;

/* Some rows of the table, of images of one part. */
typedef struct Block {
    const HeldOutImages *images;
    int first, count; /* rows */
    bool tested;      /* images to test with, beside others to learn from */
} Block;

static SampleUse use_of(const Block *block, const Split *split, int image)
{
    if (split->fresh)
        return image < block->count / 3 * 2 ? SAMPLE_TRAIN : image < block->count / 4 * 3 ? SAMPLE_TUNE : SAMPLE_TEST;
    return !block->tested ? SAMPLE_TRAIN : image % TEST_STRIDE == 0 ? SAMPLE_TUNE : SAMPLE_TEST;
}

static void fill_rows(const Draft *draft, const Block *block, const Split *split)
{
    ImageSet sizes = held_out_images_sizes(block->images);
    float *pixels = memory_allocate(image_size(&sizes), sizeof *pixels);
    for (int i = 0; i < block->count; i++) {
        draft->samples[block->first + i] = held_out_images_at(block->images, i);
        draft->labels[block->first + i] = held_out_images_read(block->images, i, pixels);
        draft->uses[block->first + i] = (uint8_t)use_of(block, split, i);
    }
    free(pixels);
}

/* What one network says of the rows of a block; values[rows][features and logits]. */
static void fill_outputs(const Draft *draft, const Block *block, const ImageModel *network, int logit_count,
                         uint8_t *correct, double *values)
{
    int classes = held_out_images_sizes(block->images).class_count, size = SAMPLE_FEATURE_COUNT + logit_count;
    float *outputs = memory_allocate((size_t)block->count * (size_t)classes, sizeof *outputs);
    double *logits = memory_allocate((size_t)classes, sizeof *logits);
    image_model_evaluate(network, block->images, outputs);
    for (int i = 0; i < block->count; i++) {
        int row = block->first + i;
        for (int c = 0; c < classes; c++)
            logits[c] = (double)outputs[(ptrdiff_t)i * classes + c];
        SampleOutput output = sample_output_of(logits, classes);
        correct[row] = (int)output.values[SAMPLE_PREDICTION] == draft->labels[row];
        memcpy(values + (ptrdiff_t)row * size, output.values, sizeof output.values);
        memcpy(values + (ptrdiff_t)row * size + SAMPLE_FEATURE_COUNT, logits, (size_t)logit_count * sizeof *logits);
    }
    free(logits);
    free(outputs);
}

static SampleModel model_of(const Draft *draft, const Block *blocks, int block_count, const ImageModel *network,
                            bool with_logits, size_t rows, Arena *arena)
{
    int classes = held_out_images_sizes(blocks[0].images).class_count;
    int logit_count = with_logits && classes <= SAMPLE_LOGIT_LIMIT ? classes : 0;
    uint8_t *correct = arena_allocate(arena, rows, sizeof *correct);
    double *values = arena_allocate(arena, rows * (size_t)(SAMPLE_FEATURE_COUNT + logit_count), sizeof *values);
    for (int i = 0; i < block_count; i++)
        fill_outputs(draft, &blocks[i], network, logit_count, correct, values);
    SampleModel model = {.correct = correct,
                         .feature_count = SAMPLE_FEATURE_COUNT,
                         .class_count = classes,
                         .logit_count = logit_count,
                         .values = values};
    for (int f = 0; f < SAMPLE_FEATURE_COUNT; f++)
        model.features[f] = (SampleFeature)f;
    return model;
}

SampleTable sample_images_table(const ImageModel *networks, const char *const *names, int count, const Split *split,
                                bool with_logits, Arena *arena)
{
    int tuned = held_out_images_count(split->tune), tested = held_out_images_count(split->test);
    Block blocks[2] = {{split->tune, 0, tuned, false}, {split->test, tuned, tested, true}};
    int block_count = 2, row_count = tuned + tested;
    if (split->fresh) {
        block_count = 1;
        row_count = held_out_images_count(split->fresh);
        blocks[0] = (Block){split->fresh, 0, row_count, true};
    }
    size_t rows = (size_t)row_count;
    Draft draft = {.samples = arena_allocate(arena, rows, sizeof *draft.samples),
                   .labels = arena_allocate(arena, rows, sizeof *draft.labels),
                   .uses = arena_allocate(arena, rows, sizeof *draft.uses)};
    SampleModel *models = arena_allocate(arena, (size_t)count, sizeof *models);
    for (int i = 0; i < block_count; i++)
        fill_rows(&draft, &blocks[i], split);
    for (int i = 0; i < count; i++) {
        models[i] = model_of(&draft, blocks, block_count, &networks[i], with_logits && i + 1 < count, rows, arena);
        models[i].name = names[i];
    }
    return (SampleTable){.row_count = row_count,
                         .samples = draft.samples,
                         .labels = draft.labels,
                         .uses = draft.uses,
                         .model_count = count,
                         .models = models};
}
