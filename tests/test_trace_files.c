#include "../sim/model_file.h"
#include "../sim/sample_file.h"
#include "../sim/trace.h"
#include "check.h"

#include <math.h>
#include <string.h>

enum { VARIANTS = 8, WIDTHS = 4, PLATFORMS = 12 };

static const char *const variants[VARIANTS] = {"d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7"};

/* Platforms of which all eight variants are known, and the threads of their rows. */
static const char *const platforms[PLATFORMS] = {
    "aws-a1.medium", "aws-a1.large",  "aws-a1.xlarge", "aws-a1.2xlarge",   "aws-m7g.2xlarge",     "aws-c5.4xlarge",
    "aws-t2.medium", "odroid-n2plus", "jetson-xavier", "rpi4-tflite-1.15", "rpi4-tflite-2.4-ruy", "rpi4-armnn-21.02"};
static const int threads[PLATFORMS] = {1, 2, 4, 8, 8, 1, 1, 4, 8, 1, 4, 4};

static ProfileTable read_table(Arena *arena)
{
    ErrorList errors = {0};
    ProfileTable table = {0};
    CHECK(trace_read_profiles(arena, check_path("traces/mobilenet_v1_profiles.csv"), &table, &errors));
    CHECK_INT(errors.total, 0);
    return table;
}

static const Profile *find(const ProfileTable *table, const char *platform, const char *variant, int thread_count)
{
    static const Profile none = {.family = PROFILE_DETERMINISTIC};
    const Profile *row = profile_find(table, platform, "mobilenet-v1", variant, thread_count);
    check_true(row, platform, __FILE__, __LINE__);
    return row ? row : &none;
}

static void every_platform_has_its_eight_variants(void)
{
    Arena arena = {0};
    ProfileTable table = read_table(&arena);
    for (int p = 0; p < PLATFORMS; p++)
        for (int v = 0; v < VARIANTS; v++)
            CHECK(find(&table, platforms[p], variants[v], threads[p])->mean_s > 0);
    for (int v = 0; v < VARIANTS; v++)
        CHECK(find(&table, "jetson-orin", variants[v], 12)->mean_s > 0);
    const char *const partly[] = {"rpi3-ncnn", "rpi3-xnnpack", "rpi4-ncnn", "rpi4-xnnpack"};
    for (int p = 0; p < 4; p++)
        CHECK(find(&table, partly[p], "d0", 4)->mean_s > find(&table, partly[p], "d4", 4)->mean_s);
    arena_free(&arena);
}

static void every_row_says_where_it_is_from(void)
{
    Arena arena = {0};
    ProfileTable table = read_table(&arena);
    for (int i = 0; i < table.count; i++) {
        const Profile *row = &table.rows[i];
        bool known = strcmp(row->provenance, "measured") == 0 || strcmp(row->provenance, "derived") == 0;
        CHECK(known && strlen(row->source) > 20);
    }
    arena_free(&arena);
}

static void a_wider_network_takes_longer(void)
{
    Arena arena = {0};
    ProfileTable table = read_table(&arena);
    for (int p = 0; p < PLATFORMS; p++)
        for (int v = 0; v < VARIANTS; v++)
            if (v % WIDTHS > 0)
                CHECK(find(&table, platforms[p], variants[v], threads[p])->mean_s <
                      find(&table, platforms[p], variants[v - 1], threads[p])->mean_s);
    arena_free(&arena);
}

/* By the median INT8 saves time, with the two exceptions that the file itself points out. */
static void int8_is_faster_except_where_the_file_says(void)
{
    Arena arena = {0};
    ProfileTable table = read_table(&arena);
    for (int p = 0; p < PLATFORMS; p++)
        for (int v = 0; v < WIDTHS; v++) {
            bool slower =
                strcmp(platforms[p], "aws-t2.medium") == 0 || (strcmp(platforms[p], "jetson-xavier") == 0 && v < 3);
            double fp32_s = profile_quantile(find(&table, platforms[p], variants[v], threads[p]), 0.5);
            double int8_s = profile_quantile(find(&table, platforms[p], variants[v + WIDTHS], threads[p]), 0.5);
            CHECK((int8_s > fp32_s) == slower);
        }
    arena_free(&arena);
}

/* The rule of traces/README.md, from the two measured rows alone. */
static void the_small_a1_rows_follow_amdahl(void)
{
    Arena arena = {0};
    ProfileTable table = read_table(&arena);
    const double one_s = 0.0866, eight_s = 0.0176424; /* published means of d0 on one and on eight cores */
    const double serial = (8 * eight_s / one_s - 1) / 7;
    for (int p = 0; p < 3; p++)
        for (int v = 0; v < VARIANTS; v++) {
            const Profile *small = find(&table, platforms[p], variants[v], threads[p]);
            const Profile *whole = find(&table, "aws-a1.2xlarge", variants[v], 8);
            CHECK_TEXT(small->provenance, "derived");
            if (threads[p] == 1 && v == 0)
                continue;
            double factor = one_s * (serial + (1 - serial) / threads[p]) / eight_s;
            CHECK_INT(small->point_count, whole->point_count);
            for (int k = 0; k < whole->point_count; k++)
                CHECK_NEAR(small->latency_s[k], whole->latency_s[k] * factor, 1e-7);
        }
    const Profile *one = find(&table, "aws-a1.medium", "d0", 1), *same = find(&table, "aws-a1.2xlarge", "d0", 1);
    CHECK_NEAR(one->mean_s, one_s, 1e-9);
    CHECK_NEAR(same->mean_s, one_s, 1e-9);
    arena_free(&arena);
}

/* Rows of which only minimum, average and maximum are published keep the average. */
static void a_row_of_min_average_max_keeps_its_average(void)
{
    Arena arena = {0};
    ProfileTable table = read_table(&arena);
    CHECK_NEAR(find(&table, "rpi3-ncnn", "d0", 4)->mean_s, 0.10866, 1e-9);
    CHECK_NEAR(find(&table, "rpi3-ncnn", "d4", 1)->mean_s, 0.18191, 1e-9);
    CHECK_NEAR(find(&table, "rpi4-ncnn", "d0", 1)->mean_s, 0.12432, 1e-9);
    CHECK_NEAR(find(&table, "rpi4-ncnn", "d4", 4)->mean_s, 0.03437, 1e-9);
    arena_free(&arena);
}

static void layers_sum_to_the_published_totals(void)
{
    const double macs[WIDTHS] = {569e6, 317e6, 150e6, 41e6}, parameters[WIDTHS] = {4.24e6, 2.59e6, 1.34e6, 0.47e6};
    /* The table has 317 million at width 0.75 where the MobileNets paper and the layers have 325. */
    const double tolerance[WIDTHS] = {0.02, 0.03, 0.02, 0.02};
    Arena arena = {0};
    ErrorList errors = {0};
    const LayerList *lists = NULL;
    int count = 0;
    CHECK(trace_read_layers(&arena, check_path("traces/mobilenet_v1_layers.csv"), &count, &lists, &errors));
    CHECK_INT(errors.total, 0);
    CHECK_INT(count, VARIANTS);
    for (int v = 0; v < count; v++) {
        double macs_sum = 0, parameter_sum = 0;
        CHECK_TEXT(lists[v].variant, variants[v]);
        CHECK_INT(lists[v].count, 29);
        for (int i = 0; i < lists[v].count; i++) {
            const Layer *layer = &lists[v].layers[i];
            macs_sum += layer->macs;
            parameter_sum += layer->parameters;
            if (v >= WIDTHS)
                CHECK_NEAR(layer->output_bytes, lists[v - WIDTHS].layers[i].output_bytes / 4, 0);
        }
        CHECK_NEAR(macs_sum / macs[v % WIDTHS], 1, tolerance[v % WIDTHS]);
        CHECK_NEAR(parameter_sum / parameters[v % WIDTHS], 1, 0.02);
    }
    arena_free(&arena);
}

/* What the published figures of a network are, and the variants that its files hold. */
typedef struct Network {
    const char *name;
    const char *const *variants;
    int variant_count, layer_count, cut_count; /* of each variant */
    double macs, parameters;                   /* of the first */
    double macs_tolerance;                     /* relative */
} Network;

static const char *const width_names[] = {"w100", "w75", "w50", "w25"};

/* Parameters and macs: torchvision (VGG16, ResNet18, ResNet50), caffe (AlexNet, whose macs the network's paper gives as
 * 724 million), slim (MobileNet V1). Torchvision counts batch normalisation, and macs to three figures. */
static const Network networks[] = {
    {"alexnet", width_names, 4, 11, 11, 724e6, 60.97e6, 0.001},
    {"mobilenet_v1", variants, 8, 29, 29, 569e6, 4.24e6, 0.001},
    {"resnet18", width_names, 4, 31, 12, 1.814e9, 11689512, 0.001},
    {"resnet50", width_names, 4, 72, 20, 4.089e9, 25557032, 0.001},
    {"vgg16", width_names, 4, 21, 21, 15.47e9, 138357544, 0.001},
};

static const LayerList *read_layer_lists(Arena *arena, const Network *network, int *ret_count)
{
    ErrorList errors = {0};
    const LayerList *lists = NULL;
    CHECK(trace_read_layers(arena, check_path(arena_format(arena, "traces/%s_layers.csv", network->name)), ret_count,
                            &lists, &errors));
    CHECK_INT(errors.total, 0);
    return lists;
}

static void every_network_has_its_layers_and_cuts(void)
{
    for (size_t n = 0; n < sizeof networks / sizeof networks[0]; n++) {
        const Network *network = &networks[n];
        Arena arena = {0};
        int count = 0;
        const LayerList *lists = read_layer_lists(&arena, network, &count);
        CHECK_INT(count, network->variant_count);
        for (int v = 0; v < count; v++) {
            int cuts = 0;
            double macs = 0, parameters = 0;
            CHECK_TEXT(lists[v].variant, network->variants[v]);
            CHECK_INT(lists[v].count, network->layer_count);
            for (int i = 0; i < lists[v].count; i++) {
                const Layer *layer = &lists[v].layers[i];
                cuts += layer->can_cut;
                macs += layer->macs;
                parameters += layer->parameters;
                CHECK(layer->type[0] != 0);
                /* An addition ends a residual block: behind it, and not before, one tensor is enough. */
                if (strcmp(layer->type, "add") == 0)
                    CHECK(layer->can_cut && !layer[-1].can_cut && !layer[-2].can_cut);
            }
            CHECK_INT(cuts, network->cut_count);
            if (v > 0)
                continue;
            CHECK_NEAR(macs / network->macs, 1, network->macs_tolerance);
            CHECK_NEAR(parameters / network->parameters, 1, 0.005);
        }
        arena_free(&arena);
    }
}

/* Totals that model files state are those of the layers; what is published rather than counted lies near. */
static void models_state_what_their_layers_sum_to(void)
{
    for (size_t n = 0; n < sizeof networks / sizeof networks[0]; n++) {
        Arena arena = {0};
        Model model = {0};
        ErrorList errors = {0};
        CHECK(model_file_read(&arena, check_path(arena_format(&arena, "traces/%s.yaml", networks[n].name)), &model,
                              &errors));
        bool published = strcmp(model.name, "mobilenet-v1") == 0;
        CHECK_INT(model.variant_count, networks[n].variant_count);
        for (int v = 0; v < model.variant_count; v++) {
            const Variant *variant = &model.variants[v];
            double macs = 0, parameters = 0, activations = 0;
            CHECK_INT(variant->layer_count, networks[n].layer_count);
            for (int i = 0; i < variant->layer_count; i++) {
                macs += variant->layers[i].macs;
                parameters += variant->layers[i].parameters;
                activations = fmax(activations, variant->layers[i].output_bytes);
            }
            double value_bytes = published && v >= WIDTHS ? 1 : 4;
            CHECK_NEAR(macs / variant->macs, 1, published ? 0.03 : 0);
            CHECK_NEAR(parameters / variant->parameters, 1, published ? 0.02 : 0);
            CHECK_NEAR(variant->weight_bytes / (variant->parameters * value_bytes), 1, 2e-4);
            CHECK(variant->memory_bytes > variant->weight_bytes + activations);
        }
        arena_free(&arena);
    }
}

/* The rule that the heads of the model files state. */
static void modelled_accuracies_follow_mobilenet(void)
{
    const char *const names[] = {"alexnet", "resnet18", "vgg16"};
    Arena arena = {0};
    ErrorList errors = {0};
    Model mobilenet = {0};
    CHECK(model_file_read(&arena, check_path("traces/mobilenet_v1.yaml"), &mobilenet, &errors));
    for (int n = 0; n < 3; n++) {
        Model model = {0};
        CHECK(model_file_read(&arena, check_path(arena_format(&arena, "traces/%s.yaml", names[n])), &model, &errors));
        for (int v = 1; v < WIDTHS; v++)
            for (int metric = 0; metric < 2; metric++) {
                double kept = mobilenet.variants[v].accuracy[metric] / mobilenet.variants[0].accuracy[metric];
                CHECK_NEAR(model.variants[v].accuracy[metric], model.variants[0].accuracy[metric] * kept, 5.01e-4);
                CHECK(strstr(model.variants[v].description, "modelled"));
            }
    }
    arena_free(&arena);
}

enum { NCNN_PLATFORMS = 7, NCNN_MODELS = 5 };

/* Platforms of ncnn_profiles.csv, slow to fast with the threads of most of their cores. */
static const char *const ncnn_platforms[NCNN_PLATFORMS] = {
    "rpi3-ncnn",        "rpi4-ncnn",           "rpi5-ncnn",          "snapdragon-855plus-ncnn",
    "jetson-orin-ncnn", "aws-c5.4xlarge-ncnn", "azure-d64ps-v6-ncnn"};
static const int ncnn_threads[NCNN_PLATFORMS] = {4, 4, 4, 4, 8, 8, 8};

/* Every version of every network on every platform, but for the one that the head of the file names; and the mean of
 * what is drawn is the average that was measured. */
static void ncnn_profiles_are_whole_and_keep_averages(void)
{
    Arena arena = {0};
    ErrorList errors = {0};
    ProfileTable table = {0};
    CHECK(trace_read_profiles(&arena, check_path("traces/ncnn_profiles.csv"), &table, &errors));
    for (int n = 0; n < NCNN_MODELS; n++) {
        Model model = {0};
        CHECK(model_file_read(&arena, check_path(arena_format(&arena, "traces/%s.yaml", networks[n].name)), &model,
                              &errors));
        for (int p = 0; p < NCNN_PLATFORMS; p++) {
            bool absent = p == 0 && strcmp(model.name, "vgg16") == 0;
            for (int v = 0; v < model.variant_count; v++) {
                const char *variant = model.variants[v].name;
                const Profile *row = profile_find(&table, ncnn_platforms[p], model.name, variant, ncnn_threads[p]);
                CHECK((row != NULL) == !absent);
                if (row)
                    CHECK_TEXT(row->provenance, "derived");
            }
        }
    }
    const struct {
        const char *platform, *model, *variant;
        int threads;
        double average_ms;
    } published[] = {{"rpi4-ncnn", "vgg16", "w100", 1, 1071.85},
                     {"rpi3-ncnn", "alexnet", "w100", 4, 159.09},
                     {"jetson-orin-ncnn", "vgg16", "w100", 12, 30.86},
                     {"azure-d64ps-v6-ncnn", "mobilenet-v1", "d4", 16, 1.13},
                     {"rpi5-ncnn", "resnet50", "w25", 1, 89.43 * 278085632 / 3857973248},
                     {"snapdragon-855plus-ncnn", "vgg16", "w50", 4, 60.19 * 3890266112 / 15470264320}};
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        const Profile *row =
            profile_find(&table, published[i].platform, published[i].model, published[i].variant, published[i].threads);
        CHECK(row != NULL);
        if (row)
            CHECK_NEAR(1000 * row->mean_s, published[i].average_ms, 1e-4);
    }
    CHECK_INT(errors.total, 0);
    arena_free(&arena);
}

/* Right together: samples on which both are as wanted, of those on which `light` is. */
static double heavy_given(const SampleTable *table, const char *light, bool right)
{
    const SampleModel *small = sample_table_model(table, light), *large = sample_table_model(table, "resnet50");
    double both = 0, all = 0;
    for (int row = 0; row < table->row_count; row++) {
        all += small->correct[row] == right ? table->counts[row] : 0;
        both += small->correct[row] == right && large->correct[row] ? table->counts[row] : 0;
    }
    return both / all;
}

/* Accuracies as MLPerf Inference v0.5 has them, and how often ResNet50 is right where a light network is, or is not. */
static void correctness_on_imagenet_is_the_published_one(void)
{
    static const struct {
        const char *variant;
        double top1, where_right, where_wrong;
    } published[] = {{"d7", 0.50240, 0.950, 0.577}, {"d3", 0.51848, 0.951, 0.564}, {"d2", 0.64348, 0.949, 0.432},
                     {"d0", 0.71676, 0.939, 0.322}, {"d4", 0.70762, 0.941, 0.337}, {"resnet50", 0.76442, 1, 0}};
    Arena arena = {0};
    ErrorList errors = {0};
    SampleTable table = {0};
    Model model = {0};
    CHECK(sample_file_read(&arena, check_path("traces/imagenet_correctness.csv"), &table, &errors));
    CHECK(model_file_read(&arena, check_path("traces/imagenet.yaml"), &model, &errors));
    SampleParts parts = sample_parts_divide(&table, 0, 0, 1, &arena);
    CHECK_INT(parts.ends[table.row_count - 1], 50000);
    CHECK_INT(model.variant_count, table.model_count);
    for (int i = 0; i < model.variant_count; i++) {
        const SampleModel *samples = sample_table_model(&table, model.variants[i].name);
        CHECK(samples != NULL);
        if (samples)
            CHECK_NEAR(sample_parts_accuracy(&parts, &table, SAMPLE_TEST, samples), model.variants[i].accuracy[0],
                       1e-9);
    }
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        const char *variant = published[i].variant;
        CHECK_NEAR(model.variants[model_variant_index(&model, variant)].accuracy[0], published[i].top1, 1e-12);
        CHECK_NEAR(heavy_given(&table, variant, true), published[i].where_right, 6e-4);
        CHECK_NEAR(heavy_given(&table, variant, false), published[i].where_wrong, 6e-4);
    }
    arena_free(&arena);
}

/* Sizes are those of the families' own files. */
static void networks_side_by_side_are_those_of_their_families(void)
{
    Arena arena = {0};
    ErrorList errors = {0};
    Model both = {0}, families[2] = {{0}};
    CHECK(model_file_read(&arena, check_path("traces/imagenet.yaml"), &both, &errors));
    CHECK(model_file_read(&arena, check_path("traces/mobilenet_v1.yaml"), &families[0], &errors));
    CHECK(model_file_read(&arena, check_path("traces/resnet50.yaml"), &families[1], &errors));
    for (int i = 0; i < both.variant_count; i++) {
        const Variant *variant = &both.variants[i];
        const Model *family = &families[strcmp(variant->timed_model, families[1].name) == 0];
        CHECK_TEXT(variant->timed_model, family->name);
        int index = model_variant_index(family, variant->timed_variant);
        CHECK(index >= 0);
        const Variant *own = &family->variants[index >= 0 ? index : 0];
        CHECK_NEAR(variant->macs, own->macs, 0);
        CHECK_NEAR(variant->parameters, own->parameters, 0);
        CHECK_NEAR(variant->weight_bytes, own->weight_bytes, 0);
        CHECK_NEAR(variant->memory_bytes, own->memory_bytes, 0);
        CHECK_INT(variant->precision_bits, own->precision_bits);
    }
    CHECK_INT(errors.total, 0);
    arena_free(&arena);
}

int main(void)
{
    const Check checks[] = {
        {"every_platform_has_its_eight_variants", every_platform_has_its_eight_variants},
        {"every_row_says_where_it_is_from", every_row_says_where_it_is_from},
        {"a_wider_network_takes_longer", a_wider_network_takes_longer},
        {"int8_is_faster_except_where_the_file_says", int8_is_faster_except_where_the_file_says},
        {"the_small_a1_rows_follow_amdahl", the_small_a1_rows_follow_amdahl},
        {"a_row_of_min_average_max_keeps_its_average", a_row_of_min_average_max_keeps_its_average},
        {"layers_sum_to_the_published_totals", layers_sum_to_the_published_totals},
        {"every_network_has_its_layers_and_cuts", every_network_has_its_layers_and_cuts},
        {"models_state_what_their_layers_sum_to", models_state_what_their_layers_sum_to},
        {"modelled_accuracies_follow_mobilenet", modelled_accuracies_follow_mobilenet},
        {"ncnn_profiles_are_whole_and_keep_averages", ncnn_profiles_are_whole_and_keep_averages},
        {"correctness_on_imagenet_is_the_published_one", correctness_on_imagenet_is_the_published_one},
        {"networks_side_by_side_are_those_of_their_families", networks_side_by_side_are_those_of_their_families},
    };
    return check_run("trace files", checks, sizeof checks / sizeof checks[0]);
}
