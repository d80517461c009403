/* What the figure of efforts shows: a column per setting but for users, a row per learner, a mark per number of users.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claims_hybrid.h"
#include "figure_script.h"

/* How many different learners come before `policy`. */
static int row_of(const Efforts *efforts, const char *policy)
{
    int row = 1;
    for (int i = 0; i < efforts->count; i++) {
        bool first = true;
        for (int k = 0; k < i && first; k++)
            first = strcmp(efforts->items[k].policy, efforts->items[i].policy) != 0;
        row += first && learner_place(efforts->items[i].policy) < learner_place(policy);
    }
    return row;
}

static void write_number(FILE *stream, double value, char end)
{
    if (isfinite(value))
        fprintf(stream, "%.6g%c", value, end);
    else
        fprintf(stream, "NaN%c", end);
}

StoreStatus efforts_figure(Store *store, Arena *arena, const char **ret_data, Error *error)
{
    Efforts efforts;
    char *text = NULL;
    size_t size;
    *ret_data = "";
    StoreStatus status = efforts_read(store, arena, &efforts, error);
    if (status != STORE_FINE || efforts.count == 0)
        return status;
    FILE *stream = open_memstream(&text, &size);
    fputs("panel\tcontext\tservices\trow\tpolicy\tusers\tn\tarrived\tinteractions\tlow\thigh\n", stream);
    for (int i = 0, panel = 0; i < efforts.count; i++) {
        const Effort *effort = &efforts.items[i];
        const Effort *previous = i ? &efforts.items[i - 1] : NULL;
        panel += !previous || strcmp(previous->context, effort->context) != 0 ||
                 strcmp(previous->services, effort->services) != 0;
        bool changing = strcmp(effort->context, "changing") == 0, drawn = strcmp(effort->services, "drawn") == 0;
        fprintf(stream, "%d\t%s\t%s\t%d\t", panel, changing ? "changing contexts, 95 %" : "fixed context",
                drawn ? "drawn service times" : "mean service times", row_of(&efforts, effort->policy));
        figure_script_write_text(stream, effort->policy);
        fprintf(stream, "\t%d\t%d\t%d\t", effort->users, effort->scores.count, effort->arrived);
        write_number(stream, effort->needs.value.least, '\t');
        write_number(stream, effort->needs.low, '\t');
        write_number(stream, effort->needs.high, '\n');
    }
    fclose(stream);
    *ret_data = arena_string(arena, text);
    free(text);
    return STORE_FINE;
}
