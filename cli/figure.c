#include "../analysis/figure.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command.h"
#include "data.h"
#include "interrupt.h"
#include "message.h"
#include "options.h"

/* A terminal of unknown size, and one too small to draw on. */
enum { USUAL_COLUMNS = 80, USUAL_LINES = 24, LEAST_COLUMNS = 40, LEAST_LINES = 12 };

static int at_least(int value, int least)
{
    return value > least ? value : least;
}

/* Standard output as a screen: its own size and colours where it is a terminal. */
static FigureScreen find_screen(void)
{
    FigureScreen screen = {.stream = stdout, .columns = USUAL_COLUMNS, .lines = USUAL_LINES};
    struct winsize size;
    bool terminal = isatty(STDOUT_FILENO);
    if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row) {
        screen.columns = at_least(size.ws_col, LEAST_COLUMNS);
        screen.lines = at_least(size.ws_row, LEAST_LINES);
    }
    screen.colour = terminal && !getenv("NO_COLOR");
    return screen;
}

/* Draws one figure and says where it is. */
static ExitStatus draw(FigureRequest *request, const char *database, bool on_terminal)
{
    Arena arena = {0};
    Error error = {0};
    Store *store = NULL;
    request->folder = data_path(&arena, "analysis/figures");
    if (!request->output)
        request->output = arena_format(&arena, "%s.png", request->name);
    FigureScreen screen = find_screen();
    interrupt_hold(); /* so that Ctrl-C ends gnuplot, and what it was drawing is removed */
    StoreStatus status = request->folder ? store_open(database, STORE_READ, &store, &error) : STORE_INPUT;
    if (store)
        status = on_terminal ? figure_show(store, request, &screen, &error) : figure_draw(store, request, &error);
    bool interrupted = interrupt_came();
    interrupt_release();
    if (status == STORE_FINE && !on_terminal)
        printf("%s\n", request->output);
    else if (status != STORE_FINE && request->folder && !interrupted)
        message_error(&error);
    store_close(store);
    arena_free(&arena);
    return interrupted && status != STORE_FINE ? STATUS_INTERRUPTED : (ExitStatus)status;
}

static ExitStatus run(int argument_count, char **arguments)
{
    FigureRequest request = {0};
    const char *database = NULL;
    bool on_terminal = false;
    const Flag flags[] = {
        {"--db", FLAG_TEXT, &database, "FILE", "the database that `orchid run` or `orchid sweep` filled", 0, 0},
        {"-o", FLAG_TEXT, &request.output, "FILE", "the picture: .png, .svg or .pdf (default: NAME.png)", 0, 0},
        {"--where", FLAG_TEXT, &request.query.where, "EXPR", "only runs for which this is true", 0, 0},
        {"--by", FLAG_TEXT, &request.query.by, "KEY,...", "templates: what tells the marks apart", 0, 0},
        {"--metric", FLAG_TEXT, &request.query.metric, "NAME", "templates: what is shown; pareto: two", 0, 0},
        {"--experiment", FLAG_INTEGER, &request.query.experiment, "ID",
         "which experiment of the database (default: the latest)", 1, INT64_MAX},
        {"--ascii", FLAG_SWITCH, &on_terminal, NULL, "draw on the terminal instead", 0, 0},
        {"--picture-only", FLAG_SWITCH, &request.alone, NULL, "leave no script and data beside the picture", 0, 0},
    };
    ExitStatus status;
    if (!options_parse(&command_figure, flags, sizeof flags / sizeof *flags, &argument_count, arguments, &status))
        return status;
    if (argument_count != 1)
        return message_wrong("figure needs one name, see `orchid list figures`");
    request.name = arguments[0];
    if (!database)
        return message_wrong("figure needs a database, as in: orchid figure %s --db results.sqlite", request.name);
    if (on_terminal && (request.output || request.alone))
        return message_wrong("--ascii draws on the terminal: leave out %s", request.output ? "-o" : "--picture-only");
    return draw(&request, database, on_terminal);
}

const Command command_figure = {
    .name = "figure",
    .arguments = "NAME --db FILE [flag ...]",
    .summary = "draw a figure from a results database",
    .details =
        "Figures by name show what they are made for. Templates (bar, line, box, cdf, heatmap, pareto) show any metric "
        "by\n"
        "any key: policy, scenario, users, version, a key of the scenario such as objective.threshold, a parameter "
        "such\n"
        "as policy.epsilon; the end of a key will do where it is the only one. By themselves they take what varies.\n"
        "Beside the picture stay its script NAME.gp and its data NAME.tsv, to change and redraw: gnuplot NAME.gp\n"
        "A new figure is a query NAME.sql and a script NAME.gp and needs no code. Needs gnuplot.",
    .examples = {{"orchid run hello training_patience=4 --policy all --db hello.sqlite", "fills a database first"},
                 {"orchid figure strategies --db hello.sqlite", "draws strategies.png"},
                 {"orchid figure strategies --db hello.sqlite --ascii", "draws on the terminal"},
                 {"orchid figure bar --metric energy_per_request --db hello.sqlite -o energy.svg",
                  "any metric, as SVG"},
                 {"orchid figure pareto --where 'policy != random' --db hello.sqlite",
                  "response time against accuracy, of some of the runs"}},
    .run = run,
};
