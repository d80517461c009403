/* Rows of a policy's table of parameters, which are bound into a struct `Parameters`. */
#ifndef ORCHID_POLICIES_PARAMETER_FIELDS_H
#define ORCHID_POLICIES_PARAMETER_FIELDS_H

#define INTEGER(KEY, MEMBER, FALLBACK, LEAST, MOST, HELP)                                                              \
    {                                                                                                                  \
        .key = KEY, .kind = FIELD_INTEGER, .offset = offsetof(Parameters, MEMBER), .fallback = FALLBACK,               \
        .minimum = LEAST, .maximum = MOST, .help = HELP                                                                \
    }
#define NUMBER(KEY, MEMBER, FALLBACK, LEAST, MOST, HELP)                                                               \
    {                                                                                                                  \
        .key = KEY, .kind = FIELD_QUANTITY, .dimension = DIMENSION_COUNT, .offset = offsetof(Parameters, MEMBER),      \
        .fallback = FALLBACK, .minimum = LEAST, .maximum = MOST, .help = HELP                                          \
    }

#endif
