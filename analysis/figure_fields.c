#include "figure_fields.h"

#include <math.h>
#include <stdlib.h>

enum { SIDE_LIMIT = 40, PANEL_LIMIT = 12 };

/* A point of a front. */
typedef struct Point {
    double place[2]; /* mean of each metric, turned so that smaller is better */
    int cell;
    bool beaten; /* by a point that is better in one metric and not worse in the other */
} Point;

static const char *key_name(const FigureCells *cells, const FigureAxis *axis)
{
    return axis->key < 0 ? "" : cells->set.keys[axis->key].name;
}

static int name_width(const FigureCanvas *canvas, const FigureAxis *axis)
{
    int width = 0;
    for (int i = 0; i < axis->count; i++) {
        int own = figure_canvas_width(figure_canvas_shorten(canvas, axis->texts[i]));
        width = own > width ? own : width;
    }
    return width;
}

bool figure_fields_write_map(const FigureCells *cells, FigureCanvas *canvas, Error *error)
{
    bool gaps = false;
    const FigureAxis *across = &cells->axes[0], *up = &cells->axes[1], *panels = &cells->axes[2];
    if (across->count > SIDE_LIMIT || up->count > SIDE_LIMIT || panels->count > PANEL_LIMIT) {
        error_set(error, NULL, 0, 0,
                  "a map holds at most %d x %d fields and %d panels, these are %d x %d and %d; choose among them with "
                  "--where",
                  SIDE_LIMIT, SIDE_LIMIT, PANEL_LIMIT, across->count, up->count, panels->count);
        return false;
    }
    FigureRange range = {0};
    double widest = 0;
    figure_canvas_header(canvas, "panel panel_name x x_name y y_name runs known mean half_width");
    for (int p = 0; p < panels->count; p++)
        for (int y = 0; y < up->count; y++)
            for (int x = 0; x < across->count; x++) {
                const FigureCell *cell = figure_cells_at(cells, x, y, p);
                const Interval *interval = &cell->intervals[0];
                figure_canvas_number(canvas, p + 1, '\t');
                figure_canvas_text(canvas, figure_canvas_shorten(canvas, panels->texts[p]), '\t');
                figure_canvas_number(canvas, x + 1, '\t');
                figure_canvas_text(canvas, figure_canvas_shorten(canvas, across->texts[x]), '\t');
                figure_canvas_number(canvas, y + 1, '\t');
                figure_canvas_text(canvas, figure_canvas_shorten(canvas, up->texts[y]), '\t');
                figure_canvas_number(canvas, cell->run_count, '\t');
                figure_canvas_number(canvas, cell->known[0], '\t');
                figure_canvas_number(canvas, cell->known[0] ? interval->mean : NAN, '\t');
                figure_canvas_number(canvas, cell->known[0] ? interval->half_width : NAN, '\n');
                figure_range_add(&range, cell->known[0] ? interval->mean : NAN);
                gaps = gaps || !cell->known[0];
                widest = fmax(widest, cell->known[0] ? interval->half_width : NAN);
            }
    figure_canvas_set_text(canvas, "x_label", key_name(cells, across));
    figure_canvas_set_text(canvas, "y_label", key_name(cells, up));
    figure_canvas_set_text(canvas, "panel_label", key_name(cells, panels));
    figure_canvas_set_text(canvas, "value_label", cells->metrics[0].label);
    figure_canvas_set_number(canvas, "columns", across->count);
    figure_canvas_set_number(canvas, "rows", up->count);
    figure_canvas_set_number(canvas, "panels", panels->count);
    figure_canvas_set_number(canvas, "y_numeric", up->numeric);
    figure_canvas_set_number(canvas, "x_width", name_width(canvas, across));
    figure_canvas_set_number(canvas, "y_width", name_width(canvas, up));
    figure_canvas_set_range(canvas, "value", &range);
    if (gaps)
        figure_canvas_add_note(canvas, "–: no run, or none that knows the value. ");
    const char *interval = arena_format(canvas->arena, "95 %% Student t intervals: at most ± %.2g%s%s", widest,
                                        *cells->metrics[0].unit ? " " : "", cells->metrics[0].unit);
    figure_canvas_set_words(canvas, cells, "mean over %s", interval, NULL);
    return true;
}

static int point_compare(const void *a, const void *b)
{
    const Point *first = a, *second = b;
    if (first->beaten != second->beaten)
        return first->beaten ? 1 : -1;
    for (int m = 0; m < 2; m++)
        if (first->place[m] < second->place[m] || first->place[m] > second->place[m])
            return first->place[m] < second->place[m] ? -1 : 1;
    return first->cell - second->cell;
}

/* Whether a point is better in one metric and not worse in the other; rounding is no difference. */
static bool beats(const Point *first, const Point *second)
{
    const double tolerance = 1e-9;
    bool better = false, worse = false;
    for (int m = 0; m < 2; m++) {
        double slack = tolerance * fmax(fabs(first->place[m]), fabs(second->place[m]));
        better = better || first->place[m] < second->place[m] - slack;
        worse = worse || first->place[m] > second->place[m] + slack;
    }
    return better && !worse;
}

/* The points of all cells that know both metrics, in the order of the first metric with the beaten ones last. */
static Point *find_points(const FigureCells *cells, const FigureCanvas *canvas, int *ret_count)
{
    int cell_count = cells->axes[0].count, count = 0;
    Point *points = arena_allocate(canvas->arena, (size_t)cell_count, sizeof *points);
    for (int i = 0; i < cell_count; i++) {
        const FigureCell *cell = &cells->cells[i];
        if (!cell->known[0] || !cell->known[1])
            continue;
        points[count] = (Point){.cell = i};
        for (int m = 0; m < 2; m++) {
            double sign = cells->metrics[m].better == BETTER_LARGER ? -1 : 1;
            points[count].place[m] = sign * cell->intervals[m].mean;
        }
        count++;
    }
    qsort(points, (size_t)count, sizeof *points, point_compare);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count && !points[i].beaten; j++)
            points[i].beaten = beats(&points[j], &points[i]);
    qsort(points, (size_t)count, sizeof *points, point_compare);
    *ret_count = count;
    return points;
}

static bool check_metrics(const FigureCells *cells, Error *error)
{
    for (int m = 0; m < 2; m++)
        if (cells->metrics[m].better == BETTER_NEITHER) {
            error_set(error, NULL, 0, 0, "\"%s\" is neither better larger nor better smaller: there is no front",
                      cells->metrics[m].name);
            return false;
        }
    return true;
}

/* Where a value lies in a range, 0 to 1. */
static double place_in(const FigureRange *range, double value)
{
    if (range->high <= range->low)
        return 0.5;
    return figure_axis_is_wide(range->low, range->high) ? log(value / range->low) / log(range->high / range->low)
                                                        : (value - range->low) / (range->high - range->low);
}

/* Takes away the names of points that would lie on those of points before. */
static void thin_names(const FigureCells *cells, const Point *points, int count, const FigureRange ranges[2],
                       const char **names)
{
    const double character = 0.0085, line = 0.035; /* of the picture's plane */
    for (int i = 0; i < count; i++)
        for (int j = 0; j < i && *names[i]; j++) {
            const Interval *own = cells->cells[points[i].cell].intervals;
            const Interval *other = cells->cells[points[j].cell].intervals;
            double across = place_in(&ranges[0], own[0].mean) - place_in(&ranges[0], other[0].mean);
            double up = place_in(&ranges[1], own[1].mean) - place_in(&ranges[1], other[1].mean);
            const char *left = across < 0 ? names[i] : names[j];
            if (*names[j] && fabs(up) < line && fabs(across) < character * (figure_canvas_width(left) + 1))
                names[i] = "";
        }
}

bool figure_fields_write_front(const FigureCells *cells, const FigureAxis *colours, const FigureAxis *names,
                               const FigureCanvas *canvas, Error *error)
{
    if (!check_metrics(cells, error))
        return false;
    int count, width = figure_canvas_width(key_name(cells, colours));
    Point *points = find_points(cells, canvas, &count);
    FigureRange ranges[2] = {0};
    const char **labels = arena_allocate(canvas->arena, (size_t)count, sizeof *labels);
    for (int i = 0; i < count; i++) {
        const FigureCell *cell = &cells->cells[points[i].cell];
        int name = names ? names->at[cell->runs[0]] : -1;
        labels[i] = name < 0 ? "" : figure_canvas_shorten(canvas, names->texts[name]);
        for (int m = 0; m < 2; m++)
            figure_range_add_interval(&ranges[m], &cell->intervals[m]);
    }
    thin_names(cells, points, count, ranges, labels);
    figure_canvas_header(canvas, "series series_name name runs x x_half_width y y_half_width front named");
    for (int i = 0; i < count; i++) {
        const FigureCell *cell = &cells->cells[points[i].cell];
        int run = cell->runs[0], colour = colours->at[run], name = names ? names->at[run] : -1;
        figure_canvas_number(canvas, colour + 1, '\t');
        figure_canvas_text(canvas, colour < 0 ? "none" : figure_canvas_shorten(canvas, colours->texts[colour]), '\t');
        figure_canvas_text(canvas, name < 0 ? "none" : figure_canvas_shorten(canvas, names->texts[name]), '\t');
        figure_canvas_number(canvas, cell->run_count, '\t');
        for (int m = 0; m < 2; m++) {
            const Interval *interval = &cell->intervals[m];
            figure_canvas_number(canvas, interval->mean, '\t');
            figure_canvas_number(canvas, isnan(interval->half_width) ? 0 : interval->half_width, '\t');
        }
        figure_canvas_number(canvas, !points[i].beaten, '\t');
        figure_canvas_number(canvas, labels[i][0] != 0, '\n');
    }
    int widest = name_width(canvas, colours);
    figure_canvas_set_text(canvas, "x_label", cells->metrics[0].label);
    figure_canvas_set_text(canvas, "y_label", cells->metrics[1].label);
    figure_canvas_set_text(canvas, "series_label", key_name(cells, colours));
    figure_canvas_set_text(canvas, "name_label", names ? key_name(cells, names) : "");
    figure_canvas_set_number(canvas, "series", colours->count);
    figure_canvas_set_number(canvas, "series_width", widest > width ? widest : width);
    figure_canvas_set_number(canvas, "points", count);
    figure_canvas_set_range(canvas, "x", &ranges[0]);
    figure_canvas_set_range(canvas, "y", &ranges[1]);
    figure_canvas_set_words(canvas, cells, "mean over %s", "whiskers: 95 % Student t interval",
                            "filled, joined: no other mean is better in both");
    return true;
}
