#include "learner_file.h"

#include "../sim/resume.h"
#include "../sim/rng.h"

#include <assert.h>
#include <string.h>

/* Words of the block `training`. */
enum { WORLD_HASH, SEED, REPLICATION, INTERACTIONS, EARLIER, TRAINING_WORDS };

static const char training_block[] = "training", world_block[] = "world";

bool learner_file_write(const char *path, const LearningPlan *plan, const Policy *policy, const Learning *learning,
                        int64_t earlier, Error *error)
{
    WeightsFile file;
    const uint64_t training[TRAINING_WORDS] = {
        [WORLD_HASH] = plan->scenario->world_hash,
        [SEED] = plan->seed,
        [REPLICATION] = plan->replication,
        [INTERACTIONS] = (uint64_t)learning->interactions,
        [EARLIER] = (uint64_t)earlier,
    };
    policy_save(policy, &file);
    weights_file_add(&file, training_block, WEIGHTS_INT64, TRAINING_WORDS, training);
    weights_file_add(&file, world_block, WEIGHTS_INT64, learning->world ? resume_size(plan->scenario) : 0,
                     learning->world);
    bool written = weights_file_write(&file, path, error);
    weights_file_free(&file);
    return written;
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = rng_mix(hash, ((const unsigned char *)bytes)[i]);
    return hash;
}

static uint64_t hash_contents(const WeightsFile *file)
{
    uint64_t hash = file->features;
    for (int i = 0; i < file->block_count; i++) {
        const WeightsBlock *block = &file->blocks[i];
        size_t size = block->type == WEIGHTS_FLOAT32 ? sizeof(float) : sizeof(double);
        hash = hash_bytes(hash, block->values, (size_t)block->count * size);
    }
    return hash;
}

bool learner_file_read(const char *path, LearnerFile *ret_file, Error *error)
{
    LearnerFile file = {0};
    uint64_t training[TRAINING_WORDS];
    if (!weights_file_read(path, &file.weights, error))
        return false;
    file.policy = policy_type_find(file.weights.policy);
    if (!file.policy)
        error_set(error, path, 0, 0, "holds a policy that is not known here: %.100s", file.weights.policy);
    const WeightsBlock *world =
        file.policy ? weights_file_find(&file.weights, world_block, WEIGHTS_INT64, error) : NULL;
    if (!world || !weights_file_copy(&file.weights, training_block, WEIGHTS_INT64, TRAINING_WORDS, training, error)) {
        weights_file_free(&file.weights);
        return false;
    }
    file.world_hash = training[WORLD_HASH];
    file.seed = training[SEED];
    file.replication = training[REPLICATION];
    file.interactions = (int64_t)training[INTERACTIONS];
    file.earlier = (int64_t)training[EARLIER];
    file.world_words = (int)world->count;
    file.world = world->values;
    file.hash = hash_contents(&file.weights);
    *ret_file = file;
    return true;
}

void learner_file_free(LearnerFile *file)
{
    weights_file_free(&file->weights);
    *file = (LearnerFile){0};
}

bool learner_file_suits(const LearnerFile *file, const Scenario *scenario, Error *error)
{
    Policy *policy = policy_create(file->policy, scenario, (RunKey){0});
    bool suits = policy_load(policy, &file->weights, error);
    policy_destroy(policy);
    return suits;
}

/* Whether the words of the file are a world of the scenario. */
static bool is_possible(const LearnerFile *file, const Scenario *scenario)
{
    if (file->world_words == 0 || file->world_words != resume_size(scenario))
        return false;
    Simulation *simulation = simulation_create(scenario, (RunKey){.training = true});
    bool possible = resume_from(simulation, file->world);
    simulation_destroy(simulation);
    return possible;
}

int64_t learner_file_continue(const LearnerFile *file, LearningPlan *plan)
{
    bool same = file->world_hash == plan->scenario->world_hash && file->seed == plan->seed &&
                file->replication == plan->replication && is_possible(file, plan->scenario);
    plan->experienced = true;
    plan->begun = same ? file->interactions : 0;
    plan->world = same ? file->world : NULL;
    return file->earlier + (same ? 0 : file->interactions);
}
