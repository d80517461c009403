#include "work_time.h"

#include <assert.h>
#include <string.h>

bool work_time_whole_numbers(const Variant *variant)
{
    return variant->weight_bytes < 2 * variant->parameters;
}

static bool same_place(const Profile *a, const Profile *b)
{
    return a->threads == b->threads && strcmp(a->platform, b->platform) == 0;
}

/* The variant that a row is about, NULL where it is of another model or precision. */
static const Variant *variant_of(const Profile *row, const Model *model, bool whole_numbers)
{
    int index = strcmp(row->model, model->name) == 0 ? model_variant_index(model, row->variant) : -1;
    const Variant *variant = index >= 0 ? &model->variants[index] : NULL;
    return variant && work_time_whole_numbers(variant) == whole_numbers ? variant : NULL;
}

/* Sums of least squares. */
typedef struct Sums {
    double count, x, y, xx, xy;
} Sums;

static bool find_line(const Sums *sums, WorkTime *line)
{
    double spread = sums->count * sums->xx - sums->x * sums->x;
    if (spread <= 0)
        return false;
    line->per_mac_s = (sums->count * sums->xy - sums->x * sums->y) / spread;
    line->fixed_s = (sums->y - line->per_mac_s * sums->x) / sums->count;
    if (line->fixed_s < 0) {
        line->fixed_s = 0;
        line->per_mac_s = sums->xy / sums->xx;
    }
    return line->per_mac_s > 0;
}

bool work_time_fit(const ProfileTable *profiles, int index, const Model *model, bool whole_numbers, WorkTime *ret_line)
{
    const Profile *first = &profiles->rows[index];
    for (int i = 0; i < index; i++)
        if (same_place(&profiles->rows[i], first))
            return false;
    WorkTime line = {.platform = first->platform, .threads = first->threads};
    Sums sums = {0};
    double least_macs = 0;
    for (int i = index; i < profiles->count; i++) {
        const Profile *row = &profiles->rows[i];
        const Variant *variant = same_place(row, first) ? variant_of(row, model, whole_numbers) : NULL;
        if (!variant || variant->macs <= 0)
            continue;
        sums.count++;
        sums.x += variant->macs;
        sums.y += row->mean_s;
        sums.xx += variant->macs * variant->macs;
        sums.xy += variant->macs * row->mean_s;
        if (!line.least || variant->macs < least_macs) {
            line.least = row;
            least_macs = variant->macs;
        }
    }
    line.variant_count = (int)sums.count;
    if (line.variant_count < 2 || !find_line(&sums, &line))
        return false;
    *ret_line = line;
    return true;
}

double work_time_factor(const WorkTime *line, double macs)
{
    assert(line->least->mean_s > 0);
    return (line->fixed_s + line->per_mac_s * macs) / line->least->mean_s;
}
