/* MCIA, as `orchid reproduce` does it. */
#include "reproduce.h"

#define RULES "device-only, edge-only, neurosurgeon, fixed-version, equal-shares, greedy, random, oracle"
#define NETWORKS "dqn-features, hybrid-ppo, p-dqn"
#define SWEEP(axes, policies) "sweep={" axes ", policies: [" policies "], repeat: 10}"
#define SEEDS "sweep.repeat=3"
/* The learner of speeds knows them after some tens of rounds; networks practise for longer. */
#define PRACTICE "training=100"
#define LONG_PRACTICE "training=5000"
#define WORLD "mcia/base"

#define USERS "nodes.device.count: [1, 2, 3, 4, 8, 20]"
#define FEW_USERS "nodes.device.count: [1, 2, 3, 4]"
#define BANDWIDTHS "links.device-edge.up: [5 Mbit/s, 10 Mbit/s, 20 Mbit/s, 80 Mbit/s, 320 Mbit/s]"
#define DEVICES                                                                                                        \
    "zip: {nodes.device.platform: [rpi4-tflite-1.15, aws-a1.medium, rpi4-armnn-21.02, jetson-xavier], "                \
    "nodes.device.cores: [4, 1, 4, 8], nodes.device.threads: [1, 1, 4, 8]}"
#define EDGES                                                                                                          \
    "zip: {nodes.edge.platform: [aws-a1.large, aws-a1.xlarge, aws-a1.2xlarge, aws-m7g.2xlarge], "                      \
    "nodes.edge.cores: [2, 4, 8, 8]}"
#define WEIGHTS                                                                                                        \
    "workload.weights: [{uniform: [40 %, 60 %]}, {uniform: [60 %, 80 %]}, {uniform: [75 %, 95 %]}, {uniform: [90 %, "  \
    "99 %]}]"

static const StudySweep sweeps[] = {
    {WORLD, NULL, {SWEEP(USERS, RULES ", model-shares"), PRACTICE}, .quick = SEEDS},
    {WORLD, NULL, {SWEEP(BANDWIDTHS, RULES ", model-shares"), PRACTICE}, .quick = SEEDS},
    {WORLD, NULL, {SWEEP(DEVICES, RULES ", model-shares"), PRACTICE}, .quick = SEEDS},
    {WORLD, NULL, {SWEEP(EDGES, RULES ", model-shares"), PRACTICE}, .quick = SEEDS},
    {WORLD, NULL, {SWEEP(WEIGHTS, RULES ", model-shares"), PRACTICE}, .quick = SEEDS},
    {WORLD,
     NULL,
     {SWEEP(FEW_USERS, NETWORKS), LONG_PRACTICE},
     .quick = SEEDS,
     .quick_where = "nodes.device.count == 3"},
    {"mcia/step", NULL, {0}, .quick = SEEDS},
    {"mcia/step",
     NULL,
     {"sweep.policies=[" NETWORKS "]", LONG_PRACTICE, "sweep.where=stop.rounds == 300"},
     .quick = SEEDS},
};

static const StudyFigure figures[] = {
    {"reproduce_mcia", "axes", "Utility, response time and accuracy",
     "Who decides version, cut and shares together is ahead wherever link and edge are worth sharing.", NULL},
    {"reproduce_mcia_training", "training", "Utility against training",
     "The learner of speeds knows what an answer is made of; networks have to find out.", NULL},
    {"reproduce_mcia_step", "step", "After a step in bandwidth",
     "All who see the bandwidth follow at once; nobody learns here.", NULL},
};

const Study study_mcia = {
    .name = "mcia",
    .title = "MCIA",
    .paper = "Qi, Ren, Wang, Jiang et al.: *Multi-Compression Scale DNN Inference Acceleration based on Cloud-Edge-End "
             "Collaboration*, ACM TECS 2024, doi 10.1145/3634704.",
    .set_up =
        "Devices share a wireless link to one edge. Once a second each of them asks which of eight versions of "
        "MobileNet V1 answers, behind which layer it is cut, and which share of the link and of the edge it "
        "holds. Every request has a weight of its own between accuracy and time; a round's utility is the mean of "
        "weight x accuracy - (1 - weight) x response time / 200 ms. Latencies, bandwidth and accuracies are "
        "measured and published ones; the paper's networks, devices and learner are not public, so that no figure "
        "of it is repeated here. Learners practise on requests of their own, and are then measured frozen. The "
        "oracle knows the mean times and finds options and shares together; the rules are given the same "
        "knowledge. How learners were tuned: scenarios/mcia/tuning.yaml.",
    .sweeps = sweeps,
    .sweep_count = sizeof sweeps / sizeof *sweeps,
    .figures = figures,
    .figure_count = sizeof figures / sizeof *figures,
    .claims = claims_mcia,
};
