#include "scenario_parts.h"

#include <math.h>
#include <string.h>

enum { APPLICATION_LIMIT = 64 };

/* Shares are written as rounded percentages. */
#define SHARE_TOLERANCE 1e-6
#define LARGEST_BYTES 1e15
#define LONGEST_THINK_S 9e6

/* One amount, not below 0. */
static bool read_amount(Draft *draft, const ConfigNode *node, const char *path, Dimension dimension, double *ret_value)
{
    double largest = dimension == DIMENSION_TIME       ? LONGEST_THINK_S
                     : dimension == DIMENSION_FRACTION ? 1
                                                       : LARGEST_BYTES;
    Field field = {.kind = FIELD_QUANTITY, .dimension = dimension, .maximum = largest};
    return config_bind_value(draft->arena, node, path, &field, ret_value, draft->errors);
}

static bool read_spread(Draft *draft, const ConfigNode *node, const char *path, Dimension dimension, bool gamma,
                        Distribution *ret_distribution)
{
    SpreadEntry entry = {0};
    double mean = 0;
    const char *mean_path = arena_format(draft->arena, "%s.mean", path);
    if (!scenario_bind(draft, SECTION_SPREAD, node, path, &entry) ||
        !read_amount(draft, entry.mean, mean_path, dimension, &mean))
        return false;
    if (mean == 0) {
        config_error(draft->errors, entry.mean, mean_path, "must be above 0");
        return false;
    }
    *ret_distribution =
        gamma ? distribution_gamma(mean, entry.variation) : distribution_lognormal(mean, entry.variation);
    return true;
}

static bool read_uniform(Draft *draft, const ConfigNode *node, const char *path, Dimension dimension,
                         Distribution *ret_distribution)
{
    double limits[2] = {0};
    if (node->kind != CONFIG_LIST || node->count != 2) {
        config_error(draft->errors, node, path, "must be a list of the least and the largest amount");
        return false;
    }
    bool least = read_amount(draft, node->first, arena_format(draft->arena, "%s[0]", path), dimension, &limits[0]);
    bool largest =
        read_amount(draft, node->first->next, arena_format(draft->arena, "%s[1]", path), dimension, &limits[1]);
    if (!least || !largest)
        return false;
    if (limits[0] > limits[1]) {
        config_error(draft->errors, node, path, "begins with the larger amount");
        return false;
    }
    *ret_distribution = distribution_uniform(limits[0], limits[1]);
    return true;
}

bool scenario_read_distribution(Draft *draft, const ConfigNode *node, const char *path, Dimension dimension,
                                Distribution *ret_distribution)
{
    double value = 0;
    if (node->kind == CONFIG_SCALAR) {
        bool good = read_amount(draft, node, path, dimension, &value);
        *ret_distribution = distribution_constant(value);
        return good;
    }
    DistributionEntry entry = {0};
    if (!scenario_bind(draft, SECTION_DISTRIBUTION, node, path, &entry))
        return false;
    if (node->count != 1) {
        config_error(draft->errors, node, path, "needs one of: exponential lognormal gamma uniform");
        return false;
    }
    const char *below = arena_format(draft->arena, "%s.%s", path, node->first->key);
    if (entry.lognormal || entry.gamma)
        return read_spread(draft, node->first, below, dimension, entry.gamma != NULL, ret_distribution);
    if (entry.uniform)
        return read_uniform(draft, node->first, below, dimension, ret_distribution);
    bool good = read_amount(draft, entry.exponential, below, dimension, &value);
    *ret_distribution = distribution_exponential(value);
    return good;
}

/* `weights`, a list or a range, in place of `weight`. */
static void read_weights(Draft *draft, const ConfigNode *map, const char *path, const ConfigNode *node,
                         Application *application)
{
    const char *below = arena_format(draft->arena, "%s.weights", path);
    if (config_get(map, "weight"))
        scenario_error(draft, map, path, "weights", "contradicts `weight`");
    application->weight_count = 0;
    if (node->kind == CONFIG_MAP) {
        DistributionEntry entry = {0};
        if (!scenario_bind(draft, SECTION_DISTRIBUTION, node, below, &entry))
            return;
        application->weights_vary = true;
        if (node->count == 1 && entry.uniform)
            read_uniform(draft, entry.uniform, arena_format(draft->arena, "%s.uniform", below), DIMENSION_FRACTION,
                         &application->accuracy_weight);
        else
            config_error(draft->errors, node, below, "must be a list or {uniform: [20 %%, 80 %%]}");
        return;
    }
    if (node->kind != CONFIG_LIST || node->count == 0) {
        config_error(draft->errors, node, below, "must be a list or {uniform: [20 %%, 80 %%]}");
        return;
    }
    double *weights = arena_allocate(draft->arena, (size_t)node->count, sizeof *weights), sum = 0;
    int count = 0;
    for (const ConfigNode *item = node->first; item; item = item->next, count++) {
        read_amount(draft, item, arena_format(draft->arena, "%s[%d]", below, count), DIMENSION_FRACTION,
                    &weights[count]);
        sum += weights[count];
    }
    application->weight_count = count;
    application->weights = weights;
    application->weights_vary = count > 1;
    application->accuracy_weight = distribution_constant(sum / count);
}

/* A weight of its own, in either form. */
static void read_weight(Draft *draft, const ConfigNode *item, const char *path, ApplicationEntry *entry,
                        Application *application)
{
    if (entry->weights) {
        read_weights(draft, item, path, entry->weights, application);
    } else if (config_get(item, "weight")) {
        application->weight_count = 0;
        application->weights_vary = false;
        application->accuracy_weight = distribution_constant(entry->accuracy_weight);
    }
    /* What is in force is written once, in one of the forms. */
    bool single = application->weight_count == 0 && !distribution_varies(&application->accuracy_weight);
    entry->accuracy_weight = single ? application->accuracy_weight.mean : NAN;
}

/* The time to think at `node`, which must let the clock go on. */
static void read_think(Draft *draft, const ConfigNode *node, const char *path, Distribution *ret_think)
{
    if (scenario_read_distribution(draft, node, path, DIMENSION_TIME, ret_think) && ret_think->mean == 0)
        config_error(draft->errors, node, path, "must be above 0 s");
}

/* A key that only other arrivals use, or that these need and nobody gave. */
static void check_arrivals(Draft *draft, const ConfigNode *item, const char *path, const ApplicationEntry *entry)
{
    Arrivals arrivals = draft->workload.spec.arrivals;
    if (arrivals != ARRIVALS_POISSON && config_get(item, "rate"))
        scenario_error(draft, item, path, "rate", "has no meaning for %s arrivals", arrivals_names[arrivals]);
    if (arrivals != ARRIVALS_THINK && entry->think)
        scenario_error(draft, item, path, "think", "has no meaning for %s arrivals", arrivals_names[arrivals]);
    if (arrivals == ARRIVALS_POISSON && !isfinite(entry->rate_per_s))
        scenario_error(draft, item, path, "rate", "poisson arrivals need a rate, such as 10 /s");
    if (arrivals == ARRIVALS_THINK && !entry->think && !draft->workload.think)
        scenario_error(draft, item, path, "think", "think arrivals need a time to think, such as 2 s");
}

static void read_application(Draft *draft, const ConfigNode *item, int index, const Application *workload,
                             Application *application)
{
    ApplicationEntry *entry = &draft->applications[index];
    const char *path = config_item_path(draft->arena, "workload.applications", item, index);
    *application = *workload;
    *entry = (ApplicationEntry){.rate_per_s = draft->workload.spec.rate_per_s,
                                .accuracy_weight = workload->accuracy_weight.mean,
                                .deadline = workload->deadline,
                                .reference = TIME_NEVER};
    if (!scenario_bind(draft, SECTION_APPLICATIONS, item, path, entry))
        return;
    check_arrivals(draft, item, path, entry);
    for (int i = 0; i < index; i++)
        if (draft->applications[i].name && strcmp(draft->applications[i].name, entry->name) == 0)
            scenario_error(draft, item, path, "name", "the name stands there already");
    if (entry->input)
        scenario_read_distribution(draft, entry->input, arena_format(draft->arena, "%s.input", path), DIMENSION_DATA,
                                   &application->input_bytes);
    if (entry->output)
        scenario_read_distribution(draft, entry->output, arena_format(draft->arena, "%s.output", path), DIMENSION_DATA,
                                   &application->output_bytes);
    if (entry->think)
        read_think(draft, entry->think, arena_format(draft->arena, "%s.think", path), &application->gap_s);
    application->name = entry->name;
    application->share = entry->share;
    if (draft->workload.spec.arrivals == ARRIVALS_POISSON)
        application->gap_s = distribution_exponential(1 / entry->rate_per_s);
    application->deadline = entry->deadline;
    if (entry->reference != TIME_NEVER)
        application->reference_s = time_to_s(entry->reference);
    read_weight(draft, item, path, entry, application);
}

static void read_list(Draft *draft, const ConfigNode *list, const Application *workload, Application *applications)
{
    int found = draft->errors->total, index = 0;
    double shares = 0;
    for (const ConfigNode *item = list->first; item; item = item->next, index++) {
        read_application(draft, item, index, workload, &applications[index]);
        shares += applications[index].share;
    }
    if (draft->errors->total == found && fabs(shares - 1) > SHARE_TOLERANCE)
        config_error(draft->errors, list, "workload.applications", "the shares sum to %g %%, not to 100 %%",
                     100 * shares);
}

void scenario_read_applications(Draft *draft)
{
    const WorkloadSpec *workload = &draft->workload.spec;
    const ConfigNode *list = draft->workload.applications;
    Application whole = {.share = 1,
                         .input_bytes = distribution_constant(workload->input_bytes),
                         .output_bytes = distribution_constant(workload->output_bytes),
                         .deadline = workload->deadline,
                         .accuracy_weight = distribution_constant(workload->accuracy_weight),
                         .reference_s = time_to_s(draft->scenario->objective.reference)};
    if (draft->workload.weights) {
        read_weights(draft, draft->top.workload, "workload", draft->workload.weights, &whole);
        draft->workload.spec.accuracy_weight = NAN;
    }
    if (draft->workload.think)
        read_think(draft, draft->workload.think, "workload.think", &whole.gap_s);
    if (workload->arrivals == ARRIVALS_POISSON)
        whole.gap_s = distribution_exponential(1 / workload->rate_per_s);
    if (list && (list->kind != CONFIG_LIST || list->count == 0 || list->count > APPLICATION_LIMIT)) {
        config_error(draft->errors, list, "workload.applications", "must be a list of 1 to %d applications",
                     APPLICATION_LIMIT);
        return;
    }
    int count = list ? list->count : 1;
    Application *applications = arena_allocate(draft->arena, (size_t)count, sizeof *applications);
    draft->scenario->application_count = count;
    draft->scenario->applications = applications;
    if (!list) {
        applications[0] = whole;
        return;
    }
    draft->applications = arena_allocate(draft->arena, (size_t)count, sizeof *draft->applications);
    read_list(draft, list, &whole, applications);
}
