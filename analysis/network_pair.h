/* A heavy network and the light one that was made of it, as files beside one another and as records in a database. */
#ifndef ORCHID_ANALYSIS_NETWORK_PAIR_H
#define ORCHID_ANALYSIS_NETWORK_PAIR_H

#include "../vision/vision_study.h"
#include "model_files.h"
#include "offload_study.h"

/* What to make. */
typedef struct NetworkPair {
    const ImageSet *set;
    const char *data;   /* the set, as `--data` names it */
    uint64_t seed;      /* of split and training */
    const char *folder; /* that the files go to; it is there */
    const ModelReferences *references;
    CompressionSettings settings;
} NetworkPair;

/* What rules are tuned for: right decisions, and as many of both kinds. */
enum { PAIR_CRITERIA = 2 };

/* What came of a pair. Zero is nothing. */
typedef struct NetworkPairStudy {
    StudyResult networks;
    SampleTable samples;
    OffloadPlan plans[PAIR_CRITERIA];
    OffloadStudy decisions[PAIR_CRITERIA];
    Arena arena;
} NetworkPairStudy;

/* Trains, compresses, quantises and evaluates, studies which rules tell best what light-int8 leaves to heavy, and
 * writes into the folder, behind DATA-SEED, _heavy.orchid, _light.orchid, _light-int8.orchid  the networks .yaml,
 * _layers.csv, _profiles.csv                 them as a model, latencies derived _large_profiles.csv latencies of
 * networks so many times larger that the heavy one has the multiply-accumulates of MobileNet V1 _samples.csv what they
 * say of images that neither has learnt from, written last Threads may make different pairs at once. The caller ends it
 * with network_pair_free in any case. */
StoreStatus network_pair_make(const NetworkPair *pair, NetworkPairStudy *ret_study, Error *error);
void network_pair_free(NetworkPairStudy *study);

#endif
