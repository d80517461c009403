#include "../analysis/figure.h"

#include "command.h"
#include "data.h"
#include "message.h"
#include "options.h"

/* Draws one figure and says where it is. */
static ExitStatus draw(const char *name, const char *database, const char *output, int64_t experiment)
{
    Arena arena = {0};
    Error error = {0};
    Store *store = NULL;
    const char *folder = data_path(&arena, "analysis/figures");
    if (!output)
        output = arena_format(&arena, "%s.png", name);
    StoreStatus status = folder ? store_open(database, STORE_READ, &store, &error) : STORE_INPUT;
    if (store) {
        FigureRequest request = {.folder = folder, .name = name, .experiment = experiment, .output = output};
        status = figure_draw(store, &request, &error);
    }
    if (status == STORE_FINE)
        printf("%s\n", output);
    else if (folder)
        message_error(&error);
    store_close(store);
    arena_free(&arena);
    return (ExitStatus)status;
}

static ExitStatus run(int argument_count, char **arguments)
{
    const char *database = NULL, *output = NULL;
    int64_t experiment = 0;
    const Flag flags[] = {
        {"--db", FLAG_TEXT, &database, "FILE", "the database that `orchid run --db` filled", 0, 0},
        {"-o", FLAG_TEXT, &output, "FILE", "the picture: .png, .svg or .pdf (default: NAME.png)", 0, 0},
        {"--experiment", FLAG_INTEGER, &experiment, "ID", "which experiment of the database (default: the latest)", 1,
         INT64_MAX},
    };
    switch (options_parse(&command_figure, flags, sizeof flags / sizeof *flags, &argument_count, arguments)) {
    case OPTIONS_HELP:
        return STATUS_FINE;
    case OPTIONS_WRONG:
        return STATUS_INPUT;
    case OPTIONS_READ:
        break;
    }
    if (argument_count != 1)
        return message_wrong("figure needs one name, see `orchid list figures`");
    if (!database)
        return message_wrong("figure needs a database, as in: orchid figure %s --db results.sqlite", arguments[0]);
    return draw(arguments[0], database, output, experiment);
}

const Command command_figure = {
    .name = "figure",
    .arguments = "NAME --db FILE [-o FILE.png|.svg|.pdf]",
    .summary = "draw a figure from a results database",
    .details = "A figure is a query, NAME.sql, and a gnuplot script, NAME.gp: a new one needs no code. Needs gnuplot.",
    .examples = {{"orchid run hello --policy all --db hello.sqlite", "fills a database first"},
                 {"orchid figure strategies --db hello.sqlite", "draws strategies.png"},
                 {"orchid figure strategies --db hello.sqlite -o strategies.svg", "draws it as SVG"}},
    .run = run,
};
