/* Lines: a metric against a number, and cumulative distributions. */
#ifndef ORCHID_ANALYSIS_FIGURE_CURVES_H
#define ORCHID_ANALYSIS_FIGURE_CURVES_H

#include "figure_canvas.h"

/* Means of the first metric with their bands against the numbers of the first axis, a line per combination of the
 * others. False and `error` where they are too many to tell apart. */
bool figure_curves_write_lines(const FigureCells *cells, const FigureCanvas *canvas, Error *error);

/* Distribution of the first metric over replications, a line per combination of the axes. */
bool figure_curves_write_distribution(const FigureCells *cells, const FigureCanvas *canvas, Error *error);

/* Distribution of one quantity over the requests of a run, as far as metrics know it: metric i is its quantile
 * `probabilities[i]`, shown as the mean over replications with its interval. */
bool figure_curves_write_quantiles(const FigureCells *cells, FigureCanvas *canvas, const double *probabilities,
                                   Error *error);

#endif
