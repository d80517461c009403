#include "figure_canvas.h"

#include <math.h>
#include <string.h>

#include "figure_script.h"

enum { TICK_LIMIT = 12, SCENARIO_LIMIT = 3 };

void figure_range_add(FigureRange *range, double value)
{
    if (!isfinite(value))
        return;
    range->low = range->any ? fmin(range->low, value) : value;
    range->high = range->any ? fmax(range->high, value) : value;
    range->any = true;
}

void figure_range_add_interval(FigureRange *range, const Interval *interval)
{
    double half_width = isnan(interval->half_width) ? 0 : interval->half_width;
    figure_range_add(range, interval->mean - half_width);
    figure_range_add(range, interval->mean + half_width);
}

void figure_canvas_set_text(const FigureCanvas *canvas, const char *name, const char *text)
{
    figure_script_set_text(canvas->settings, name, text);
}

void figure_canvas_set_number(const FigureCanvas *canvas, const char *name, double value)
{
    figure_script_set_number(canvas->settings, name, value);
}

void figure_canvas_set_range(const FigureCanvas *canvas, const char *prefix, const FigureRange *range)
{
    Arena *arena = canvas->arena;
    figure_script_set_real(canvas->settings, arena_format(arena, "%s_low", prefix), range->low);
    figure_script_set_real(canvas->settings, arena_format(arena, "%s_high", prefix), range->high);
    figure_canvas_set_number(canvas, arena_format(arena, "%s_log", prefix),
                             figure_axis_is_wide(range->low, range->high));
}

/* Where a number lies on an axis, 0 to 1. */
static double place_of(const FigureAxis *axis, double number)
{
    double low = axis->numbers[0], high = axis->numbers[axis->count - 1];
    if (high <= low)
        return 0;
    return axis->logarithmic ? log(number / low) / log(high / low) : (number - low) / (high - low);
}

void figure_canvas_set_ticks(const FigureCanvas *canvas, const char *prefix, const FigureAxis *axis)
{
    const double least_distance = 0.045;
    const char *ticks = "";
    bool clear = axis->count <= TICK_LIMIT;
    for (int i = 0; i < axis->count && clear; i++) {
        ticks = arena_format(canvas->arena, "%s%s%.10g", ticks, i ? " " : "", axis->numbers[i]);
        clear = i == 0 || place_of(axis, axis->numbers[i]) - place_of(axis, axis->numbers[i - 1]) >= least_distance;
    }
    figure_canvas_set_text(canvas, arena_format(canvas->arena, "%s_ticks", prefix), clear ? ticks : "");
}

/* "n = 10 independent replications", over all cells that know the first metric; `ret_most`: the largest n. */
static const char *replications(const FigureCanvas *canvas, const FigureCells *cells, int *ret_most)
{
    int cell_count = 1, least = INT32_MAX, most = 0;
    for (int a = 0; a < cells->axis_count; a++)
        cell_count *= cells->axes[a].count;
    for (int i = 0; i < cell_count; i++) {
        int known = cells->cells[i].known[0];
        least = known && known < least ? known : least;
        most = known > most ? known : most;
    }
    *ret_most = most;
    if (most <= 1)
        return "one replication";
    if (least == most)
        return arena_format(canvas->arena, "n = %d independent replications", most);
    return arena_format(canvas->arena, "n = %d to %d independent replications", least, most);
}

/* The names of the scenarios, or how many there are. */
static const char *scenario_names(const FigureCanvas *canvas, const RunSet *set)
{
    FigureAxis names;
    figure_axis_read(set, RUN_SET_SCENARIO, canvas->arena, &names);
    if (names.count > SCENARIO_LIMIT)
        return arena_format(canvas->arena, "%d scenarios", names.count);
    const char *text = names.texts[0];
    for (int i = 1; i < names.count; i++)
        text = arena_format(canvas->arena, "%s, %s", text, names.texts[i]);
    return text;
}

void figure_canvas_set_words(const FigureCanvas *canvas, const FigureCells *cells, const char *what,
                             const char *interval, const char *rest)
{
    Arena *arena = canvas->arena;
    int most;
    const char *place = strstr(what, "%s"), *count = replications(canvas, cells, &most);
    const char *caption = place ? arena_format(arena, "%.*s%s%s", (int)(place - what), what, count, place + 2) : what;
    if (interval)
        caption = arena_format(arena, "%s; %s", caption, most > 1 ? interval : "no interval");
    if (rest)
        caption = arena_format(arena, "%s; %s", caption, rest);
    const char *note = canvas->note ? canvas->note : "";
    if (canvas->where)
        note = arena_format(arena, "%sRuns where %s. ", note, canvas->where);
    for (int a = 0; a < cells->axis_count; a++)
        if (cells->axes[a].without)
            note = arena_format(arena, "%s%d runs without %s are left out. ", note, cells->axes[a].without,
                                cells->set.keys[cells->axes[a].key].name);
    figure_canvas_set_text(canvas, "title", scenario_names(canvas, &cells->set));
    figure_canvas_set_text(canvas, "caption", caption);
    figure_canvas_set_text(canvas, "replications", count);
    figure_canvas_set_text(canvas, "note", note);
}

void figure_canvas_add_note(FigureCanvas *canvas, const char *sentence)
{
    canvas->note = arena_format(canvas->arena, "%s%s", canvas->note ? canvas->note : "", sentence);
}

void figure_canvas_header(const FigureCanvas *canvas, const char *columns)
{
    for (; *columns; columns++)
        fputc(*columns == ' ' ? '\t' : *columns, canvas->table);
    fputc('\n', canvas->table);
}

void figure_canvas_text(const FigureCanvas *canvas, const char *text, char end)
{
    figure_script_write_text(canvas->table, text);
    fputc(end, canvas->table);
}

void figure_canvas_number(const FigureCanvas *canvas, double value, char end)
{
    if (isfinite(value))
        fprintf(canvas->table, "%.12g%c", value, end);
    else
        fprintf(canvas->table, "NaN%c", end);
}

int figure_canvas_width(const char *text)
{
    int width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* The byte where character `index` of a UTF-8 text begins. */
static size_t offset_of(const char *text, int index)
{
    size_t offset = 0;
    while (text[offset] && index > 0) {
        offset++;
        index -= ((unsigned char)text[offset] & 0xc0) != 0x80;
    }
    return offset;
}

const char *figure_canvas_shorten(const FigureCanvas *canvas, const char *name)
{
    int width = figure_canvas_width(name), half = FIGURE_NAME_LIMIT / 2;
    if (width <= FIGURE_NAME_LIMIT)
        return name;
    return arena_format(canvas->arena, "%.*s…%s", (int)offset_of(name, half), name,
                        name + offset_of(name, width - half + 1));
}

/* What the keys of the axes from `first` on are called: with `places`, their values there. */
static const char *join(const FigureCanvas *canvas, const FigureCells *cells, int first, const int *places)
{
    const char *text = "";
    for (int a = first; a < cells->axis_count; a++) {
        const FigureAxis *axis = &cells->axes[a];
        if (axis->key >= 0)
            text = arena_format(canvas->arena, "%s%s%s", text, *text ? ", " : "",
                                places ? axis->texts[places[a]] : cells->set.keys[axis->key].name);
    }
    return text;
}

FigureSeries figure_canvas_series(const FigureCanvas *canvas, const FigureCells *cells, int first)
{
    FigureSeries series = {.stride = 1, .label = join(canvas, cells, first, NULL)};
    int total = 1;
    for (int a = 0; a < cells->axis_count; a++) {
        total *= cells->axes[a].count;
        series.stride *= a >= first ? cells->axes[a].count : 1;
    }
    series.of = arena_allocate(canvas->arena, (size_t)series.stride, sizeof *series.of);
    series.names = arena_allocate(canvas->arena, (size_t)series.stride, sizeof *series.names);
    for (int i = 0; i < series.stride; i++) {
        int runs = 0, places[FIGURE_AXIS_LIMIT] = {0};
        for (int cell = i; cell < total; cell += series.stride)
            runs += cells->cells[cell].run_count;
        for (int a = cells->axis_count - 1, rest = i; a >= first; rest /= cells->axes[a--].count)
            places[a] = rest % cells->axes[a].count;
        series.of[i] = runs ? series.count : -1;
        if (runs)
            series.names[series.count++] = figure_canvas_shorten(canvas, join(canvas, cells, first, places));
    }
    return series;
}

void figure_canvas_set_series(const FigureCanvas *canvas, const FigureSeries *series)
{
    int width = figure_canvas_width(series->label);
    for (int i = 0; i < series->count; i++) {
        int own = figure_canvas_width(series->names[i]);
        width = own > width ? own : width;
    }
    figure_canvas_set_number(canvas, "series", series->count);
    figure_canvas_set_text(canvas, "series_label", series->label);
    figure_canvas_set_number(canvas, "series_width", width);
}

const char *figure_canvas_value(const FigureCanvas *canvas, const FigureCell *cell, int metric)
{
    const int most_decimals = 6;
    Arena *arena = canvas->arena;
    const Interval *interval = &cell->intervals[metric];
    if (cell->known[metric] == 0)
        return arena_format(arena, cell->run_count == 1 ? "no value" : "no value in %d runs", cell->run_count);
    const char *text;
    if (isnan(interval->half_width) || interval->half_width == 0) {
        text = arena_format(arena, "%.4g", interval->mean);
    } else {
        double digits = 1 - floor(log10(interval->half_width));
        int decimals = digits < 0 ? 0 : (int)fmin(digits, most_decimals);
        text = digits > most_decimals
                   ? arena_format(arena, "%.4g ± %.2g", interval->mean, interval->half_width)
                   : arena_format(arena, "%.*f ± %.*f", decimals, interval->mean, decimals, interval->half_width);
    }
    if (cell->known[metric] == cell->run_count)
        return text;
    return arena_format(arena, "%s (%d of %d runs)", text, cell->known[metric], cell->run_count);
}
