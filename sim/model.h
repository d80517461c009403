/* A family of DNN variants: what each is worth (accuracy) and costs (work, bytes), and its layers where it can be cut.
 */
#ifndef ORCHID_SIM_MODEL_H
#define ORCHID_SIM_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum { MODEL_METRIC_LIMIT = 8, MODEL_TRANSFER_LIMIT = 8 };

typedef struct Layer {
    const char *name;
    const char *type;    /* such as "conv" or "add"; "" where not known */
    double macs;         /* multiply-accumulates of one inference */
    double parameters;   /* count */
    double output_bytes; /* of its activation, what a cut behind this layer sends */
    bool can_cut;        /* no other tensor is needed by later layers */
} Layer;

/* What a variant is worth when the tensors sent between its layers have fewer bits than it computes with. */
typedef struct TransferAccuracy {
    int64_t bits;                        /* of each value sent */
    double accuracy[MODEL_METRIC_LIMIT]; /* fraction, by Model.metrics */
} TransferAccuracy;

typedef struct Variant {
    const char *name;                    /* such as "d4" */
    const char *description;             /* such as "width 1.0, INT8" */
    double accuracy[MODEL_METRIC_LIMIT]; /* fraction, by Model.metrics */
    double macs;                         /* multiply-accumulates of one inference */
    double parameters;                   /* count */
    double weight_bytes;                 /* size of the weights */
    double memory_bytes;                 /* footprint of one running inference: weights and activations */
    const char *timed_model;   /* whose rows of the latency profiles hold for it: its model, as the file says */
    const char *timed_variant; /* and itself */
    int64_t precision_bits;    /* of a value of an activation, as output_bytes of layers count them */
    int transfer_count;
    const TransferAccuracy *transfers; /* [transfer_count] where known; other bits keep the accuracy */
    int layer_count;                   /* 0 where the layers are not known: such a variant cannot be cut */
    const Layer *layers;               /* in order */
} Variant;

/* All pointers are borrowed from the arena of whoever loaded it. */
typedef struct Model {
    const char *name;   /* such as "mobilenet-v1": the key into profiles */
    const char *source; /* where accuracy and sizes are from */
    int metric_count;
    const char *metrics[MODEL_METRIC_LIMIT]; /* such as "top1", "top5" */
    int variant_count;
    const Variant *variants;
} Model;

/* Index of a variant or metric by name, -1 where there is none. */
int model_variant_index(const Model *model, const char *name);
int model_metric_index(const Model *model, const char *name);

/* Accuracy by `metric` when values sent between layers have `bits` bits: as stated, or else the variant's own. */
double model_transfer_accuracy(const Variant *variant, int bits, int metric);

/* The share of the variant's work in layers 1..cut, in [0, 1]; cut in 0..layer_count. 0 and 1 at the ends. */
double model_prefix_share(const Variant *variant, int cut);

#endif
