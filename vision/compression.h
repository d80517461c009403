/* The search for the smallest network that tells as much as a large one: how many units each layer keeps. A candidate
 * is really pruned, briefly fine-tuned and evaluated on images held out for tuning; the most promising ones are then
 * fine-tuned in full. Every compressor has the same number of evaluations. */
#ifndef ORCHID_VISION_COMPRESSION_H
#define ORCHID_VISION_COMPRESSION_H

#include "pruning.h"

/* One choice of units, and what came of it. */
typedef struct Candidate {
    int units[CLASSIFIER_LAYER_LIMIT]; /* as of a shape */
    int64_t bytes;                     /* of the file it is saved to */
    double accuracy;                   /* fraction of the images to tune with, after the brief fine-tuning */
} Candidate;

typedef struct CompressionSettings {
    int evaluations;          /* different candidates that a compressor may try */
    ClassifierTraining brief; /* fine-tuning of every candidate ... */
    ClassifierTraining full;  /* ... and of those that may be the result */
    double brief_tolerance;   /* accuracy that a candidate may lack, as full fine-tuning gives it back; fraction */
    double tolerance;         /* accuracy that the result may lack */
} CompressionSettings;

/* What all compressors of a network share. */
typedef struct Compression {
    Classifier *heavy;           /* borrowed */
    const TrainingImages *train; /* borrowed */
    const HeldOutImages *tune;   /* borrowed */
    uint64_t seed;
    CompressionSettings settings;
    Pruner *pruner;  /* owned */
    double accuracy; /* of the heavy network on `tune` */
    int64_t bytes;   /* of its file */
} Compression;

CompressionSettings compression_default_settings(void);

/* Begins with the network as it is; `bytes`: of its file. End it with compression_free. */
Compression compression_begin(Classifier *heavy, int64_t bytes, const TrainingImages *train, const HeldOutImages *tune,
                              CompressionSettings settings, uint64_t seed);
void compression_free(Compression *compression);

/* Layers whose units can go: all but the last. */
static inline int compression_layer_count(const Compression *compression)
{
    return compression->heavy->shape.layer_count - 1;
}

/* Bytes of the file of a network with so many units: what the heavy one's would be without the parameters that go. */
int64_t compression_bytes(const Compression *compression, const int *units);

/* Units of a layer at a keep ratio in [0, 1], at least 1. */
int compression_units(const Compression *compression, int layer, double ratio);

/* What one compressor has tried. */
typedef struct CompressionSearch {
    const Compression *compression; /* borrowed */
    int count;
    Candidate *candidates; /* [evaluations], owned */
} CompressionSearch;

/* The candidate with these units, which counts as an evaluation unless the search has tried it; NULL where no
 * evaluation is left. */
const Candidate *compression_try(CompressionSearch *search, const int *units);

/* Whether the search has tried these units. */
bool compression_tried(const CompressionSearch *search, const int *units);

/* Whether a candidate lacks no more accuracy than the brief fine-tuning may. */
bool compression_passes(const Compression *compression, const Candidate *candidate);

/* The smallest candidate that passes; NULL where none does. */
const Candidate *compression_best(const CompressionSearch *search);

/* A way to search. */
typedef struct Compressor {
    const char *name, *summary;
    /* Tries candidates until no evaluation is left, or it has no other to try. */
    void (*run)(CompressionSearch *search, Stream *stream);
} Compressor;

/* All compressors, the baselines first; NULL past the last. */
const Compressor *compressor_at(int index);
const Compressor *compressor_find(const char *name);

/* What a compressor came to. */
typedef struct Compressed {
    Classifier *classifier; /* fine-tuned in full, owned */
    int64_t bytes;          /* of its file */
    double accuracy;        /* on the images to tune with */
    bool passes;            /* lacks no more than the tolerance */
    int evaluations;
} Compressed;

/* Searches, and fine-tunes the smallest candidate that passed in full; the heavy network as it is where none did. */
Compressed compression_run(const Compression *compression, const Compressor *compressor);

#endif
