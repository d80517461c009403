/* Edge-cloud cooperation, as `orchid reproduce` does it. */
#include "../analysis/claims_cooperation.h"
#include "reproduce.h"

/* What `networks` below the folder holds of the first pairs of a set. */
#define FILES_3(set, end) set "-1" end ", " set "-2" end ", " set "-3" end
#define FILES_10(set, end)                                                                                             \
    FILES_3(set, end)                                                                                                  \
    ", " set "-4" end ", " set "-5" end ", " set "-6" end ", " set "-7" end ", " set "-8" end ", " set "-9" end        \
    ", " set "-10" end
#define SEEDS_3 "1, 2, 3"
#define SEEDS_10 "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"
/* A replication for each pair, with requests of its own. */
#define PAIRS(set, kind, count)                                                                                        \
    "zip: {seed: [" SEEDS_##count "], models: [" FILES_##count(set, ".yaml") "], profiles: [" FILES_##count(           \
        set, kind "_profiles.csv") "], samples.file: [" FILES_##count(set, "_samples.csv") "]}, repeat: 1"
#define LARGE "_large"

#define HERE "links.edge-cloud.up: [33.68 Mbit/s], workload.rate: [4 /s]"
#define MAP                                                                                                            \
    "links.edge-cloud.up: [5 Mbit/s, 10 Mbit/s, 20 Mbit/s, 33.68 Mbit/s, 68.07 Mbit/s, 200 Mbit/s, 1 Gbit/s], "        \
    "workload.rate: [0.5 /s, 1 /s, 2 /s, 4 /s, 6 /s, 8 /s]"
#define RULES                                                                                                          \
    "cloud-only, cascade-never, cascade-always, cascade-random, cascade-confidence, cascade-logistic, cascade-mlp, "   \
    "cascade-oracle"
#define AT(percent) "{name: cascade-confidence, threshold: " #percent " %}"
#define THRESHOLDS                                                                                                     \
    AT(30)                                                                                                             \
    ", " AT(40) ", " AT(50) ", " AT(60) ", " AT(70) ", " AT(80) ", " AT(90) ", " AT(95) ", " AT(98) ", " AT(           \
        99) ", " AT(99.9)

#define TRAINED "networks/trained.yaml"
#define SWEEP(pairs, axes, policies) "sweep={" pairs ", " axes ", policies: [" policies "]}"
/* The same for all pairs of a set, and for the first of them. */
#define TRAINED_SWEEP(set, kind, axes, policies, ...)                                                                  \
    {                                                                                                                  \
        .scenario = TRAINED, .settings = {SWEEP(PAIRS(set, kind, 10), axes, policies), __VA_ARGS__},                   \
        .quick = SWEEP(PAIRS(set, kind, 3), axes, policies), .prepared = true                                          \
    }

static const StudySweep sweeps[] = {
    TRAINED_SWEEP("digits", LARGE, HERE, RULES, NULL),
    TRAINED_SWEEP("glyphs", LARGE, HERE, RULES, NULL),
    TRAINED_SWEEP("digits", "", HERE, RULES, "workload.input=64 B"),
    TRAINED_SWEEP("glyphs", "", HERE, RULES, "workload.input=256 B"),
    TRAINED_SWEEP("digits", LARGE, HERE, THRESHOLDS, NULL),
    TRAINED_SWEEP("glyphs", LARGE, HERE, THRESHOLDS, NULL),
    TRAINED_SWEEP("digits", LARGE, MAP, "cloud-only, cascade-confidence", NULL),
    TRAINED_SWEEP("glyphs", LARGE, MAP, "cloud-only, cascade-confidence", NULL),
    {.scenario = "edge_cloud_cooperation/base", .quick = "sweep.repeat=3"},
};

static const StudyFigure figures[] = {
    {"reproduce_compression", "compression", "Size and accuracy of compressed networks",
     "Where to cut differs from layer to layer; who has learnt it cuts most for the same accuracy.",
     cooperation_networks_figure},
    {"reproduce_offloading", "offloading", "Answers sent on, accuracy and time against the threshold",
     "A few answers sent on give more accuracy than the heavy network has.", cooperation_thresholds_figure},
    {"reproduce_cooperation", "cooperation", "Accuracy and response time of rules",
     "Light and heavy networks are wrong about different images.", cooperation_rules_figure},
    {"reproduce_cooperation_map", "map", "Response time against cloud only, by link and load",
     "The slower the link and the higher the load, the more there is to save.", cooperation_map_figure},
};

const Study study_cooperation = {
    .name = "edge-cloud-cooperation",
    .title = "Edge-cloud cooperation",
    .paper = "Zhang, Li, Chen, Lam, Zhao: *Edge-Cloud Cooperation for DNN Inference via Reinforcement Learning and "
             "Supervised Learning*, 2022, arXiv 2210.05182.",
    .set_up =
        "Heavy networks are trained here on UCI's handwritten digits and on rendered glyphs, an actor-critic agent "
        "makes light ones of them, and these answer in INT8 on a Jetson at the edge, while the heavy ones are in the "
        "cloud, over the median of 4G. Each pair is a replication with a seed of its own: split, training, compression "
        "and requests. Who is right on which image is measured, on images that nothing was chosen with. Latencies are "
        "modelled: the networks stand for larger ones, the heavy one of the size of MobileNet V1, and a picture has "
        "150 kB; a table has them as small as they are, too. ImageNet: MobileNet V1 and ResNet50 with the published "
        "correctness of 50,000 images, without confidences, so that only rules decide that need none. The paper's data "
        "sets, networks and machines are not public.",
    .sweeps = sweeps,
    .sweep_count = sizeof sweeps / sizeof *sweeps,
    .figures = figures,
    .figure_count = sizeof figures / sizeof *figures,
    .prepare = reproduce_networks,
    .claims = claims_cooperation,
};
