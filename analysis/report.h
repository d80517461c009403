/* What a person wants to see after a run: one aligned line per policy, or the same as JSON. */
#ifndef ORCHID_ANALYSIS_REPORT_H
#define ORCHID_ANALYSIS_REPORT_H

#include "store.h"

typedef enum ReportFormat { REPORT_TABLE, REPORT_JSON } ReportFormat;

/* Writes, for every scenario of the experiment (0: of the whole file), a table with a line per policy in the order of
 * their runs: mean response time with its interval, the paired difference to the oracle, accuracy, energy, and where
 * the requests went. Failed runs are left out and counted. `bold` marks the best policy with terminal codes (ignored in
 * JSON). Numbers in JSON have full precision and SI units in their names; what is not known is null. */
StoreStatus report_write(FILE *stream, Store *store, int64_t experiment, ReportFormat format, bool bold, Error *error);

#endif
