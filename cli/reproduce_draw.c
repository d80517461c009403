/* The pictures of a study. */
#include "../analysis/figure.h"
#include "data.h"
#include "engine_script.h"
#include "interrupt.h"
#include "message.h"
#include "reproduce.h"

const char *reproduce_figure_command(Reproduction *reproduction, const StudyFigure *figure)
{
    Arena *arena = &reproduction->arena;
    return arena_format(arena, "orchid figure %s --db %s -o %s", figure->figure,
                        engine_quote(arena, reproduction->database),
                        engine_quote(arena, arena_format(arena, "%s/%s.png", reproduction->folder, figure->file)));
}

/* Draws one figure twice; script and data stay beside the PNG. */
static StoreStatus draw(Reproduction *reproduction, Store *store, const char *folder, const StudyFigure *figure,
                        Error *error)
{
    Arena *arena = &reproduction->arena;
    FigureRequest request = {.folder = folder,
                             .name = figure->figure,
                             .output = arena_format(arena, "%s/%s.svg", reproduction->folder, figure->file),
                             .alone = true};
    StoreStatus status = figure_draw(store, &request, error);
    if (status != STORE_FINE)
        return status;
    request.output = arena_format(arena, "%s/%s.png", reproduction->folder, figure->file);
    request.alone = false;
    return figure_draw(store, &request, error);
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
