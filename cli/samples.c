#include <stdio.h>
#include <string.h>

#include "../analysis/output_files.h"
#include "../sim/logits_file.h"
#include "../sim/sample_file.h"
#include "command.h"
#include "load.h"
#include "message.h"
#include "options.h"

enum { NAME_LIMIT = 60 };

/* What the command line asks for. */
typedef struct Request {
    int count;
    const char *names[SAMPLE_MODEL_LIMIT], *paths[SAMPLE_MODEL_LIMIT]; /* of the models */
    const char *output, *command;
    Arena arena;
} Request;

/* "NAME=FILE", or a file whose own name without its ending is the model's. */
static ExitStatus read_argument(Request *request, const char *argument)
{
    if (request->count == SAMPLE_MODEL_LIMIT)
        return message_wrong("more than %d models", SAMPLE_MODEL_LIMIT);
    const char *equals = strchr(argument, '='), *path = equals ? equals + 1 : argument;
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *point = strrchr(base, '.');
    const char *name = equals ? arena_string_n(&request->arena, argument, (size_t)(equals - argument))
                              : arena_string_n(&request->arena, base, point ? (size_t)(point - base) : strlen(base));
    if (!*name || strlen(name) > NAME_LIMIT || strpbrk(name, ":@, \"\t"))
        return message_wrong("\"%.80s\" is no name of a model: 1 to %d characters, none of them a blank, : , @ or a "
                             "quote; give one as NAME=FILE",
                             name, NAME_LIMIT);
    for (int i = 0; i < request->count; i++)
        if (strcmp(request->names[i], name) == 0)
            return message_wrong("two models are called \"%s\"; give them names as NAME=FILE", name);
    request->names[request->count] = name;
    request->paths[request->count++] = path;
    return STATUS_FINE;
}

static ExitStatus write_table(Request *request, const SampleTable *table)
{
    OutputFiles files = {0};
    Error error = {0};
    FILE *stream = output_files_add(&files, request->output, &error);
    StoreStatus status = files.status;
    if (stream)
        sample_file_write(stream,
                          arena_format(&request->arena,
                                       "# Made of logits by: %s\n# Confidence, margin, entropy (nat) and the "
                                       "probabilities of further classes are those of the softmax.\n",
                                       request->command),
                          table);
    status = output_files_end(&files, status, &error);
    if (status != STORE_FINE)
        message_error(&error);
    return (ExitStatus)status;
}

static ExitStatus make(Request *request)
{
    SampleTable tables[SAMPLE_MODEL_LIMIT], joined;
    ErrorList errors = {0};
    Error error = {0};
    for (int i = 0; i < request->count; i++)
        logits_file_read(&request->arena, request->paths[i], request->names[i], &tables[i], &errors);
    if (errors.total > 0) {
        error_list_write(&errors, stderr);
        return STATUS_INPUT;
    }
    if (!logits_join(tables, request->paths, request->count, &request->arena, &joined, &error)) {
        message_error(&error);
        return STATUS_INPUT;
    }
    ExitStatus status = write_table(request, &joined);
    for (int i = 0; i < joined.model_count && status == STATUS_FINE; i++) {
        int right = 0;
        for (int row = 0; row < joined.row_count; row++)
            right += joined.models[i].correct[row];
        printf("%s: right on %d of %d samples, %.2f %%\n", joined.models[i].name, right, joined.row_count,
               100.0 * right / joined.row_count);
    }
    return status;
}

static ExitStatus run(int argument_count, char **arguments)
{
    Request request = {0};
    request.command = load_command_line(&request.arena, &command_samples, argument_count, arguments);
    const Flag flags[] = {{"-o", FLAG_TEXT, &request.output, "FILE", "the table of samples to write", 0, 0}};
    ExitStatus status;
    if (options_parse(&command_samples, flags, sizeof flags / sizeof *flags, &argument_count, arguments, &status)) {
        if (argument_count == 0 || !request.output)
            status = message_wrong("samples needs files of logits and a file to write, as in: orchid samples "
                                   "light=light_logits.csv heavy=heavy_logits.csv -o samples.csv");
        for (int i = 0; i < argument_count && status == STATUS_FINE; i++)
            status = read_argument(&request, arguments[i]);
        if (status == STATUS_FINE)
            status = make(&request);
    }
    arena_free(&request.arena);
    return status;
}

const Command command_samples = {
    .name = "samples",
    .arguments = "[NAME=]LOGITS.csv ... -o FILE",
    .summary = "make a table of samples, for scenarios with a cascade, out of the logits of models",
    .details =
        "Each file holds the logits of one model: a column label with the right class, counted from 0, perhaps sample\n"
        "and split, and a column for each class in order. All are about the same samples in the same order. The table\n"
        "says of each model whether it is right, and its confidence, margin, entropy, prediction, and the\n"
        "probabilities of its second to fifth class. NAME is a variant of the scenario's model.",
    .examples = {{"orchid samples light=light_logits.csv heavy=heavy_logits.csv -o samples.csv",
                  "one table of two models"}},
    .run = run,
};
