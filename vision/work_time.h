/* How long a platform would take for a network that nobody has measured on it: a straight line through what others take
 * there, by their multiply-accumulates. */
#ifndef ORCHID_VISION_WORK_TIME_H
#define ORCHID_VISION_WORK_TIME_H

#include "../sim/model.h"
#include "../sim/profile.h"

#include <stdbool.h>

/* The line of one platform, threads and precision: mean latency = fixed_s + per_mac_s x multiply-accumulates, by least
 * squares over the variants measured there; through the origin where the fixed part would be negative. */
typedef struct WorkTime {
    const char *platform; /* borrowed */
    int threads;
    int variant_count; /* that the line goes through */
    double fixed_s, per_mac_s;
    const Profile *least; /* of the least work among them, borrowed: its distribution gives the shape */
} WorkTime;

/* The line of the row `index` of `profiles` if it is the first of its platform and threads, `model` is the one its
 * variants are of, and at least two of them have the precision. False: it is not, or has no rising line. */
bool work_time_fit(const ProfileTable *profiles, int index, const Model *model, bool whole_numbers, WorkTime *ret_line);

/* Whether a variant's weights take less than two bytes each. */
bool work_time_whole_numbers(const Variant *variant);

/* What the latencies of `line->least` have to be multiplied by for so many multiply-accumulates. */
double work_time_factor(const WorkTime *line, double macs);

#endif
