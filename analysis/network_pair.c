#include "network_pair.h"

#include "../sim/sample_file.h"
#include "../vision/image_source.h"
#include "../vision/sample_images.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { HEAVY, LIGHT, LIGHT_INT8, LIGHTER, LIGHTER_INT8, NETWORK_COUNT, MEASURED_IMAGES = 512 };

static const char *const names[NETWORK_COUNT] = {"heavy", "light", "light-int8", "lighter", "lighter-int8"};

/* Accuracy that a candidate for the lighter network may lack, most of which the full fine-tuning gives back. Where the
 * light network is as good as the heavy one there is nothing to decide; README.md has what there is to gain at which. */
static const double LIGHTER_TOLERANCE = 0.6;

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

/* Writes a network in whole numbers. */
static bool write_whole(Making *making, int network, Classifier *classifier, const ClassifierOrigin *origin)
{
    Quantised *quantised = quantised_create(classifier, making->split.train, MEASURED_IMAGES);
    bool written = quantised_file_write(making->paths[network], quantised, origin, NULL, making->error);
    quantised_destroy(quantised);
    return written;
}

/* Writes the networks, and reads them as whoever gets the files does. */
static bool write_networks(Making *making, const StudyPair *pair, Classifier *lighter)
{
    ClassifierOrigin origin = {making->pair->data, making->pair->seed,
                               training_images_fingerprint(making->split.train)};
    for (int i = 0; i < NETWORK_COUNT; i++)
        making->paths[i] = path_of(making, arena_format(&making->study->arena, "_%s.orchid", names[i]));
    bool written = classifier_file_write(making->paths[HEAVY], pair->heavy, &origin, NULL, making->error) &&
                   classifier_file_write(making->paths[LIGHT], pair->light, &origin, NULL, making->error) &&
                   classifier_file_write(making->paths[LIGHTER], lighter, &origin, NULL, making->error) &&
                   write_whole(making, LIGHT_INT8, pair->light, &origin) &&
                   write_whole(making, LIGHTER_INT8, lighter, &origin);
    for (int i = 0; i < NETWORK_COUNT && written; i++)
        written = image_model_read(making->paths[i], &making->models[i], making->error);
    return written;
}

/* A smaller network by the same agent, and its row among those of the study but for how it compares with the heavy. */
static Classifier *make_lighter(Making *making, const StudyPair *pair, StudyNetwork *ret_row)
{
    CompressionSettings settings = making->pair->settings;
    settings.brief_tolerance = LIGHTER_TOLERANCE;
    Compression compression = compression_begin(pair->heavy, making->study->networks.networks[0].bytes,
                                                making->split.train, making->split.tune, settings, making->pair->seed);
    Compressed lighter = compression_run(&compression, compressor_find("actor-critic"));
    compression_free(&compression);
    *ret_row = (StudyNetwork){.name = names[LIGHTER],
                              .bytes = lighter.bytes,
                              .parameters = classifier_parameters(&lighter.classifier->shape),
                              .macs = classifier_macs(&lighter.classifier->shape),
                              .tune_right = classifier_evaluate(lighter.classifier, making->split.tune, NULL),
                              .test_right = classifier_evaluate(lighter.classifier, making->split.test, NULL),
                              .evaluations = lighter.evaluations,
                              .passes = lighter.passes};
    return lighter.classifier;
}

/* All networks in their files. */
static bool make_networks(Making *making, const StudyPair *pair)
{
    StudyResult *result = &making->study->networks;
    assert(result->network_count < STUDY_NETWORK_LIMIT);
    StudyNetwork *row = &result->networks[result->network_count];
    Classifier *lighter = make_lighter(making, pair, row);
    bool written = write_networks(making, pair, lighter);
    classifier_destroy(lighter);
    if (!written)
        return false;
    row->whole_bytes = making->models[LIGHTER_INT8].bytes;
    row->whole_test_right = image_model_evaluate(&making->models[LIGHTER_INT8], making->split.test, NULL);
    result->network_count++;
    return true;
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

/* Who tells best which answers of the lighter network are worth sending on. */
static bool study_decisions(Making *making)
{
    NetworkPairStudy *study = making->study;
    const ImageModel models[] = {making->models[LIGHTER_INT8], making->models[HEAVY]};
    const char *const both[] = {names[LIGHTER_INT8], names[HEAVY]};
    study->samples = sample_images_table(models, both, 2, &making->split, true, &study->arena);
    for (int i = 0; i < PAIR_CRITERIA; i++)
        study->plans[i] = (OffloadPlan){.table_count = 1,
                                        .tables = &study->samples,
                                        .light = both[0],
                                        .heavy = both[1],
                                        .seeds = 1,
                                        .train = TRAIN_FRACTION,
                                        .tune = TUNE_FRACTION,
                                        .criterion = criteria[i]};
    if (!offload_plan_check(study->plans, making->error))
        return false;
    offload_study_run_all(study->plans, PAIR_CRITERIA, study->decisions);
    return true;
}

/* What light-int8 and heavy say of images, for scenarios: without logits, which would be nine tenths of the file. */
static bool add_samples(Making *making, OutputFiles *files)
{
    Arena *arena = &making->study->arena;
    const ImageModel models[] = {making->models[LIGHT_INT8], making->models[HEAVY]};
    const char *const both[] = {names[LIGHT_INT8], names[HEAVY]};
    SampleTable samples = sample_images_table(models, both, 2, &making->split, false, arena);
    FILE *stream = output_files_add(files, path_of(making, "_samples.csv"), making->error);
    if (stream)
        sample_file_write(stream,
                          arena_format(arena,
                                       "# What a light network in whole numbers and the heavy one that it was made of "
                                       "say of images that neither\n# has learnt from: %s, seed %llu.\n",
                                       making->pair->data, (unsigned long long)making->pair->seed),
                          &samples);
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
    image_source_add_fresh(&making->split, pair->seed);
    if (make_networks(making, networks)) {
        bool added = study_decisions(making) && add_models(making, &files) && add_samples(making, &files);
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
