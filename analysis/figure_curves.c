#include "figure_curves.h"

#include <math.h>
#include <stdlib.h>

enum { LINE_LIMIT = 24 };

static bool check_count(const FigureSeries *series, Error *error)
{
    if (series->count <= LINE_LIMIT)
        return true;
    error_set(error, NULL, 0, 0, "%d lines are more than can be told apart (%d); choose among them with --where",
              series->count, LINE_LIMIT);
    return false;
}

static void begin_row(const FigureCanvas *canvas, const FigureSeries *series, int combination)
{
    figure_canvas_number(canvas, series->of[combination] + 1, '\t');
    figure_canvas_text(canvas, series->names[series->of[combination]], '\t');
}

/* Mean and ends of an interval; both ends at the mean where it has no width. */
static void write_interval(const FigureCanvas *canvas, const Interval *interval, char end)
{
    double half_width = isnan(interval->half_width) ? 0 : interval->half_width;
    figure_canvas_number(canvas, interval->mean, '\t');
    figure_canvas_number(canvas, interval->mean - half_width, '\t');
    figure_canvas_number(canvas, interval->mean + half_width, end);
}

bool figure_curves_write_lines(const FigureCells *cells, const FigureCanvas *canvas, Error *error)
{
    const FigureAxis *axis = &cells->axes[0];
    FigureSeries series = figure_canvas_series(canvas, cells, 1);
    if (!check_count(&series, error))
        return false;
    FigureRange range = {0}, places = {0};
    const Interval none = {.mean = NAN, .half_width = NAN};
    figure_canvas_header(canvas, "series series_name x runs known mean low high");
    for (int i = 0; i < series.stride; i++)
        for (int x = 0; x < axis->count && series.of[i] >= 0; x++) {
            const FigureCell *cell = &cells->cells[x * series.stride + i];
            const Interval *interval = cell->run_count ? &cell->intervals[0] : &none;
            begin_row(canvas, &series, i);
            figure_canvas_number(canvas, axis->numbers[x], '\t');
            figure_canvas_number(canvas, cell->run_count, '\t');
            figure_canvas_number(canvas, cell->known[0], '\t');
            write_interval(canvas, interval, '\n');
            figure_range_add_interval(&range, interval);
            figure_range_add(&places, axis->numbers[x]);
        }
    figure_canvas_set_text(canvas, "x_label", axis->label);
    figure_canvas_set_number(canvas, "x_count", axis->count);
    figure_canvas_set_text(canvas, "value_label", cells->metrics[0].label);
    figure_canvas_set_series(canvas, &series);
    figure_canvas_set_range(canvas, "x", &places);
    figure_canvas_set_ticks(canvas, "x", axis);
    figure_canvas_set_range(canvas, "value", &range);
    figure_canvas_set_words(canvas, cells, "mean over %s", "bands: 95 % Student t interval", NULL);
    return true;
}

static int number_compare(const void *a, const void *b)
{
    const double *first = a, *second = b;
    return (*first > *second) - (*first < *second);
}

bool figure_curves_write_distribution(const FigureCells *cells, const FigureCanvas *canvas, Error *error)
{
    FigureSeries series = figure_canvas_series(canvas, cells, 0);
    if (!check_count(&series, error))
        return false;
    FigureRange range = {0};
    figure_canvas_header(canvas, "series series_name value percent");
    for (int i = 0; i < series.stride; i++) {
        const FigureCell *cell = &cells->cells[i];
        double *values = arena_allocate(canvas->arena, (size_t)cell->run_count, sizeof *values);
        int count = 0;
        for (int run = 0; run < cell->run_count; run++)
            if (!isnan(cells->metrics[0].values[cell->runs[run]]))
                values[count++] = cells->metrics[0].values[cell->runs[run]];
        qsort(values, (size_t)count, sizeof *values, number_compare);
        for (int k = 0; k <= count && count; k++) {
            /* A step begins where the line stood before, so that the first rises from zero. */
            begin_row(canvas, &series, i);
            figure_canvas_number(canvas, values[k ? k - 1 : 0], '\t');
            figure_canvas_number(canvas, 100.0 * k / count, '\n');
            figure_range_add(&range, values[k ? k - 1 : 0]);
        }
    }
    figure_canvas_set_text(canvas, "x_label", cells->metrics[0].label);
    figure_canvas_set_text(canvas, "value_label", "replications at or below (%)");
    figure_canvas_set_number(canvas, "quantiles", 0);
    figure_canvas_set_series(canvas, &series);
    figure_canvas_set_range(canvas, "x", &range);
    figure_canvas_set_words(canvas, cells, "distribution over %s, a step each", NULL, "no interval");
    return true;
}

bool figure_curves_write_quantiles(const FigureCells *cells, FigureCanvas *canvas, const double *probabilities,
                                   Error *error)
{
    FigureSeries series = figure_canvas_series(canvas, cells, 0);
    if (!check_count(&series, error))
        return false;
    FigureRange range = {0};
    figure_canvas_header(canvas, "series series_name percent runs value low high");
    for (int i = 0; i < series.stride; i++)
        for (int m = 0; m < cells->metric_count && series.of[i] >= 0; m++) {
            const FigureCell *cell = &cells->cells[i];
            begin_row(canvas, &series, i);
            figure_canvas_number(canvas, 100 * probabilities[m], '\t');
            figure_canvas_number(canvas, cell->known[m], '\t');
            write_interval(canvas, &cell->intervals[m], '\n');
            figure_range_add_interval(&range, &cell->intervals[m]);
        }
    figure_canvas_set_text(canvas, "x_label",
                           arena_format(canvas->arena, "response time (%s)", cells->metrics[0].unit));
    figure_canvas_set_text(canvas, "value_label", "requests at or below (%)");
    figure_canvas_set_number(canvas, "quantiles", 1);
    figure_canvas_set_series(canvas, &series);
    figure_canvas_set_range(canvas, "x", &range);
    figure_canvas_add_note(canvas,
                           "Nothing is stored between these quantiles and below the median: lines only join them. ");
    figure_canvas_set_words(canvas, cells, "50, 90, 95, 99 % quantiles of each run, mean over %s",
                            "whiskers: 95 % Student t interval", NULL);
    return true;
}
