#include "progress.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LINE_SIZE = 256, DEFAULT_WIDTH = 80 };

/* Least time between two writings. */
static const double INTERVAL_S = 0.1;

static int terminal_width(FILE *stream)
{
    struct winsize size;
    return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : DEFAULT_WIDTH;
}

void progress_duration(double duration_s, char *buffer, size_t size)
{
    if (duration_s < 10) {
        snprintf(buffer, size, "%.1f s", duration_s);
        return;
    }
    double seconds = floor(duration_s + 0.5), minutes = floor(seconds / 60), hours = floor(minutes / 60);
    if (seconds < 60)
        snprintf(buffer, size, "%.0f s", seconds);
    else if (minutes < 60)
        snprintf(buffer, size, "%.0f min %.0f s", minutes, seconds - 60 * minutes);
    else
        snprintf(buffer, size, "%.0f h %.0f min", hours, minutes - 60 * hours);
}

void progress_write(ProgressLine *line, double elapsed_s, const char *text)
{
    if (!line->stream || (line->shown && elapsed_s - line->last_s < INTERVAL_S))
        return;
    /* The last column stays free: writing there makes some terminals go on to the next line. */
    fprintf(line->stream, "\r%.*s\033[K", terminal_width(line->stream) - 1, text);
    fflush(line->stream);
    line->shown = true;
    line->last_s = elapsed_s;
}

void progress_show(ProgressLine *line, const Progress *progress, const char *policy)
{
    char elapsed[32], left[32] = "?", text[LINE_SIZE];
    progress_duration(progress->elapsed_s, elapsed, sizeof elapsed);
    if (!isnan(progress->left_s))
        progress_duration(progress->left_s, left, sizeof left);
    double rate_per_s = progress->elapsed_s > 0 ? progress->done / progress->elapsed_s : 0;
    int length = snprintf(text, sizeof text, "%d/%d runs  %.3g/s  elapsed %s  left %s", progress->done, progress->total,
                          rate_per_s, elapsed, left);
    if (policy)
        length += snprintf(text + length, sizeof text - (size_t)length, "  %s", policy);
    if (progress->failed)
        snprintf(text + length, sizeof text - (size_t)length, "  %d failed", progress->failed);
    progress_write(line, progress->elapsed_s, text);
}

void progress_clear(ProgressLine *line)
{
    if (!line->shown)
        return;
    fputs("\r\033[K", line->stream);
    fflush(line->stream);
    line->shown = false;
}
