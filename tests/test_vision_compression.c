/* The search for small networks: its rules, and what each compressor comes to on real digits. */
#include "../sim/memory.h"
#include "../vision/classifier_file.h"
#include "../vision/compression.h"
#include "check.h"
#include "lessons.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EVALUATIONS = 36 };

/* Digits, a network that knows them, and a search with small expenses. */
typedef struct Scene {
    Lesson *lesson;
    ClassifierOrigin origin;
    Compression compression;
} Scene;

static Scene *scene_create(void)
{
    Scene *scene = memory_allocate(1, sizeof *scene);
    ImageSet digits = lesson_digits();
    const int units[] = {8, 16, 24, 48};
    LessonPlan plan = {.shape = lesson_shape(&digits, units),
                       .sizes = {600, 300, 300},
                       .split_seed = 1,
                       .seed = 1,
                       .epochs = 20,
                       .batch = 32,
                       .learning_rate = 4e-3};
    scene->lesson = lesson_create(digits, plan);
    scene->origin = (ClassifierOrigin){"digits", 1, training_images_fingerprint(scene->lesson->split.train)};
    CompressionSettings settings = compression_default_settings();
    settings.evaluations = EVALUATIONS;
    settings.brief.steps = 8;
    settings.full.steps = 100;
    scene->compression =
        compression_begin(scene->lesson->classifier, classifier_file_bytes(&plan.shape, &scene->origin),
                          scene->lesson->split.train, scene->lesson->split.tune, settings, 1);
    return scene;
}

static void scene_destroy(Scene *scene)
{
    compression_free(&scene->compression);
    lesson_destroy(scene->lesson);
    free(scene);
}

static CompressionSearch search_create(const Scene *scene)
{
    return (CompressionSearch){.compression = &scene->compression,
                               .candidates = memory_allocate(EVALUATIONS, sizeof(Candidate))};
}

static void bytes_are_those_of_the_file(void)
{
    Scene *scene = scene_create();
    Error error = {0};
    const int units[CLASSIFIER_LAYER_LIMIT] = {3, 5, 24, 7};
    int64_t bytes = 0;
    Classifier *pruned = pruner_prune(scene->compression.pruner, units);
    CHECK(classifier_file_write(check_scratch("pruned.orchid"), pruned, &scene->origin, &bytes, &error));
    CHECK_INT(compression_bytes(&scene->compression, units), bytes);
    CHECK_INT(compression_bytes(&scene->compression, scene->lesson->classifier->shape.units), scene->compression.bytes);
    CHECK_INT(compression_units(&scene->compression, 0, 0.5), 4);
    CHECK_INT(compression_units(&scene->compression, 0, 0), 1);
    CHECK_INT(compression_units(&scene->compression, 0, 1), 8);
    classifier_destroy(pruned);
    scene_destroy(scene);
}

static void a_candidate_counts_once_and_comes_out_alike(void)
{
    Scene *scene = scene_create();
    CompressionSearch search = search_create(scene), other = search_create(scene);
    int units[CLASSIFIER_LAYER_LIMIT] = {6, 12, 16, 20};
    double accuracy = compression_try(&search, units)->accuracy;
    CHECK_INT(search.count, 1);
    CHECK_NEAR(compression_try(&search, units)->accuracy, accuracy, 0);
    CHECK_INT(search.count, 1);
    CHECK_NEAR(compression_try(&other, units)->accuracy, accuracy, 0);
    for (int i = 0; i < EVALUATIONS + 5; i++) {
        units[3] = 1 + i;
        bool known = compression_tried(&search, units);
        CHECK(known || search.count == EVALUATIONS || !compression_tried(&search, units));
        CHECK((compression_try(&search, units) != NULL) == (known || i < EVALUATIONS));
    }
    CHECK_INT(search.count, EVALUATIONS);
    free(search.candidates);
    free(other.candidates);
    scene_destroy(scene);
}

/* The smallest that passes, found apart. */
static int64_t best_bytes(const Scene *scene, const CompressionSearch *search)
{
    int64_t least = scene->compression.bytes;
    for (int i = 0; i < search->count; i++)
        if (search->candidates[i].accuracy >= scene->compression.accuracy - 0.04 && search->candidates[i].bytes < least)
            least = search->candidates[i].bytes;
    return least;
}

static void every_compressor_keeps_the_rules(void)
{
    Scene *scene = scene_create();
    for (int i = 0; compressor_at(i); i++) {
        const Compressor *compressor = compressor_at(i);
        CompressionSearch search = search_create(scene), again = search_create(scene);
        Stream stream = stream_create(1, 0, STREAM_VISION, 7), same = stream;
        compressor->run(&search, &stream);
        compressor->run(&again, &same);
        CHECK(search.count > EVALUATIONS / 2 && search.count <= EVALUATIONS);
        CHECK_INT(again.count, search.count);
        CHECK(memcmp(search.candidates, again.candidates, (size_t)search.count * sizeof(Candidate)) == 0);
        int copies = 0;
        for (int a = 0; a < search.count; a++)
            for (int b = 0; b < a; b++)
                copies += memcmp(search.candidates[a].units, search.candidates[b].units,
                                 sizeof search.candidates[a].units) == 0;
        CHECK_INT(copies, 0);
        const Candidate *best = compression_best(&search);
        CHECK_INT(best ? best->bytes : scene->compression.bytes, best_bytes(scene, &search));
        CHECK(compressor_find(compressor->name) == compressor);
        free(search.candidates);
        free(again.candidates);
    }
    CHECK(compressor_find("none") == NULL);
    scene_destroy(scene);
}

static void results_are_small_networks_that_know_as_much(void)
{
    Scene *scene = scene_create();
    int64_t bytes[4];
    int count = held_out_images_count(scene->lesson->split.tune);
    for (int i = 0; i < 4; i++) {
        Compressed result = compression_run(&scene->compression, compressor_at(i));
        int64_t written = 0;
        Error error = {0};
        bytes[i] = result.bytes;
        CHECK(
            classifier_file_write(check_scratch("light.orchid"), result.classifier, &scene->origin, &written, &error));
        CHECK_INT(written, result.bytes);
        CHECK(result.bytes <= scene->compression.bytes);
        CHECK_NEAR(result.accuracy,
                   (double)classifier_evaluate(result.classifier, scene->lesson->split.tune, NULL) / count, 1e-12);
        CHECK(result.passes == (result.accuracy >= scene->compression.accuracy - 0.005));
        classifier_destroy(result.classifier);
    }
    CHECK(10 * bytes[3] < 6 * bytes[0]); /* the agent's, against uniform */
    scene_destroy(scene);
}

/* Where no candidate can pass, the network stays as it is. */
static void nothing_is_pruned_where_nothing_passes(void)
{
    Scene *scene = scene_create();
    scene->compression.settings.brief_tolerance = -1;
    scene->compression.settings.evaluations = 3;
    for (int i = 0; i < 4; i++) {
        Compressed result = compression_run(&scene->compression, compressor_at(i));
        CHECK_INT(result.bytes, scene->compression.bytes);
        CHECK(result.passes);
        CHECK(memcmp(result.classifier->parameters, scene->lesson->classifier->parameters,
                     scene->lesson->classifier->parameter_count * sizeof(float)) == 0);
        classifier_destroy(result.classifier);
    }
    scene_destroy(scene);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(bytes_are_those_of_the_file),
        CHECK_OF(a_candidate_counts_once_and_comes_out_alike),
        CHECK_OF(every_compressor_keeps_the_rules),
        CHECK_OF(results_are_small_networks_that_know_as_much),
        CHECK_OF(nothing_is_pruned_where_nothing_passes),
    };
    return check_run("vision_compression", checks, sizeof checks / sizeof checks[0]);
}
