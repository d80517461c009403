#include "known_answer.h"

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

static void make_room(KnownAnswer *known, const AnswerParts *parts)
{
    if (parts->ask_count <= known->ask_limit && parts->part_count <= known->part_limit)
        return;
    known_answer_free(known);
    known->ask_limit = parts->ask_count;
    known->part_limit = parts->part_limit;
    size_t asks = (size_t)known->ask_limit, room = (size_t)known->part_limit;
    known->users = memory_allocate(asks, sizeof *known->users);
    known->options = memory_allocate(asks, sizeof *known->options);
    known->counts = memory_allocate(room, sizeof *known->counts);
    known->features = memory_allocate(room * (size_t)parts->width, sizeof *known->features);
}

static bool has_same_part(const KnownAnswer *known, const AnswerParts *parts, int part)
{
    size_t first = (size_t)part * (size_t)parts->width, count = (size_t)parts->counts[part];
    return known->counts[part] == parts->counts[part] &&
           memcmp(known->features + first, parts->features + first, count * sizeof *parts->features) == 0;
}

bool known_answer_find(const KnownAnswer *known, const AnswerParts *parts, int *ret_options)
{
    size_t asks = (size_t)parts->ask_count * sizeof *known->users;
    if (!known->valid || known->part_count != parts->part_count || memcmp(known->users, parts->users, asks) != 0)
        return false;
    for (int part = 0; part < parts->part_count; part++)
        if (!has_same_part(known, parts, part))
            return false;
    memcpy(ret_options, known->options, asks);
    return true;
}

void known_answer_keep(KnownAnswer *known, const AnswerParts *parts, const int *options)
{
    make_room(known, parts);
    size_t asks = (size_t)parts->ask_count, count = (size_t)parts->part_count;
    memcpy(known->users, parts->users, asks * sizeof *known->users);
    memcpy(known->options, options, asks * sizeof *known->options);
    memcpy(known->counts, parts->counts, count * sizeof *known->counts);
    memcpy(known->features, parts->features, count * (size_t)parts->width * sizeof *known->features);
    known->part_count = parts->part_count;
    known->valid = true;
}
