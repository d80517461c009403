#include "run_filter.h"

#include "expression.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The names of a condition and the keys they stand for. */
typedef struct Names {
    int count, limit;
    ExpressionName *names;
    int *keys;
    Arena arena;
} Names;

/* Runs share most texts; their numbers come from few places. */
static bool is_listed(const char *const *words, int count, const char *word)
{
    for (int i = count - 1; i >= 0; i--)
        if (words[i] == word || strcmp(words[i], word) == 0)
            return true;
    return false;
}

/* Finds out whether all values of a key are numbers of one dimension. */
static ExpressionName describe(const RunSet *set, int key, const char *name)
{
    ExpressionName result = {.name = name};
    const char *last = NULL;
    bool first = true;
    for (int run = 0; run < set->run_count && !result.is_text; run++) {
        const char *value = run_set_value(set, run, key);
        double number;
        Dimension dimension;
        if (!value || value == last)
            continue;
        result.is_text = !expression_number(value, &number, &dimension) || (!first && dimension != result.dimension);
        result.dimension = result.is_text ? DIMENSION_COUNT : dimension;
        last = value;
        first = false;
    }
    return result;
}

/* Lists the different values of a text. */
static void list_words(Arena *arena, const RunSet *set, int key, ExpressionName *name)
{
    int limit = 0, count = 0;
    const char **words = NULL;
    for (int run = 0; run < set->run_count; run++) {
        const char *value = run_set_value(set, run, key);
        if (!value || is_listed(words, count, value))
            continue;
        if (count == limit) {
            words = memory_grow(words, (size_t)limit, 2 * (size_t)limit + 1, sizeof *words);
            limit = 2 * limit + 1;
        }
        words[count++] = value;
    }
    const char **copy = arena_allocate(arena, (size_t)count, sizeof *copy);
    for (int i = 0; i < count; i++)
        copy[i] = words[i];
    free(words);
    name->word_count = count;
    name->words = copy;
}

/* Adds a name; only what the condition may speak of is looked at closer. */
static void add_name(Names *names, const RunSet *set, const char *where, const char *name, int key)
{
    if (names->count == names->limit) {
        size_t limit = 2 * (size_t)names->limit + 64;
        names->names = memory_grow(names->names, (size_t)names->limit, limit, sizeof *names->names);
        names->keys = memory_grow(names->keys, (size_t)names->limit, limit, sizeof *names->keys);
        names->limit = (int)limit;
    }
    ExpressionName *added = &names->names[names->count];
    *added = (ExpressionName){.name = name};
    names->keys[names->count++] = -1;
    if (!strstr(where, name))
        return;
    *added = describe(set, key, name);
    if (added->is_text)
        list_words(&names->arena, set, key, added);
    names->keys[names->count - 1] = key;
}

/* All keys by their whole names, and by the ends that stand for one only. */
static void add_names(Names *names, const RunSet *set, const char *where)
{
    for (int key = 0; key < set->key_count; key++)
        add_name(names, set, where, set->keys[key].name, key);
    for (int key = 0; key < set->key_count; key++)
        for (const char *point = strchr(set->keys[key].name, '.'); point; point = strchr(point + 1, '.'))
            if (run_set_find(set, point + 1, NULL) == key)
                add_name(names, set, where, point + 1, key);
}

static void read_values(const Names *names, const RunSet *set, int run, ExpressionValue *values)
{
    for (int i = 0; i < names->count; i++) {
        const char *text = names->keys[i] < 0 ? NULL : run_set_value(set, run, names->keys[i]);
        Dimension dimension;
        values[i] = (ExpressionValue){.number = NAN, .text = text ? text : ""};
        if (text && !names->names[i].is_text)
            expression_number(text, &values[i].number, &dimension);
    }
}

bool run_filter(RunSet *set, const char *where, Error *error)
{
    Names names = {0};
    add_names(&names, set, where);
    const Expression *condition = expression_parse(&names.arena, where, names.names, names.count, error);
    if (!condition && error && !error->file[0])
        snprintf(error->file, sizeof error->file, "--where");
    ExpressionValue *values = memory_allocate((size_t)names.count, sizeof *values);
    int kept = 0;
    for (int run = 0; condition && run < set->run_count; run++) {
        read_values(&names, set, run, values);
        if (expression_holds(condition, values))
            set->runs[kept++] = set->runs[run];
    }
    set->run_count = kept;
    free(values);
    free(names.names);
    free(names.keys);
    arena_free(&names.arena);
    return condition != NULL;
}
