/* Questions as what goes into a network: the entries of an observation that vary, each of the order of 1. */
#ifndef ORCHID_POLICIES_ENCODING_H
#define ORCHID_POLICIES_ENCODING_H

#include "../sim/view.h"

/* Features of at most so many levels get an input for each level, others one input. Inputs end at ENCODED_MOST. */
enum { ENCODED_LEVELS_MOST = 8, ENCODED_MOST = 4 };

/* One entry of an observation that varies. */
typedef struct EncodedEntry {
    int index;   /* in the observation */
    int levels;  /* inputs, one of which is 1; 0: one input, value / scale */
    float scale; /* as in Feature */
} EncodedEntry;

/* Inputs are a constant 1, so that the units of a new network differ where the rest is 0, and then the entries. */
typedef struct Encoding {
    int size;        /* inputs of a question, >= 1 */
    int shared_size; /* the first of them: the 1 and the entries of the shared block; as many for each ask follow */
    int entry_count;
    EncodedEntry *entries; /* [entry_count] */
    double *values;        /* the observation last read */
} Encoding;

/* The encoding of all questions of a scenario. */
void encoding_init(Encoding *encoding, const Scenario *scenario);
void encoding_free(Encoding *encoding);

/* Fills ret_inputs[size]. */
void encoding_write(Encoding *encoding, const Decision *decision, float *ret_inputs);

#endif
