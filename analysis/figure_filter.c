#include "figure_filter.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "run_set.h"

/* SQL being written. */
typedef struct Script {
    FILE *stream;
    char *text;
    size_t size;
} Script;

/* The script must stay where it is. */
static void script_begin(Script *script)
{
    *script = (Script){0};
    script->stream = open_memstream(&script->text, &script->size);
    assert(script->stream);
}

/* Runs what was written and frees it. */
static StoreStatus script_run(Script *script, Store *store, Error *error)
{
    fclose(script->stream);
    StoreStatus status = store_query(store, script->text, NULL, 0, NULL, NULL, error);
    free(script->text);
    return status;
}

/* Copies a view into the temporary schema, whose names come before those of the file: there it reads the filtered
 * `runs`, while views of the file always read what is in the file. */
static bool copy_view(void *context, int column_count, const char *const *names, const StoreValue *row)
{
    (void)column_count;
    (void)names;
    static const char create[] = "CREATE VIEW ";
    FILE *stream = context;
    if (strncmp(row[0].text, create, sizeof create - 1) == 0)
        fprintf(stream, "CREATE TEMP VIEW %s;\n", row[0].text + sizeof create - 1);
    return true;
}

static bool drop_view(void *context, int column_count, const char *const *names, const StoreValue *row)
{
    (void)column_count;
    (void)names;
    fprintf((FILE *)context, "DROP VIEW temp.\"%s\";\n", row[0].text);
    return true;
}

StoreStatus figure_filter_set(Store *store, const char *where, Error *error)
{
    RunSet set;
    Script script;
    script_begin(&script);
    StoreStatus status = run_set_read(store, where, &set, error);
    if (status == STORE_FINE && set.run_count == 0) {
        error_set(error, NULL, 0, 0, "the database holds no run where %s", where);
        status = STORE_INPUT;
    }
    fputs("CREATE TEMP TABLE figure_runs (run INTEGER PRIMARY KEY);\n", script.stream);
    for (int i = 0; i < set.run_count; i++)
        fprintf(script.stream, "%s(%lld)%s", i ? "" : "INSERT INTO figure_runs VALUES ", (long long)set.runs[i].run,
                i + 1 < set.run_count ? "," : ";\n");
    fputs("CREATE TEMP VIEW runs AS SELECT * FROM main.runs WHERE run IN (SELECT run FROM temp.figure_runs);\n",
          script.stream);
    run_set_free(&set);
    if (status == STORE_FINE)
        status = store_query(store, "SELECT sql FROM main.sqlite_master WHERE type = 'view'", NULL, 0, copy_view,
                             script.stream, error);
    if (status == STORE_FINE)
        return script_run(&script, store, error);
    fclose(script.stream);
    free(script.text);
    return status;
}

StoreStatus figure_filter_clear(Store *store, Error *error)
{
    Script script;
    script_begin(&script);
    StoreStatus status = store_query(store, "SELECT name FROM temp.sqlite_master WHERE type = 'view'", NULL, 0,
                                     drop_view, script.stream, error);
    fputs("DROP TABLE IF EXISTS temp.figure_runs;\n", script.stream);
    StoreStatus dropped = script_run(&script, store, error);
    return status == STORE_FINE ? dropped : status;
}
