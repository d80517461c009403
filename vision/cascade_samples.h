/* What a light and a heavy network say of each image, as rows of a CSV file: what a decision for the heavy one can be
 * learnt from and judged by. */
#ifndef ORCHID_VISION_CASCADE_SAMPLES_H
#define ORCHID_VISION_CASCADE_SAMPLES_H

#include <stdbool.h>
#include <stdio.h>

/* One image and what both networks said. */
typedef struct CascadeSample {
    const char *part; /* of the set: "tune" or "test" */
    int sample;       /* place in the set */
    int label;
    int class_count;
    const float *light, *heavy; /* logits, [class_count] */
} CascadeSample;

/* What tells how sure a network is, from its probabilities. */
typedef struct Confidence {
    double confidence; /* the largest probability */
    double margin;     /* the largest less the second largest */
    double entropy;    /* in nats, 0 to ln classes */
} Confidence;

Confidence cascade_confidence(int class_count, const float *logits);

/* The line of columns: part, sample, label, light, light_correct, heavy, heavy_correct, confidence, margin, entropy,
 * and with `logits` light_logit_0 and so on. */
void cascade_samples_write_header(FILE *stream, int class_count, bool logits);
void cascade_samples_write(FILE *stream, const CascadeSample *sample, bool logits);

/* How many samples each case has, [light right][heavy right]. */
typedef struct CascadeCounts {
    long cases[2][2];
} CascadeCounts;

void cascade_count(CascadeCounts *counts, const CascadeSample *sample);

#endif
