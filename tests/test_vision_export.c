/* What trained networks become for scenarios and cascades: lines through measured latencies, model files that the
 * simulator reads, and samples. */
#include "../sim/memory.h"
#include "../sim/model_file.h"
#include "../sim/trace.h"
#include "../vision/image_source.h"
#include "../vision/model_export.h"
#include "../vision/sample_images.h"
#include "../vision/vision_study.h"
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const Variant variants[] = {{.name = "large", .macs = 500, .parameters = 10, .weight_bytes = 40},
                                   {.name = "middle", .macs = 300, .parameters = 10, .weight_bytes = 40},
                                   {.name = "small", .macs = 100, .parameters = 10, .weight_bytes = 40},
                                   {.name = "whole", .macs = 100, .parameters = 10, .weight_bytes = 10}};
static const Model reference = {.name = "reference", .variant_count = 4, .variants = variants};

/* 2 s and 0.01 s a multiply-accumulate, but for one platform that starts below 0 and one that gets faster. */
static const Profile rows[] = {
    {.platform = "a", .model = "reference", .variant = "large", .threads = 1, .mean_s = 7},
    {.platform = "a", .model = "reference", .variant = "small", .threads = 1, .mean_s = 3},
    {.platform = "a", .model = "reference", .variant = "whole", .threads = 1, .mean_s = 1},
    {.platform = "a", .model = "reference", .variant = "middle", .threads = 1, .mean_s = 5},
    {.platform = "a", .model = "other", .variant = "middle", .threads = 1, .mean_s = 50},
    {.platform = "steep", .model = "reference", .variant = "large", .threads = 1, .mean_s = 9},
    {.platform = "steep", .model = "reference", .variant = "small", .threads = 1, .mean_s = 1},
    {.platform = "falling", .model = "reference", .variant = "large", .threads = 1, .mean_s = 1},
    {.platform = "falling", .model = "reference", .variant = "small", .threads = 1, .mean_s = 2},
};
static const ProfileTable table = {.count = sizeof rows / sizeof *rows, .rows = rows};

static void lines_go_through_what_was_measured(void)
{
    WorkTime line;
    CHECK(work_time_fit(&table, 0, &reference, false, &line));
    CHECK_INT(line.variant_count, 3);
    CHECK_NEAR(line.fixed_s, 2, 1e-12);
    CHECK_NEAR(line.per_mac_s, 0.01, 1e-14);
    CHECK_TEXT(line.least->variant, "small");
    CHECK_NEAR(work_time_factor(&line, 50) * line.least->mean_s, 2.5, 1e-12);
    CHECK(!work_time_fit(&table, 1, &reference, false, &line)); /* not the first row of its platform */
    CHECK(!work_time_fit(&table, 0, &reference, true, &line));  /* one variant makes no line */
    CHECK(work_time_fit(&table, 5, &reference, false, &line));
    CHECK_NEAR(line.fixed_s, 0, 0);
    CHECK_NEAR(line.per_mac_s, (500.0 * 9 + 100) / (500.0 * 500 + 100 * 100), 1e-12);
    CHECK(!work_time_fit(&table, 7, &reference, false, &line));
}

/* A heavy network of few looks at glyphs, and the same in whole numbers, as out of their files. */
typedef struct Scene {
    ImageSet set;
    Split split;
    ImageModel models[2];
} Scene;

static Scene *scene_create(void)
{
    Scene *scene = memory_allocate(1, sizeof *scene);
    Error error = {0};
    const char *paths[] = {check_scratch("heavy.orchid"), check_scratch("light.orchid")};
    scene->set = glyphs_create(0, 0, 120);
    CHECK(split_create(&scene->set, (SplitSizes){60, 30, 30}, 1, &scene->split, &error));
    ClassifierTraining training = {.epochs = 2, .batch = 16, .learning_rate = 3e-3};
    Classifier *classifier = image_source_train(scene->split.train, training, 1);
    Quantised *quantised = quantised_create(classifier, scene->split.train, 60);
    ClassifierOrigin origin = {"glyphs", 1, training_images_fingerprint(scene->split.train)};
    CHECK(classifier_file_write(paths[0], classifier, &origin, NULL, &error));
    CHECK(quantised_file_write(paths[1], quantised, &origin, NULL, &error));
    classifier_destroy(classifier);
    quantised_destroy(quantised);
    for (int i = 0; i < 2; i++) {
        CHECK(image_model_read(paths[i], &scene->models[i], &error));
        CHECK(image_model_suits(&scene->models[i], scene->split.train, &error));
    }
    return scene;
}

static void scene_destroy(Scene *scene)
{
    for (int i = 0; i < 2; i++)
        image_model_free(&scene->models[i]);
    split_destroy(&scene->split);
    image_set_free(&scene->set);
    free(scene);
}

/* Writes all three files; returns how many rows of profiles. */
static int write_export(const ModelExport *export, const ProfileTable *profiles, const Model *model, double scale)
{
    FILE *model_file = fopen(check_scratch("e.yaml"), "w"), *layers = fopen(check_scratch("e_layers.csv"), "w");
    FILE *latencies = fopen(check_scratch("e_profiles.csv"), "w");
    CHECK(model_file && layers && latencies);
    model_export_write_model(model_file, export);
    model_export_write_layers(layers, export);
    int count = model_export_write_profiles(latencies, export, profiles, model, scale);
    fclose(model_file);
    fclose(layers);
    fclose(latencies);
    return count;
}

static void check_variant(const Scene *scene, const Model *model, int index)
{
    const Variant *variant = &model->variants[index];
    const ClassifierShape *shape = &scene->models[index].shape;
    double layers = 0;
    CHECK_NEAR(variant->macs, (double)classifier_macs(shape), 0);
    CHECK_NEAR(variant->parameters, (double)classifier_parameters(shape), 0);
    CHECK_NEAR(variant->weight_bytes, (double)scene->models[index].bytes, 0);
    CHECK(variant->memory_bytes > variant->weight_bytes);
    CHECK_NEAR(variant->accuracy[0], 0.7, 1e-6);
    CHECK_INT(variant->layer_count, shape->layer_count);
    for (int l = 0; l < variant->layer_count; l++)
        layers += variant->layers[l].macs;
    CHECK_NEAR(layers, variant->macs, 0);
    CHECK_NEAR(variant->layers[0].output_bytes, index == 0 ? 8 * 8 * 16 * 4 : 8 * 8 * 16, 0);
    CHECK_NEAR(variant->layers[4].output_bytes, 36 * 4, 0);
    CHECK(work_time_whole_numbers(variant) == (index == 1));
}

/* The latency of a network of the reference's own work is the mean of the line there. */
static void check_profiles(const Scene *scene, const ProfileTable *profiles, const ProfileTable *measured,
                           const Model *model, double scale)
{
    for (int i = 0; i < profiles->count; i++) {
        const Profile *row = &profiles->rows[i];
        bool whole = strcmp(row->variant, "light") == 0;
        WorkTime line;
        int first = 0;
        while (strcmp(measured->rows[first].platform, row->platform) != 0 ||
               measured->rows[first].threads != row->threads)
            first++;
        CHECK(work_time_fit(measured, first, model, whole, &line));
        double macs = scale * (double)classifier_macs(&scene->models[whole].shape);
        CHECK_NEAR(row->mean_s, line.fixed_s + line.per_mac_s * macs, 1e-4 * row->mean_s);
        CHECK_TEXT(row->provenance, scale == 1 ? "derived" : "modelled");
    }
}

static void the_simulator_reads_what_is_written(void)
{
    Scene *scene = scene_create();
    Arena arena = {0};
    ErrorList errors = {0};
    ProfileTable measured, profiles;
    Model model, reference_model;
    ExportVariant exported[] = {{"heavy", &scene->models[0], 21, 30}, {"light", &scene->models[1], 21, 30}};
    const char *layers = arena_string(&arena, strrchr(check_scratch("e_layers.csv"), '/') + 1);
    ModelExport export = {"glyphs", layers, "glyphs", 1, 2, exported};
    CHECK(trace_read_profiles(&arena, check_path("traces/mobilenet_v1_profiles.csv"), &measured, &errors));
    CHECK(model_file_read(&arena, check_path("traces/mobilenet_v1.yaml"), &reference_model, &errors));
    for (int i = 0; i < 2; i++) {
        double scale = i == 0 ? 1 : 700;
        int written = write_export(&export, &measured, &reference_model, scale);
        CHECK(model_file_read(&arena, check_scratch("e.yaml"), &model, &errors));
        CHECK(trace_read_profiles(&arena, check_scratch("e_profiles.csv"), &profiles, &errors));
        CHECK_INT(errors.total, 0);
        CHECK_INT(profiles.count, written);
        CHECK(written > 20);
        for (int v = 0; v < 2; v++)
            check_variant(scene, &model, v);
        check_profiles(scene, &profiles, &measured, &reference_model, scale);
    }
    arena_free(&arena);
    scene_destroy(scene);
}

static void images_are_known_by_name(void)
{
    ImageSet set;
    ErrorList errors = {0};
    CHECK(image_source_open("glyphs", "", &set, &errors));
    SplitSizes sizes = image_source_sizes(&set);
    CHECK_INT(sizes.train + sizes.tune + sizes.test, set.count);
    CHECK_INT(image_source_training(sizes).epochs, 10);
    image_set_free(&set);
    CHECK(!image_source_open("digit", "", &set, &errors));
    CHECK_TEXT(errors.items[0].message, "there are no images \"digit\"; did you mean 'digits'?");
    CHECK(!image_source_open("idx:one", "", &set, &errors));
    CHECK(!image_source_open("cifar10:/nowhere", "", &set, &errors));
    CHECK_TEXT(errors.items[2].message, "cannot be opened: No such file or directory");
}

/* Numbers of a study fit each other, and the same seed gives the same ones. */
static void a_study_adds_up(void)
{
    StudyResult first, second;
    Error error = {0};
    ErrorList errors = {0};
    ImageSet set;
    CompressionSettings settings = compression_default_settings();
    settings.evaluations = 4;
    settings.brief.steps = 2;
    settings.full.steps = 10;
    CHECK(digits_read(check_path("traces/digits.csv"), &set, &errors));
    set.name = "few digits";
    set.count = 200;
    CHECK(vision_study_run(&set, "digits", 3, settings, &first, NULL, &error));
    CHECK(vision_study_run(&set, "digits", 3, settings, &second, NULL, &error));
    CHECK(memcmp(&first, &second, sizeof first) == 0);
    CHECK_INT(first.train_count, 120);
    CHECK_INT(first.network_count, 5);
    for (int n = 0; n < first.network_count; n++) {
        const StudyNetwork *network = &first.networks[n];
        const long(*cases)[2] = network->counts.cases;
        CHECK_INT(cases[0][0] + cases[0][1] + cases[1][0] + cases[1][1], first.test_count);
        CHECK_INT(cases[1][0] + cases[1][1], network->test_right);
        CHECK_INT(cases[0][1] + cases[1][1], first.networks[0].test_right);
        CHECK(network->bytes <= first.networks[0].bytes && network->whole_bytes < network->bytes);
    }
    image_set_free(&set);
}

/* A table against the networks' own outputs; uses[] samples of each use. */
static void check_samples(const Scene *scene, const HeldOutImages *const *parts, int part_count, const int *uses)
{
    Arena arena = {0};
    const char *const called[] = {"a", "b"};
    SampleTable samples = sample_images_table(scene->models, called, 2, &scene->split, true, &arena);
    int found[SAMPLE_USE_COUNT] = {0}, row = 0;
    float outputs[120 * GLYPH_CLASS_COUNT];
    CHECK_INT(samples.model_count, 2);
    CHECK_INT(samples.models[0].logit_count, GLYPH_CLASS_COUNT);
    CHECK_INT(samples.models[1].logit_count, 0);
    CHECK_TEXT(samples.models[1].name, "b");
    for (int part = 0; part < part_count; part++) {
        int right = image_model_evaluate(&scene->models[0], parts[part], outputs);
        for (int i = 0; i < held_out_images_count(parts[part]); i++, row++) {
            const double *values = sample_model_values(&samples.models[0], row);
            CHECK_INT(samples.samples[row], held_out_images_at(parts[part], i));
            CHECK_INT(values[SAMPLE_PREDICTION],
                      classifier_choice(GLYPH_CLASS_COUNT, outputs + (ptrdiff_t)i * GLYPH_CLASS_COUNT));
            CHECK_INT(samples.models[0].correct[row], (int)values[SAMPLE_PREDICTION] == samples.labels[row]);
            CHECK_NEAR(values[SAMPLE_FEATURE_COUNT + 7], (double)outputs[i * GLYPH_CLASS_COUNT + 7], 0);
            right -= samples.models[0].correct[row];
            found[samples.uses[row]]++;
        }
        CHECK_INT(right, 0);
    }
    CHECK_INT(samples.row_count, row);
    for (int use = 0; use < SAMPLE_USE_COUNT; use++)
        CHECK_INT(found[use], uses[use]);
    arena_free(&arena);
}

static void samples_are_fresh_images_where_there_are_any(void)
{
    Scene *scene = scene_create();
    const HeldOutImages *held_out[] = {scene->split.tune, scene->split.test};
    check_samples(scene, held_out, 2, (const int[]){30, 8, 22});
    split_add_fresh(&scene->split, glyphs_create(1, 120, 120));
    const HeldOutImages *fresh[] = {scene->split.fresh};
    check_samples(scene, fresh, 1, (const int[]){80, 10, 30});
    scene_destroy(scene);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(lines_go_through_what_was_measured),
        CHECK_OF(the_simulator_reads_what_is_written),
        CHECK_OF(images_are_known_by_name),
        CHECK_OF(a_study_adds_up),
        CHECK_OF(samples_are_fresh_images_where_there_are_any),
    };
    return check_run("vision_export", checks, sizeof checks / sizeof checks[0]);
}
