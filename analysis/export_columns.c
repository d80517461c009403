#include "export_columns.h"

#include "../policies/policy.h"
#include "escape.h"
#include "expression.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

const char export_dictionary_header[] = "file,column,unit,type,meaning\n";

/* A column that is in a table whatever the runs are; its place is that in the query. */
typedef struct FixedColumn {
    const char *name, *unit;
    ColumnType type;
    const char *meaning;
} FixedColumn;

enum { FIXED_LIMIT = 20 };

/* A table: its query, whose first column is the run, and the columns behind that. */
typedef struct TableEntry {
    const char *query;
    FixedColumn columns[FIXED_LIMIT];
} TableEntry;

static const TableEntry tables[EXPORT_TABLE_COUNT] = {
    [EXPORT_RUNS] =
        {"SELECT run, status, error, experiment, scenario_hash, parameters_hash, version, interactions, events, "
         "fingerprint, wall_s, cpu_s, finished_utc, host, compiler, reproduce FROM runs ORDER BY run",
         {{"status", "", COLUMN_TEXT, "done or failed; the figures of a failed run are missing"},
          {"error", "", COLUMN_TEXT, "why it failed"},
          {"experiment", "1", COLUMN_INTEGER, "number of the invocation that ran it last"},
          {"scenario_hash", "", COLUMN_TEXT, "equal for equal scenarios and traces"},
          {"parameters_hash", "", COLUMN_TEXT, "equal for equal parameters of the policy"},
          {"version", "", COLUMN_TEXT, "of orchid"},
          {"interactions", "1", COLUMN_INTEGER, "real interactions: decisions made while learning"},
          {"events", "1", COLUMN_INTEGER, "of the measured run"},
          {"fingerprint", "", COLUMN_TEXT, "hash over the events of the measured run"},
          {"wall_s", "s", COLUMN_REAL, "time that training and measuring took"},
          {"cpu_s", "s", COLUMN_REAL, "processor time that training and measuring took"},
          {"finished_utc", "", COLUMN_TEXT, "when it ended, ISO 8601"},
          {"host", "", COLUMN_TEXT, "the machine that ran it"},
          {"compiler", "", COLUMN_TEXT, "that orchid was built with"},
          {"reproduce", "", COLUMN_TEXT, "command line that does a sweep's run again"}}},
    [EXPORT_METRICS] = {"SELECT run, name, unit, value FROM metrics ORDER BY run, name",
                        {{"metric", "", COLUMN_TEXT, "name; runs.csv has a column of each, and says what it is"},
                         {"unit", "", COLUMN_TEXT, "of the value; missing where dimensionless"},
                         {"value", "see column unit", COLUMN_REAL, "missing where not known or never reached"}}},
    [EXPORT_CURVES] =
        {"SELECT run, interactions, reward, response_s, accuracy, oracle_reward, oracle_response_s, regret, "
         "violation_fraction, optimal_fraction, near_optimal_fraction, planning_steps, wall_s, cpu_s, simulation_s, "
         "learning_s, planning_s FROM learning_curves LEFT JOIN learning_times USING (run, interactions) "
         "ORDER BY run, interactions",
         {{"interactions", "1", COLUMN_INTEGER, "decisions made before, in training"},
          {"reward", "1", COLUMN_REAL, "expected of the greedy policy, mean per decision"},
          {"response_s", "s", COLUMN_REAL, "expected mean response time"},
          {"accuracy", "1", COLUMN_REAL, "expected mean accuracy, fraction"},
          {"oracle_reward", "1", COLUMN_REAL, "expected of the oracle's answers to the same questions"},
          {"oracle_response_s", "s", COLUMN_REAL, "response time expected of the oracle's answers"},
          {"regret", "1", COLUMN_REAL, "reward that the oracle's answers have more, per decision"},
          {"violation_fraction", "fraction", COLUMN_REAL, "probability that an answer misses the accuracy threshold"},
          {"optimal_fraction", "fraction", COLUMN_REAL, "that an answer is within 0.1 % of the oracle's reward"},
          {"near_optimal_fraction", "fraction", COLUMN_REAL, "that an answer is within 1 % of the oracle's reward"},
          {"planning_steps", "1", COLUMN_INTEGER, "imagined so far beside the interactions, as the policy says"},
          {"wall_s", "s", COLUMN_REAL, "time of the training so far, evaluations left out: the sum of the last three"},
          {"cpu_s", "s", COLUMN_REAL, "processor time of the same"},
          {"simulation_s", "s", COLUMN_REAL, "of the world that counts as real"},
          {"learning_s", "s", COLUMN_REAL, "of the policy's answers and updates"},
          {"planning_s", "s", COLUMN_REAL, "of its planning, as it says of itself"}}},
    [EXPORT_DECISIONS] = {"SELECT run, node_group, option, count FROM decision_counts ORDER BY run, node_group, option",
                          {{"node_group", "", COLUMN_TEXT, "group of the users who asked"},
                           {"option", "", COLUMN_TEXT,
                            "the answer: node group:variant, or node group:variant@layer cut behind"},
                           {"count", "1", COLUMN_INTEGER, "requests that were answered so"}}},
    [EXPORT_REQUESTS] =
        {NULL,
         {{"request", "1", COLUMN_INTEGER, "number of the request in its run, from 0"},
          {"decision", "1", COLUMN_INTEGER, "number of the question it was part of, from 0"},
          {"user", "1", COLUMN_INTEGER, "number of the end node that asked, from 0"},
          {"option", "", COLUMN_TEXT, "the answer: node group:variant, or node group:variant@layer cut behind"},
          {"status", "", COLUMN_TEXT, "finished or refused; the figures of a refused request count up to that moment"},
          {"recorded", "1", COLUMN_INTEGER, "1: counts in the metrics; 0: arrived before the end of the warm-up"},
          {"arrival_s", "s", COLUMN_REAL, "simulated time"},
          {"response_s", "s", COLUMN_REAL, "from arrival to answer"},
          {"accuracy", "1", COLUMN_REAL, "expected, fraction"},
          {"energy_j", "J", COLUMN_REAL, "drawn above idle by its computing, on all nodes"}}},
};

/* What a header says of a base unit. */
static const struct {
    const char *unit, *suffix;
} suffixes[] = {{"s", "_s"},
                {"J", "_j"},
                {"W", "_w"},
                {"B", "_bytes"},
                {"1/s", "_per_s"},
                {"bit/s", "_bit_per_s"},
                {"fraction", "_fraction"},
                {"", ""}};

static const char *const dimension_base_units[DIMENSION_COUNT_] = {
    [DIMENSION_COUNT] = "",
    [DIMENSION_TIME] = "s",
    [DIMENSION_DATA] = "B",
    [DIMENSION_BANDWIDTH] = "bit/s",
    [DIMENSION_POWER] = "W",
    [DIMENSION_ENERGY] = "J",
    [DIMENSION_FRACTION] = "fraction",
    [DIMENSION_RATE] = "1/s",
};

static const char *const type_names[] = {[COLUMN_INTEGER] = "integer", [COLUMN_REAL] = "real", [COLUMN_TEXT] = "text"};

/* Adds a column, unless one of its name is there: runs.csv tells of the interactions of all runs, and the metric of
 * that name only of some. */
static void add(ExportColumns *columns, ExportColumn column)
{
    for (int i = 0; i < columns->count; i++)
        if (strcmp(columns->columns[i].name, column.name) == 0)
            return;
    if (columns->count == columns->limit) {
        int limit = 2 * columns->limit + 32;
        ExportColumn *grown = arena_allocate(&columns->arena, (size_t)limit, sizeof *grown);
        if (columns->count)
            memcpy(grown, columns->columns, (size_t)columns->count * sizeof *grown);
        columns->columns = grown;
        columns->limit = limit;
    }
    columns->columns[columns->count++] = column;
}

/* A name with the unit behind it, of letters, digits, points and underscores only. */
static const char *column_name(Arena *arena, const char *name, const char *unit)
{
    const char *suffix = NULL;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && !suffix; i++)
        if (strcmp(suffixes[i].unit, unit) == 0)
            suffix = suffixes[i].suffix;
    char *text = arena_format(arena, "%s%s%s", name, suffix ? suffix : "_", suffix ? "" : unit);
    for (char *c = text; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '.' && (unsigned char)*c < 0x80)
            *c = '_';
    return text;
}

/* The unit as the dictionary has it. */
static const char *dictionary_unit(const char *unit)
{
    return *unit && strcmp(unit, "fraction") != 0 ? unit : "1";
}

/* Whether a key such as nodes.edge.power.idle is the field `field` of the section nodes[].power. */
static bool is_field(const char *key, const char *section, const char *field)
{
    for (; *section; section++) {
        if (strncmp(section, "[]", 2) == 0) {
            if (*key++ != '.')
                return false;
            key += strcspn(key, ".");
            section++;
        } else if (*key++ != *section) {
            return false;
        }
    }
    return (*key == '.' && strcmp(key + 1, field) == 0) || strcmp(key, field) == 0;
}

/* What a key of the scenario means; NULL where its section has no word on it. */
static const char *scenario_help(const char *key)
{
    const ConfigSection *section;
    for (int s = 0; (section = scenario_section(s)); s++)
        for (int f = 0; f < section->field_count; f++)
            if (is_field(key, section->path, section->fields[f].key))
                return section->fields[f].help;
    return NULL;
}

static const char *parameter_help(const char *key)
{
    const PolicyType *type;
    for (int t = 0; (type = policy_type(t)); t++)
        for (int p = 0; p < type->parameter_count; p++)
            if (is_field(key, "policy", type->parameters[p].key))
                return type->parameters[p].help;
    return NULL;
}

/* A column of a key: of numbers where all its values are numbers of one dimension. */
static void add_key(ExportColumns *columns, const RunSet *set, int key)
{
    const RunSetKey *entry = &set->keys[key];
    bool numbers = true, whole = true, any = false;
    Dimension dimension = DIMENSION_COUNT;
    for (int run = 0; run < set->run_count && numbers; run++) {
        const char *value = run_set_value(set, run, key);
        double number;
        Dimension found;
        if (!value)
            continue;
        numbers = expression_number(value, &number, &found) && (!any || found == dimension);
        whole = whole && numbers && found == DIMENSION_COUNT && number == floor(number);
        dimension = numbers ? found : DIMENSION_COUNT;
        any = true;
    }
    const char *unit = numbers ? dimension_base_units[dimension] : "";
    const char *help = entry->kind == RUN_KEY_PARAMETER ? parameter_help(entry->name) : scenario_help(entry->name);
    Arena *arena = &columns->arena;
    add(columns,
        (ExportColumn){.name = column_name(arena, entry->name, unit),
                       .unit = numbers ? dictionary_unit(unit) : "",
                       .type = !numbers ? COLUMN_TEXT
                               : whole  ? COLUMN_INTEGER
                                        : COLUMN_REAL,
                       .meaning = arena_format(arena, "key %s%s%s", entry->name, help ? ": " : "", help ? help : ""),
                       .source = numbers && !whole ? COLUMN_OF_KEY_NUMBER : COLUMN_OF_KEY,
                       .index = key});
}

/* What stands in every table: which run it is, and in what it differs from others. */
static void add_identity(ExportColumns *columns, const RunSet *set)
{
    static const ExportColumn before[] = {
        {"run", "1", COLUMN_INTEGER, "number of the run, the same in all files", COLUMN_OF_KEY, RUN_SET_RUN},
        {"scenario", "", COLUMN_TEXT, "its name", COLUMN_OF_KEY, RUN_SET_SCENARIO},
        {"users", "1", COLUMN_INTEGER, "end nodes of the scenario", COLUMN_OF_KEY, RUN_SET_USERS},
        {"policy", "", COLUMN_TEXT, "who answered", COLUMN_OF_KEY, RUN_SET_POLICY},
    };
    static const ExportColumn behind[] = {
        {"seed", "1", COLUMN_INTEGER, "key of all random numbers", COLUMN_OF_KEY, RUN_SET_SEED},
        {"replication", "1", COLUMN_INTEGER, "from 0; runs of equal seed and replication met the same random numbers",
         COLUMN_OF_KEY, RUN_SET_REPLICATION},
    };
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        add(columns, before[i]);
    for (int key = 0; key < set->key_count; key++)
        if (set->keys[key].varies &&
            (set->keys[key].kind == RUN_KEY_SCENARIO || set->keys[key].kind == RUN_KEY_PARAMETER))
            add_key(columns, set, key);
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
        add(columns, behind[i]);
}

static void add_metric(ExportColumns *columns, const ExportMetric *metric, int index)
{
    const MetricDefinition *definition = metric_definition_find(metric->name);
    const char *group = strchr(metric->name, '.');
    Arena *arena = &columns->arena;
    const char *meaning = definition ? definition->help : "";
    if (definition && group)
        meaning = arena_format(arena, "node group %s: %s", group + 1, meaning);
    add(columns, (ExportColumn){column_name(arena, metric->name, metric->unit), dictionary_unit(metric->unit),
                                COLUMN_REAL, meaning, COLUMN_OF_METRIC, index});
}

void export_columns_list(ExportTable table, const RunSet *set, const ExportMetric *metrics, int metric_count,
                         ExportColumns *ret_columns)
{
    assert(table < EXPORT_TABLE_COUNT);
    *ret_columns = (ExportColumns){0};
    add_identity(ret_columns, set);
    for (int i = 0; i < FIXED_LIMIT && tables[table].columns[i].name; i++) {
        const FixedColumn *column = &tables[table].columns[i];
        add(ret_columns,
            (ExportColumn){column->name, column->unit, column->type, column->meaning, COLUMN_OF_QUERY, i + 1});
    }
    for (int i = 0; table == EXPORT_RUNS && i < metric_count; i++)
        add_metric(ret_columns, &metrics[i], i);
}

void export_columns_free(ExportColumns *columns)
{
    arena_free(&columns->arena);
    *columns = (ExportColumns){0};
}

const char *export_columns_query(ExportTable table)
{
    return tables[table].query;
}

void export_columns_describe(const ExportColumns *columns, const char *file, FILE *stream)
{
    for (int i = 0; i < columns->count; i++) {
        const ExportColumn *column = &columns->columns[i];
        const char *const fields[] = {file, column->name, column->unit, type_names[column->type], column->meaning};
        for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
            fputs(f ? "," : "", stream);
            escape_csv(stream, fields[f]);
        }
        fputc('\n', stream);
    }
}
