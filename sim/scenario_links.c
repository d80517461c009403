#include "scenario_parts.h"

static const char *const bandwidth_keys[] = {"bandwidth", "up", "down"};

#include <math.h>
#include <string.h>

/* The node group called `name`; -1 with a finding, unless a group without a name may be the one that is meant. */
static int find_group(Draft *draft, const LinkEntry *entry, const char *key, const char *name)
{
    const char *names[SCENARIO_GROUP_LIMIT];
    int count = 0, group_count = draft->scenario->node_group_count;
    for (int i = 0; i < group_count; i++) {
        if (!draft->nodes[i].name)
            continue;
        if (strcmp(draft->nodes[i].name, name) == 0)
            return i;
        names[count++] = draft->nodes[i].name;
    }
    if (count == 0 || count < group_count)
        return -1;
    const char *nearest = error_nearest(name, names, count);
    char excerpt[CONFIG_EXCERPT_SIZE];
    scenario_error(draft, entry->node, entry->path, key, "there is no group of nodes called \"%s\"%s%s%s",
                   config_excerpt(name, excerpt), nearest ? "; did you mean '" : "", nearest ? nearest : "",
                   nearest ? "'?" : "");
    return -1;
}

/* What joins two groups must lead upwards, once, and never into an end node. */
static void check_ends(Draft *draft, int index)
{
    const LinkEntry *entry = &draft->links[index];
    const LinkGroup *link = &draft->scenario->link_groups[index];
    const NodeEntry *from = &draft->nodes[link->from], *to = &draft->nodes[link->to];
    if (link->from == link->to) {
        scenario_error(draft, entry->node, entry->path, "to", "joins '%s' to itself", from->name);
        return;
    }
    for (int i = 0; i < index; i++) {
        const LinkGroup *other = &draft->scenario->link_groups[i];
        bool same = other->from == link->from && other->to == link->to;
        bool opposite = other->from == link->to && other->to == link->from;
        if (draft->links[i].good && (same || opposite))
            config_error(draft->errors, entry->node, entry->path, "'%s' and '%s' are joined by %s already", from->name,
                         to->name, draft->links[i].path);
    }
    if (!from->good || !to->good)
        return;
    if (to->tier == TIER_END)
        scenario_error(draft, entry->node, entry->path, "to",
                       "leads to '%s' of tier end; links lead from below to above", to->name);
    else if (to->tier < from->tier)
        scenario_error(draft, entry->node, entry->path, "to",
                       "leads down from tier %s to tier %s; exchange `from` and `to`", tier_names[from->tier],
                       tier_names[to->tier]);
}

/* A bandwidth that changes: one of the two has values. */
typedef struct Changing {
    bool given;
    TimeSeries series;
    Chain levels;
} Changing;

/* Reads the bandwidth `key` where it is a map: a file of a series, or levels. */
static void read_changing(Draft *draft, const LinkEntry *entry, const char *key, const char **ret_file,
                          Changing *ret_changing)
{
    static const Field level_field = {
        .kind = FIELD_QUANTITY, .dimension = DIMENSION_BANDWIDTH, .minimum = 1, .maximum = 1e15};
    const ConfigNode *map = config_get(entry->node, key);
    ret_changing->given = map && map->kind == CONFIG_MAP;
    if (!ret_changing->given)
        return;
    ChangingEntry changing = {0};
    const char *path = arena_format(draft->arena, "%s.%s", entry->path, key);
    if (!scenario_bind(draft, SECTION_SERIES, map, path, &changing))
        return;
    if (!changing.series && !changing.levels)
        scenario_error(draft, map, path, "levels", "this key is required, or `series`");
    else if (changing.series && (changing.levels || changing.dwell))
        scenario_error(draft, map, path, "series", "contradicts `levels` and `dwell`");
    else if (changing.levels)
        scenario_read_chain(draft, changing.levels, changing.dwell, path, (ChainWords){"levels", "a bandwidth"},
                            &level_field, &ret_changing->levels);
    else if (scenario_get_series(draft, changing.series, SERIES_BANDWIDTH, &ret_changing->series))
        *ret_file = changing.series;
}

/* The entry's map without the keys of bandwidths that are maps, for the table that knows only numbers there. */
static const ConfigNode *without_changing(Draft *draft, const ConfigNode *map, const Changing changing[3])
{
    if (map->kind != CONFIG_MAP || (!changing[0].given && !changing[1].given && !changing[2].given))
        return map;
    ConfigNode *copy = config_copy(draft->arena, map);
    for (ConfigNode **place = &copy->first; *place;) {
        int key = 0;
        while (key < 3 && strcmp((*place)->key, bandwidth_keys[key]) != 0)
            key++;
        bool drop = key < 3 && changing[key].given;
        copy->count -= drop;
        if (drop)
            *place = (*place)->next;
        else
            place = &(*place)->next;
    }
    return copy;
}

static void read_bandwidth(Draft *draft, LinkEntry *entry)
{
    const ConfigNode *up = config_get(entry->node, "up"), *down = config_get(entry->node, "down");
    bool both = config_get(entry->node, "bandwidth") != NULL, single = up || down;
    bool half = entry->duplex == 1;
    if (both && single)
        scenario_error(draft, entry->node, entry->path, up ? "up" : "down",
                       "`%s` contradicts `bandwidth`, which is of both directions", up ? "up" : "down");
    else if (half && single)
        scenario_error(draft, entry->node, entry->path, "duplex",
                       "half duplex has one `bandwidth`, not `up` and `down`");
    else if (half && !both)
        scenario_error(draft, entry->node, entry->path, "duplex", "half duplex needs a `bandwidth`");
    if (!both || half)
        return;
    entry->up = entry->down = entry->bandwidth;
    entry->bandwidth = INFINITY;
}

static void read_condition(Draft *draft, const LinkEntry *entry, Chain *ret_chain)
{
    const ConfigNode *node = entry->condition;
    *ret_chain = (Chain){.state_count = 1};
    if (!node)
        return;
    const char *path = arena_format(draft->arena, "%s.condition", entry->path);
    char excerpt[CONFIG_EXCERPT_SIZE];
    ConditionEntry condition = {0};
    if (node->kind == CONFIG_MAP && scenario_bind(draft, SECTION_CONDITION, node, path, &condition))
        *ret_chain = (Chain){2, {0, 1}, {condition.regular_s, condition.weak_s}};
    else if (node->kind == CONFIG_SCALAR && strcmp(node->text, "weak") == 0)
        ret_chain->values[0] = 1;
    else if (node->kind == CONFIG_SCALAR && strcmp(node->text, "regular") != 0)
        config_error(draft->errors, node, path, "\"%s\" is neither regular, weak nor {regular: TIME, weak: TIME}",
                     config_excerpt(node->text, excerpt));
    else if (node->kind == CONFIG_LIST)
        config_error(draft->errors, node, path, "is neither regular, weak nor {regular: TIME, weak: TIME}");
}

static double largest_level(const Chain *levels)
{
    double largest = levels->values[0];
    for (int i = 1; i < levels->state_count; i++)
        largest = fmax(largest, levels->values[i]);
    return largest;
}

/* One direction of the group follows what has values. */
static void set_direction(const Changing *changing, TimeSeries *series, Chain *levels, double *bit_per_s)
{
    *series = changing->series;
    *levels = changing->levels;
    if (series->count > 0)
        *bit_per_s = time_series_largest(series);
    else if (levels->state_count > 0)
        *bit_per_s = largest_level(levels);
}

/* The group follows `bandwidth`, `up` and `down` where they change. */
static void set_changing(LinkGroup *link, const Changing changing[3])
{
    bool both = changing[0].given;
    Changing down = both ? changing[0] : changing[2];
    link->joint_levels = both && down.levels.state_count > 0 && !link->half_duplex;
    set_direction(&changing[both ? 0 : 1], &link->up_series, &link->up_levels, &link->up_bit_per_s);
    if (link->half_duplex)
        link->down_bit_per_s = link->up_bit_per_s;
    else
        set_direction(&down, &link->down_series, &link->down_levels, &link->down_bit_per_s);
    /* One chain moves both directions. */
    if (link->joint_levels)
        link->down_levels = (Chain){0};
}

static void read_link(Draft *draft, int index)
{
    LinkEntry *entry = &draft->links[index];
    LinkGroup *link = &draft->scenario->link_groups[index];
    int found = draft->errors->total;
    entry->bandwidth = entry->up = entry->down = INFINITY;
    Changing changing[3] = {0};
    const char **files[3] = {&entry->bandwidth_series, &entry->up_series, &entry->down_series};
    for (int i = 0; i < 3; i++)
        read_changing(draft, entry, bandwidth_keys[i], files[i], &changing[i]);
    const ConfigNode *plain = without_changing(draft, entry->node, changing);
    bool bound = scenario_bind(draft, SECTION_LINKS, plain, entry->path, entry);
    link->from = entry->from ? find_group(draft, entry, "from", entry->from) : -1;
    link->to = entry->to ? find_group(draft, entry, "to", entry->to) : -1;
    if (!bound)
        return;
    if (entry->jitter > 10 * entry->delay)
        scenario_error(draft, entry->node, entry->path, "jitter", "is more than ten times the delay");
    read_bandwidth(draft, entry);
    read_condition(draft, entry, &link->condition);
    bool limited =
        config_get(entry->node, "bandwidth") || config_get(entry->node, "up") || config_get(entry->node, "down");
    if (entry->discipline && !limited)
        scenario_error(draft, entry->node, entry->path, "discipline", "there is no bandwidth to reserve; give one");
    if (link->from >= 0 && link->to >= 0)
        check_ends(draft, index);
    entry->good = draft->errors->total == found && link->from >= 0 && link->to >= 0;
    if (!entry->good)
        return;
    link->delay = entry->delay;
    link->jitter = entry->jitter;
    link->weak_delay = entry->weak_delay;
    link->half_duplex = entry->duplex == 1;
    link->up_bit_per_s = link->half_duplex ? entry->bandwidth : entry->up;
    link->down_bit_per_s = link->half_duplex ? entry->bandwidth : entry->down;
    set_changing(link, changing);
    link->discipline = entry->discipline ? DISCIPLINE_RESERVED : DISCIPLINE_PS;
    draft->scenario->reserves = draft->scenario->reserves || entry->discipline;
    link->shared = entry->shared;
    int below = draft->scenario->node_groups[link->from].count, above = draft->scenario->node_groups[link->to].count;
    link->count = link->shared && above < below ? above : below;
    link->first = draft->scenario->link_count;
    draft->scenario->link_count += link->count;
}

void scenario_read_links(Draft *draft)
{
    const ConfigNode *list = draft->top.links;
    int found = draft->errors->total;
    draft->has_links = list == NULL;
    if (!list)
        return;
    if (list->kind != CONFIG_LIST || list->count > SCENARIO_GROUP_LIMIT) {
        config_error(draft->errors, list, "links", "must be a list of at most %d groups of links",
                     SCENARIO_GROUP_LIMIT);
        return;
    }
    draft->scenario->link_group_count = list->count;
    int count = 0;
    for (const ConfigNode *item = list->first; item; item = item->next, count++) {
        draft->links[count].node = item;
        draft->links[count].path = arena_format(draft->arena, "links[%d]", count);
        read_link(draft, count);
    }
    draft->has_links = draft->errors->total == found;
}

/* Shortest routes upwards from group `start`, breadth first; of equal ones the first in file order. */
static void find_routes_from(Draft *draft, int start, bool *reached)
{
    const Scenario *scenario = draft->scenario;
    int queue[SCENARIO_GROUP_LIMIT], head = 0, tail = 0, length[SCENARIO_GROUP_LIMIT] = {0};
    bool seen[SCENARIO_GROUP_LIMIT] = {false};
    queue[tail++] = start;
    seen[start] = true;
    while (head < tail) {
        int group = queue[head++];
        for (int i = 0; i < scenario->link_group_count; i++) {
            const LinkGroup *link = &scenario->link_groups[i];
            if (link->from != group || seen[link->to])
                continue;
            seen[link->to] = reached[link->to] = true;
            length[link->to] = length[group] + 1;
            queue[tail++] = link->to;
            if (length[link->to] > ROUTE_LIMIT)
                continue;
            Route *route = &draft->routes[start][link->to];
            *route = draft->routes[start][group];
            route->links[route->length++] = i;
        }
    }
    for (int i = 0; i < scenario->node_group_count; i++)
        if (length[i] > ROUTE_LIMIT)
            config_error(draft->errors, draft->nodes[i].node, draft->nodes[i].path,
                         "%d links away from '%s'; a route has at most %d", length[i], draft->nodes[start].name,
                         ROUTE_LIMIT);
}

/* How many nodes of every group some user reaches: links join member i to member i modulo the count above. */
static void count_reached(const Scenario *scenario, int *reached)
{
    for (int g = 0; g < scenario->node_group_count; g++)
        reached[g] = scenario->node_groups[g].tier == TIER_END ? scenario->node_groups[g].count : 0;
    for (bool changed = true; changed;) {
        changed = false;
        for (int i = 0; i < scenario->link_group_count; i++) {
            const LinkGroup *link = &scenario->link_groups[i];
            int above = scenario->node_groups[link->to].count;
            int arriving = reached[link->from] < above ? reached[link->from] : above;
            if (arriving <= reached[link->to])
                continue;
            reached[link->to] = arriving;
            changed = true;
        }
    }
}

void scenario_find_routes(Draft *draft)
{
    const Scenario *scenario = draft->scenario;
    bool reached[SCENARIO_GROUP_LIMIT] = {false}, above[SCENARIO_GROUP_LIMIT] = {false};
    int reached_count[SCENARIO_GROUP_LIMIT];
    for (int g = 0; g < scenario->node_group_count; g++) {
        if (scenario->node_groups[g].tier == TIER_END)
            find_routes_from(draft, g, reached);
        else if (draft->top.cascade)
            find_routes_from(draft, g, above);
    }
    count_reached(scenario, reached_count);
    for (int g = 0; g < scenario->node_group_count; g++) {
        const NodeGroup *group = &scenario->node_groups[g];
        const NodeEntry *entry = &draft->nodes[g];
        if (group->tier == TIER_END || reached_count[g] == group->count)
            continue;
        if (!reached[g])
            config_error(draft->errors, entry->node, entry->path, "unreachable: no links lead here from an end node");
        else
            scenario_error(draft, entry->node, entry->path, "count",
                           "unreachable: links lead to %d of these %d nodes only", reached_count[g], group->count);
    }
}
