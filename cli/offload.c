#include <stdio.h>
#include <string.h>

#include "../analysis/offload_study.h"
#include "../sim/sample_file.h"
#include "../sim/units.h"
#include "command.h"
#include "message.h"
#include "options.h"

enum { TABLE_LIMIT = 64, SEED_LIMIT = 1000 };

/* What the command line asks for. */
typedef struct Request {
    const char *light, *heavy, *criterion, *price, *train, *tune; /* as typed; NULL: not given */
    int64_t seeds;
    SampleTable tables[TABLE_LIMIT];
    Arena arena;
} Request;

/* A flag that is a fraction, such as "50 %". */
static ExitStatus read_fraction(const char *flag, const char *text, double *ret_value)
{
    char why[128];
    if (text && !quantity_parse(text, DIMENSION_FRACTION, ret_value, why, sizeof why))
        return message_wrong("%s \"%.40s\": %s", flag, text, why);
    if (text && !(*ret_value >= 0 && *ret_value <= 1))
        return message_wrong("%s \"%.40s\" is not from 0 %% to 100 %%", flag, text);
    return STATUS_FINE;
}

static ExitStatus read_criterion(const char *text, CascadeCriterion *ret_criterion)
{
    int count = 0;
    for (; cascade_criterion_names[count]; count++)
        if (text && strcmp(cascade_criterion_names[count], text) == 0) {
            *ret_criterion = (CascadeCriterion)count;
            return STATUS_FINE;
        }
    return text ? message_unknown("criterion", text, cascade_criterion_names, count,
                                  "choose one of: accuracy, decisions, balanced")
                : STATUS_FINE;
}

/* Of two models the first that says how sure it is is light, the other one heavy. */
static ExitStatus choose_models(const Request *request, OffloadPlan *plan)
{
    const SampleTable *table = &request->tables[0];
    plan->light = request->light;
    plan->heavy = request->heavy;
    for (int i = 0; i < table->model_count && !plan->light; i++)
        if (table->models[i].feature_count > 0 && (!plan->heavy || strcmp(plan->heavy, table->models[i].name) != 0))
            plan->light = table->models[i].name;
    if (!plan->light)
        return message_wrong("no model of the table says how sure it is of its answers");
    for (int i = 0; i < table->model_count && !plan->heavy; i++)
        if (strcmp(table->models[i].name, plan->light) != 0 && table->model_count == 2)
            plan->heavy = table->models[i].name;
    if (!plan->heavy)
        return message_wrong("the table has %d models; say which is which with --light and --heavy",
                             table->model_count);
    return STATUS_FINE;
}

static ExitStatus study(Request *request, int count, char **paths)
{
    ErrorList errors = {0};
    Error error = {0};
    for (int i = 0; i < count; i++)
        sample_file_read(&request->arena, paths[i], &request->tables[i], &errors);
    if (errors.total > 0) {
        error_list_write(&errors, stderr);
        return STATUS_INPUT;
    }
    OffloadPlan plan = {.table_count = count,
                        .tables = request->tables,
                        .seeds = (int)request->seeds,
                        .train = 0.5,
                        .tune = 0.25,
                        .criterion = CRITERION_DECISIONS};
    ExitStatus status = read_fraction("--train", request->train, &plan.train);
    if (status == STATUS_FINE)
        status = read_fraction("--tune", request->tune, &plan.tune);
    if (status == STATUS_FINE)
        status = read_fraction("--price", request->price, &plan.price);
    if (status == STATUS_FINE)
        status = read_criterion(request->criterion, &plan.criterion);
    if (status == STATUS_FINE && plan.train + plan.tune >= 1)
        status = message_wrong("--train and --tune leave no samples to report on");
    if (status == STATUS_FINE)
        status = choose_models(request, &plan);
    if (status != STATUS_FINE)
        return status;
    if (!offload_plan_check(&plan, &error)) {
        message_error(&error);
        return STATUS_INPUT;
    }
    OffloadStudy result = offload_study_run(&plan);
    offload_write(&result, stdout);
    offload_study_free(&result);
    return STATUS_FINE;
}

static ExitStatus run(int argument_count, char **arguments)
{
    Request request = {.seeds = 10};
    const Flag flags[] = {
        {"--light", FLAG_TEXT, &request.light, "NAME", "model whose answers may be sent on", 0, 0},
        {"--heavy", FLAG_TEXT, &request.heavy, "NAME", "model that answers then", 0, 0},
        {"--criterion", FLAG_TEXT, &request.criterion, "WHAT",
         "what thresholds are chosen for: decisions (default), accuracy or balanced", 0, 0},
        {"--price", FLAG_TEXT, &request.price, "P", "of accuracy: what sending one on must gain, such as \"5 %\"", 0,
         0},
        {"--seeds", FLAG_INTEGER, &request.seeds, "N", "divisions of each table (default: 10)", 1, SEED_LIMIT},
        {"--train", FLAG_TEXT, &request.train, "F", "of the samples, to learn from (default: \"50 %\")", 0, 0},
        {"--tune", FLAG_TEXT, &request.tune, "F", "of the samples, to choose thresholds by (default: \"25 %\")", 0, 0},
    };
    ExitStatus status;
    if (options_parse(&command_offload, flags, sizeof flags / sizeof *flags, &argument_count, arguments, &status)) {
        if (argument_count == 0 || argument_count > TABLE_LIMIT)
            status = message_wrong("offload needs 1 to %d tables of samples, as in: orchid offload samples.csv",
                                   TABLE_LIMIT);
        else
            status = study(&request, argument_count, arguments);
    }
    arena_free(&request.arena);
    return status;
}

const Command command_offload = {
    .name = "offload",
    .arguments = "SAMPLES.csv ... [flag ...]",
    .summary = "compare rules that decide which light answers are sent on, on samples that they have not seen",
    .details =
        "A sample is worth sending on where the light model is wrong and the heavy one right. Each rule learns from "
        "one\n"
        "part of the samples, chooses its threshold by a second and is judged on a third, on N random divisions.\n"
        "Several tables are taken for networks that were trained apart.",
    .examples = {{"orchid samples light=light_logits.csv heavy=heavy_logits.csv -o samples.csv", "makes such a table"},
                 {"orchid offload samples.csv --criterion balanced", "compares rules on it"}},
    .run = run,
};
