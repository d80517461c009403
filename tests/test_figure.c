#include "../analysis/figure.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

enum { TEXT_SIZE = 1024 };

/* A script that writes its first row as text where the picture belongs, so that a test can read what gnuplot read. */
static const char echo_script[] = "set datafile separator tab\n"
                                  "set datafile columnheaders\n"
                                  "stats data using (text = strcol(1), number = column(2), 0) nooutput\n"
                                  "set print picture\n"
                                  "print sprintf('%s|%g|%s', text, number, format)\n";

static void write_file(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");
    CHECK(stream != NULL);
    if (!stream)
        return;
    fputs(text, stream);
    fclose(stream);
}

static void read_file(const char *path, char text[TEXT_SIZE])
{
    FILE *stream = fopen(path, "r");
    size_t length = stream ? fread(text, 1, TEXT_SIZE - 1, stream) : 0;
    text[length] = 0;
    if (stream)
        fclose(stream);
}

/* A folder that holds the figure `sample`. */
static const char *make_folder(const char *query, const char *script)
{
    const char *folder = check_scratch("figures");
    mkdir(folder, 0777);
    write_file(check_scratch("figures/sample.sql"), query);
    write_file(check_scratch("figures/sample.gp"), script);
    return folder;
}

/* Whether anything but pictures and figures is left in the scratch folder. */
static int leftovers(void)
{
    char folder[TEXT_SIZE];
    snprintf(folder, sizeof folder, "%s", check_scratch("x"));
    *strrchr(folder, '/') = 0;
    int count = 0;
    DIR *directory = opendir(folder);
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        count += strncmp(entry->d_name, ".figure", 7) == 0;
    if (directory)
        closedir(directory);
    return count;
}

/* Draws `sample` on an empty database. */
static StoreStatus draw(const char *query, const char *script, const char *output, int64_t experiment, Error *error)
{
    Store *store = NULL;
    StoreStatus status = store_open(":memory:", STORE_WRITE, &store, error);
    CHECK_INT(status, STORE_FINE);
    if (status != STORE_FINE)
        return status;
    FigureRequest request = {
        .folder = make_folder(query, script), .name = "sample", .query.experiment = experiment, .output = output};
    status = figure_draw(store, &request, error);
    store_close(store);
    return status;
}

static void figures_of_the_program_are_listed_with_their_summaries(void)
{
    Arena arena = {0};
    FigureEntry *entries;
    int count = figure_list(check_path("analysis/figures"), &arena, &entries);
    int templates = 0;
    CHECK(count >= 9);
    for (int i = 0; i < count; i++) {
        CHECK(strlen(entries[i].summary) > 10);
        CHECK(entries[i].template || (entries[i].command && strncmp(entries[i].command, "orchid ", 7) == 0));
        bool ordered = i == 0 || strcmp(entries[i - 1].name, entries[i].name) < 0;
        CHECK(ordered || (entries[i].template && !entries[i - 1].template));
        templates += entries[i].template;
    }
    CHECK_INT(templates, 6);
    arena_free(&arena);
}

static void folder_that_is_missing_holds_no_figures(void)
{
    Arena arena = {0};
    FigureEntry *entries;
    CHECK_INT(figure_list(check_scratch("nowhere"), &arena, &entries), 0);
    arena_free(&arena);
}

static void rows_reach_gnuplot_as_text_and_numbers(void)
{
    Error error = {0};
    char text[TEXT_SIZE];
    const char *output = check_scratch("sample.svg");
    CHECK_INT(
        draw("-- A sample\nSELECT 'a\"b' || char(9) || 'c µ' AS word, 2.5 AS number", echo_script, output, 0, &error),
        STORE_FINE);
    CHECK_TEXT(error.message, "");
    read_file(output, text);
    CHECK_TEXT(text, "a'b c µ|2.5|svg\n");
    CHECK_INT(leftovers(), 0);
}

static void missing_value_is_not_a_number(void)
{
    Error error = {0};
    char text[TEXT_SIZE];
    const char *output = check_scratch("missing.png");
    CHECK_INT(draw("SELECT 'x' AS word, NULL AS number", echo_script, output, 0, &error), STORE_FINE);
    read_file(output, text);
    CHECK(strstr(text, "|NaN|png") || strstr(text, "|nan|png"));
}

static void experiment_number_reaches_the_query(void)
{
    Error error = {0};
    char text[TEXT_SIZE], output[TEXT_SIZE];
    snprintf(output, sizeof output, "%s", check_scratch("number.pdf"));
    CHECK_INT(draw("SELECT 'x' || ?1 AS word, CAST(?1 AS INTEGER) AS number", echo_script, output, 12, &error),
              STORE_FINE);
    read_file(output, text);
    CHECK_TEXT(text, "x12|12|pdf\n");
    CHECK_INT(draw("SELECT 'x' || ?1 AS word, 1 AS number", echo_script, output, 0, &error), STORE_FINE);
    read_file(output, text);
    CHECK_TEXT(text, "x|1|pdf\n");
}

static void no_rows_name_the_command_that_fills_them(void)
{
    Error error = {0};
    const char *output = check_scratch("none.png");
    CHECK_INT(draw("-- A sample\n-- Filled by: orchid run x --db FILE\nSELECT 1 AS word WHERE 0", echo_script, output,
                   0, &error),
              STORE_INPUT);
    CHECK_TEXT(error.message,
               "the database holds nothing for the figure \"sample\"; fill it with: orchid run x --db FILE");
    CHECK(fopen(output, "r") == NULL);
    CHECK_INT(leftovers(), 0);
}

static void failing_script_keeps_the_picture_that_was_there(void)
{
    Error error = {0};
    char text[TEXT_SIZE], output[TEXT_SIZE];
    snprintf(output, sizeof output, "%s", check_scratch("kept.png"));
    write_file(output, "as it was");
    CHECK_INT(draw("SELECT 1 AS word", "set print picture\nprint 'half'\nplot nonsense(\n", output, 0, &error),
              STORE_MACHINE);
    CHECK(strstr(error.message, "gnuplot drew no picture") != NULL);
    read_file(output, text);
    CHECK_TEXT(text, "as it was");
    CHECK_INT(draw("SELECT 1 AS word", "x = 1\n", output, 0, &error), STORE_MACHINE);
    CHECK_INT(draw("SELECT 1 AS word", "set print picture\n", output, 0, &error), STORE_MACHINE);
    read_file(output, text);
    CHECK_TEXT(text, "as it was");
    CHECK_INT(leftovers(), 0);
}

static void wrong_query_is_refused(void)
{
    Error error = {0};
    CHECK_INT(draw("SELECT word FROM nowhere", echo_script, check_scratch("wrong.png"), 0, &error), STORE_INPUT);
    CHECK_TEXT(error.file, "sample.sql");
    CHECK_TEXT(error.message, "no such table: nowhere");
    CHECK_INT(leftovers(), 0);
}

static void names_that_cannot_be_drawn_are_input_errors(void)
{
    Error error = {0};
    CHECK_INT(draw("SELECT 1 AS word", echo_script, check_scratch("x.jpg"), 0, &error), STORE_INPUT);
    CHECK_TEXT(error.message, "a picture's name must end in .png, .svg or .pdf");
    CHECK_INT(draw("SELECT 1 AS word", echo_script, check_scratch("nowhere/x.png"), 0, &error), STORE_INPUT);
    CHECK(strstr(error.message, "does not exist") != NULL);
    const char *folder = check_scratch("folder.png");
    mkdir(folder, 0777);
    CHECK_INT(draw("SELECT 1 AS word", echo_script, folder, 0, &error), STORE_INPUT);
    CHECK_TEXT(error.message, "is a folder, not a picture");
}

static void misspelt_figure_gets_a_suggestion(void)
{
    Error error = {0};
    Store *store = NULL;
    CHECK_INT(store_open(":memory:", STORE_WRITE, &store, &error), STORE_FINE);
    const char *folder = make_folder("SELECT 1 AS word", echo_script);
    FigureRequest request = {.folder = folder, .name = "smaple", .output = check_scratch("x.png")};
    CHECK_INT(figure_draw(store, &request, &error), STORE_INPUT);
    CHECK_TEXT(error.message, "there is no figure \"smaple\"; did you mean 'sample'?");
    request.name = "../figures/sample";
    CHECK_INT(figure_draw(store, &request, &error), STORE_INPUT);
    store_close(store);
}

static void absent_gnuplot_names_its_package(void)
{
    Error error = {0};
    char path[TEXT_SIZE];
    snprintf(path, sizeof path, "%s", getenv("PATH"));
    setenv("PATH", check_scratch("empty"), 1);
    CHECK_INT(draw("SELECT 1 AS word", echo_script, check_scratch("absent.png"), 0, &error), STORE_MACHINE);
    setenv("PATH", path, 1);
    CHECK(strstr(error.message, "gnuplot-nox") != NULL);
    CHECK_INT(leftovers(), 0);
}

/* A script that draws a small picture in the house's manner: what it loads stands in the folder too. */
static const char drawn_script[] = "set datafile separator tab\n"
                                   "set datafile columnheaders\n"
                                   "load \"look.gp\"\n"
                                   "plot data using 1:2 with lines title look\n";

static const char drawn_query[] = "SELECT 1 AS x, 2 AS y UNION ALL SELECT 2, 3";

static void write_look(void)
{
    mkdir(check_scratch("figures"), 0777);
    write_file(check_scratch("figures/look.gp"), "set terminal svg\nset output picture\nlook = 'of the house'\n");
}

/* The whole file, to be freed; "" where there is none. */
static char *whole_file(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = fopen(path, "r");
    if (!stream || getdelim(&text, &size, 0, stream) < 0) {
        free(text);
        text = calloc(1, 1);
    }
    if (stream)
        fclose(stream);
    return text;
}

static void script_and_data_beside_the_picture_draw_it_again(void)
{
    Error error = {0};
    char command[2 * TEXT_SIZE], text[TEXT_SIZE], output[TEXT_SIZE];
    write_look();
    snprintf(output, sizeof output, "%s", check_scratch("it's kept.svg"));
    CHECK_INT(draw(drawn_query, drawn_script, output, 0, &error), STORE_FINE);
    CHECK_TEXT(error.message, "");
    read_file(check_scratch("it's kept.tsv"), text);
    CHECK_TEXT(text, "x\ty\n1\t2\n2\t3\n");
    char *first = whole_file(output);
    CHECK(strstr(first, "of the house") != NULL);
    unlink(output);
    /* Nothing of the program is needed any more. */
    unlink(check_scratch("figures/look.gp"));
    snprintf(command, sizeof command, "cd \"%.*s\" && gnuplot \"it's kept.gp\"", (int)(strrchr(output, '/') - output),
             output);
    CHECK_INT(system(command), 0);
    char *again = whole_file(output);
    CHECK(strcmp(first, again) == 0);
    free(first);
    free(again);
    CHECK_INT(leftovers(), 0);
}

static void picture_of_the_same_data_replaces_all_three_files(void)
{
    Error error = {0};
    char text[TEXT_SIZE], output[TEXT_SIZE];
    snprintf(output, sizeof output, "%s", check_scratch("twice.svg"));
    write_look();
    CHECK_INT(draw(drawn_query, drawn_script, output, 0, &error), STORE_FINE);
    CHECK_INT(draw("SELECT 7 AS x, 8 AS y UNION ALL SELECT 9, 9", drawn_script, output, 0, &error), STORE_FINE);
    read_file(check_scratch("twice.tsv"), text);
    CHECK_TEXT(text, "x\ty\n7\t8\n9\t9\n");
}

static void work_of_others_is_never_replaced(void)
{
    Error error = {0};
    char text[TEXT_SIZE], output[TEXT_SIZE], script[TEXT_SIZE], data[TEXT_SIZE];
    snprintf(output, sizeof output, "%s", check_scratch("edited.svg"));
    snprintf(script, sizeof script, "%s", check_scratch("edited.gp"));
    snprintf(data, sizeof data, "%s", check_scratch("edited.tsv"));
    write_look();
    write_file(data, "somebody's data\n");
    CHECK_INT(draw(drawn_query, drawn_script, output, 0, &error), STORE_INPUT);
    CHECK_TEXT(error.file, "edited.tsv");
    CHECK(strstr(error.message, "was not drawn by orchid") != NULL);
    read_file(data, text);
    CHECK_TEXT(text, "somebody's data\n");
    unlink(data);
    CHECK_INT(draw(drawn_query, drawn_script, output, 0, &error), STORE_FINE);
    FILE *stream = fopen(script, "a");
    CHECK(stream != NULL);
    if (stream) {
        fputs("# my own line\n", stream);
        fclose(stream);
    }
    char *before = whole_file(script);
    CHECK_INT(draw(drawn_query, drawn_script, output, 0, &error), STORE_INPUT);
    CHECK_TEXT(error.file, "edited.gp");
    CHECK(strstr(error.message, "was changed by hand") != NULL);
    char *after = whole_file(script);
    CHECK(strcmp(before, after) == 0);
    free(before);
    free(after);
    CHECK_INT(leftovers(), 0);
}

static void changed_data_are_not_replaced_and_missing_data_are_drawn_anew(void)
{
    Error error = {0};
    char data[TEXT_SIZE], output[TEXT_SIZE];
    snprintf(output, sizeof output, "%s", check_scratch("data.svg"));
    snprintf(data, sizeof data, "%s", check_scratch("data.tsv"));
    write_look();
    CHECK_INT(draw(drawn_query, drawn_script, output, 0, &error), STORE_FINE);
    write_file(data, "x\ty\n5\t5\n");
    CHECK_INT(draw(drawn_query, drawn_script, output, 0, &error), STORE_INPUT);
    CHECK_TEXT(error.file, "data.tsv");
    unlink(data);
    CHECK_INT(draw(drawn_query, drawn_script, output, 0, &error), STORE_FINE);
}

static void picture_alone_leaves_nothing_beside_it(void)
{
    Error error = {0};
    Store *store = NULL;
    char text[TEXT_SIZE];
    write_look();
    CHECK_INT(store_open(":memory:", STORE_WRITE, &store, &error), STORE_FINE);
    write_file(check_scratch("alone.tsv"), "somebody's data\n");
    FigureRequest request = {.folder = make_folder(drawn_query, drawn_script),
                             .name = "sample",
                             .output = check_scratch("alone.svg"),
                             .alone = true};
    CHECK_INT(figure_draw(store, &request, &error), STORE_FINE);
    CHECK(fopen(check_scratch("alone.gp"), "r") == NULL);
    read_file(check_scratch("alone.tsv"), text);
    CHECK_TEXT(text, "somebody's data\n");
    store_close(store);
}

static void figure_without_a_text_form_says_so(void)
{
    Error error = {0};
    Store *store = NULL;
    CHECK_INT(store_open(":memory:", STORE_WRITE, &store, &error), STORE_FINE);
    FigureScreen screen = {.stream = stdout, .columns = 80, .lines = 24};
    FigureRequest request = {.folder = make_folder("SELECT 1 AS x", echo_script), .name = "sample"};
    CHECK_INT(figure_show(store, &request, &screen, &error), STORE_INPUT);
    CHECK_TEXT(error.message, "the figure \"sample\" has no form for a terminal; leave out --ascii");
    store_close(store);
}

static void figure_by_name_takes_no_keys(void)
{
    Error error = {0};
    Store *store = NULL;
    CHECK_INT(store_open(":memory:", STORE_WRITE, &store, &error), STORE_FINE);
    FigureRequest request = {.folder = make_folder("SELECT 1 AS x", echo_script),
                             .name = "sample",
                             .query.by = "policy",
                             .output = check_scratch("keys.svg")};
    CHECK_INT(figure_draw(store, &request, &error), STORE_INPUT);
    CHECK(strstr(error.message, "--by and --metric are for the templates") != NULL);
    store_close(store);
}

int main(void)
{
    static const Check checks[] = {
        {"figures_of_the_program_are_listed_with_their_summaries",
         figures_of_the_program_are_listed_with_their_summaries},
        {"folder_that_is_missing_holds_no_figures", folder_that_is_missing_holds_no_figures},
        {"rows_reach_gnuplot_as_text_and_numbers", rows_reach_gnuplot_as_text_and_numbers},
        {"missing_value_is_not_a_number", missing_value_is_not_a_number},
        {"experiment_number_reaches_the_query", experiment_number_reaches_the_query},
        {"no_rows_name_the_command_that_fills_them", no_rows_name_the_command_that_fills_them},
        {"failing_script_keeps_the_picture_that_was_there", failing_script_keeps_the_picture_that_was_there},
        {"wrong_query_is_refused", wrong_query_is_refused},
        {"names_that_cannot_be_drawn_are_input_errors", names_that_cannot_be_drawn_are_input_errors},
        {"misspelt_figure_gets_a_suggestion", misspelt_figure_gets_a_suggestion},
        {"absent_gnuplot_names_its_package", absent_gnuplot_names_its_package},
        {"script_and_data_beside_the_picture_draw_it_again", script_and_data_beside_the_picture_draw_it_again},
        {"picture_of_the_same_data_replaces_all_three_files", picture_of_the_same_data_replaces_all_three_files},
        {"work_of_others_is_never_replaced", work_of_others_is_never_replaced},
        {"changed_data_are_not_replaced_and_missing_data_are_drawn_anew",
         changed_data_are_not_replaced_and_missing_data_are_drawn_anew},
        {"picture_alone_leaves_nothing_beside_it", picture_alone_leaves_nothing_beside_it},
        {"figure_without_a_text_form_says_so", figure_without_a_text_form_says_so},
        {"figure_by_name_takes_no_keys", figure_by_name_takes_no_keys},
    };
    return check_run("figure", checks, sizeof checks / sizeof *checks);
}
