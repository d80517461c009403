#include "made_samples.h"
#include "../sim/sample_file.h"
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *made_samples_write(const char *name, int count, uint64_t seed, bool divided)
{
    const char *path = check_scratch(name);
    FILE *stream = fopen(path, "w");
    Stream draws = stream_create(seed, 0, STREAM_ANALYSIS, 1);
    fprintf(stream, "sample,%ssmall.correct,small.confidence,small.margin,small.entropy,large.correct\n",
            divided ? "split," : "");
    for (int i = 0; i < count; i++) {
        double confidence = 1 - 0.7 * pow(stream_uniform(&draws), 2);
        double part = stream_uniform(&draws), entropy = (1 - confidence) * (1 + stream_uniform(&draws));
        bool light = stream_uniform(&draws) < confidence;
        bool heavy = light ? stream_uniform(&draws) < 0.97 : stream_uniform(&draws) < (part < 0.4 ? 0.1 : 0.95);
        fprintf(stream, "%d,%s%d,%.6f,%.6f,%.6f,%d\n", i,
                !divided     ? ""
                : i % 4 < 2  ? "train,"
                : i % 4 == 2 ? "tune,"
                             : "test,",
                light, confidence, confidence * part, entropy, heavy);
    }
    fclose(stream);
    return path;
}

SampleTable made_samples_read(Arena *arena, const char *path)
{
    SampleTable table = {0};
    ErrorList errors = {0};
    if (!sample_file_read(arena, path, &table, &errors)) {
        error_list_write(&errors, stderr);
        exit(1);
    }
    return table;
}

SampleTable made_samples(Arena *arena, uint64_t seed)
{
    return made_samples_read(arena, made_samples_write("made_up.csv", 2400, seed, false));
}

CascadeTask made_samples_task(const SampleTable *table, uint64_t seed, Arena *arena, SampleRows *ret_test)
{
    SampleParts parts = sample_parts_divide(table, 0.5, 0.25, seed, arena);
    *ret_test = parts.parts[SAMPLE_TEST];
    return (CascadeTask){.light = sample_table_model(table, "small"),
                         .heavy = sample_table_model(table, "large"),
                         .train = parts.parts[SAMPLE_TRAIN],
                         .tune = parts.parts[SAMPLE_TUNE]};
}

OffloadPlan made_samples_plan(const SampleTable *table, int seeds)
{
    return (OffloadPlan){.table_count = 1,
                         .tables = table,
                         .light = "small",
                         .heavy = "large",
                         .seeds = seeds,
                         .train = 0.5,
                         .tune = 0.25,
                         .criterion = CRITERION_DECISIONS};
}
