#include "model_export.h"

#include <math.h>

enum { QUANTILE_LIMIT = 64 };

static double accuracy_of(const ExportVariant *variant)
{
    return 100.0 * variant->right / variant->count;
}

void model_export_write_model(FILE *stream, const ModelExport *export)
{
    fprintf(
        stream,
        "# Networks on images, trained, pruned and quantised by orchid vision on %s with seed %llu.\n"
        "#\n"
        "# top1: measured on the images held out for the test, of which there are n (in each description). macs and\n"
        "# parameters: counted, biases included in the latter. weights: the size of the file. memory: derived, that\n"
        "# file and the largest sum of what goes into a layer and comes out of it.\n"
        "name: %s\nsource: orchid vision, trained and evaluated here\nmetrics: [top1]\nlayers: %s\nvariants:\n",
        export->data, (unsigned long long)export->seed, export->name, export->layers);
    for (int i = 0; i < export->variant_count; i++) {
        const ExportVariant *variant = &export->variants[i];
        const ClassifierShape *shape = &variant->model->shape;
        fprintf(stream, "  - name: %s\n    description: %s, units", variant->name,
                variant->model->quantised ? "INT8" : "FP32");
        for (int l = 0; l < shape->layer_count; l++)
            fprintf(stream, " %d", shape->units[l]);
        fprintf(stream,
                ", n = %d\n    top1: %.4f %%\n    macs: %lld\n    parameters: %lld\n    weights: %lld B\n"
                "    memory: %lld B\n",
                variant->count, accuracy_of(variant), (long long)classifier_macs(shape),
                (long long)classifier_parameters(shape), (long long)variant->model->bytes,
                (long long)image_model_memory_bytes(variant->model));
    }
}

void model_export_write_layers(FILE *stream, const ModelExport *export)
{
    fprintf(
        stream,
        "# Layers of the networks of %s: convolutions are 3 x 3 and include their pooling. Counted. output_bytes: 4 a\n"
        "# number in FP32, 1 in INT8, whose last layer gives 4.\n"
        "variant,layer,macs,parameters,output_bytes\n",
        export->name);
    for (int i = 0; i < export->variant_count; i++) {
        const ImageModel *model = export->variants[i].model;
        const ClassifierShape *shape = &model->shape;
        for (int l = 0; l < shape->layer_count; l++) {
            bool convolves = l < shape->convolution_count;
            fprintf(stream, "%s,%s%d,%lld,%lld,%lld\n", export->variants[i].name, convolves ? "conv" : "dense",
                    convolves ? l + 1 : l - shape->convolution_count + 1, (long long)classifier_layer_macs(shape, l),
                    (long long)classifier_layer_parameters(shape, l), (long long)image_model_output_bytes(model, l));
        }
    }
}

/* Every probability at which some row has a quantile, ascending. */
typedef struct Probabilities {
    int count;
    double values[QUANTILE_LIMIT];
} Probabilities;

static void add_probability(Probabilities *probabilities, double value)
{
    int place = probabilities->count;
    for (int i = 0; i < probabilities->count; i++)
        if (probabilities->values[i] == value)
            return;
    if (place == QUANTILE_LIMIT - 12) /* a row of a CSV file has at most 64 columns */
        return;
    for (; place > 0 && probabilities->values[place - 1] > value; place--)
        probabilities->values[place] = probabilities->values[place - 1];
    probabilities->values[place] = value;
    probabilities->count++;
}

static Probabilities probabilities_of(const ProfileTable *profiles)
{
    Probabilities probabilities = {0};
    for (int i = 0; i < profiles->count; i++)
        for (int k = 0; k < profiles->rows[i].point_count; k++)
            add_probability(&probabilities, profiles->rows[i].probability[k]);
    return probabilities;
}

static const char *family_name(ProfileFamily family)
{
    switch (family) {
    case PROFILE_QUANTILES:
        return "quantiles";
    case PROFILE_DETERMINISTIC:
        return "deterministic";
    case PROFILE_EXPONENTIAL:
        return "exponential";
    case PROFILE_LOGNORMAL:
        return "lognormal";
    case PROFILE_GAMMA:
        return "gamma";
    }
    return "";
}

/* The quantile of a row at one of its own probabilities, in ms times `factor`, or nothing. */
static void write_quantile(FILE *stream, const Profile *row, double probability, double factor)
{
    fputc(',', stream);
    for (int k = 0; k < row->point_count; k++)
        if (row->probability[k] == probability)
            fprintf(stream, "%.6g", row->latency_s[k] * factor * 1e3);
}

static void write_row(FILE *stream, const ModelExport *export, const ExportVariant *variant, const WorkTime *line,
                      const Probabilities *probabilities, double scale)
{
    const Profile *least = line->least;
    double factor = work_time_factor(line, scale * (double)classifier_macs(&variant->model->shape));
    fprintf(stream, "%s,%s,%s,%d,%s,%.6g,", line->platform, export->name, variant->name, line->threads,
            family_name(least->family), least->mean_s * factor * 1e3);
    if (least->family == PROFILE_LOGNORMAL || least->family == PROFILE_GAMMA)
        fprintf(stream, "%.6g", least->coefficient_of_variation);
    for (int i = 0; i < probabilities->count; i++)
        write_quantile(stream, least, probabilities->values[i], factor);
    fprintf(stream, ",%s,\"%.4g ms + %.4g ns x 1000 macs over %d variants of %s (%s)",
            scale == 1 ? "derived" : "modelled", line->fixed_s * 1e3, line->per_mac_s * 1e12, line->variant_count,
            least->model, least->provenance);
    if (scale != 1)
        fprintf(stream, ", work taken %g times", scale);
    fprintf(stream, "; shape of %s\"\n", least->variant);
}

int model_export_write_profiles(FILE *stream, const ModelExport *export, const ProfileTable *profiles,
                                const Model *reference, double scale)
{
    Probabilities probabilities = probabilities_of(profiles);
    int rows = 0;
    fprintf(
        stream,
        "# Latency of the networks of %s, which nobody measured. Derived: on each platform the mean latencies of the\n"
        "# variants of %s of the same precision give a straight line over multiply-accumulates (macs), and that line\n"
        "# the mean of each network here; its distribution is that of the variant of the least work, stretched.\n"
        "# Mind: these networks are far smaller than those, so the fixed part of the line is most of it.\n"
        "platform,model,variant,threads,family,mean_ms,cv",
        export->name, reference->name);
    for (int i = 0; i < probabilities.count; i++)
        fprintf(stream, ",p%g_ms", 100 * probabilities.values[i]);
    fputs(",provenance,source\n", stream);
    for (int index = 0; index < profiles->count; index++)
        for (int i = 0; i < export->variant_count; i++) {
            WorkTime line;
            bool whole_numbers = export->variants[i].model->quantised != NULL;
            if (!work_time_fit(profiles, index, reference, whole_numbers, &line))
                continue;
            write_row(stream, export, &export->variants[i], &line, &probabilities, scale);
            rows++;
        }
    return rows;
}
