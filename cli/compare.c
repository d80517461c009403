#include <stdlib.h>
#include <unistd.h>

#include "../analysis/compare.h"
#include "../sim/units.h"
#include "command.h"
#include "message.h"
#include "options.h"

/* Which of the formats was asked for. */
typedef struct Formats {
    bool csv, json, markdown, latex;
} Formats;

/* What is wrong with flags that exclude each other, and what they stand for. */
static ExitStatus read_format(const Formats *formats, CompareFormat *ret_format)
{
    if (formats->csv + formats->json + formats->markdown + formats->latex > 1)
        return message_wrong("choose one of --csv, --json, --markdown and --latex");
    *ret_format = formats->csv        ? COMPARE_CSV
                  : formats->json     ? COMPARE_JSON
                  : formats->markdown ? COMPARE_MARKDOWN
                  : formats->latex    ? COMPARE_LATEX
                                      : COMPARE_TEXT;
    return STATUS_FINE;
}

static ExitStatus read_confidence(const char *text, double *ret_confidence)
{
    char why[128];
    double confidence;
    if (!text)
        return STATUS_FINE;
    if (!quantity_parse(text, DIMENSION_FRACTION, &confidence, why, sizeof why))
        return message_wrong("--confidence %s, as in: --confidence 99%%", why);
    if (!(confidence > 0 && confidence < 1))
        return message_wrong("--confidence must be between 0 %% and 100 %%, not %s", text);
    *ret_confidence = confidence;
    return STATUS_FINE;
}

static ExitStatus compare(const char *database, const CompareRequest *request, CompareFormat format)
{
    Error error = {0};
    Store *store = NULL;
    bool bold = format == COMPARE_TEXT && isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    StoreStatus status = store_open(database, STORE_READ, &store, &error);
    if (status == STORE_FINE)
        status = compare_write(stdout, store, request, format, bold, &error);
    if (status != STORE_FINE)
        message_error(&error);
    store_close(store);
    return (ExitStatus)status;
}

static ExitStatus run(int argument_count, char **arguments)
{
    CompareRequest request = {0};
    CompareFormat format = COMPARE_TEXT;
    Formats formats = {0};
    bool paired = false, unpaired = false;
    const char *confidence = NULL;
    const Flag flags[] = {
        {"--by", FLAG_TEXT, &request.by, "KEY,...", "what to compare, within equal values of the further keys", 0, 0},
        {"--metric", FLAG_TEXT, &request.metrics, "A,B", "figures (default: response_time_mean,reward_mean)", 0, 0},
        {"--where", FLAG_TEXT, &request.where, "EXPR", "only runs for which this is true", 0, 0},
        {"--baseline", FLAG_TEXT, &request.baseline, "VALUE", "compared with (default: oracle, else the best)", 0, 0},
        {"--paired", FLAG_SWITCH, &paired, NULL, "only pairs of equal seed and replication", 0, 0},
        {"--unpaired", FLAG_SWITCH, &unpaired, NULL, "Welch's test (default: paired where all runs have partners)", 0,
         0},
        {"--confidence", FLAG_TEXT, &confidence, "P%", "of intervals and verdicts (default: 95%)", 0, 0},
        {"--learners", FLAG_SWITCH, &request.learners, NULL, "add interquartile mean, improvement, optimality gap", 0,
         0},
        {"--csv", FLAG_SWITCH, &formats.csv, NULL, "a line per cell, metric and value, in full precision", 0, 0},
        {"--json", FLAG_SWITCH, &formats.json, NULL, "the same as JSON", 0, 0},
        {"--markdown", FLAG_SWITCH, &formats.markdown, NULL, "tables for Markdown", 0, 0},
        {"--latex", FLAG_SWITCH, &formats.latex, NULL, "tables for LaTeX with booktabs", 0, 0},
    };
    ExitStatus status;
    if (!options_parse(&command_compare, flags, sizeof flags / sizeof *flags, &argument_count, arguments, &status))
        return status;
    if (argument_count != 1)
        return message_wrong("compare needs one database, as in: orchid compare results.sqlite --by policy");
    if (paired && unpaired)
        return message_wrong("--paired and --unpaired exclude each other");
    request.pairing = paired ? PAIRING_PAIRED : unpaired ? PAIRING_UNPAIRED : PAIRING_AUTOMATIC;
    status = read_format(&formats, &format);
    if (status == STATUS_FINE)
        status = read_confidence(confidence, &request.confidence);
    return status == STATUS_FINE ? compare(arguments[0], &request, format) : status;
}

const Command command_compare = {
    .name = "compare",
    .arguments = "DB [flag ...]",
    .summary = "compare policies, or anything else that runs differ in, with intervals and tests",
    .details =
        "Runs that are equal in everything but the keys of --by and their random numbers share a table. A key is\n"
        "policy, scenario, users, version, a key of the scenario such as objective.threshold or nodes.edge.cores, or\n"
        "a parameter such as policy.epsilon; the end of a key will do where it is the only one. Differences are taken\n"
        "replication by replication, because policies meet the same random numbers, and tested with Student's paired\n"
        "t, p values corrected after Holm.",
    .examples = {{"orchid run hello training_patience=4 --policy all --db hello.sqlite", "fills a database first"},
                 {"orchid compare hello.sqlite", "policies, each against the oracle"},
                 {"orchid compare hello.sqlite --baseline greedy --metric energy_per_request,accuracy_mean",
                  "by other figures, against another policy"},
                 {"orchid run hello nodes.camera.count=2 training_patience=4 --policy all --db hello.sqlite",
                  "adds runs with fewer users"},
                 {"orchid compare hello.sqlite --by policy,users --latex", "policies within equal numbers of users"},
                 {"orchid compare hello.sqlite --by users --confidence 99% --csv", "numbers of users, for a script"}},
    .run = run,
};
