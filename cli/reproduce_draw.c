/* The pictures of a study. */
#include "../analysis/figure.h"
#include "../analysis/figure_script.h"
#include "data.h"
#include "engine_script.h"
#include "interrupt.h"
#include "message.h"
#include "reproduce.h"

const char *reproduce_figure_command(Reproduction *reproduction, const StudyFigure *figure)
{
    Arena *arena = &reproduction->arena;
    if (figure->fill)
        return arena_format(arena, "cd %s && gnuplot %s.gp", engine_quote(arena, reproduction->folder), figure->file);
    return arena_format(arena, "orchid figure %s --db %s -o %s", figure->figure,
                        engine_quote(arena, reproduction->database),
                        engine_quote(arena, arena_format(arena, "%s/%s.png", reproduction->folder, figure->file)));
}

/* Draws one figure as PNG, with its script and data beside it, and from that data as SVG. */
static StoreStatus draw(Reproduction *reproduction, Store *store, const char *folder, const StudyFigure *figure,
                        Error *error)
{
    Arena *arena = &reproduction->arena;
    const char *stem = arena_format(arena, "%s/%s", reproduction->folder, figure->file);
    const char *picture = arena_format(arena, "%s.png", stem);
    FigurePlate plate = {.figure = figure->figure, .folder = folder, .settings = ""};
    StoreStatus status;
    if (figure->fill) {
        status = figure->fill(store, arena, &plate.data, error);
        if (status == STORE_FINE && !*plate.data) {
            error_set(error, NULL, 0, 0, "the database holds nothing for it");
            status = STORE_INPUT;
        }
        if (status == STORE_FINE)
            status = figure_print_picture(&plate, picture, false, error);
    } else {
        FigureRequest request = {.folder = folder, .name = figure->figure, .output = picture};
        status = figure_draw(store, &request, error);
        plate.data = status == STORE_FINE ? figure_script_read(arena, arena_format(arena, "%s.tsv", stem), NULL) : NULL;
    }
    if (status != STORE_FINE || !plate.data)
        return status;
    return figure_print_picture(&plate, arena_format(arena, "%s.svg", stem), true, error);
}

ExitStatus reproduce_draw(Reproduction *reproduction, Store *store)
{
    const Study *study = reproduction->study;
    const char *folder = data_path(&reproduction->arena, "analysis/figures");
    if (!folder)
        return STATUS_INPUT;
    reproduction->drawn = arena_allocate(&reproduction->arena, (size_t)study->figure_count, sizeof(bool));
    ExitStatus status = STATUS_FINE;
    interrupt_hold(); /* so that Ctrl-C ends gnuplot, and what it was drawing is removed */
    for (int i = 0; i < study->figure_count && !interrupt_came(); i++) {
        Error error = {0};
        StoreStatus drawn = draw(reproduction, store, folder, &study->figures[i], &error);
        reproduction->drawn[i] = drawn == STORE_FINE;
        if (drawn == STORE_MACHINE) { /* the report says what there is to say without it */
            message_error(&error);
            status = STATUS_MACHINE;
            break;
        }
        if (drawn == STORE_INPUT)
            message_note("no picture of %s: %s", study->figures[i].figure, error.message);
    }
    interrupt_release();
    return status;
}
