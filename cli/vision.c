#include "vision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../analysis/claims.h"
#include "../analysis/escape.h"
#include "../vision/image_source.h"
#include "data.h"
#include "message.h"
#include "options.h"

bool vision_open(VisionRequest *request, const char *data, uint64_t seed, VisionScene *ret_scene)
{
    ErrorList errors = {0};
    Error error = {0};
    VisionScene scene = {0};
    const char *digits = strcmp(data, "digits") == 0 ? data_path(&request->arena, "traces/digits.csv") : "";
    if (!digits)
        return false;
    if (!image_source_open(data, digits, &scene.set, &errors)) {
        error_list_write(&errors, stderr);
        return false;
    }
    /* The split borrows the set, which stays where the caller keeps it. */
    *ret_scene = scene;
    if (split_create(&ret_scene->set, image_source_sizes(&scene.set), seed, &ret_scene->split, &error))
        return true;
    message_error(&error);
    image_set_free(&ret_scene->set);
    return false;
}

void vision_close(VisionScene *scene)
{
    split_destroy(&scene->split);
    image_set_free(&scene->set);
}

bool vision_open_of(VisionRequest *request, const ImageModel *model, VisionScene *ret_scene)
{
    Error error = {0};
    if (!vision_open(request, model->origin.data, model->origin.seed, ret_scene))
        return false;
    if (image_model_suits(model, ret_scene->split.train, &error))
        return true;
    message_error(&error);
    vision_close(ret_scene);
    return false;
}

static bool read_all(VisionRequest *request, ImageModel *models, VisionScene *ret_scene)
{
    Error error = {0};
    for (int i = 0; i < request->file_count; i++) {
        if (!image_model_read(request->files[i], &models[i], &error)) {
            message_error(&error);
            return false;
        }
        if (i == 0 && !vision_open_of(request, &models[0], ret_scene))
            return false;
        if (!image_model_suits(&models[i], ret_scene->split.train, &error)) {
            message_error(&error);
            return false;
        }
    }
    return true;
}

bool vision_read_models(VisionRequest *request, int least, const char *example, ImageModel **ret_models,
                        VisionScene *ret_scene)
{
    if (request->file_count < least) {
        message_wrong("this needs %s, as in: orchid vision %s", least == 1 ? "a network" : "two networks", example);
        return false;
    }
    *ret_scene = (VisionScene){0};
    *ret_models = memory_allocate((size_t)request->file_count, sizeof **ret_models);
    if (read_all(request, *ret_models, ret_scene))
        return true;
    vision_free_models(request, *ret_models, ret_scene);
    return false;
}

void vision_free_models(VisionRequest *request, ImageModel *models, VisionScene *scene)
{
    for (int i = 0; i < request->file_count; i++)
        if (models[i].path)
            image_model_free(&models[i]);
    free(models);
    vision_close(scene);
}

static void print_units(const ClassifierShape *shape, const char *between)
{
    for (int l = 0; l < shape->layer_count; l++)
        printf("%s%d", l ? between : "", shape->units[l]);
}

static void print_part(const VisionRequest *request, const char *part, int right, int count)
{
    double low, high;
    claims_share_interval(right, count, &low, &high);
    if (request->json)
        printf(", \"%s_right\": %d, \"%s_images\": %d, \"%s_accuracy\": %.6f, \"%s_accuracy_low\": %.6f, "
               "\"%s_accuracy_high\": %.6f",
               part, right, part, count, part, (double)right / count, part, low, part, high);
    else
        printf("  %s %.2f %% [%.2f, %.2f] of %d", part, 100.0 * right / count, 100 * low, 100 * high, count);
}

void vision_print(const VisionRequest *request, const ImageModel *model, const VisionScene *scene)
{
    int tune = image_model_evaluate(model, scene->split.tune, NULL);
    int test = image_model_evaluate(model, scene->split.test, NULL);
    long long parameters = classifier_parameters(&model->shape), macs = classifier_macs(&model->shape);
    const char *precision = model->quantised ? "INT8" : "FP32";
    if (request->json) {
        fputs("{\"network\": ", stdout);
        escape_json(stdout, model->path);
        fputs(", \"data\": ", stdout);
        escape_json(stdout, model->origin.data);
        printf(", \"seed\": %llu, \"precision\": \"%s\", \"units\": [", (unsigned long long)model->origin.seed,
               precision);
        print_units(&model->shape, ", ");
        printf("], \"parameters\": %lld, \"macs\": %lld, \"bytes\": %lld", parameters, macs, (long long)model->bytes);
    } else {
        printf("%s: %s, units ", model->path, precision);
        print_units(&model->shape, "-");
        printf(", %lld parameters, %lld macs, %lld bytes\n  %s, seed %llu, right:", parameters, macs,
               (long long)model->bytes, model->origin.data, (unsigned long long)model->origin.seed);
    }
    print_part(request, "tune", tune, held_out_images_count(scene->split.tune));
    print_part(request, "test", test, held_out_images_count(scene->split.test));
    puts(request->json ? "}" : " images");
}

/* What `orchid vision` can do. */
static const struct Action {
    const char *name;
    ExitStatus (*run)(VisionRequest *request);
} actions[] = {{"train", vision_train}, {"compress", vision_compress}, {"quantise", vision_quantise},
               {"show", vision_show},   {"samples", vision_samples},   {"model", vision_model},
               {"study", vision_study}};

enum { ACTION_COUNT = sizeof actions / sizeof *actions };

static ExitStatus act(VisionRequest *request, int argument_count, char **arguments)
{
    const char *names[ACTION_COUNT];
    if (argument_count == 0)
        return message_wrong("vision needs an action, as in: orchid vision train --data digits -o heavy.orchid");
    request->file_count = argument_count - 1;
    request->files = arguments + 1;
    for (int i = 0; i < ACTION_COUNT; i++) {
        names[i] = actions[i].name;
        if (strcmp(actions[i].name, arguments[0]) == 0)
            return actions[i].run(request);
    }
    return message_unknown("action", arguments[0], names, ACTION_COUNT,
                           "choose train, compress, quantise, show, samples, model or study");
}

CompressionSettings vision_settings(const VisionRequest *request)
{
    CompressionSettings settings = compression_default_settings();
    if (request->evaluations > 0)
        settings.evaluations = (int)request->evaluations;
    if (request->lose >= 0)
        settings.brief_tolerance = (double)request->lose / 100;
    return settings;
}

static ExitStatus run(int argument_count, char **arguments)
{
    VisionRequest request = {.seed = -1, .lose = -1, .work = 1};
    const Flag flags[] = {
        {"--data", FLAG_TEXT, &request.data, "SET", "digits, glyphs, idx:IMAGES,LABELS or cifar10:FILE (train, study)",
         0, 0},
        {"--seed", FLAG_INTEGER, &request.seed, "N", "key of the split and of all draws (train; default: 1)", 0,
         INT64_MAX},
        {"-o", FLAG_TEXT, &request.output, "FILE", "write the result to this file", 0, 0},
        {"--compressor", FLAG_TEXT, &request.compressor, "NAME",
         "actor-critic (default), uniform, sensitivity or random (compress)", 0, 0},
        {"--evaluations", FLAG_INTEGER, &request.evaluations, "N", "networks that a compressor tries (default: 48)", 1,
         100000},
        {"--lose", FLAG_INTEGER, &request.lose, "POINTS",
         "accuracy a candidate may lack before its full fine-tuning (default: 4)", 0, 100},
        {"--name", FLAG_TEXT, &request.name, "NAME", "of the model (model; default: that of the set)", 0, 0},
        {"--work", FLAG_INTEGER, &request.work, "N", "take the work as N times what it is (model; default: 1)", 1,
         1000000000},
        {"--seeds", FLAG_INTEGER, &request.seeds, "N", "repetitions, seeds 1 to N (study; default: 10)", 1, 100000},
        {"--jobs", FLAG_INTEGER, &request.jobs, "N", "threads (study; default: all cores)", 1, 1024},
        {"--json", FLAG_SWITCH, &request.json, NULL, "print JSON instead of text", 0, 0},
    };
    ExitStatus status;
    if (options_parse(&command_vision, flags, sizeof flags / sizeof *flags, &argument_count, arguments, &status))
        status = act(&request, argument_count, arguments);
    arena_free(&request.arena);
    return status;
}

const Command command_vision = {
    .name = "vision",
    .arguments = "ACTION [NETWORK ...] [flag ...]",
    .summary = "train, prune and quantise real networks on real images, for cascades and models",
    .details =
        "train     a heavy network on a set of images; its file says what it has learnt from\n"
        "compress  a lighter one out of it: channels and neurons go, by reinforcement learning or a baseline\n"
        "quantise  the same network in whole numbers of 8 bits\n"
        "show      what networks are, and how much they know\n"
        "samples   what networks, the light one first, say of each held-out image, of glyphs of 60,000 more that\n"
        "          nothing was chosen with: a file that scenarios can name as `samples:`; of networks from elsewhere\n"
        "          `orchid samples` makes one out of their logits\n"
        "model     networks as a model file with layers and latency profiles, which scenarios can name\n"
        "study     all compressors on sets of images over seeds\n"
        "\n"
        "A set is split by its seed into images to train, to tune and to test with; whatever stands in a network's\n"
        "file is evaluated only on images that it has not seen. The same command writes the same bytes.",
    .examples = {{"orchid vision train --data digits --seed 1 -o heavy.orchid", "UCI's handwritten digits: a second"},
                 {"orchid vision compress heavy.orchid -o light.orchid",
                  "the smallest network that the agent finds for the same accuracy"},
                 {"orchid vision compress heavy.orchid --compressor uniform --lose 20 -o lighter.orchid",
                  "a baseline, and a network that knows less"},
                 {"orchid vision quantise light.orchid -o light-int8.orchid", "a quarter of the bytes"},
                 {"orchid vision show heavy.orchid light.orchid light-int8.orchid", "accuracies with intervals"},
                 {"orchid vision samples light-int8.orchid heavy.orchid -o samples.csv",
                  "per image: right or wrong, confidence, margin, entropy"},
                 {"orchid vision model heavy.orchid light.orchid light-int8.orchid -o digits.yaml",
                  "digits.yaml, digits_layers.csv and digits_profiles.csv"},
                 {"orchid vision study --data digits --seeds 2 -o study.csv",
                  "heavy, four light ones, INT8, per seed"}},
    .run = run,
};
