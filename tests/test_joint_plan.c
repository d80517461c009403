/* The planner against brute force: every joint answer of random problems, judged by the objective itself. */
#include "../policies/joint_plan.h"
#include "../sim/rng.h"
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { USERS = 5, NODES = 3, OPTIONS = 10 };

/* A problem and what it borrows. */
typedef struct Instance {
    Objective objective;
    int option_count[USERS], node[USERS][OPTIONS];
    double accuracy[USERS][OPTIONS], weight[USERS];
    double time_s[USERS][OPTIONS][USERS]; /* by load */
    double cost[USERS * OPTIONS * USERS]; /* packed as a problem wants it */
    JointProblem problem;
} Instance;

/* How instances are drawn. */
typedef struct Kind {
    int users, nodes, options;
    int groups;    /* users of a group have equal predictions */
    double steps;  /* times are whole multiples of 1 / steps, so that ties are common; 0: any */
    bool monotone; /* more users at a node never make it faster */
} Kind;

static double draw_time(Stream *stream, double steps)
{
    double time_s = 0.01 + stream_uniform(stream);
    return steps > 0 ? (1 + floor(time_s * steps)) / steps : time_s;
}

static void draw_user(Instance *instance, Kind kind, int user, Stream *stream)
{
    instance->weight[user] = stream_uniform(stream);
    int fewer = stream_uniform(stream) < 0.5 ? 0 : (int)stream_uniform_integer(stream, (uint64_t)kind.options);
    instance->option_count[user] = kind.options - fewer;
    for (int option = 0; option < instance->option_count[user]; option++) {
        int node = (int)stream_uniform_integer(stream, (uint64_t)kind.nodes + 2) - 2;
        instance->node[user][option] = node < 0 ? OWN_NODE : node;
        instance->accuracy[user][option] = 0.7 + 0.001 * (double)stream_uniform_integer(stream, 200);
        double *times = instance->time_s[user][option];
        for (int load = 0; load < kind.users; load++) {
            times[load] = draw_time(stream, kind.steps);
            if (load > 0 && node < 0)
                times[load] = times[0];
            else if (load > 0 && kind.monotone)
                times[load] = times[load - 1] + times[load] / 4;
        }
    }
}

static void copy_user(Instance *instance, int from, int to)
{
    instance->weight[to] = instance->weight[from];
    instance->option_count[to] = instance->option_count[from];
    memcpy(instance->node[to], instance->node[from], sizeof instance->node[to]);
    memcpy(instance->accuracy[to], instance->accuracy[from], sizeof instance->accuracy[to]);
    memcpy(instance->time_s[to], instance->time_s[from], sizeof instance->time_s[to]);
}

/* How the request of a user would end. */
static Outcome outcome_of(const Instance *instance, int user, int option, int load)
{
    return (Outcome){.response_s = instance->time_s[user][option][load],
                     .energy_j = 2 * instance->accuracy[user][option] * (option + 1),
                     .accuracy = instance->accuracy[user][option],
                     .accuracy_weight = instance->weight[user]};
}

/* What the user takes from n x the reward: for the threshold its time, else minus its own reward. */
static double cost_of(const Instance *instance, Outcome outcome)
{
    if (instance->objective.kind == OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY)
        return outcome.response_s;
    Feedback alone = {.count = 1, .outcomes = &outcome};
    objective_judge(&instance->objective, &alone);
    return -alone.reward;
}

static void draw_instance(Instance *instance, Kind kind, Objective objective, Stream *stream)
{
    memset(instance, 0, sizeof *instance);
    instance->objective = objective;
    for (int user = 0; user < kind.users; user++) {
        if (user < kind.groups)
            draw_user(instance, kind, user, stream);
        else
            copy_user(instance, user % kind.groups, user);
    }
    double *cost = instance->cost;
    for (int user = 0; user < kind.users; user++)
        for (int option = 0; option < OPTIONS; option++)
            for (int load = 0; load < kind.users; load++)
                *cost++ = cost_of(instance, outcome_of(instance, user, option, load));
    instance->problem = (JointProblem){.user_count = kind.users,
                                       .node_count = kind.nodes,
                                       .option_limit = OPTIONS,
                                       .option_count = instance->option_count,
                                       .node = instance->node[0],
                                       .accuracy = instance->accuracy[0],
                                       .cost = instance->cost,
                                       .objective = &instance->objective};
}

/* The reward of a joint answer, by the objective. */
static double judge(const Instance *instance, const int *options)
{
    int users = instance->problem.user_count, counts[NODES] = {0};
    Outcome outcomes[USERS];
    for (int user = 0; user < users; user++) {
        int node = instance->node[user][options[user]];
        if (node != OWN_NODE)
            counts[node]++;
    }
    for (int user = 0; user < users; user++) {
        int node = instance->node[user][options[user]];
        outcomes[user] = outcome_of(instance, user, options[user], node == OWN_NODE ? 0 : counts[node] - 1);
    }
    Feedback feedback = {.count = users, .outcomes = outcomes};
    objective_judge(&instance->objective, &feedback);
    return feedback.reward;
}

static double brute_force(const Instance *instance)
{
    int options[USERS] = {0}, user;
    double best = -INFINITY;
    do {
        best = fmax(best, judge(instance, options));
        for (user = instance->problem.user_count - 1; user >= 0; user--) {
            if (++options[user] < instance->option_count[user])
                break;
            options[user] = 0;
        }
    } while (user >= 0);
    return best;
}

static void check_instances(Kind kind, Objective objective, int count, uint64_t seed)
{
    static Instance instance;
    Stream stream = stream_create(seed, 0, STREAM_POLICY, 0);
    JointPlan plan;
    joint_plan_init(&plan, USERS, NODES);
    for (int i = 0; i < count; i++) {
        int options[USERS];
        draw_instance(&instance, kind, objective, &stream);
        double expected = brute_force(&instance), reward = joint_plan_solve(&plan, &instance.problem, options);
        CHECK_NEAR(reward, expected, 1e-11 * fabs(expected));
        CHECK_NEAR(judge(&instance, options), expected, 1e-11 * fabs(expected));
    }
    joint_plan_free(&plan);
}

static const double THRESHOLDS[] = {0, 0.75, 0.8, 0.85, 0.88, 0.899};

static Objective threshold_objective(double threshold, double loss_s)
{
    return (Objective){.kind = OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY,
                       .threshold = threshold,
                       .largest_response_time = time_from_s(loss_s)};
}

static void check_thresholds(Kind kind, double loss_s, int count)
{
    for (size_t i = 0; i < sizeof THRESHOLDS / sizeof THRESHOLDS[0]; i++)
        check_instances(kind, threshold_objective(THRESHOLDS[i], loss_s), count, 7 * i + (uint64_t)kind.users);
}

static void plans_equal_brute_force_for_one_to_four_users(void)
{
    for (int users = 1; users <= 4; users++)
        check_thresholds((Kind){.users = users, .nodes = 2, .options = OPTIONS, .groups = users}, 100,
                         users < 4 ? 200 : 40);
}

static void plans_equal_brute_force_for_five_users(void)
{
    check_thresholds((Kind){.users = 5, .nodes = 2, .options = 7, .groups = 5, .monotone = true}, 100, 20);
    check_thresholds((Kind){.users = 5, .nodes = 3, .options = 6, .groups = 2}, 100, 20);
}

static void plans_equal_brute_force_for_groups_of_equal_users(void)
{
    for (int groups = 1; groups <= 3; groups++)
        check_thresholds((Kind){.users = 4, .nodes = 2, .options = OPTIONS, .groups = groups, .monotone = true}, 100,
                         40);
}

static void plans_equal_brute_force_among_ties(void)
{
    check_thresholds((Kind){.users = 4, .nodes = 2, .options = 8, .groups = 4, .steps = 4}, 100, 40);
    check_thresholds((Kind){.users = 4, .nodes = 3, .options = 8, .groups = 1, .steps = 2, .monotone = true}, 100, 40);
}

static void plans_equal_brute_force_without_shared_nodes(void)
{
    check_thresholds((Kind){.users = 4, .nodes = 0, .options = OPTIONS, .groups = 2}, 100, 40);
}

/* A loss so small that missing the threshold is often best. */
static void plans_equal_brute_force_where_failing_may_be_best(void)
{
    check_thresholds((Kind){.users = 3, .nodes = 2, .options = OPTIONS, .groups = 3}, 0.15, 100);
}

static void plans_equal_brute_force_for_separable_objectives(void)
{
    Objective utility = {.kind = OBJECTIVE_UTILITY, .reference = time_from_s(0.4)};
    Objective cost = {
        .kind = OBJECTIVE_WEIGHTED_COST, .latency_weight_per_s = 1, .energy_weight_per_j = 0.1, .accuracy_weight = 3};
    for (int users = 1; users <= 4; users++) {
        Kind kind = {.users = users, .nodes = 3, .options = 9, .groups = users, .monotone = users % 2};
        check_instances(kind, utility, users < 4 ? 200 : 40, 1);
        check_instances(kind, cost, users < 4 ? 200 : 40, 2);
    }
}

/* Branch and bound that went through most answers would be exact too. */
static void bounds_leave_little_to_try(void)
{
    static Instance instance;
    Stream stream = stream_create(11, 0, STREAM_POLICY, 0);
    JointPlan plan;
    joint_plan_init(&plan, USERS, NODES);
    Kind kind = {.users = 5, .nodes = 2, .options = OPTIONS, .groups = 5, .monotone = true};
    int count = 200, options[USERS];
    for (int i = 0; i < count; i++) {
        draw_instance(&instance, kind, threshold_objective(0.85, 100), &stream);
        joint_plan_solve(&plan, &instance.problem, options);
    }
    CHECK(plan.visited < 100 * count);
    joint_plan_free(&plan);
}

static void size_counts_the_ways_to_share_users_out(void)
{
    CHECK_NEAR(joint_plan_size(5, 2), 21, 1e-9);
    CHECK_NEAR(joint_plan_size(3, 0), 1, 0);
    CHECK_NEAR(joint_plan_size(1, 4), 5, 1e-9);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(plans_equal_brute_force_for_one_to_four_users),
        CHECK_OF(plans_equal_brute_force_for_five_users),
        CHECK_OF(plans_equal_brute_force_for_groups_of_equal_users),
        CHECK_OF(plans_equal_brute_force_among_ties),
        CHECK_OF(plans_equal_brute_force_without_shared_nodes),
        CHECK_OF(plans_equal_brute_force_where_failing_may_be_best),
        CHECK_OF(plans_equal_brute_force_for_separable_objectives),
        CHECK_OF(bounds_leave_little_to_try),
        CHECK_OF(size_counts_the_ways_to_share_users_out),
    };
    return check_run("joint plan", checks, sizeof checks / sizeof checks[0]);
}
