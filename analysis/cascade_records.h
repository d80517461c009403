/* What studies of networks on images and of their cascades found, kept beside the runs that use the same networks. */
#ifndef ORCHID_ANALYSIS_CASCADE_RECORDS_H
#define ORCHID_ANALYSIS_CASCADE_RECORDS_H

#include "../vision/vision_study.h"
#include "offload_study.h"
#include "store.h"

/* Makes the tables `image_networks` and `offload_decisions`, described in cascade_records.sql, where the database has
 * none. */
StoreStatus cascade_records_begin(Store *store, Error *error);

/* Whether this version of the program has studied the set with the seed. */
StoreStatus cascade_records_have(Store *store, const char *data, uint64_t seed, bool *ret_have, Error *error);

/* Keeps what was found for one set and seed, all of it or nothing: the networks, and how the rules decide, by each of
 * the criteria of `decisions`[count], on the table of samples that was made of them, the only one of each study. */
StoreStatus cascade_records_add(Store *store, const char *data, const StudyResult *networks,
                                const OffloadStudy *decisions, int count, Error *error);

#endif
