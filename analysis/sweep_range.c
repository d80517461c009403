#include "sweep_range.h"

#include "expression.h"

#include <math.h>
#include <string.h>

typedef enum Scale { SCALE_LINEAR, SCALE_LOG } Scale;

static const char *const scale_names[] = {"linear", "log", NULL};

/* The digits that values between the ends have, so that 0.1 + 2 x 0.1 is 0.3. */
enum { SIGNIFICANT_DIGITS = 12 };

/* A last step that misses the end by so much of a step reaches it. */
static const double END_TOLERANCE = 1e-9;

typedef struct RangeEntry {
    const char *from, *to, *step; /* step: NULL where not given */
    int64_t points;               /* 0: not given */
    int scale;
} RangeEntry;

static const Field range_fields[] = {
    {"from", FIELD_TEXT, .offset = offsetof(RangeEntry, from), .help = "the first value"},
    {"to", FIELD_TEXT, .offset = offsetof(RangeEntry, to), .help = "the last value"},
    {"step", FIELD_TEXT, .offset = offsetof(RangeEntry, step), .fallback = "", .help = "from one value to the next"},
    {"points", FIELD_INTEGER, .offset = offsetof(RangeEntry, points), .fallback = "", .minimum = 2,
     .maximum = SWEEP_POINT_LIMIT, .help = "how many values, instead of a step"},
    {"scale", FIELD_CHOICE, .offset = offsetof(RangeEntry, scale), .fallback = "linear", .choices = scale_names,
     .help = "log: equal ratios instead of equal differences; with points"},
};

/* A range whose ends are numbers of one dimension. */
typedef struct Range {
    const ConfigNode *node;
    const char *path, *unit; /* unit: as written behind `from`, its space included */
    RangeEntry entry;
    Dimension dimension;
    double from, to, step; /* in `unit` */
} Range;

/* The unit of a quantity as it was written, with the space before it; "" where there is none. */
static const char *unit_of(const char *text)
{
    const char *unit = text + strspn(text, " \t+-0123456789.");
    bool exponent = (*unit == 'e' || *unit == 'E') && unit[1 + strspn(unit + 1, "+-")] >= '0' &&
                    unit[1 + strspn(unit + 1, "+-")] <= '9';
    if (exponent)
        unit += 1 + strspn(unit + 1, "+-0123456789");
    while (unit > text && unit[-1] == ' ')
        unit--;
    return unit;
}

static void range_error(const Range *range, const char *key, ErrorList *errors, const char *message)
{
    const ConfigNode *value = config_get(range->node, key);
    char path[CONFIG_EXCERPT_SIZE + 16], excerpt[CONFIG_EXCERPT_SIZE];
    snprintf(path, sizeof path, "%s.%s", config_excerpt(range->path, excerpt), key);
    config_error(errors, value ? value : range->node, path, "%s", message);
}

/* Reads one number of the range; it must measure what `from` does. */
static bool read_number(const Range *range, const char *key, const char *text, double unit_size, double *ret_number,
                        ErrorList *errors)
{
    char message[256], excerpt[CONFIG_EXCERPT_SIZE];
    Dimension dimension;
    if (!expression_number(text, ret_number, &dimension)) {
        snprintf(message, sizeof message, "\"%s\" is no number with a unit that is known",
                 config_excerpt(text, excerpt));
        range_error(range, key, errors, message);
        return false;
    }
    if (dimension != range->dimension) {
        snprintf(message, sizeof message, "\"%s\" is %s, but `from` is %s", config_excerpt(text, excerpt),
                 dimension_name(dimension), dimension_name(range->dimension));
        range_error(range, key, errors, message);
        return false;
    }
    *ret_number /= unit_size;
    return true;
}

/* Reads the ends and the step. */
static bool read_numbers(Range *range, Arena *arena, ErrorList *errors)
{
    const RangeEntry *entry = &range->entry;
    double unit_size = 1, first;
    Dimension ignored;
    if (!expression_number(entry->from, &first, &range->dimension)) {
        char message[256], excerpt[CONFIG_EXCERPT_SIZE];
        snprintf(message, sizeof message, "\"%s\" is no number with a unit that is known",
                 config_excerpt(entry->from, excerpt));
        range_error(range, "from", errors, message);
        return false;
    }
    range->unit = unit_of(entry->from);
    expression_number(arena_format(arena, "1%s", range->unit), &unit_size, &ignored);
    range->from = first / unit_size;
    bool good = read_number(range, "to", entry->to, unit_size, &range->to, errors);
    if (entry->step)
        good = read_number(range, "step", entry->step, unit_size, &range->step, errors) && good;
    return good;
}

/* What does not go together; numbers are known. */
static bool check(const Range *range, ErrorList *errors)
{
    const RangeEntry *entry = &range->entry;
    int before = errors->total;
    if (entry->step && entry->points)
        range_error(range, "points", errors, "contradicts `step`: give one of the two");
    else if (!entry->step && !entry->points)
        config_error(errors, range->node, range->path, "the range needs a step or a number of points");
    if (entry->scale == SCALE_LOG && entry->step)
        range_error(range, "step", errors, "a logarithmic range takes points instead of a step");
    if (entry->scale == SCALE_LOG && !(range->from * range->to > 0))
        range_error(range, range->from == 0 ? "from" : "to", errors,
                    "the ends of a logarithmic range are both above or both below zero");
    if (entry->points && range->from == range->to)
        range_error(range, "to", errors, "is the same as `from`");
    if (entry->step && range->step == 0)
        range_error(range, "step", errors, "a step of zero never ends");
    else if (entry->step && (range->to - range->from) * range->step < 0)
        range_error(range, "step", errors,
                    range->to > range->from ? "leads down, but `to` is above `from`"
                                            : "leads up, but `to` is below `from`");
    else if (entry->step && (range->to - range->from) / range->step >= SWEEP_POINT_LIMIT)
        range_error(range, "step", errors, "gives more than 1000000 values");
    return errors->total == before;
}

/* Rounded to SIGNIFICANT_DIGITS. */
static double rounded(double value)
{
    if (value == round(value) && fabs(value) < 0x1p53)
        return value;
    double scale = pow(10, SIGNIFICANT_DIGITS - 1 - floor(log10(fabs(value))));
    return isfinite(scale) && scale > 0 ? round(value * scale) / scale : value;
}

static double value_at(const Range *range, int index, int count)
{
    double share = count > 1 ? index / (count - 1.0) : 0;
    if (range->entry.step)
        return range->from + index * range->step;
    if (range->entry.scale == SCALE_LOG)
        return range->from * pow(range->to / range->from, share);
    return range->from + share * (range->to - range->from);
}

/* Value `index` as text; the ends as they were written, where they are reached. */
static const char *text_at(const Range *range, Arena *arena, int index, int count)
{
    if (index == 0)
        return range->entry.from;
    if (index == count - 1 && range->entry.points)
        return range->entry.to;
    char number[64];
    quantity_format(rounded(value_at(range, index, count)), DIMENSION_COUNT, number, sizeof number);
    return arena_format(arena, "%s%s", number, range->unit);
}

bool sweep_is_range(const ConfigNode *node)
{
    return config_get(node, "from") || config_get(node, "to") || config_get(node, "points") || config_get(node, "step");
}

const ConfigNode **sweep_range_points(Arena *arena, const ConfigNode *node, const char *path, int *ret_count,
                                      ErrorList *errors)
{
    Range range = {.node = node, .path = path};
    enum { FIELD_COUNT = sizeof range_fields / sizeof *range_fields };
    if (!config_bind(arena, node, path, range_fields, FIELD_COUNT, &range.entry, errors) ||
        !read_numbers(&range, arena, errors) || !check(&range, errors))
        return NULL;
    int count = (int)range.entry.points;
    if (range.entry.step)
        count = 1 + (int)floor((range.to - range.from) / range.step + END_TOLERANCE);
    const ConfigNode **points = arena_allocate(arena, (size_t)count, sizeof *points);
    for (int i = 0; i < count; i++) {
        ConfigNode *point = arena_allocate(arena, 1, sizeof *point);
        *point = (ConfigNode){
            .kind = CONFIG_SCALAR, .text = text_at(&range, arena, i, count), .file = node->file, .line = node->line};
        point->column = node->column;
        points[i] = point;
    }
    *ret_count = count;
    return points;
}
