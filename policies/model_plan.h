/* From a model of single requests to the best joint answer: asks the model what every user's every option would cost
 * under every load, and plans on that. */
#ifndef ORCHID_POLICIES_MODEL_PLAN_H
#define ORCHID_POLICIES_MODEL_PLAN_H

#include "joint_plan.h"

/* What is believed about one question. */
typedef struct Belief {
    void *model;
    /* Cost (user_cost.h) of ask number `ask` with `option` when `load` requests compute at its target, itself included;
     * at home the load does not matter. */
    double (*cost)(void *model, const Decision *decision, int ask, int option, int load);
    /* Accuracy of an option; NULL: as the option says. */
    double (*accuracy)(void *model, const Ask *ask, int option);
    /* Whether an ask has the costs of an earlier one, whatever the option and load; NULL: it is not known. */
    bool (*alike)(void *model, const Decision *decision, int ask, int earlier);
    bool monotone; /* more requests at a node never make it faster, whatever `cost` says */
} Belief;

typedef struct ModelPlan {
    const Scenario *scenario; /* borrowed */
    int ask_limit;            /* asks of one question at most */
    int option_limit;         /* options of a user at most */
    int node_count;           /* nodes that are no user's own */
    int *number;              /* [node] from 0 among those, OWN_NODE for a user's */
    int *shared;              /* [node_count] the node of a number */
    int *jobs;                /* [node_count] there already */
    int *crowd;               /* [node_count] requests that an answer judged sends there */
    int *option_count, *node;
    double *accuracy, *cost; /* of the problem */
    int *loads;              /* [ask_limit] that the last answer planned or counted gives each ask, its own included */
    JointPlan plan;
} ModelPlan;

void model_plan_init(ModelPlan *planner, const Scenario *scenario);
void model_plan_free(ModelPlan *planner);

/* Asks for all costs of a question by this belief. */
void model_plan_look(ModelPlan *planner, const Decision *decision, const Belief *belief);

/* The reward of an answer to the question looked at last. */
double model_plan_judge(ModelPlan *planner, const Decision *decision, const int *options);

/* Fills ret_options[ask_count] with the best joint answer by this belief. */
void model_plan_solve(ModelPlan *planner, const Decision *decision, const Belief *belief, int *ret_options);

/* Fills planner->loads: requests that compute at the target of each ask with this answer, those already there included;
 * 1 at home. */
void model_plan_count_loads(ModelPlan *planner, const Decision *decision, const int *options);

/* Ways to share users out over nodes that a question of the scenario has, at most: what planning takes grows with it.
 */
double model_plan_size(const Scenario *scenario);

#endif
