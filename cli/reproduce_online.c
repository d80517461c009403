/* Online learning, as `orchid reproduce` does it. */
#include "../analysis/brute_force.h"
#include "load.h"
#include "reproduce.h"

#define SEEDS "sweep.repeat=3"
/* The short way trains for fewer numbers of users: training is all that takes time. */
#define FIXED_RULES "policy != q-learning and policy != q-learning-offload"
#define ODD_USERS FIXED_RULES " or nodes.device.count != 2 and nodes.device.count != 4"
#define FIVE_USERS FIXED_RULES " or nodes.near.count == 3 or nodes.far.count == 3"

static const StudySweep sweeps[] = {
    {"online_learning/variants", .quick = SEEDS},
    {"online_learning/exp_a", .quick = SEEDS, .quick_where = ODD_USERS},
    {"online_learning/exp_b", .quick = SEEDS, .quick_where = FIVE_USERS},
    {"online_learning/exp_c", .quick = SEEDS, .quick_where = FIVE_USERS},
    {"online_learning/exp_d", .quick = SEEDS, .quick_where = ODD_USERS},
};

static const StudyFigure figures[] = {
    {"reproduce_tiers", "tiers", "Device, edge and cloud alone",
     "Who computes everything at one place pays for sharing it, and for the links.", NULL},
    {"reproduce_variants", "variants", "What accuracy costs on the device",
     "The smaller the ratio between d4 and d0, the more there is to learn.", NULL},
    {"reproduce_learning", "learning", "Learning curves",
     "Each further user multiplies the joint answers by ten, and with them the interactions that a table needs.", NULL},
    {"reproduce_strategies", "strategies", "Experiments and strategies",
     "Mixed and weak links decide who may leave home; they matter little to who chooses the model, too.", NULL},
    {"reproduce_thresholds", "thresholds", "Response time and accuracy at every threshold",
     "The offload-only learner knows d0 alone and pays the highest threshold's price at each of them.", NULL},
};

enum { SWEEP_COUNT = sizeof sweeps / sizeof *sweeps, FIGURE_COUNT = sizeof figures / sizeof *figures, USERS_MOST = 5 };

/* What brute force costs, for each number of users. */
static ExitStatus measure(bool quick, Findings *findings)
{
    (void)quick;
    const char *const headers[] = {"users", "joint answers", "evaluated", "one search, ms"};
    enum { HEADERS = sizeof headers / sizeof *headers };
    Sheet *sheet = findings_add_table(findings, "What brute force costs",
                                      "Experiment A at 89 %. Evaluated: joint answers that were simulated; bounds and "
                                      "the symmetry of equal users leave out the others without a change of the "
                                      "optimum. Wall time on this machine: no result, it differs from run to run.",
                                      headers, HEADERS, USERS_MOST);
    for (int users = 1; users <= USERS_MOST; users++) {
        ErrorList errors = {0};
        const char *setting = arena_format(&findings->arena, "nodes.device.count=%d", users);
        Scenario *scenario = load_scenario("online_learning/exp_a", &setting, 1, &errors);
        if (!scenario) {
            error_list_write(&errors, stderr);
            return STATUS_INPUT;
        }
        BruteForceCost cost = brute_force_measure(scenario);
        sheet_set(sheet, users - 1, 0, "%d", users);
        sheet_set(sheet, users - 1, 1, "%.0f", cost.joint_answers);
        sheet_set(sheet, users - 1, 2, "%lld", (long long)cost.evaluated);
        sheet_set(sheet, users - 1, 3, "%.3f", 1e3 * cost.search_s);
        scenario_destroy(scenario);
    }
    return STATUS_FINE;
}

const Study study_online_learning = {
    .name = "online-learning",
    .title = "Online Learning",
    .paper = "Shahhosseini, Seo, Kanduri, Hu, Lim, Donyanavard, Rahmani, Dutt: *Online Learning for Orchestration of "
             "Inference in Multi-User End-Edge-Cloud Networks*, ACM TECS 2022, arXiv 2202.10541.",
    .set_up = "Up to five devices ask once a round where their inference runs: at home with one of eight variants of "
              "MobileNet V1, or with d0 at the edge or in the cloud. The aim is the least mean response time while the "
              "mean top-5 accuracy of a round reaches a threshold. Experiment A has regular links, D weak ones (20 ms "
              "more a message); B and C mix them in a way that is chosen here, see the scenario files, as the paper's "
              "is not public. Two mixes of hardware: a1 instances with derived latencies, and Raspberry Pi 4 devices "
              "with an Odroid N2+ at the edge and a c5.4xlarge in the cloud, all measured. The learner is tabular "
              "Q-learning over joint answers; the offload-only learner is the same one that chooses the place alone, "
              "always with the most accurate variant: the state of the art of the paper.",
    .sweeps = sweeps,
    .sweep_count = SWEEP_COUNT,
    .figures = figures,
    .figure_count = FIGURE_COUNT,
    .claims = claims_online_learning,
    .measure = measure,
};
