/* The compressors, one file each. */
#ifndef ORCHID_VISION_COMPRESSION_PARTS_H
#define ORCHID_VISION_COMPRESSION_PARTS_H

#include "compression.h"

/* Keep ratios on a scale on which equal steps are equal factors: 1 at 1, a thirty-second at 0. */
double compression_ratio(double x);

/* A family of candidates along a line, `t` from 0 (smallest) to 1 (largest). */
typedef struct CompressionLine {
    void (*place)(const void *context, const Compression *compression, double t, int *ret_units);
    const void *context;
} CompressionLine;

/* Spends all evaluations that are left on a line: a third evenly, the rest evenly about the smallest that passed. */
void compression_search_line(CompressionSearch *search, CompressionLine line);

void compress_uniform(CompressionSearch *search, Stream *stream);
void compress_sensitivity(CompressionSearch *search, Stream *stream);
void compress_random(CompressionSearch *search, Stream *stream);
void compress_actor_critic(CompressionSearch *search, Stream *stream);

#endif
