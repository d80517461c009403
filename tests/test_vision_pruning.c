/* Pruned networks: what they say, how large they are, and files of networks. */
#include "../sim/memory.h"
#include "../vision/classifier_file.h"
#include "../vision/pruning.h"
#include "check.h"
#include "lessons.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { IMAGES = 40, TEST_IMAGES = 16 };

static const ClassifierShape shape = {16, 16, 1, 5, 3, {6, 10, 8, 12, 36}, {true, true, false}};

/* A network that has learnt a little. */
static Lesson *short_lesson(void)
{
    return lesson_create(glyphs_create(0, 0, IMAGES + TEST_IMAGES + 1), (LessonPlan){.shape = shape,
                                                                                     .sizes = {IMAGES, 1, TEST_IMAGES},
                                                                                     .split_seed = 2,
                                                                                     .seed = 2,
                                                                                     .epochs = 5,
                                                                                     .batch = 8,
                                                                                     .learning_rate = 3e-3});
}

/* The largest difference between the outputs of two networks on the test images, and the largest output. */
static double furthest(Lesson *lesson, Classifier *other, double *ret_largest)
{
    static float first[TEST_IMAGES * 36], second[TEST_IMAGES * 36];
    double most = 0;
    classifier_evaluate(lesson->classifier, lesson->split.test, first);
    classifier_evaluate(other, lesson->split.test, second);
    *ret_largest = 0;
    for (int i = 0; i < TEST_IMAGES * 36; i++) {
        most = fmax(most, fabs((double)first[i] - (double)second[i]));
        *ret_largest = fmax(*ret_largest, fabs((double)first[i]));
    }
    return most;
}

/* Checks what the network says with `units` against the whole one. */
static void check_same(Lesson *lesson, const int *units, double tolerance)
{
    double largest;
    Pruner *pruner = pruner_create(lesson->classifier, lesson->split.train, IMAGES);
    Classifier *pruned = pruner_prune(pruner, units);
    CHECK_NEAR(furthest(lesson, pruned, &largest), 0, tolerance);
    CHECK(largest > 0.5);
    CHECK_INT(pruned->shape.units[1], units[1]);
    classifier_destroy(pruned);
    pruner_destroy(pruner);
}

static void nothing_changes_where_all_units_stay(void)
{
    Lesson *lesson = short_lesson();
    check_same(lesson, shape.units, 1e-4);
    lesson_destroy(lesson);
}

/* Makes unit `copy` of a layer say `factor` times what unit `of` says. */
static void make_copy(Classifier *classifier, int l, int copy, int of, float factor)
{
    const ClassifierLayer *layer = &classifier->layers[l];
    for (int i = 0; i <= layer->sizes.inputs; i++)
        layer->weights[i * layer->columns + copy] = factor * layer->weights[i * layer->columns + of];
}

/* In every kind of layer one unit says nothing new: least squares tells it by the other, exactly. */
static void units_that_repeat_others_go_without_a_trace(void)
{
    Lesson *lesson = short_lesson();
    const int fewer[CLASSIFIER_LAYER_LIMIT] = {5, 9, 7, 11, 36};
    for (int l = 0; l < 4; l++) {
        Pruner *pruner = pruner_create(lesson->classifier, lesson->split.train, IMAGES);
        int last = pruner->order[l][shape.units[l] - 1], best = pruner->order[l][0];
        make_copy(lesson->classifier, l, last, best, 0.05F);
        pruner_destroy(pruner);
    }
    check_same(lesson, fewer, 0.02); /* outputs are of the order of 1; the ridge takes a little */
    lesson_destroy(lesson);
}

static void silent_units_go_first(void)
{
    Lesson *lesson = short_lesson();
    const ClassifierLayer *above = &lesson->classifier->layers[2];
    for (int k = 0; k < 9; k++) /* nobody listens to unit 4 of the second layer */
        for (int u = 0; u < above->sizes.units; u++)
            above->weights[(k * 10 + 4) * above->columns + u] = 0;
    Pruner *pruner = pruner_create(lesson->classifier, lesson->split.train, IMAGES);
    CHECK_INT(pruner->order[1][9], 4);
    pruner_destroy(pruner);
    const int fewer[CLASSIFIER_LAYER_LIMIT] = {6, 9, 8, 12, 36};
    check_same(lesson, fewer, 1e-4);
    lesson_destroy(lesson);
}

/* One layer, half of it gone: the retold network is nearer to the whole one than that whose units are just cut out. */
static void telling_what_is_gone_is_better_than_silence(void)
{
    Lesson *lesson = short_lesson();
    Pruner *pruner = pruner_create(lesson->classifier, lesson->split.train, IMAGES);
    const int half[CLASSIFIER_LAYER_LIMIT] = {6, 5, 8, 12, 36};
    Classifier *retold = pruner_prune(pruner, half), *cut = classifier_clone(lesson->classifier);
    for (int i = 5; i < 10; i++)
        make_copy(cut, 1, pruner->order[1][i], 0, 0);
    double largest, told = furthest(lesson, retold, &largest), silent = furthest(lesson, cut, &largest);
    CHECK(told < 0.8 * silent);
    classifier_destroy(retold);
    classifier_destroy(cut);
    pruner_destroy(pruner);
    lesson_destroy(lesson);
}

static void a_network_comes_back_from_its_file(void)
{
    Lesson *lesson = short_lesson();
    const char *path = check_scratch("network.orchid");
    ClassifierOrigin origin = {"glyphs", 2, training_images_fingerprint(lesson->split.train)}, read_origin;
    ClassifierShape read_shape;
    int64_t bytes = 0;
    Error error = {0};
    WeightsFile file;
    struct stat status = {0};
    CHECK(classifier_file_write(path, lesson->classifier, &origin, &bytes, &error));
    CHECK(stat(path, &status) == 0);
    CHECK_INT(status.st_size, bytes);
    CHECK_INT(classifier_file_bytes(&shape, &origin), bytes);
    CHECK(weights_file_read(path, &file, &error));
    CHECK(classifier_file_head(&file, CLASSIFIER_FILE_KIND, &read_shape, &read_origin, &error));
    CHECK_TEXT(read_origin.data, "glyphs");
    CHECK_INT(read_origin.seed, 2);
    CHECK(classifier_origin_suits(path, &read_origin, lesson->split.train, &error));
    Classifier *again = classifier_file_take(&file, 32, &error);
    CHECK(again &&
          memcmp(again->parameters, lesson->classifier->parameters, again->parameter_count * sizeof(float)) == 0);
    classifier_destroy(again);
    weights_file_free(&file);
    lesson_destroy(lesson);
}

/* Whoever trained with another seed has seen some of what this split holds out. */
static void a_network_is_not_evaluated_on_what_it_has_seen(void)
{
    Lesson *lesson = short_lesson();
    Split other;
    Error error = {0};
    ClassifierOrigin origin = {"glyphs", 2, training_images_fingerprint(lesson->split.train)};
    CHECK(split_create(&lesson->set, (SplitSizes){IMAGES, 1, TEST_IMAGES}, 3, &other, &error));
    CHECK(!classifier_origin_suits("network.orchid", &origin, other.train, &error));
    CHECK(strstr(error.message,
                 "has learnt from glyphs with seed 2, and from other images than those that are held apart here") !=
          NULL);
    split_destroy(&other);
    lesson_destroy(lesson);
}

static void check_refused(WeightsFile *file, const char *message)
{
    Error error = {0};
    file->path = "bad.orchid";
    CHECK(classifier_file_take(file, 32, &error) == NULL);
    CHECK_TEXT(error.message, message);
    weights_file_free(file);
}

static void files_that_contradict_themselves_are_refused(void)
{
    const ClassifierOrigin origin = {"glyphs", 2, 5};
    const int64_t numbers[] = {16, 16, 1, 2, 1, 4, 1, 3, 0}, odd[] = {15, 16, 1, 2, 1, 4, 1, 3, 0};
    WeightsFile file;
    weights_file_init(&file, "dqn", 5);
    check_refused(&file, "holds a dqn, not a classifier");
    weights_file_init(&file, CLASSIFIER_FILE_KIND, 5);
    check_refused(&file, "does not say what its network has learnt from");
    classifier_file_begin(&file, CLASSIFIER_FILE_KIND, &shape, &origin);
    check_refused(&file, "has no block `parameters` of type float32");
    for (int i = 0; i < 2; i++) {
        const float parameters[7] = {0};
        weights_file_init(&file, CLASSIFIER_FILE_KIND, 5);
        weights_file_add_setting(&file, "data", "glyphs");
        weights_file_add_setting(&file, "seed", "2");
        weights_file_add(&file, "shape", WEIGHTS_INT64, 9, i == 0 ? numbers : odd);
        weights_file_add(&file, "parameters", WEIGHTS_FLOAT32, 7, parameters);
        check_refused(&file, i == 0 ? "has 7 parameters where its shape has 811"
                                    : "holds a network whose shape contradicts itself");
    }
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(nothing_changes_where_all_units_stay),
        CHECK_OF(units_that_repeat_others_go_without_a_trace),
        CHECK_OF(silent_units_go_first),
        CHECK_OF(telling_what_is_gone_is_better_than_silence),
        CHECK_OF(a_network_comes_back_from_its_file),
        CHECK_OF(a_network_is_not_evaluated_on_what_it_has_seen),
        CHECK_OF(files_that_contradict_themselves_are_refused),
    };
    return check_run("vision_pruning", checks, sizeof checks / sizeof checks[0]);
}
