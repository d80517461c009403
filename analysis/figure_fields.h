/* Planes: a metric over two keys, and two metrics against each other. */
#ifndef ORCHID_ANALYSIS_FIGURE_FIELDS_H
#define ORCHID_ANALYSIS_FIGURE_FIELDS_H

#include "figure_canvas.h"

/* The first metric as colour over the first two axes, a panel per value of the third. False and `error` where they are
 * too many to draw. */
bool figure_fields_write_map(const FigureCells *cells, FigureCanvas *canvas, Error *error);

/* The first metric against the second, a point per cell of the single axis, coloured by the values of `colours` and
 * named by those of `names` (NULL: not named); those that no other point beats in both metrics come first. False and
 * `error` where a metric is neither better larger nor smaller. */
bool figure_fields_write_front(const FigureCells *cells, const FigureAxis *colours, const FigureAxis *names,
                               const FigureCanvas *canvas, Error *error);

#endif
