#include "sample_table.h"

#include "rng.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const sample_feature_names[] = {"confidence", "margin", "entropy", "prediction", "top2",
                                            "top3",       "top4",   "top5",    NULL};
const char *const sample_use_names[] = {"train", "tune", "test", NULL};

uint64_t sample_table_hash(const SampleTable *table)
{
    uint64_t hash = rng_mix(0, (uint64_t)table->row_count);
    for (int i = 0; i < table->model_count; i++) {
        const SampleModel *model = &table->models[i];
        size_t values = (size_t)table->row_count * (size_t)(model->feature_count + model->logit_count);
        for (const char *letter = model->name; *letter; letter++)
            hash = rng_mix(hash, (unsigned char)*letter);
        for (int row = 0; row < table->row_count; row++)
            hash = rng_mix(hash, model->correct[row]);
        for (size_t k = 0; k < values; k++) {
            uint64_t bits;
            memcpy(&bits, &model->values[k], sizeof bits);
            hash = rng_mix(hash, bits);
        }
    }
    for (int row = 0; row < table->row_count; row++) {
        hash = table->counts ? rng_mix(hash, (uint64_t)table->counts[row]) : hash;
        hash = table->uses ? rng_mix(hash, table->uses[row]) : hash;
    }
    return hash;
}

const SampleModel *sample_table_model(const SampleTable *table, const char *name)
{
    for (int i = 0; i < table->model_count; i++)
        if (strcmp(table->models[i].name, name) == 0)
            return &table->models[i];
    return NULL;
}

int sample_model_feature(const SampleModel *model, SampleFeature feature)
{
    for (int i = 0; i < model->feature_count; i++)
        if (model->features[i] == feature)
            return i;
    return -1;
}

/* Fills uses[rows] with a random division. */
static void deal(int row_count, double train, double tune, uint64_t seed, uint8_t *uses)
{
    Stream stream = stream_create(seed, 0, STREAM_SAMPLES, 0);
    int *order = memory_allocate((size_t)row_count, sizeof *order);
    for (int i = 0; i < row_count; i++)
        order[i] = i;
    for (int i = row_count - 1; i > 0; i--) {
        int other = (int)stream_uniform_integer(&stream, (uint64_t)i + 1), row = order[i];
        order[i] = order[other];
        order[other] = row;
    }
    int train_end = (int)(train * row_count), tune_end = train_end + (int)(tune * row_count);
    for (int i = 0; i < row_count; i++)
        uses[order[i]] = i < train_end ? SAMPLE_TRAIN : i < tune_end ? SAMPLE_TUNE : SAMPLE_TEST;
    free(order);
}

/* The rows of one use. */
static SampleRows gather(const uint8_t *uses, int row_count, SampleUse use, Arena *arena)
{
    int count = 0;
    for (int i = 0; i < row_count; i++)
        count += uses[i] == use;
    int *rows = arena_allocate(arena, (size_t)count, sizeof *rows), next = 0;
    for (int i = 0; i < row_count; i++)
        if (uses[i] == use)
            rows[next++] = i;
    return (SampleRows){count, rows};
}

SampleParts sample_parts_divide(const SampleTable *table, double train, double tune, uint64_t seed, Arena *arena)
{
    SampleParts parts = {0};
    size_t row_count = (size_t)table->row_count;
    uint8_t *uses = memory_allocate(row_count, sizeof *uses);
    if (table->uses)
        memcpy(uses, table->uses, row_count);
    else if (table->counts)
        memset(uses, SAMPLE_TEST, row_count);
    else
        deal(table->row_count, train, tune, seed, uses);
    for (SampleUse use = 0; use < SAMPLE_USE_COUNT; use++)
        parts.parts[use] = gather(uses, table->row_count, use, arena);
    free(uses);
    const SampleRows *test = &parts.parts[SAMPLE_TEST];
    if (table->counts) {
        int64_t *ends = arena_allocate(arena, (size_t)test->count, sizeof *ends), end = 0;
        for (int i = 0; i < test->count; i++)
            ends[i] = end += table->counts[test->rows[i]];
        parts.ends = ends;
    }
    return parts;
}

/* A number below `limit`, by the high bits: its bias is below limit / 2^64. */
static int64_t scale_down(uint64_t bits, int64_t limit)
{
    __extension__ typedef unsigned __int128 Wide;
    return (int64_t)((Wide)bits * (uint64_t)limit >> 64);
}

int sample_parts_draw(const SampleParts *parts, SampleUse use, uint64_t bits)
{
    const SampleRows *part = &parts->parts[use];
    assert(part->count > 0);
    if (use != SAMPLE_TEST || !parts->ends)
        return part->rows[scale_down(bits, part->count)];
    int64_t sample = scale_down(bits, parts->ends[part->count - 1]);
    int least = 0, most = part->count - 1;
    while (least < most) {
        int middle = (least + most) / 2;
        if (sample < parts->ends[middle])
            most = middle;
        else
            least = middle + 1;
    }
    return part->rows[least];
}

double sample_parts_accuracy(const SampleParts *parts, const SampleTable *table, SampleUse use,
                             const SampleModel *model)
{
    const SampleRows *part = &parts->parts[use];
    int64_t right = 0, all = 0;
    assert(part->count > 0);
    for (int i = 0; i < part->count; i++) {
        int row = part->rows[i], count = table->counts ? table->counts[row] : 1;
        right += model->correct[row] ? count : 0;
        all += count;
    }
    return (double)right / (double)all;
}

SampleOutput sample_output_of(const double *logits, int count)
{
    enum { RANKS = SAMPLE_TOP5 - SAMPLE_TOP2 + 2 };
    assert(count >= 2);
    int best[RANKS] = {0}, ranked = 0;
    for (int i = 0; i < count; i++) {
        int place = ranked < RANKS ? ranked++ : RANKS;
        for (; place > 0 && logits[i] > logits[best[place - 1]]; place--)
            if (place < RANKS)
                best[place] = best[place - 1];
        if (place < RANKS)
            best[place] = i;
    }
    double largest = logits[best[0]], others = 0, weighted = 0;
    for (int i = 0; i < count; i++) {
        double below = logits[i] - largest, power = exp(below);
        others += i == best[0] ? 0 : power;
        weighted += power * below;
    }
    double sum = 1 + others;
    SampleOutput output = {0};
    output.values[SAMPLE_CONFIDENCE] = 1 / sum;
    for (int i = 1; i < ranked; i++)
        output.values[SAMPLE_TOP2 + i - 1] = exp(logits[best[i]] - largest) / sum;
    output.values[SAMPLE_MARGIN] = -expm1(logits[best[1]] - largest) / sum;
    output.values[SAMPLE_ENTROPY] = fmax(log1p(others) - weighted / sum, 0);
    output.values[SAMPLE_PREDICTION] = best[0];
    return output;
}
