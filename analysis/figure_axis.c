#include "figure_axis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNIT_SIZE = 16 };

/* A text read as a quantity. */
typedef struct Quantity {
    Dimension dimension; /* DIMENSION_COUNT_: it is none */
    double value;        /* in the base unit */
    double plain;        /* the number as it stands */
    char unit[UNIT_SIZE];
} Quantity;

/* A value and where it was, for sorting. */
typedef struct Entry {
    const char *text;
    double number;
    int rank; /* the order among equal numbers, and where there are none */
    int index;
} Entry;

static Quantity quantity_read(const char *text)
{
    Quantity quantity = {.dimension = DIMENSION_COUNT};
    char why[ERROR_MESSAGE_SIZE];
    while (quantity.dimension < DIMENSION_COUNT_ &&
           !quantity_parse(text, quantity.dimension, &quantity.value, why, sizeof why))
        quantity.dimension++;
    if (quantity.dimension == DIMENSION_COUNT_)
        return quantity;
    size_t digits = strspn(text, "+-0123456789.eE");
    char number[64];
    snprintf(number, sizeof number, "%.*s", (int)digits, text);
    if (!quantity_parse(number, DIMENSION_COUNT, &quantity.plain, why, sizeof why))
        quantity.dimension = DIMENSION_COUNT_;
    snprintf(quantity.unit, sizeof quantity.unit, "%s", text + digits + strspn(text + digits, " "));
    return quantity;
}

/* Where policies stand that are compared everywhere: from simple to learnt, the optimum last. */
static int policy_rank(const char *name)
{
    static const char *const order[] = {"device-only", "edge-only", "cloud-only", "random", "round-robin", "greedy"};
    enum { ORDERED = sizeof order / sizeof *order };
    for (int i = 0; i < ORDERED; i++)
        if (strcmp(name, order[i]) == 0)
            return i;
    return strcmp(name, "oracle") == 0 ? ORDERED + 1 : ORDERED;
}

static int entry_compare(const void *a, const void *b)
{
    const Entry *first = a, *second = b;
    if (first->number < second->number || first->number > second->number)
        return first->number < second->number ? -1 : 1;
    return first->rank != second->rank ? first->rank - second->rank : first->index - second->index;
}

static int text_compare(const void *a, const void *b)
{
    const Entry *first = a, *second = b;
    int order = strcmp(first->text, second->text);
    return order ? order : first->index - second->index;
}

/* The different values of the runs, in the order of their first runs; `at` gets the place of each run's. */
static Entry *collect(const RunSet *set, int key, Arena *arena, FigureAxis *axis)
{
    Entry *entries = arena_allocate(arena, (size_t)set->run_count, sizeof *entries);
    int count = 0;
    for (int run = 0; run < set->run_count; run++) {
        const char *text = key < 0 ? "" : run_set_value(set, run, key);
        axis->at[run] = -1;
        if (text)
            entries[count++] = (Entry){.text = text, .index = run};
    }
    axis->without = set->run_count - count;
    qsort(entries, (size_t)count, sizeof *entries, text_compare);
    axis->count = 0;
    for (int i = 0; i < count; i++) {
        bool new = i == 0 || strcmp(entries[i].text, entries[axis->count - 1].text) != 0;
        if (new)
            entries[axis->count++] = entries[i];
        axis->at[entries[i].index] = entries[axis->count - 1].index; /* for now: the first run of this value */
    }
    return entries;
}

static int quantity_compare(const void *a, const void *b)
{
    double first = fabs(((const Quantity *)a)->value), second = fabs(((const Quantity *)b)->value);
    return (first > second) - (first < second);
}

/* The quantity whose unit suits most of them: the middle one of those that are not zero. */
static Quantity find_typical(Quantity *quantities, int count)
{
    qsort(quantities, (size_t)count, sizeof *quantities, quantity_compare);
    int zeros = 0;
    while (zeros < count - 1 && quantities[zeros].value == 0)
        zeros++;
    return quantities[zeros + (count - zeros) / 2];
}

/* Turns the values into numbers of one unit. Returns the unit, or NULL where some is no number or of another
 * dimension. */
static const char *measure(Entry *entries, int count, Arena *arena)
{
    if (count == 0)
        return NULL;
    Quantity *quantities = arena_allocate(arena, (size_t)count, sizeof *quantities);
    for (int i = 0; i < count; i++) {
        quantities[i] = quantity_read(entries[i].text);
        if (quantities[i].dimension == DIMENSION_COUNT_ || quantities[i].dimension != quantities[0].dimension)
            return NULL;
        entries[i].number = quantities[i].value;
    }
    Quantity typical = find_typical(quantities, count);
    double unit = typical.value != 0 && typical.plain != 0 ? typical.value / typical.plain : 1;
    for (int i = 0; i < count; i++)
        entries[i].number /= unit;
    return arena_string(arena, typical.unit);
}

bool figure_axis_is_wide(double low, double high)
{
    const double decades = 1.5;
    return low > 0 && log10(high / low) > decades;
}

void figure_axis_read(const RunSet *set, int key, Arena *arena, FigureAxis *ret_axis)
{
    FigureAxis axis = {.key = key, .label = "", .at = arena_allocate(arena, (size_t)set->run_count, sizeof(int))};
    Entry *entries = collect(set, key, arena, &axis);
    const char *name = key < 0 ? "" : set->keys[key].name;
    const char *unit = key < 0 || key == RUN_SET_POLICY ? NULL : measure(entries, axis.count, arena);
    axis.numeric = unit != NULL;
    for (int i = 0; i < axis.count; i++) {
        entries[i].number = axis.numeric ? entries[i].number : 0;
        entries[i].rank = key == RUN_SET_POLICY ? policy_rank(entries[i].text) : 0;
    }
    qsort(entries, (size_t)axis.count, sizeof *entries, entry_compare);
    axis.texts = arena_allocate(arena, (size_t)axis.count, sizeof *axis.texts);
    axis.numbers = arena_allocate(arena, (size_t)axis.count, sizeof *axis.numbers);
    int *place = arena_allocate(arena, (size_t)set->run_count, sizeof *place); /* by first run */
    for (int i = 0; i < axis.count; i++) {
        axis.texts[i] = entries[i].text;
        axis.numbers[i] = axis.numeric ? entries[i].number : NAN;
        place[entries[i].index] = i;
    }
    for (int run = 0; run < set->run_count; run++)
        if (axis.at[run] >= 0)
            axis.at[run] = place[axis.at[run]];
    axis.label = axis.numeric && *unit ? arena_format(arena, "%s (%s)", name, unit) : name;
    axis.logarithmic = axis.numeric && figure_axis_is_wide(axis.numbers[0], axis.numbers[axis.count - 1]);
    *ret_axis = axis;
}
