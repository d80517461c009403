#include "known_answer.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

void known_answer_free(KnownAnswer *known)
{
    free(known->users);
    free(known->options);
    free(known->counts);
    free(known->features);
    *known = (KnownAnswer){0};
}

static int *fit(int *array, int *limit, int count)
{
    if (count <= *limit)
        return array;
    free(array);
    *limit = count;
    return memory_allocate((size_t)count, sizeof *array);
}

/* Makes room for an answer; what was known is lost. */
static void make_room(KnownAnswer *known, int ask_count, int part_count, int feature_count)
{
    int options_limit = known->ask_limit;
    known->users = fit(known->users, &known->ask_limit, ask_count);
    known->options = fit(known->options, &options_limit, ask_count);
    known->counts = fit(known->counts, &known->part_limit, part_count);
    known->features = fit(known->features, &known->feature_limit, feature_count);
    known->ask_count = ask_count;
    known->part_count = part_count;
    known->feature_count = feature_count;
}

static const int *features_of(const AnswerParts *parts, int part)
{
    return parts->features + (size_t)part * (size_t)parts->width;
}

bool known_answer_find(const KnownAnswer *known, const AnswerParts *parts, int *ret_options)
{
    size_t asks = (size_t)known->ask_count * sizeof *known->users;
    if (!known->valid || known->ask_count != parts->ask_count || known->part_count != parts->part_count ||
        memcmp(known->users, parts->users, asks) != 0)
        return false;
    const int *features = known->features;
    for (int part = 0; part < parts->part_count; features += known->counts[part++]) {
        size_t size = (size_t)known->counts[part] * sizeof *features;
        if (known->counts[part] != parts->counts[part] || memcmp(features, features_of(parts, part), size) != 0)
            return false;
    }
    memcpy(ret_options, known->options, asks);
    return true;
}

void known_answer_keep(KnownAnswer *known, const AnswerParts *parts, const int *options)
{
    make_room(known, parts->ask_count, parts->part_count, parts->part_count * parts->width);
    memcpy(known->users, parts->users, (size_t)parts->ask_count * sizeof *known->users);
    memcpy(known->options, options, (size_t)parts->ask_count * sizeof *known->options);
    memcpy(known->counts, parts->counts, (size_t)parts->part_count * sizeof *known->counts);
    known->feature_count = 0;
    for (int part = 0; part < parts->part_count; part++) {
        size_t size = (size_t)parts->counts[part] * sizeof *known->features;
        memcpy(known->features + known->feature_count, features_of(parts, part), size);
        known->feature_count += parts->counts[part];
    }
    known->valid = true;
}

enum { USERS, OPTIONS, COUNTS, FEATURES, PART_COUNT };

static const WeightsPart file_parts[PART_COUNT] = {[USERS] = {"users", WEIGHTS_INT64},
                                                   [OPTIONS] = {"options", WEIGHTS_INT64},
                                                   [COUNTS] = {"counts", WEIGHTS_INT64},
                                                   [FEATURES] = {"features", WEIGHTS_INT64}};

static void save_part(WeightsFile *file, const char *name, int part, const int *values, int count)
{
    int64_t *words = weights_file_add_words(file, name, file_parts[part].name, count);
    for (int i = 0; i < count; i++)
        words[i] = values[i];
}

void known_answer_save(const KnownAnswer *known, WeightsFile *file, const char *name)
{
    bool valid = known->valid;
    save_part(file, name, USERS, known->users, valid ? known->ask_count : 0);
    save_part(file, name, OPTIONS, known->options, valid ? known->ask_count : 0);
    save_part(file, name, COUNTS, known->counts, valid ? known->part_count : 0);
    save_part(file, name, FEATURES, known->features, valid ? known->feature_count : 0);
}

/* Whether these are whole numbers from 0 to below `limit`, which become ret_values. */
static bool load_part(const WeightsBlock *block, int64_t limit, int *ret_values)
{
    const int64_t *words = block->values;
    for (int64_t i = 0; i < block->count; i++) {
        if (words[i] < 0 || words[i] >= limit)
            return false;
        ret_values[i] = (int)words[i];
    }
    return true;
}

static bool is_possible(const KnownAnswer *known, const Scenario *scenario)
{
    int64_t features = 0;
    for (int i = 0; i < known->part_count; i++)
        features += known->counts[i];
    for (int i = 0; i < known->ask_count; i++)
        if (known->options[i] >= scenario->options[scenario->group_of[scenario->users[known->users[i]]]].count)
            return false;
    return features == known->feature_count;
}

bool known_answer_load(KnownAnswer *known, const WeightsFile *file, const char *name, const Scenario *scenario,
                       Error *error)
{
    const WeightsBlock *blocks[PART_COUNT];
    if (!weights_file_find_parts(file, name, file_parts, PART_COUNT, blocks, error))
        return false;
    bool possible = blocks[OPTIONS]->count == blocks[USERS]->count;
    for (int i = 0; i < PART_COUNT; i++)
        possible = possible && blocks[i]->count <= INT_MAX;
    if (possible) {
        make_room(known, (int)blocks[USERS]->count, (int)blocks[COUNTS]->count, (int)blocks[FEATURES]->count);
        possible = load_part(blocks[USERS], scenario->user_count, known->users) &&
                   load_part(blocks[OPTIONS], INT_MAX, known->options) &&
                   load_part(blocks[COUNTS], INT_MAX, known->counts) &&
                   load_part(blocks[FEATURES], FEATURES_MOST, known->features) && is_possible(known, scenario);
        known->valid = possible && known->ask_count > 0;
    }
    return weights_file_check(file, name, possible, error);
}
