/* Samples of two made-up models, small and large, and what is learnt and counted on them. */
#ifndef ORCHID_TESTS_MADE_SAMPLES_H
#define ORCHID_TESTS_MADE_SAMPLES_H

#include "../analysis/offload_study.h"

/* Writes samples: the light model is right as often as its confidence says, but for those whose margin is a small part
 * of it, where the heavy one knows no better either. The table may say which are to train, to tune and to test with.
 * Returns the path. */
const char *made_samples_write(const char *name, int count, uint64_t seed, bool divided);

/* Ends the program with the findings where the file cannot be read. */
SampleTable made_samples_read(Arena *arena, const char *path);

/* 2,400 samples that are not divided. */
SampleTable made_samples(Arena *arena, uint64_t seed);

/* A half to train, a quarter to tune and a quarter to test with. */
CascadeTask made_samples_task(const SampleTable *table, uint64_t seed, Arena *arena, SampleRows *ret_test);

/* The study of the same parts, by right decisions. */
OffloadPlan made_samples_plan(const SampleTable *table, int seeds);

#endif
