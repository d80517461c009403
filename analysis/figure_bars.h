/* Bars and boxes: a metric by a key, one group of marks for each of its values. */
#ifndef ORCHID_ANALYSIS_FIGURE_BARS_H
#define ORCHID_ANALYSIS_FIGURE_BARS_H

#include "figure_canvas.h"

/* Means of the first metric: a group per value of the first axis, a bar in it per combination of the others. False and
 * `error` where they are too many to draw. */
bool figure_bars_write_means(const FigureCells *cells, const FigureCanvas *canvas, Error *error);

/* The same arrangement with the distribution over replications: quartiles, whiskers and every run. */
bool figure_bars_write_boxes(const FigureCells *cells, FigureCanvas *canvas, Error *error);

#endif
