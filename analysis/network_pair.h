/* A heavy network and light ones that were made of it, as files beside one another and as records in a database. */
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
    StudyResult networks; /* those of a study of compressors, and "lighter" */
    SampleTable samples;  /* of what is decided about lighter-int8 */
    OffloadPlan plans[PAIR_CRITERIA];
    OffloadStudy decisions[PAIR_CRITERIA];
    Arena arena;
} NetworkPairStudy;

/* Trains, compresses, quantises and evaluates. The agent makes two light networks of the heavy one: `light`, which is
 * nearly as good, and `lighter`, which is much smaller and less right, so that there is something to decide. About the
 * latter in INT8 is studied which rules tell best what to leave to the heavy one.
 *
 * Files, behind FOLDER/DATA-SEED: _NETWORK.orchid with heavy, light, light-int8, lighter and lighter-int8; .yaml,
 * _layers.csv and _profiles.csv, them as a model with derived latencies; _large_profiles.csv, the latencies of networks
 * so many times larger that heavy has the multiply-accumulates of MobileNet V1; last _samples.csv, what light-int8 and
 * heavy say of images that neither has learnt from.
 *
 * Threads may make different pairs at once. The caller ends it with network_pair_free in any case. */
StoreStatus network_pair_make(const NetworkPair *pair, NetworkPairStudy *ret_study, Error *error);
void network_pair_free(NetworkPairStudy *study);

#endif
