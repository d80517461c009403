/* The best joint answer on predicted costs, exactly, where a user's cost depends on its own option and on how many
 * users place work at the same shared node.
 *
 * Once it is fixed how many users place work at each shared node, every option has one cost. What is left is to give
 * each user an option so that these counts come true, the costs are least and the accuracies suffice: a knapsack with
 * a cardinality for each node. With the accuracy priced instead of demanded it is solved by a pass over users and
 * counts still to be filled. The price that makes this bound greatest (Geoffrion: Lagrangean relaxation for integer
 * programming, Mathematical Programming Study 2, 1974) prunes most counts at once, and its table bounds every partial
 * answer in the branch and bound over the others.
 *
 * For models that predict each user's cost; answer_search.h searches where what an answer is worth is no sum over
 * users. */
#ifndef ORCHID_POLICIES_JOINT_PLAN_H
#define ORCHID_POLICIES_JOINT_PLAN_H

#include "../sim/objective.h"

enum { OWN_NODE = -1 };

/* What to plan: `n` users, each with options of its own. All arrays are borrowed, and all costs finite. */
typedef struct JointProblem {
    int user_count, node_count; /* n >= 1; shared nodes, >= 0 */
    int option_limit;           /* room for options of each user */
    const int *option_count;    /* [user] >= 1 */
    const int *node;            /* [user][option_limit] shared node it places work at, OWN_NODE: none */
    const double *accuracy;     /* [user][option_limit] fraction */
    const double *cost;         /* [user][option_limit][n] what the user takes from n x the reward when 1 .. n users
                                   place work at the option's node; options without a shared node: the first entry */
    const Objective *objective; /* threshold, and the loss where it is missed: mind the kind */
} JointProblem;

/* Scratch arrays that a planner keeps from one problem to the next. */
typedef struct JointPlan {
    int user_limit, node_limit;
    const JointProblem *problem; /* in work */
    bool bounded;                /* the objective's threshold holds */
    int *counts, *most;          /* [node] users that place work there now; that can */
    int active_count, *active;   /* [node] those with a count above 0 */
    int *stride;                 /* [active] a state is the counts still to be filled, in mixed radix */
    int state_count;
    int *digits;         /* [state][active] */
    double *value;       /* [user][1 + active] least weighed cost of an option on its own node, and on each active */
    int *pick;           /* [user][1 + active] that option */
    double *least;       /* [user + 1][state] least weighed cost of this user and those after it */
    double *accurate;    /* [user + 1][state] the same for accuracy alone, negative */
    int *twin;           /* [user] the last earlier user with the same predictions, -1: none */
    int *options, *best; /* [user] the answer in hand; the best so far */
    double price;        /* of accuracy, as last used */
    double best_cost;    /* sum over users; INFINITY: none found */
    int64_t visited;     /* partial answers tried by branch and bound so far */
} JointPlan;

/* Room for problems of at most so many users and shared nodes. */
void joint_plan_init(JointPlan *plan, int user_limit, int node_limit);
void joint_plan_free(JointPlan *plan);

/* Fills ret_options[n] with an answer of the greatest reward (within 1e-12, relative) and returns that reward. Where
 * none reaches the threshold it is the cheapest of all; where reaching it costs more than the loss, the least accurate.
 */
double joint_plan_solve(JointPlan *plan, const JointProblem *problem, int *ret_options);

/* Distinct counts to go through, at most: (users + nodes) choose nodes. */
double joint_plan_size(int users, int nodes);

#endif
