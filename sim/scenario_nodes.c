#include "scenario_parts.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODE_LIMIT = 1000000, NAME_LIMIT = 60 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Names stand in labels, paths and overrides, so they are words. */
static bool is_name(const char *name)
{
    if (!is_letter(name[0]) || strlen(name) > NAME_LIMIT)
        return false;
    for (const char *c = name; *c; c++)
        if (!is_letter(*c) && !is_digit(*c) && *c != '-' && *c != '_')
            return false;
    return true;
}

static void check_name(Draft *draft, const NodeEntry *entry)
{
    char excerpt[CONFIG_EXCERPT_SIZE];
    if (!is_name(entry->name)) {
        scenario_error(draft, entry->node, entry->path, "name",
                       "\"%s\" is no name: a letter, then at most %d letters, digits, - and _",
                       config_excerpt(entry->name, excerpt), NAME_LIMIT - 1);
        return;
    }
    for (int i = 0; scenario_option_keys[i]; i++)
        if (strcmp(entry->name, scenario_option_keys[i]) == 0)
            scenario_error(draft, entry->node, entry->path, "name", "\"%s\" is a key of `options` and cannot be a name",
                           entry->name);
    for (int tier = 0; tier < TIER_COUNT; tier++)
        if (strcmp(entry->name, tier_names[tier]) == 0 && tier != entry->tier)
            scenario_error(draft, entry->node, entry->path, "name", "a group called like tier %s must be of that tier",
                           tier_names[tier]);
}

/* Whether numbering makes one name twice: the nodes of group `a` begin with its name, and `b` begins with it too. */
static bool names_collide(const NodeEntry *a, const NodeEntry *b)
{
    size_t length = strlen(a->name);
    if (strcmp(a->name, b->name) == 0)
        return true;
    if (a->count == 1 || strncmp(a->name, b->name, length) != 0)
        return false;
    const char *rest = b->name + length;
    if (!is_digit(*rest) || *rest == '0' || strlen(rest) > 7 || rest[strspn(rest, "0123456789")])
        return false;
    int64_t number = atoll(rest);
    /* The bare name b, or b1 where b is numbered too. */
    return (b->count == 1 ? number : 10 * number + 1) <= a->count;
}

static void check_names(Draft *draft, int group)
{
    const NodeEntry *entry = &draft->nodes[group];
    check_name(draft, entry);
    for (int i = 0; i < group; i++) {
        const NodeEntry *other = &draft->nodes[i];
        if (!other->good || (!names_collide(entry, other) && !names_collide(other, entry)))
            continue;
        bool same = strcmp(entry->name, other->name) == 0;
        char excerpt[CONFIG_EXCERPT_SIZE];
        scenario_error(draft, entry->node, entry->path, "name",
                       same ? "the name stands in line %d already%s" : "numbering makes a name of line %d, '%s', twice",
                       config_get(other->node, "name")->line, same ? "" : config_excerpt(other->name, excerpt));
        return;
    }
}

static void read_power(Draft *draft, NodeEntry *entry)
{
    if (!entry->power)
        return;
    const char *path = arena_format(draft->arena, "%s.power", entry->path);
    if (!scenario_bind(draft, SECTION_POWER, entry->power, path, entry))
        entry->good = false;
    else if (entry->full_w < entry->idle_w)
        scenario_error(draft, entry->power, path, "full", "is below the idle power");
}

/* Reads a list of at most CHAIN_STATE_LIMIT numbers; returns how many, 0 with a finding. */
static int read_numbers(Draft *draft, const ConfigNode *list, const char *path, const Field *field, double *ret_values)
{
    if (list->kind != CONFIG_LIST || list->count == 0 || list->count > CHAIN_STATE_LIMIT) {
        config_error(draft->errors, list, path, "must be a list of 1 to %d values", CHAIN_STATE_LIMIT);
        return 0;
    }
    int found = draft->errors->total, count = 0;
    for (const ConfigNode *item = list->first; item; item = item->next, count++)
        config_bind_value(draft->arena, item, arena_format(draft->arena, "%s[%d]", path, count), field,
                          &ret_values[count], draft->errors);
    return draft->errors->total == found ? count : 0;
}

/* A load as measured over time. */
static void read_background_series(Draft *draft, NodeEntry *entry, const BackgroundEntry *lists, const char *path,
                                   TimeSeries *ret_series)
{
    if (lists->busy || lists->dwell)
        scenario_error(draft, entry->background, path, "series", "contradicts `busy` and `dwell`");
    TimeSeries series;
    if (!scenario_get_series(draft, lists->series, SERIES_BUSY, &series))
        return;
    if (time_series_largest(&series) >= entry->cores)
        scenario_error(draft, entry->background, path, "series", "%g busy cores leave nothing of the %g cores",
                       time_series_largest(&series), entry->cores);
    entry->background_series = lists->series;
    *ret_series = series;
}

bool scenario_read_chain(Draft *draft, const ConfigNode *values, const ConfigNode *dwell, const char *path,
                         ChainWords words, const Field *field, Chain *ret_chain)
{
    static const Field dwell_field = {
        .kind = FIELD_QUANTITY, .dimension = DIMENSION_TIME, .minimum = 1e-6, .maximum = 9e6};
    Chain chain = {0};
    int found = draft->errors->total;
    const char *dwell_path = arena_format(draft->arena, "%s.dwell", path);
    chain.state_count =
        read_numbers(draft, values, arena_format(draft->arena, "%s.%s", path, words.key), field, chain.values);
    int dwells = dwell ? read_numbers(draft, dwell, dwell_path, &dwell_field, chain.dwell_s) : 0;
    if (draft->errors->total != found)
        return false;
    if (!dwell && chain.state_count > 1)
        config_error(draft->errors, values, path, "%s that changes needs `dwell`, one time for each of `%s`",
                     words.noun, words.key);
    else if (dwell && dwells != chain.state_count)
        config_error(draft->errors, dwell, dwell_path, "needs %d times, one for each of `%s`, not %d",
                     chain.state_count, words.key, dwells);
    *ret_chain = chain;
    return draft->errors->total == found;
}

static void read_background(Draft *draft, NodeEntry *entry, NodeGroup *group)
{
    static const Field busy_field = {.kind = FIELD_QUANTITY, .dimension = DIMENSION_COUNT, .maximum = 1e6};
    if (!entry->background)
        return;
    BackgroundEntry lists = {0};
    const char *path = arena_format(draft->arena, "%s.background", entry->path);
    if (!scenario_bind(draft, SECTION_BACKGROUND, entry->background, path, &lists))
        return;
    if (lists.series) {
        read_background_series(draft, entry, &lists, path, &group->background_series);
        return;
    }
    if (!lists.busy) {
        scenario_error(draft, entry->background, path, "busy", "this key is required, or `series`");
        return;
    }
    Chain chain;
    if (!scenario_read_chain(draft, lists.busy, lists.dwell, path, (ChainWords){"busy", "a load"}, &busy_field, &chain))
        return;
    for (int i = 0; i < chain.state_count; i++)
        if (chain.values[i] >= entry->cores)
            config_error(draft->errors, lists.busy, arena_format(draft->arena, "%s.busy", path),
                         "%g leaves nothing of the %g cores", chain.values[i], entry->cores);
    group->background = chain;
}

static void read_group(Draft *draft, int index)
{
    NodeEntry *entry = &draft->nodes[index];
    NodeGroup *group = &draft->scenario->node_groups[index];
    entry->memory_bytes = INFINITY;
    entry->good = scenario_bind(draft, SECTION_NODES, entry->node, entry->path, entry);
    if (!entry->good)
        return;
    if ((double)entry->threads > entry->cores)
        scenario_error(draft, entry->node, entry->path, "threads", "%lld threads do not fit on %g cores",
                       (long long)entry->threads, entry->cores);
    if (entry->discipline == DISCIPLINE_RESERVED && entry->tier == TIER_END)
        scenario_error(draft, entry->node, entry->path, "discipline",
                       "nobody else computes on an end node; reserve "
                       "where users meet");
    if (entry->threads == 0)
        entry->threads = (int64_t)entry->cores;
    check_names(draft, index);
    read_power(draft, entry);
    *group = (NodeGroup){.name = entry->name,
                         .count = (int)entry->count,
                         .first = draft->scenario->node_count,
                         .tier = (Tier)entry->tier,
                         .platform = entry->platform,
                         .cores = entry->cores,
                         .threads = (int)entry->threads,
                         .memory_bytes = entry->memory_bytes,
                         .idle_w = entry->idle_w,
                         .full_w = entry->full_w,
                         .discipline = (Discipline)entry->discipline,
                         .limit = (int)entry->limit};
    draft->scenario->reserves = draft->scenario->reserves || group->discipline == DISCIPLINE_RESERVED;
    read_background(draft, entry, group);
    if (draft->scenario->node_count <= NODE_LIMIT && draft->scenario->node_count + group->count > NODE_LIMIT)
        scenario_error(draft, entry->node, entry->path, "count", "more than %d nodes in all", NODE_LIMIT);
    draft->scenario->node_count += group->count;
}

/* Lists users and the group of every node. */
static void number_nodes(Draft *draft)
{
    Scenario *scenario = draft->scenario;
    int *group_of = arena_allocate(draft->arena, (size_t)scenario->node_count, sizeof *group_of);
    int *users = arena_allocate(draft->arena, (size_t)scenario->node_count, sizeof *users);
    for (int g = 0; g < scenario->node_group_count; g++) {
        const NodeGroup *group = &scenario->node_groups[g];
        for (int i = group->first; i < group->first + group->count; i++) {
            group_of[i] = g;
            if (group->tier == TIER_END)
                users[scenario->user_count++] = i;
        }
    }
    scenario->group_of = group_of;
    scenario->users = users;
}

void scenario_read_nodes(Draft *draft)
{
    const ConfigNode *list = draft->top.nodes;
    int found = draft->errors->total, count = 0;
    if (!list)
        return;
    if (list->kind != CONFIG_LIST || list->count == 0 || list->count > SCENARIO_GROUP_LIMIT) {
        config_error(draft->errors, list, "nodes", "must be a list of 1 to %d groups of nodes", SCENARIO_GROUP_LIMIT);
        return;
    }
    draft->scenario->node_group_count = list->count;
    for (const ConfigNode *item = list->first; item; item = item->next, count++) {
        draft->nodes[count].node = item;
        draft->nodes[count].path = config_item_path(draft->arena, "nodes", item, count);
        read_group(draft, count);
    }
    draft->has_nodes = draft->errors->total == found;
    if (!draft->has_nodes)
        return;
    number_nodes(draft);
    if (draft->scenario->user_count > 0)
        return;
    config_error(draft->errors, list, "nodes", "none is of tier end, so there are no users");
    draft->has_nodes = false;
}
