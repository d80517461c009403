/* Networks on images in files: their shape and parameters, and what they have learnt from. */
#ifndef ORCHID_VISION_CLASSIFIER_FILE_H
#define ORCHID_VISION_CLASSIFIER_FILE_H

#include "../policies/weights_file.h"
#include "classifier.h"

/* What a network was trained on, so that nobody evaluates it on what it has seen. */
typedef struct ClassifierOrigin {
    const char *data;     /* the set, as `--data` names it */
    uint64_t seed;        /* of the split and the training */
    uint64_t fingerprint; /* of the training images */
} ClassifierOrigin;

/* The name that stands in such a file for whose it is. */
#define CLASSIFIER_FILE_KIND "classifier"

/* Writes the network; `bytes` (may be NULL): of the file. False, and why in `error`, where that fails. */
bool classifier_file_write(const char *path, const Classifier *classifier, const ClassifierOrigin *origin,
                           int64_t *ret_bytes, Error *error);

/* The bytes that classifier_file_write would write. */
int64_t classifier_file_bytes(const ClassifierShape *shape, const ClassifierOrigin *origin);

/* A network out of a file that was read, for batches of up to `batch_limit`; NULL, and why in `error`, where the file
 * holds none. */
Classifier *classifier_file_take(const WeightsFile *file, int batch_limit, Error *error);

/* Begins contents of a kind with an origin and a shape; reads both back. False, and why in `error`, where the file is
 * of another kind or contradicts itself. Texts live as long as the file. */
void classifier_file_begin(WeightsFile *file, const char *kind, const ClassifierShape *shape,
                           const ClassifierOrigin *origin);
bool classifier_file_head(const WeightsFile *file, const char *kind, ClassifierShape *ret_shape,
                          ClassifierOrigin *ret_origin, Error *error);

/* Whether a network of this origin may be evaluated on what is held out of such a split. */
bool classifier_origin_suits(const char *path, const ClassifierOrigin *origin, const TrainingImages *images,
                             Error *error);

#endif
