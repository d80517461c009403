#include "vision_study.h"

#include "../sim/memory.h"
#include "image_source.h"
#include "quantised.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { MEASURED_IMAGES = 512 };

/* What the networks of a study share. */
typedef struct Study {
    Split split;
    ClassifierOrigin origin;
    float *heavy_outputs, *outputs; /* [test images][classes] */
} Study;

/* Bytes of the file that a network in whole numbers is saved to: a byte a weight, and three numbers besides. */
static int64_t whole_bytes(const ClassifierShape *shape, const ClassifierOrigin *origin)
{
    int64_t units = 0;
    WeightsFile file;
    for (int l = 0; l < shape->layer_count; l++)
        units += shape->units[l];
    classifier_file_begin(&file, QUANTISED_FILE_KIND, shape, origin);
    weights_file_add(&file, "inputs", WEIGHTS_FLOAT32, 0, NULL);
    weights_file_add(&file, "scales", WEIGHTS_FLOAT32, 0, NULL);
    weights_file_add(&file, "biases", WEIGHTS_FLOAT32, 0, NULL);
    weights_file_add(&file, "weights", WEIGHTS_INT8, 0, NULL);
    int64_t bytes = (int64_t)weights_file_size(&file);
    weights_file_free(&file);
    return bytes + (int64_t)sizeof(float) * (shape->layer_count + 2 * units) + classifier_parameters(shape) - units;
}

/* How often one network or both are right. */
static CascadeCounts count_cases(const Study *study, int classes)
{
    CascadeCounts counts = {0};
    ImageSet sizes = held_out_images_sizes(study->split.test);
    float *pixels = memory_allocate(image_size(&sizes), sizeof *pixels);
    for (int i = 0; i < held_out_images_count(study->split.test); i++) {
        int label = held_out_images_read(study->split.test, i, pixels);
        bool light = classifier_choice(classes, study->outputs + (ptrdiff_t)i * classes) == label;
        bool heavy = classifier_choice(classes, study->heavy_outputs + (ptrdiff_t)i * classes) == label;
        counts.cases[light][heavy]++;
    }
    free(pixels);
    return counts;
}

static StudyNetwork evaluate(Study *study, const char *name, Classifier *classifier)
{
    StudyNetwork network = {.name = name,
                            .bytes = classifier_file_bytes(&classifier->shape, &study->origin),
                            .parameters = classifier_parameters(&classifier->shape),
                            .macs = classifier_macs(&classifier->shape),
                            .tune_right = classifier_evaluate(classifier, study->split.tune, NULL),
                            .test_right = classifier_evaluate(classifier, study->split.test, study->outputs),
                            .passes = true,
                            .whole_bytes = whole_bytes(&classifier->shape, &study->origin)};
    memcpy(network.units, classifier->shape.units, sizeof network.units);
    network.counts = count_cases(study, classifier_class_count(classifier));
    Quantised *quantised = quantised_create(classifier, study->split.train, MEASURED_IMAGES);
    network.whole_test_right = quantised_evaluate(quantised, study->split.test, NULL);
    quantised_destroy(quantised);
    return network;
}

static StudyPair run(Study *study, CompressionSettings settings, StudyResult *result)
{
    ClassifierTraining training = image_source_training((SplitSizes){.train = result->train_count});
    Classifier *heavy = image_source_train(study->split.train, training, result->seed), *light = NULL;
    size_t outputs = (size_t)(result->test_count * classifier_class_count(heavy)) * sizeof(float);
    study->heavy_outputs = memory_allocate(outputs, 1);
    study->outputs = memory_allocate(outputs, 1);
    classifier_evaluate(heavy, study->split.test, study->heavy_outputs);
    result->layer_count = heavy->shape.layer_count;
    result->networks[result->network_count++] = evaluate(study, "heavy", heavy);
    Compression compression = compression_begin(heavy, result->networks[0].bytes, study->split.train, study->split.tune,
                                                settings, result->seed);
    for (int i = 0; compressor_at(i); i++) {
        assert(result->network_count < STUDY_NETWORK_LIMIT);
        Compressed compressed = compression_run(&compression, compressor_at(i));
        StudyNetwork *network = &result->networks[result->network_count++];
        *network = evaluate(study, compressor_at(i)->name, compressed.classifier);
        network->evaluations = compressed.evaluations;
        network->passes = compressed.passes;
        /* The agent comes last. */
        classifier_destroy(light);
        light = compressed.classifier;
    }
    compression_free(&compression);
    free(study->heavy_outputs);
    free(study->outputs);
    return (StudyPair){heavy, light};
}

bool vision_study_run(const ImageSet *set, const char *data, uint64_t seed, CompressionSettings settings,
                      StudyResult *ret_result, StudyPair *ret_pair, Error *error)
{
    Study study = {0};
    if (!split_create(set, image_source_sizes(set), seed, &study.split, error))
        return false;
    study.origin = (ClassifierOrigin){data, seed, training_images_fingerprint(study.split.train)};
    StudyResult result = {.seed = seed,
                          .train_count = training_images_count(study.split.train),
                          .tune_count = held_out_images_count(study.split.tune),
                          .test_count = held_out_images_count(study.split.test)};
    StudyPair pair = run(&study, settings, &result);
    split_destroy(&study.split);
    *ret_result = result;
    if (ret_pair) {
        *ret_pair = pair;
        return true;
    }
    classifier_destroy(pair.heavy);
    classifier_destroy(pair.light);
    return true;
}
