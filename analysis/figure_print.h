/* From a script and its data to a picture in a file, or to text on a terminal: gnuplot at work, nothing half-written.
 */
#ifndef ORCHID_ANALYSIS_FIGURE_PRINT_H
#define ORCHID_ANALYSIS_FIGURE_PRINT_H

#include "store.h"

/* What to draw. All borrowed. */
typedef struct FigurePlate {
    const char *figure;   /* its name, for messages */
    const char *folder;   /* where the scripts are */
    const char *settings; /* lines of gnuplot: what the script is told beyond `data`, `picture` and `format` */
    const char *data;     /* a table of tab-separated columns with a header */
} FigurePlate;

/* A terminal to draw on. */
typedef struct FigureScreen {
    FILE *stream;
    int columns, lines;
    bool colour;
} FigureScreen;

/* The picture's format by the ending of its name: "png", "svg" or "pdf"; NULL for any other. */
const char *figure_print_format(const char *output);

/* Draws FIGURE.gp into `output`, and unless `alone` leaves script and data beside it, as NAME.gp and NAME.tsv, such
 * that gnuplot NAME.gp in that folder draws the same picture. On failure nothing is left behind and what was there
 * stays. STORE_INPUT: a folder that does not exist, or script or data at these places that somebody has changed.
 * STORE_MACHINE: gnuplot is absent or fails, disk full, not allowed. `error` holds one line. */
StoreStatus figure_print_picture(const FigurePlate *plate, const char *output, bool alone, Error *error);

/* Draws FIGURE.text.gp on a terminal. STORE_INPUT: there is no such script. STORE_MACHINE as above. */
StoreStatus figure_print_text(const FigurePlate *plate, const FigureScreen *screen, Error *error);

#endif
