#include "figure_bars.h"

#include <math.h>
#include <stdlib.h>

/* The most marks and colours of a picture, the fewest runs whose quartiles say anything, and the most dots beside them.
 */
enum { BAR_LIMIT = 200, SERIES_LIMIT = 24, BOX_LEAST = 5, DOT_LIMIT = 30 };

/* A distribution as a box shows it. */
typedef struct Box {
    double low, first_quartile, median, third_quartile, high; /* low, high: ends of the whiskers */
} Box;

static bool check_count(const FigureCells *cells, const FigureSeries *series, Error *error)
{
    int count = cells->axes[0].count * series->count;
    if (count <= BAR_LIMIT && series->count <= SERIES_LIMIT)
        return true;
    if (series->count > SERIES_LIMIT) {
        error_set(error, NULL, 0, 0,
                  "%d colours are more than can be told apart (%d); name another key first in --by, or choose among "
                  "them with --where",
                  series->count, SERIES_LIMIT);
        return false;
    }
    error_set(error, NULL, 0, 0, "%d bars are more than a picture holds (%d); choose among them with --where", count,
              BAR_LIMIT);
    return false;
}

/* What bars and boxes have in common. */
static void set_frame(const FigureCells *cells, const FigureCanvas *canvas, const FigureSeries *series)
{
    const FigureAxis *groups = &cells->axes[0];
    int width = figure_canvas_width(groups->label);
    for (int i = 0; i < groups->count; i++) {
        int own = figure_canvas_width(figure_canvas_shorten(canvas, groups->texts[i]));
        width = own > width ? own : width;
    }
    figure_canvas_set_text(canvas, "key_label", groups->key < 0 ? "" : cells->set.keys[groups->key].name);
    figure_canvas_set_text(canvas, "value_label", cells->metrics[0].label);
    figure_canvas_set_number(canvas, "groups", groups->count);
    figure_canvas_set_number(canvas, "name_width", width);
    figure_canvas_set_series(canvas, series);
}

/* The first cells of a row: group, its name, series, its name. */
static void begin_row(const FigureCells *cells, const FigureCanvas *canvas, const FigureSeries *series, int group,
                      int combination)
{
    int number = series->of[combination];
    figure_canvas_number(canvas, group + 1, '\t');
    figure_canvas_text(canvas, figure_canvas_shorten(canvas, cells->axes[0].texts[group]), '\t');
    figure_canvas_number(canvas, number + 1, '\t');
    figure_canvas_text(canvas, series->names[number], '\t');
}

bool figure_bars_write_means(const FigureCells *cells, const FigureCanvas *canvas, Error *error)
{
    FigureSeries series = figure_canvas_series(canvas, cells, 1);
    if (!check_count(cells, &series, error))
        return false;
    FigureRange range = {0};
    int text_width = 0;
    figure_canvas_header(canvas, "group group_name series series_name runs known mean half_width text");
    for (int group = 0; group < cells->axes[0].count; group++)
        for (int i = 0; i < series.stride; i++) {
            const FigureCell *cell = &cells->cells[group * series.stride + i];
            if (series.of[i] < 0)
                continue;
            const char *text = cell->run_count ? figure_canvas_value(canvas, cell, 0) : "no runs";
            int width = figure_canvas_width(text);
            text_width = width > text_width ? width : text_width;
            begin_row(cells, canvas, &series, group, i);
            figure_canvas_number(canvas, cell->run_count, '\t');
            figure_canvas_number(canvas, cell->known[0], '\t');
            figure_canvas_number(canvas, cell->run_count ? cell->intervals[0].mean : NAN, '\t');
            figure_canvas_number(canvas, cell->run_count ? cell->intervals[0].half_width : NAN, '\t');
            figure_canvas_text(canvas, text, '\n');
            if (cell->run_count)
                figure_range_add_interval(&range, &cell->intervals[0]);
        }
    set_frame(cells, canvas, &series);
    figure_canvas_set_number(canvas, "text_width", text_width);
    figure_canvas_set_range(canvas, "value", &range);
    figure_canvas_set_words(canvas, cells, "mean over %s", "whiskers: 95 % Student t interval", NULL);
    return true;
}

static int number_compare(const void *a, const void *b)
{
    const double *first = a, *second = b;
    return (*first > *second) - (*first < *second);
}

/* The quantile of `count` >= 1 sorted values, linear between them (type 7 of Hyndman and Fan: American Statistician 50,
 * 1996). */
static double quantile(const double *sorted, int count, double probability)
{
    double place = probability * (count - 1);
    int below = (int)place;
    double above = sorted[below + 1 < count ? below + 1 : below];
    return sorted[below] + (place - below) * (above - sorted[below]);
}

/* The box of `count` >= 1 sorted values; whiskers end at the last value within 1.5 box lengths (Tukey). */
static Box box_of(const double *sorted, int count)
{
    const double reach = 1.5;
    Box box = {.first_quartile = quantile(sorted, count, 0.25),
               .median = quantile(sorted, count, 0.5),
               .third_quartile = quantile(sorted, count, 0.75)};
    double length = box.third_quartile - box.first_quartile;
    box.low = box.first_quartile;
    box.high = box.third_quartile;
    for (int i = 0; i < count; i++) {
        if (sorted[i] >= box.first_quartile - reach * length)
            box.low = fmin(box.low, sorted[i]);
        if (sorted[i] <= box.third_quartile + reach * length)
            box.high = fmax(box.high, sorted[i]);
    }
    return box;
}

/* A row per run that knows the metric, each with the box of them all; `first` marks the one that draws it. */
static void write_box(const FigureCells *cells, const FigureCanvas *canvas, const FigureSeries *series, int group,
                      int combination)
{
    const FigureCell *cell = &cells->cells[group * series->stride + combination];
    double *values = arena_allocate(canvas->arena, (size_t)cell->run_count, sizeof *values);
    int count = 0;
    for (int i = 0; i < cell->run_count; i++)
        if (!isnan(cells->metrics[0].values[cell->runs[i]]))
            values[count++] = cells->metrics[0].values[cell->runs[i]];
    qsort(values, (size_t)count, sizeof *values, number_compare);
    Box box = count ? box_of(values, count) : (Box){NAN, NAN, NAN, NAN, NAN};
    for (int i = 0; i < (count ? count : 1); i++) {
        begin_row(cells, canvas, series, group, combination);
        figure_canvas_number(canvas, i == 0, '\t');
        figure_canvas_number(canvas, count, '\t');
        figure_canvas_number(canvas, count ? values[i] : NAN, '\t');
        figure_canvas_number(canvas, box.low, '\t');
        figure_canvas_number(canvas, box.first_quartile, '\t');
        figure_canvas_number(canvas, box.median, '\t');
        figure_canvas_number(canvas, box.third_quartile, '\t');
        figure_canvas_number(canvas, box.high, '\n');
    }
}

bool figure_bars_write_boxes(const FigureCells *cells, FigureCanvas *canvas, Error *error)
{
    bool small = false, large = false, crowded = false;
    FigureSeries series = figure_canvas_series(canvas, cells, 1);
    if (!check_count(cells, &series, error))
        return false;
    FigureRange range = {0};
    figure_canvas_header(canvas, "group group_name series series_name first n value low quartile_1 median quartile_3 "
                                 "high");
    for (int group = 0; group < cells->axes[0].count; group++)
        for (int i = 0; i < series.stride; i++)
            if (series.of[i] >= 0) {
                write_box(cells, canvas, &series, group, i);
                int known = cells->cells[group * series.stride + i].known[0];
                small = small || (known > 0 && known < BOX_LEAST);
                large = large || known >= BOX_LEAST;
                crowded = crowded || known > DOT_LIMIT;
            }
    for (int run = 0; run < cells->set.run_count; run++)
        figure_range_add(&range, cells->metrics[0].values[run]);
    if (small)
        figure_canvas_add_note(canvas,
                               arena_format(canvas->arena, "No box for fewer than %d replications. ", BOX_LEAST));
    figure_canvas_set_number(canvas, "box_least", BOX_LEAST);
    figure_canvas_set_number(canvas, "boxes", large);
    set_frame(cells, canvas, &series);
    figure_canvas_set_range(canvas, "value", &range);
    figure_canvas_set_number(canvas, "every_dot", !crowded);
    figure_canvas_set_words(canvas, cells, crowded ? "%s" : "%s, a dot each", NULL,
                            crowded ? "box: quartiles, line: median; whiskers: within 1.5 boxes; dots: runs outside"
                                    : "box: quartiles, line: median; whiskers: to the last dot within 1.5 boxes");
    return true;
}
