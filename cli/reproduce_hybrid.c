/* Hybrid learning, as `orchid reproduce` does it. */
#include "../analysis/claims_hybrid.h"
#include "reproduce.h"

/* Learners by what an interaction costs them; each kind has a budget of its own. Names that the program does not have
 * are left out. */
static const char *const tabular[STUDY_POLICY_LIMIT] = {"q-learning", "ucb", "thompson", "dyna-q",
                                                        "prioritised-sweeping"};
static const char *const models[STUDY_POLICY_LIMIT] = {"model-thompson",   "model-optimism", "model-greedy",
                                                       "model-parametric", "model-reward",   "model-no-prior",
                                                       "model-network"};
static const char *const linear[STUDY_POLICY_LIMIT] = {"linear-ucb", "linear-thompson"};
static const char *const branching[STUDY_POLICY_LIMIT] = {"dqn-branching"};
static const char *const flat[STUDY_POLICY_LIMIT] = {"dqn"};
static const char *const planning[STUDY_POLICY_LIMIT] = {"hybrid-learning", "hybrid-factored"};

#define SEEDS "sweep.repeat=3"
/* What an interaction of the slow ones costs leaves no time for more users in the short way. */
#define FEW_USERS "nodes.device.count == 3"
#define FEW_DRAWN FEW_USERS " and profiles != mean_profiles.csv"
#define TRAINING(three, four, five) "sweep.zip.training=[" #three ", " #four ", " #five "]"
/* The deterministic case where it is cheap, as changing.yaml has it. */
#define FEW_MEANS "sweep.where=nodes.device.count == 3 or profiles != mean_profiles.csv"
/* A head with a value for each joint answer is slow to judge in hundreds of contexts. */
#define SLOW_TO_JUDGE "sweep.where=" FEW_DRAWN
#define FIXED "hybrid_learning/fixed"
#define CHANGING "hybrid_learning/changing"

static const StudySweep sweeps[] = {
    {FIXED, tabular, .quick = SEEDS},
    {FIXED, models, {TRAINING(2000, 2000, 2000)}, .quick = SEEDS},
    {FIXED, linear, {TRAINING(2000, 2000, 2000)}, .quick = SEEDS},
    {FIXED, branching, {TRAINING(20000, 20000, 20000), FEW_MEANS}, .quick = SEEDS, .quick_where = FEW_USERS},
    {FIXED, flat, {TRAINING(20000, 60000, 20000), FEW_MEANS}, .quick = SEEDS, .quick_where = FEW_USERS},
    {FIXED, planning, {TRAINING(2000, 3000, 1000), FEW_MEANS}, .quick = SEEDS, .quick_where = FEW_USERS},
    {CHANGING, tabular, .quick = SEEDS},
    {CHANGING, models, .quick = SEEDS},
    {CHANGING, linear, {0}, .quick = SEEDS, .quick_where = FEW_DRAWN},
    {CHANGING, branching, {0}, .quick = SEEDS, .quick_where = FEW_USERS},
    {CHANGING, flat, {SLOW_TO_JUDGE}, .quick = SEEDS},
    {CHANGING, planning, {SLOW_TO_JUDGE}, .quick = SEEDS},
};

static const StudyFigure figures[] = {
    {"reproduce_interactions", "interactions", "Real interactions to the optimum",
     "Flat tables and flat networks pay for every joint answer; who knows that an answer has parts does not.",
     efforts_figure},
    {"reproduce_curves", "curves", "Reward and agreement with the optimum against real interactions",
     "Agreement: the contexts in which the greedy answer is optimal, by their probability.", NULL},
    {"reproduce_time", "time", "Simulation, learning and planning",
     "What fewer interactions cost in computation. Wall time differs from machine to machine.", NULL},
};

const Study study_hybrid_learning = {
    .name = "hybrid-learning",
    .title = "Hybrid Learning",
    .paper = "Shahhosseini, Hu, Seo, Kanduri, Donyanavard, Rahmani, Dutt: *Hybrid Learning for Orchestrating Deep "
             "Learning Inference in Multi-user Edge-cloud Networks*, ISQED 2022, arXiv 2202.11098.",
    .set_up = "The world of online learning, experiment A at threshold 89 %, with three, four and five users. In a "
              "fixed context nothing but the draws of service times changes, or nothing at all where they are the "
              "means of the traces. In changing contexts a Markov chain of tenants keeps cores busy at the edge and in "
              "the cloud, and every link turns weak and regular again; the deterministic case is run for three users "
              "there, and networks with an output per joint answer learn with three users and drawn times alone. After "
              "each interaction at the beginning, and at growing intervals later, the greedy answers are "
              "judged in every context by its probability, which costs no interaction. Real interactions to the "
              "optimum: where the answers begin to stay within 0.1 % of the oracle's to the end of the training. Once "
              "a learner has stayed optimal for three times as many interactions as it took to arrive, its training "
              "ends. Budgets differ by what an interaction costs a learner; who does not arrive within is censored. "
              "How learners were tuned: the sweeps tuning_*.yaml beside the scenarios.",
    .sweeps = sweeps,
    .sweep_count = sizeof sweeps / sizeof *sweeps,
    .figures = figures,
    .figure_count = sizeof figures / sizeof *figures,
    .claims = claims_hybrid_learning,
};
