#include "factored_features.h"

#include "../sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Loads and backlogs told apart where requests come one by one, and steps of a background load that is not whole. */
enum { SINGLE_LOAD_LIMIT = 8, BACKLOG_LIMIT = 4, LEVEL_STEPS = 8, NAME_SIZE = 160 };

/* Priors of weights, mean and standard deviation, where the usual cost is 1. */
typedef struct Prior {
    double mean, sd;
} Prior;

static const Prior OPTION = {1, 1};        /* a whole cost */
static const Prior WAY = {0.3, 0.5};       /* what is not work at the target */
static const Prior DEVIATION = {0, 0.3};   /* of a user group from the others */
static const Prior CORRECTION = {0, 0.1};  /* of work over share */
static const Prior MESSAGE = {0.05, 0.2};  /* of one more message */
static const Prior CONDITION = {0.2, 0.5}; /* of a weak link */
static const double WORK_SD = 0.5;

/* The index of `count` new features. */
static int add(FactoredFeatures *features, int count, Prior prior)
{
    int first = features->count, total = first + count;
    features->prior_mean = memory_grow(features->prior_mean, (size_t)first, (size_t)total, sizeof(double));
    features->prior_sd = memory_grow(features->prior_sd, (size_t)first, (size_t)total, sizeof(double));
    for (int i = first; i < total; i++) {
        features->prior_mean[i] = prior.mean;
        features->prior_sd[i] = prior.sd;
    }
    features->count = total;
    return first;
}

static bool is_known(const FactoredFeatures *features)
{
    return features->form == FORM_PARAMETRIC || (features->prior && features->form == FORM_BAYESIAN);
}

static bool has_corrections(const FactoredFeatures *features)
{
    return features->prior && features->form == FORM_BAYESIAN;
}

/* Distinct levels of a group's background load: whole busy cores, or steps. */
static int count_levels(const NodeGroup *group)
{
    const Chain *chain = &group->background;
    if (group->background_series.count > 1)
        return LEVEL_STEPS;
    double largest = 0;
    for (int i = 0; i < chain->state_count; i++) {
        if (chain->values[i] != floor(chain->values[i]))
            return chain->state_count > 1 ? LEVEL_STEPS : 1;
        largest = fmax(largest, chain->values[i]);
    }
    return chain->state_count > 1 ? (int)largest + 1 : 1;
}

static int level_of(const FactoredFeatures *features, int group_index, double busy)
{
    const NodeGroup *group = &features->scenario->node_groups[group_index];
    int levels = features->levels[group_index];
    if (levels == 1)
        return 0;
    double step = count_levels(group) == LEVEL_STEPS ? busy / group->cores * LEVEL_STEPS : busy;
    return (int)fmax(0, fmin(floor(step + 1e-9), levels - 1));
}

/* How many times longer than alone on all its threads a job takes on average when `jobs` share the node. */
static double slowdown(const Scenario *scenario, const NodeGroup *group, double jobs, double free_cores)
{
    double threads = group->threads, cores = fmax(free_cores, 1e-3 * group->cores);
    double alone = fmax(1, threads / cores);
    switch (group->discipline) {
    case DISCIPLINE_FCFS: { /* the k-th of them waits for k / servers services */
        double servers = fmax(1, floor(group->cores / threads));
        return alone * fmax(1, 1 + (jobs / servers - 1) / 2);
    }
    case DISCIPLINE_RESERVED:
        return fmax(1, threads / (cores * fmin(1.0 / scenario->user_count, threads / group->cores)));
    case DISCIPLINE_PS:
        break;
    }
    return fmax(1, jobs * threads / cores);
}

static bool is_same_kind(const Option *a, const Option *b)
{
    return a->target == b->target && a->variant == b->variant && a->cut == b->cut && a->second_cut == b->second_cut;
}

/* The number of (target, variant, cuts), a new one where it was not seen before. */
static int kind_of(FactoredFeatures *features, const Option **kinds, const Option *option)
{
    int kind = 0;
    while (kind < features->kind_count && !is_same_kind(kinds[kind], option))
        kind++;
    if (kind == features->kind_count)
        kinds[features->kind_count++] = option;
    return kind;
}

/* Weights of what happens at the target of a kind; `like` is an earlier kind of the same target, or -1. */
static void add_kind(FactoredFeatures *features, int kind, const Option *option, int like)
{
    const NodeGroup *group = &features->scenario->node_groups[option->target];
    int contexts = features->load_limit * features->levels[option->target];
    features->work[kind] = features->load[kind] = -1;
    if (features->form == FORM_NETWORK)
        return;
    if (is_known(features))
        features->work[kind] = add(features, 1, (Prior){1 / group->cores, WORK_SD});
    if (has_corrections(features))
        features->load[kind] = like >= 0 ? features->load[like] : add(features, contexts, CORRECTION);
    else if (!is_known(features))
        features->load[kind] = add(features, contexts, OPTION);
    if (is_known(features) && features->load_limit > 1 && features->message[option->target] < 0)
        features->message[option->target] = add(features, 1, MESSAGE);
}

static void add_kinds(FactoredFeatures *features)
{
    const Scenario *scenario = features->scenario;
    size_t room = (size_t)(scenario->node_group_count * features->option_limit);
    const Option **kinds = memory_allocate(room, sizeof *kinds);
    for (int g = 0; g < scenario->node_group_count; g++)
        for (int i = 0; i < scenario->options[g].count; i++) {
            const Option *option = &scenario->options[g].items[i];
            if (option->target != SELF)
                features->kind[g * features->option_limit + i] = kind_of(features, kinds, option);
        }
    features->work = memory_allocate((size_t)features->kind_count, sizeof *features->work);
    features->load = memory_allocate((size_t)features->kind_count, sizeof *features->load);
    for (int kind = 0; kind < features->kind_count; kind++) {
        int like = kind - 1;
        while (like >= 0 && kinds[like]->target != kinds[kind]->target)
            like--;
        add_kind(features, kind, kinds[kind], like);
    }
    free(kinds);
}

/* Weights of a user group's options and of its own node. */
static void add_users(FactoredFeatures *features, int g)
{
    const OptionSet *set = &features->scenario->options[g];
    int contexts = features->levels[g] * features->backlog_limit;
    features->option[g] = features->count;
    if (features->form == FORM_NETWORK) {
        add(features, set->count, OPTION);
        return;
    }
    for (int i = 0; i < set->count; i++) {
        bool home = set->items[i].target == SELF;
        if (is_known(features))
            add(features, 1, home ? OPTION : WAY);
        else
            add(features, contexts, home ? OPTION : DEVIATION);
    }
    if (has_corrections(features) && contexts > 1)
        features->own_level[g] = add(features, contexts, CORRECTION);
}

static bool inputs_vary(const Scenario *scenario)
{
    for (int i = 0; i < scenario->application_count; i++) {
        const Distribution *input = &scenario->applications[i].input_bytes;
        if (distribution_varies(input) || input->mean != scenario->applications[0].input_bytes.mean)
            return true;
    }
    return false;
}

static void add_links(FactoredFeatures *features)
{
    const Scenario *scenario = features->scenario;
    bool sizes_vary = inputs_vary(scenario);
    for (int i = 0; i < scenario->link_group_count; i++) {
        const LinkGroup *group = &scenario->link_groups[i];
        if (group->condition.state_count > 1)
            features->weak[i] = add(features, 1, is_known(features) ? CONDITION : DEVIATION);
        if (sizes_vary || group->up_series.count > 1 || group->up_levels.state_count > 1)
            features->transfer[i] = add(features, 1, WAY);
    }
}

static int *none(int count)
{
    int *indices = memory_allocate((size_t)count, sizeof *indices);
    for (int i = 0; i < count; i++)
        indices[i] = -1;
    return indices;
}

void factored_features_init(FactoredFeatures *features, const Scenario *scenario, FactoredForm form, bool prior)
{
    int groups = scenario->node_group_count;
    bool rounds = scenario->workload.arrivals == ARRIVALS_ROUNDS;
    *features = (FactoredFeatures){.scenario = scenario,
                                   .form = form,
                                   .prior = prior,
                                   .load_limit = rounds ? scenario->user_count : SINGLE_LOAD_LIMIT,
                                   .backlog_limit = rounds ? 1 : BACKLOG_LIMIT};
    for (int g = 0; g < groups; g++)
        if (scenario->options[g].count > features->option_limit)
            features->option_limit = scenario->options[g].count;
    features->kind = none(groups * features->option_limit);
    features->levels = none(groups);
    features->option = none(groups);
    features->own_level = none(groups);
    features->message = none(groups);
    features->weak = none(scenario->link_group_count);
    features->transfer = none(scenario->link_group_count);
    features->weak_entry = none(scenario->link_count);
    features->rate_entry = none(scenario->link_count);
    features->full_rate = memory_allocate((size_t)scenario->link_group_count, sizeof *features->full_rate);
    for (int g = 0; g < groups; g++)
        features->levels[g] = count_levels(&scenario->node_groups[g]);
    features->busy = features->crowd = -1;
    if (features->form == FORM_NETWORK) {
        features->busy = add(features, 2, OPTION);
        features->crowd = add(features, 2 + features->load_limit, OPTION);
    }
    add_kinds(features);
    for (int g = 0; g < groups; g++)
        if (scenario->options[g].count > 0)
            add_users(features, g);
    add_links(features);
}

void factored_features_free(FactoredFeatures *features)
{
    free(features->kind);
    free(features->levels);
    free(features->option);
    free(features->own_level);
    free(features->work);
    free(features->load);
    free(features->message);
    free(features->weak);
    free(features->transfer);
    free(features->prior_mean);
    free(features->prior_sd);
    free(features->weak_entry);
    free(features->rate_entry);
    free(features->full_rate);
    free(features->observation);
    *features = (FactoredFeatures){0};
}

static int find_entry(const Feature *table, int count, const char *link, const char *what)
{
    char name[2 * NAME_SIZE];
    snprintf(name, sizeof name, "%s.%s", link, what);
    for (int i = 0; i < count; i++)
        if (strcmp(table[i].name, name) == 0)
            return i;
    return -1;
}

/* The name of a link in the observation: "own.link2" of those of a user, "edge2-cloud", "edge-cloud2" where shared. */
static void name_link(const Scenario *scenario, int index, int member, char *ret_name, size_t size)
{
    const LinkGroup *group = &scenario->link_groups[index];
    const NodeGroup *from = &scenario->node_groups[group->from], *to = &scenario->node_groups[group->to];
    char end[NAME_SIZE / 2];
    if (from->tier == TIER_END) {
        int number = 1;
        for (int i = 0; i < index; i++)
            number += scenario->link_groups[i].from == group->from;
        snprintf(ret_name, size, "own.link%d", number);
        return;
    }
    scenario_node_name(scenario, (group->shared ? to : from)->first + member, end, sizeof end);
    if (group->shared)
        snprintf(ret_name, size, "%.70s-%s", from->name, end);
    else
        snprintf(ret_name, size, "%s-%.70s", end, to->name);
}

static void find_entries(FactoredFeatures *features, const Decision *decision)
{
    const Scenario *scenario = features->scenario;
    const Feature *shared, *of_ask;
    features->shared_count = view_shared_features(decision->view, &shared);
    features->ask_count = view_ask_features(decision->view, &of_ask);
    for (int i = 0; i < scenario->link_group_count; i++) {
        const LinkGroup *group = &scenario->link_groups[i];
        bool own = scenario->node_groups[group->from].tier == TIER_END;
        const Feature *table = own ? of_ask : shared;
        int count = own ? features->ask_count : features->shared_count;
        for (int member = 0; member < group->count; member++) {
            char name[NAME_SIZE];
            name_link(scenario, i, member, name, sizeof name);
            features->weak_entry[group->first + member] = find_entry(table, count, name, "weak");
            int rate = find_entry(table, count, name, "rate");
            features->rate_entry[group->first + member] = rate;
            features->full_rate[i] = rate < 0 ? group->up_bit_per_s : table[rate].scale;
        }
    }
    size_t room = (size_t)(features->shared_count + decision->ask_count * features->ask_count);
    features->observation = memory_allocate(room, sizeof *features->observation);
}

void factored_features_look(FactoredFeatures *features, const Decision *decision)
{
    if (!features->observation)
        find_entries(features, decision);
    view_observe(decision->view, decision, features->observation);
}

/* What is seen of a link, `otherwise` where it is not. */
static double seen(const FactoredFeatures *features, int link_group, int ask, int entry, double otherwise)
{
    const Scenario *scenario = features->scenario;
    if (entry < 0)
        return otherwise;
    bool own = scenario->node_groups[scenario->link_groups[link_group].from].tier == TIER_END;
    return features->observation[own ? features->shared_count + ask * features->ask_count + entry : entry];
}

static int add_route(const FactoredFeatures *features, const Ask *ask, int index, const Option *option, Term *terms)
{
    const Scenario *scenario = features->scenario;
    int count = 0;
    double usual = scenario->applications[0].input_bytes.mean;
    int links[ROUTE_LIMIT];
    scenario_route(scenario, ask->node, option, links);
    for (int hop = 0; hop < option->route.length; hop++) {
        int g = option->route.links[hop], link = links[hop];
        double full = features->full_rate[g];
        if (features->weak[g] >= 0 && seen(features, g, index, features->weak_entry[link], 0) > 0)
            terms[count++] = (Term){features->weak[g], 1};
        if (features->transfer[g] < 0)
            continue;
        double rate =
            isfinite(full) ? fmax(seen(features, g, index, features->rate_entry[link], full) / full, 1e-3) : 1;
        double bytes = option_up_bytes(option, hop, ask->input_bytes);
        terms[count++] = (Term){features->transfer[g], bytes / fmax(usual, 1) / rate};
    }
    return count;
}

/* The own node of a request: its option, times how busy it finds the node. */
static int add_own(const FactoredFeatures *features, const Decision *decision, const Ask *ask, int option, Term *terms)
{
    const Scenario *scenario = features->scenario;
    int g = scenario->group_of[ask->node], contexts = features->levels[g] * features->backlog_limit, count = 0;
    const NodeGroup *group = &scenario->node_groups[g];
    double free_cores = view_node_free_cores(decision->view, ask->node);
    int jobs = view_node_jobs(decision->view, ask->node);
    int backlog = jobs < features->backlog_limit ? jobs : features->backlog_limit - 1;
    int context = level_of(features, g, group->cores - free_cores) * features->backlog_limit + backlog;
    if (features->form == FORM_NETWORK) {
        terms[count++] = (Term){features->option[g] + option, 1};
        terms[count++] = (Term){features->busy, 1 - free_cores / group->cores};
        terms[count++] = (Term){features->crowd, (double)jobs / features->backlog_limit};
        return count;
    }
    if (!is_known(features)) {
        terms[count++] = (Term){features->option[g] + option * contexts + context, 1};
        return count;
    }
    bool computes = ask->options->items[option].local != NULL;
    double slower = computes ? slowdown(scenario, group, jobs + 1, free_cores) : 1;
    terms[count++] = (Term){features->option[g] + option, slower};
    if (computes && features->own_level[g] >= 0)
        terms[count++] = (Term){features->own_level[g] + context, slower};
    return count;
}

/* The target of a request: its work over the share that the load leaves it. */
static int add_target(const FactoredFeatures *features, const Decision *decision, const Ask *ask, int option, int load,
                      Term *terms)
{
    const Scenario *scenario = features->scenario;
    const Option *chosen = &ask->options->items[option];
    const NodeGroup *group = &scenario->node_groups[chosen->target];
    int kind = features->kind[scenario->group_of[ask->node] * features->option_limit + option], count = 0;
    int node = scenario_target_node(scenario, ask->node, chosen);
    double free_cores = view_node_free_cores(decision->view, node);
    double slower = slowdown(scenario, group, load, free_cores);
    int step = (load < features->load_limit ? load : features->load_limit) - 1;
    if (features->form == FORM_NETWORK) {
        terms[count++] = (Term){features->busy + 1, 1 - free_cores / group->cores};
        terms[count++] = (Term){features->crowd + 1, (double)load / features->load_limit};
        terms[count++] = (Term){features->crowd + 2 + step, 1};
    }
    if (features->work[kind] >= 0)
        terms[count++] = (Term){features->work[kind], slower};
    if (features->load[kind] >= 0) {
        int level = level_of(features, chosen->target, group->cores - free_cores);
        int context = level * features->load_limit + step;
        terms[count++] = (Term){features->load[kind] + context, is_known(features) ? slower : 1};
    }
    if (features->message[chosen->target] >= 0 && load > 1)
        terms[count++] = (Term){features->message[chosen->target], load - 1};
    return count;
}

int factored_features_terms(const FactoredFeatures *features, const Decision *decision, int ask, int option, int load,
                            Term *ret_terms)
{
    const Ask *asking = &decision->asks[ask];
    const Option *chosen = &asking->options->items[option];
    assert(load >= 1 && chosen->route.length <= ROUTE_LIMIT);
    int count = add_own(features, decision, asking, option, ret_terms);
    if (chosen->target == SELF)
        return count;
    count += add_target(features, decision, asking, option, load, ret_terms + count);
    count += add_route(features, asking, ask, chosen, ret_terms + count);
    assert(count <= TERM_LIMIT);
    return count;
}
