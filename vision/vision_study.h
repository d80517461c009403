/* One repetition of the whole: a heavy network is trained, every compressor makes a light one of it, each is quantised,
 * and all are evaluated on images that nothing has been chosen with. */
#ifndef ORCHID_VISION_VISION_STUDY_H
#define ORCHID_VISION_VISION_STUDY_H

#include "compression.h"

enum { STUDY_NETWORK_LIMIT = 8 };

/* Images by who is right, [light][heavy]. */
typedef struct CascadeCounts {
    long cases[2][2];
} CascadeCounts;

/* One network of the study, the heavy one first. */
typedef struct StudyNetwork {
    const char *name; /* "heavy", or the compressor's */
    int units[CLASSIFIER_LAYER_LIMIT];
    int64_t bytes, parameters, macs;
    int tune_right, test_right;
    int evaluations;      /* that the compressor used */
    bool passes;          /* lacks no more than the tolerance on the images to tune with */
    CascadeCounts counts; /* against the heavy one, on the test images */
    int64_t whole_bytes;  /* the same of the network in INT8 */
    int whole_test_right;
} StudyNetwork;

typedef struct StudyResult {
    uint64_t seed;
    int layer_count, train_count, tune_count, test_count;
    int network_count;
    StudyNetwork networks[STUDY_NETWORK_LIMIT];
} StudyResult;

/* The heavy network of a study and the agent's light one, to go on with. */
typedef struct StudyPair {
    Classifier *heavy, *light; /* owned by the caller */
} StudyPair;

/* Runs it for one seed. The same set, name and seed give the same result. `ret_pair` may be NULL. False, and why in
 * `error`, where the set is too small to be split. */
bool vision_study_run(const ImageSet *set, const char *data, uint64_t seed, CompressionSettings settings,
                      StudyResult *ret_result, StudyPair *ret_pair, Error *error);

#endif
