/* Small databases that the tests of what is stored share, built through the store itself. */
#ifndef ORCHID_TESTS_DATABASES_H
#define ORCHID_TESTS_DATABASES_H

#include "../analysis/store.h"

/* A new database with one experiment, to be closed by the caller; ends the program where even that fails. */
Store *database_create(const char *path);

/* Stores a run of that experiment; ends the program where that fails. */
void database_add(Store *store, const Trial *trial);

/* The result of a query as text: columns joined by '|', rows by newlines; or the error. Valid until the next call. */
const char *database_answer(Store *store, const char *sql);

/* The first value of a query's result; NAN for NULL, -1 without a row. */
double database_number(Store *store, const char *sql);

enum { DATABASE_TEXT_SIZE = 1000 };

/* A StoreRow function that writes rows like database_answer; `context` is a text of DATABASE_TEXT_SIZE characters. */
bool database_append_row(void *context, int column_count, const char *const *names, const StoreValue *values);

/* A finished run of five users with a learning curve and decision counts. The trial points into the sample itself. */
typedef struct Sample {
    Metric metrics[4];
    CurvePoint curve[2];
    CurveTime times[2];
    DecisionCount counts[2];
    Trial trial;
} Sample;

/* A sample whose mean response time is `response_s`. */
void sample_init(Sample *sample, const PolicyType *policy, uint64_t replication, double response_s);

/* Stores such a sample in the experiment of database_create. Errors: those of store_add_trial. */
StoreStatus sample_add(Store *store, const PolicyType *policy, uint64_t replication, double response_s, Error *error);

#endif
