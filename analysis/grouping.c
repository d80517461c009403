#include "grouping.h"

#include "../sim/rng.h"

#include <stdlib.h>
#include <string.h>

/* A grouping under way. */
typedef struct Builder {
    const RunSet *set;
    Grouping *grouping;
    bool *covered;        /* [key_count]: the keys asked for stand for it */
    bool *covered_first;  /* [key_count]: the first of them does */
    int *tier_of;         /* [key_count]: of the count of a node group, the key of its tier; -1 elsewhere */
    uint64_t *signatures; /* [cell_count] */
} Builder;

/* A number for a text; NULL has one of its own. */
static uint64_t text_hash(const char *text)
{
    uint64_t hash = text ? 1 : 2;
    for (const unsigned char *byte = (const unsigned char *)text; byte && *byte; byte++)
        hash = (hash ^ *byte) * 0x100000001b3;
    return hash;
}

static bool same_text(const char *first, const char *second)
{
    return first == second || (first && second && strcmp(first, second) == 0);
}

static bool is_asked_for(const Grouping *grouping, int key)
{
    for (int i = 0; i < grouping->key_count; i++)
        if (grouping->keys[i] == key)
            return true;
    return false;
}

/* Random numbers, bookkeeping, and what follows from other keys tell no runs apart. */
static bool is_ignored(const RunSet *set, int key)
{
    return set->keys[key].kind == RUN_KEY_AXIS || key == RUN_SET_SEED || key == RUN_SET_REPLICATION ||
           key == RUN_SET_EXPERIMENT || key == RUN_SET_RUN || key == RUN_SET_USERS;
}

static bool find_keys(Builder *builder, const char *by, Error *error)
{
    Grouping *grouping = builder->grouping;
    for (const char *name = by;; name++) {
        size_t length = strcspn(name, ",");
        int key = run_set_find(builder->set, arena_string_n(&grouping->arena, name, length), error);
        if (key < 0)
            return false;
        if (is_asked_for(grouping, key) || grouping->key_count == GROUPING_KEY_LIMIT) {
            error_set(error, NULL, 0, 0,
                      grouping->key_count == GROUPING_KEY_LIMIT ? "more keys than %s" : "\"%s\" is named twice",
                      grouping->key_count == GROUPING_KEY_LIMIT ? "eight" : builder->set->keys[key].name);
            return false;
        }
        grouping->keys[grouping->key_count++] = key;
        name += length;
        if (!*name)
            return true;
    }
}

/* The key "nodes.X.tier" for the key "nodes.X.count"; -1 for other keys. */
static int find_tier(const RunSet *set, int key)
{
    static const char ending[] = ".count", tier[] = ".tier";
    const char *name = set->keys[key].name;
    size_t length = strlen(name), stem = length - (sizeof ending - 1);
    if (strncmp(name, "nodes.", 6) != 0 || length < sizeof ending || strcmp(name + stem, ending) != 0)
        return -1;
    for (int other = 0; other < set->key_count; other++)
        if (strncmp(set->keys[other].name, name, stem) == 0 && strcmp(set->keys[other].name + stem, tier) == 0)
            return other;
    return -1;
}

/* Whether two keys always change together, as those that a sweep zips. */
static bool change_together(const RunSet *set, int first, int second)
{
    enum { PAIR_LIMIT = 256 };
    const char *pairs[PAIR_LIMIT][2];
    int count = 0;
    for (int run = 0; run < set->run_count; run++) {
        const char *one = run_set_value(set, run, first), *other = run_set_value(set, run, second);
        bool met = !one || !other;
        for (int i = 0; i < count && !met; i++) {
            bool same_one = same_text(pairs[i][0], one), same_other = same_text(pairs[i][1], other);
            if (same_one != same_other)
                return false;
            met = same_one;
        }
        if (!met && count == PAIR_LIMIT)
            return false;
        if (!met) {
            pairs[count][0] = one;
            pairs[count++][1] = other;
        }
    }
    return count > 1;
}

/* Whether a sweep varied `key` with `asked`, so that nobody can tell what comes of which. */
static bool is_zipped(const RunSet *set, int asked, int key)
{
    return asked != key && set->keys[asked].swept && set->keys[key].swept && asked != RUN_SET_POLICY &&
           key != RUN_SET_POLICY && change_together(set, asked, key);
}

/* Whether asking for `asked` is asking for `key` too. */
static bool stands_for(const RunSet *set, int asked, int key)
{
    const RunSetKey *one = &set->keys[asked], *other = &set->keys[key];
    size_t length = strlen(one->name);
    if (asked == key)
        return true;
    if (asked == RUN_SET_POLICY)
        return other->kind == RUN_KEY_PARAMETER;
    if (asked == RUN_SET_SCENARIO)
        return other->kind == RUN_KEY_SCENARIO || key == RUN_SET_TRACES;
    if (one->kind == RUN_KEY_AXIS && strncmp(other->name, one->name, length) == 0 && other->name[length] == '.')
        return true;
    return is_zipped(set, asked, key);
}

static void note_covered(Builder *builder)
{
    const RunSet *set = builder->set;
    Grouping *grouping = builder->grouping;
    for (int key = 0; key < set->key_count; key++) {
        builder->tier_of[key] = find_tier(set, key);
        for (int i = 0; i < grouping->key_count; i++) {
            builder->covered[key] |= stands_for(set, grouping->keys[i], key);
            if (is_zipped(set, grouping->keys[i], key) && !is_asked_for(grouping, key))
                grouping->together = arena_format(&grouping->arena, "%s%s%s changes with %s", grouping->together,
                                                  *grouping->together ? ", " : "", set->keys[key].name,
                                                  set->keys[grouping->keys[i]].name);
        }
        builder->covered_first[key] = stands_for(set, grouping->keys[0], key);
    }
}

/* Whether `key` is the number of end nodes in a run, which users stand for. */
static bool is_user_count(const Builder *builder, int run, int key)
{
    int tier = builder->tier_of[key];
    const char *value = tier < 0 ? NULL : run_set_value(builder->set, run, tier);
    return value && strcmp(value, "end") == 0;
}

/* Whether the keys asked for stand for `key` in a run. */
static bool is_covered(const Builder *builder, int run, int key)
{
    return builder->covered[key] ||
           (is_asked_for(builder->grouping, RUN_SET_USERS) && is_user_count(builder, run, key));
}

/* Whether the first of them does. */
static bool is_compared(const Builder *builder, int run, int key)
{
    return builder->covered_first[key] ||
           (builder->grouping->keys[0] == RUN_SET_USERS && is_user_count(builder, run, key));
}

/* What tells apart the cells, a cell's strata, and a stratum's groups. */
typedef struct Signature {
    uint64_t cell, stratum, group;
} Signature;

static Signature sign(const Builder *builder, int run)
{
    const RunSet *set = builder->set;
    Signature signature = {0};
    for (int key = 0; key < set->key_count; key++) {
        const char *value = run_set_value(set, run, key);
        if ((is_ignored(set, key) && !builder->covered[key]) || (!value && key >= RUN_SET_NAME_COUNT))
            continue;
        uint64_t *part = !is_covered(builder, run, key)   ? &signature.cell
                         : is_compared(builder, run, key) ? &signature.group
                                                          : &signature.stratum;
        *part = rng_mix(rng_mix(*part, (uint64_t)key), text_hash(value));
    }
    return signature;
}

static GroupCell *find_cell(Builder *builder, int run, uint64_t signature)
{
    Grouping *grouping = builder->grouping;
    size_t count = (size_t)grouping->cell_count;
    for (size_t i = count; i-- > 0;)
        if (builder->signatures[i] == signature)
            return &grouping->cells[i];
    builder->signatures = memory_grow(builder->signatures, count, count + 1, sizeof *builder->signatures);
    builder->signatures[count] = signature;
    grouping->cells = memory_grow(grouping->cells, count, count + 1, sizeof *grouping->cells);
    GroupCell *cell = &grouping->cells[grouping->cell_count++];
    cell->scenario = arena_string(&grouping->arena, run_set_value(builder->set, run, RUN_SET_SCENARIO));
    cell->title = "";
    return cell;
}

static Group *find_group(const Builder *builder, GroupCell *cell, int run, const Signature *signature)
{
    Grouping *grouping = builder->grouping;
    size_t count = (size_t)cell->group_count;
    Group added = {.signature = signature->group, .stratum_signature = signature->stratum, .variant = ""};
    added.stratum = cell->stratum_count;
    for (size_t i = 0; i < count; i++) {
        if (cell->groups[i].stratum_signature != signature->stratum)
            continue;
        if (cell->groups[i].signature == signature->group)
            return &cell->groups[i];
        added.stratum = cell->groups[i].stratum;
    }
    cell->stratum_count += added.stratum == cell->stratum_count;
    added.values = arena_allocate(&grouping->arena, (size_t)grouping->key_count, sizeof *added.values);
    for (int i = 0; i < grouping->key_count; i++) {
        const char *value = run_set_value(builder->set, run, grouping->keys[i]);
        added.values[i] = value ? arena_string(&grouping->arena, value) : NULL;
    }
    cell->groups = memory_grow(cell->groups, count, count + 1, sizeof *cell->groups);
    cell->groups[cell->group_count++] = added;
    return &cell->groups[count];
}

static void add_run(Builder *builder, int run)
{
    const RunRecord *stored = &builder->set->runs[run];
    Signature signature = sign(builder, run);
    GroupCell *cell = find_cell(builder, run, signature.cell);
    if (!stored->done) {
        cell->failed++;
        return;
    }
    Group *group = find_group(builder, cell, run, &signature);
    size_t count = (size_t)group->run_count;
    if ((count & (count - 1)) == 0) /* full at powers of two */
        group->runs = memory_grow(group->runs, count, count ? 2 * count : 1, sizeof *group->runs);
    group->runs[group->run_count++] = run;
}

/* A run with what it is ordered by. */
typedef struct Place {
    int64_t seed, replication;
    int run;
} Place;

static int compare_places(const void *first, const void *second)
{
    const Place *a = first, *b = second;
    if (a->seed != b->seed)
        return a->seed < b->seed ? -1 : 1;
    if (a->replication != b->replication)
        return a->replication < b->replication ? -1 : 1;
    return a->run < b->run ? -1 : 1;
}

/* Orders a group's runs. Of runs with the same random numbers the last stays; returns how many go. */
static int order_runs(const RunSet *set, Group *group)
{
    Place *places = memory_allocate((size_t)group->run_count, sizeof *places);
    int kept = 0, count = group->run_count;
    for (int i = 0; i < count; i++) {
        const RunRecord *run = &set->runs[group->runs[i]];
        places[i] = (Place){run->seed, run->replication, group->runs[i]};
    }
    qsort(places, (size_t)count, sizeof *places, compare_places);
    for (int i = 0; i < count; i++) {
        bool last = i + 1 == count || places[i].seed != places[i + 1].seed ||
                    places[i].replication != places[i + 1].replication;
        if (last)
            group->runs[kept++] = places[i].run;
    }
    group->run_count = kept;
    free(places);
    return count - kept;
}

/* Puts groups of a stratum together, otherwise in their order. */
static void order_groups(GroupCell *cell)
{
    for (int i = 1; i < cell->group_count; i++) {
        Group moved = cell->groups[i];
        int to = i;
        for (; to > 0 && cell->groups[to - 1].stratum > moved.stratum; to--)
            cell->groups[to] = cell->groups[to - 1];
        cell->groups[to] = moved;
    }
}

static bool same_values(const Grouping *grouping, const Group *first, const Group *second)
{
    for (int i = 0; i < grouping->key_count; i++)
        if (!same_text(first->values[i], second->values[i]))
            return false;
    return true;
}

/* Adds "key = value" to a list. */
static const char *join(Arena *arena, const char *list, const char *key, const char *value)
{
    return arena_format(arena, "%s%s%s = %s", list, *list ? ", " : "", key, value ? value : "–");
}

/* Names what tells a group from others of its cell with the same values. */
static void name_variant(const Builder *builder, GroupCell *cell, Group *group)
{
    const RunSet *set = builder->set;
    Grouping *grouping = builder->grouping;
    for (int key = 0; key < set->key_count; key++) {
        bool differs = false;
        const char *own = run_set_value(set, group->runs[0], key);
        if (!set->keys[key].varies || !is_covered(builder, group->runs[0], key) || is_asked_for(grouping, key))
            continue;
        for (int i = 0; i < cell->group_count && !differs; i++)
            differs = same_values(grouping, &cell->groups[i], group) &&
                      !same_text(run_set_value(set, cell->groups[i].runs[0], key), own);
        if (differs)
            group->variant = join(&grouping->arena, group->variant, set->keys[key].name, own);
    }
}

/* A run that stands for a cell; -1 where all have failed. */
static int sample_run(const GroupCell *cell)
{
    return cell->group_count ? cell->groups[0].runs[0] : -1;
}

/* Whether cells of the same name and the key's value in `run` differ. */
static bool tells_cells_apart(const Builder *builder, int cell, int key)
{
    const Grouping *grouping = builder->grouping;
    const GroupCell *own = &grouping->cells[cell];
    const char *value = run_set_value(builder->set, sample_run(own), key);
    for (int i = 0; i < grouping->cell_count; i++) {
        int other = sample_run(&grouping->cells[i]);
        if (other >= 0 && strcmp(grouping->cells[i].scenario, own->scenario) == 0 &&
            !same_text(run_set_value(builder->set, other, key), value))
            return true;
    }
    return false;
}

/* The scenario's name where it is not what is compared, the policy likewise, and the keys that differ. */
static void name_cell(const Builder *builder, int index)
{
    const RunSet *set = builder->set;
    GroupCell *cell = &builder->grouping->cells[index];
    int run = sample_run(cell);
    const char *keys = "";
    Arena *arena = &builder->grouping->arena;
    if (run < 0)
        return;
    for (int key = 0; key < set->key_count; key++) {
        bool always = key == RUN_SET_POLICY;
        if (key == RUN_SET_SCENARIO || is_ignored(set, key) || is_covered(builder, run, key))
            continue;
        if (always || (set->keys[key].varies && tells_cells_apart(builder, index, key)))
            keys = join(arena, keys, set->keys[key].name, run_set_value(set, run, key));
    }
    const char *name = builder->covered[RUN_SET_SCENARIO] ? "" : cell->scenario;
    cell->title = arena_format(arena, "%s%s%s", name, *name && *keys ? ": " : "", keys);
}

bool grouping_make(const RunSet *set, const char *by, Grouping *ret_grouping, Error *error)
{
    *ret_grouping = (Grouping){.together = ""};
    Builder builder = {.set = set, .grouping = ret_grouping};
    if (!find_keys(&builder, by, error))
        return false;
    builder.covered = memory_allocate((size_t)set->key_count, sizeof *builder.covered);
    builder.covered_first = memory_allocate((size_t)set->key_count, sizeof *builder.covered_first);
    builder.tier_of = memory_allocate((size_t)set->key_count, sizeof *builder.tier_of);
    note_covered(&builder);
    for (int run = 0; run < set->run_count; run++)
        add_run(&builder, run);
    for (int c = 0; c < ret_grouping->cell_count; c++) {
        GroupCell *cell = &ret_grouping->cells[c];
        for (int g = 0; g < cell->group_count; g++)
            cell->repeated += order_runs(set, &cell->groups[g]);
        order_groups(cell);
        for (int g = 0; g < cell->group_count; g++)
            name_variant(&builder, cell, &cell->groups[g]);
    }
    for (int c = 0; c < ret_grouping->cell_count; c++)
        name_cell(&builder, c);
    free(builder.covered);
    free(builder.covered_first);
    free(builder.tier_of);
    free(builder.signatures);
    return true;
}

void grouping_free(Grouping *grouping)
{
    for (int c = 0; c < grouping->cell_count; c++) {
        for (int g = 0; g < grouping->cells[c].group_count; g++)
            free(grouping->cells[c].groups[g].runs);
        free(grouping->cells[c].groups);
    }
    free(grouping->cells);
    arena_free(&grouping->arena);
    *grouping = (Grouping){0};
}
