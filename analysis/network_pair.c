#include "network_pair.h"

#include "../sim/sample_file.h"
#include "../vision/image_source.h"
#include "../vision/sample_images.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { HEAVY, LIGHT, LIGHT_INT8, NETWORK_COUNT, MEASURED_IMAGES = 512 };

static const char *const names[NETWORK_COUNT] = {"heavy", "light", "light-int8"};

/* Of the networks that the large ones stand for: MobileNet V1 at width 1.0, the largest that the latencies are of. */
static const double LARGE_MACS = 569e6;

/* Of samples that do not divide themselves. */
static const double TRAIN_FRACTION = 0.5, TUNE_FRACTION = 0.25;

static const CascadeCriterion criteria[PAIR_CRITERIA] = {CRITERION_DECISIONS, CRITERION_BALANCED};

/* One pair in the making. */
typedef struct Making {
    const NetworkPair *pair;
    Split split;
    const char *paths[NETWORK_COUNT];
    ImageModel models[NETWORK_COUNT];
    NetworkPairStudy *study;
    Error *error;
} Making;

static const char *path_of(Making *making, const char *ending)
{
    const NetworkPair *pair = making->pair;
    return arena_format(&making->study->arena, "%s/%s-%llu%s", pair->folder, pair->data, (unsigned long long)pair->seed,
                        ending);
}

/* Writes the networks, and reads them as whoever gets the files does. */
static bool write_networks(Making *making, const StudyPair *networks)
{
    ClassifierOrigin origin = {making->pair->data, making->pair->seed,
                               training_images_fingerprint(making->split.train)};
    Quantised *quantised = quantised_create(networks->light, making->split.train, MEASURED_IMAGES);
    for (int i = 0; i < NETWORK_COUNT; i++)
        making->paths[i] = path_of(making, arena_format(&making->study->arena, "_%s.orchid", names[i]));
    bool written = classifier_file_write(making->paths[HEAVY], networks->heavy, &origin, NULL, making->error) &&
                   classifier_file_write(making->paths[LIGHT], networks->light, &origin, NULL, making->error) &&
                   quantised_file_write(making->paths[LIGHT_INT8], quantised, &origin, NULL, making->error);
    quantised_destroy(quantised);
    for (int i = 0; i < NETWORK_COUNT && written; i++)
        written = image_model_read(making->paths[i], &making->models[i], making->error);
    return written;
}

/* Model, layers and latencies, as they are and as large ones. */
static bool add_models(Making *making, OutputFiles *files)
{
    const NetworkPair *pair = making->pair;
    const ModelReferences *references = pair->references;
    ExportVariant variants[NETWORK_COUNT];
    const char *layers = path_of(making, "_layers.csv");
    ModelExport export = {.name = pair->data,
                          .layers = layers + strlen(pair->folder) + 1,
                          .data = pair->data,
                          .seed = pair->seed,
                          .variant_count = NETWORK_COUNT,
                          .variants = variants};
    for (int i = 0; i < NETWORK_COUNT; i++)
        variants[i] = (ExportVariant){.name = names[i],
                                      .model = &making->models[i],
                                      .right = image_model_evaluate(&making->models[i], making->split.test, NULL),
                                      .count = held_out_images_count(making->split.test)};
    double scale = round(LARGE_MACS / (double)classifier_macs(&making->models[HEAVY].shape));
    FILE *large = model_files_add(files, path_of(making, ""), &export, references, 1, making->error) >= 0
                      ? output_files_add(files, path_of(making, "_large_profiles.csv"), making->error)
                      : NULL;
    if (large)
        model_export_write_profiles(large, &export, &references->profiles, &references->model, scale);
    return large != NULL;
}

/* What light-int8 and heavy say of images, and who tells best which of its answers are worth sending on. */
static bool add_samples(Making *making, OutputFiles *files)
{
    NetworkPairStudy *study = making->study;
    const ImageModel models[] = {making->models[LIGHT_INT8], making->models[HEAVY]};
    const char *const both[] = {names[LIGHT_INT8], names[HEAVY]};
    image_source_add_fresh(&making->split, making->pair->seed);
    study->samples = sample_images_table(models, both, 2, &making->split, &study->arena);
    for (int i = 0; i < PAIR_CRITERIA; i++) {
        study->plans[i] = (OffloadPlan){.table_count = 1,
                                        .tables = &study->samples,
                                        .light = both[0],
                                        .heavy = both[1],
                                        .seeds = 1,
                                        .train = TRAIN_FRACTION,
                                        .tune = TUNE_FRACTION,
                                        .criterion = criteria[i]};
        if (!offload_plan_check(&study->plans[i], making->error))
            return false;
        study->decisions[i] = offload_study_run(&study->plans[i]);
    }
    FILE *stream = output_files_add(files, path_of(making, "_samples.csv"), making->error);
    if (stream)
        sample_file_write(
            stream,
            arena_format(&study->arena,
                         "# What a light network in whole numbers and the heavy one that it was made of say "
                         "of images that neither\n# has learnt from: %s, seed %llu.\n",
                         making->pair->data, (unsigned long long)making->pair->seed),
            &study->samples);
    return stream != NULL;
}

/* Everything behind the training. */
static StoreStatus conclude(Making *making, const StudyPair *networks)
{
    const NetworkPair *pair = making->pair;
    OutputFiles files = {0};
    if (!split_create(pair->set, image_source_sizes(pair->set), pair->seed, &making->split, making->error))
        return STORE_INPUT;
    StoreStatus status = STORE_MACHINE;
    if (write_networks(making, networks)) {
        bool added = add_models(making, &files) && add_samples(making, &files);
        status = output_files_end(&files, added ? STORE_FINE : STORE_MACHINE, making->error);
    }
    for (int i = 0; i < NETWORK_COUNT; i++)
        if (making->models[i].path)
            image_model_free(&making->models[i]);
    split_destroy(&making->split);
    return status;
}

StoreStatus network_pair_make(const NetworkPair *pair, NetworkPairStudy *ret_study, Error *error)
{
    Making making = {.pair = pair, .study = ret_study, .error = error};
    StudyPair networks;
    *ret_study = (NetworkPairStudy){0};
    if (!vision_study_run(pair->set, pair->data, pair->seed, pair->settings, &ret_study->networks, &networks, error))
        return STORE_INPUT;
    StoreStatus status = conclude(&making, &networks);
    classifier_destroy(networks.heavy);
    classifier_destroy(networks.light);
    return status;
}

void network_pair_free(NetworkPairStudy *study)
{
    for (int i = 0; i < PAIR_CRITERIA; i++)
        if (study->decisions[i].results)
            offload_study_free(&study->decisions[i]);
    arena_free(&study->arena);
    *study = (NetworkPairStudy){0};
}
