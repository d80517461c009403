/* The joint optimum of options and shares, against brute force with shares from the allocator. */
#include "../policies/allocation.h"
#include "../policies/shared_optimum.h"
#include "check.h"

#include <math.h>

enum { USER_LIMIT = 24, RESOURCE_LIMIT = 4 };

/* How problems are drawn. */
typedef struct Kind {
    int users, options, resources;
    bool limited, equal_users;
} Kind;

/* Costs that trade against each other, as cuts do: what is saved beside is spent on resources. */
static SharedOption draw_option(const Kind *kind, Stream *stream, double scale)
{
    SharedOption option = {.resource = {NO_RESOURCE, NO_RESOURCE}};
    double u = stream_uniform(stream), v = stream_uniform(stream);
    option.fixed = scale * (2 * (1 - u) * (1 - v) + 0.3 * stream_uniform(stream) - 0.7);
    int first = (int)stream_uniform_integer(stream, (uint64_t)kind->resources);
    if (stream_uniform(stream) < 0.9) {
        option.resource[0] = first;
        option.cost[0] = scale * u * u * 0.3;
    }
    if (kind->resources > 1 && stream_uniform(stream) < 0.9) {
        option.resource[1] = (first + 1) % kind->resources;
        option.cost[1] = scale * v * v * 0.3;
    }
    return option;
}

static void draw(SharedOptimum *optimum, const Kind *kind, Stream *stream)
{
    optimum->user_count = kind->users;
    optimum->resource_count = kind->resources;
    for (int r = 0; r < kind->resources; r++)
        optimum->limit[r] = kind->limited && r % 2 == 0 ? 0.15 + 0.5 * stream_uniform(stream) : 1;
    for (int user = 0; user < kind->users; user++) {
        SharedOption *own = optimum->options + user * optimum->option_limit;
        double scale = 0.3 + stream_uniform(stream);
        optimum->option_count[user] = kind->options;
        bool copy = kind->equal_users && user % 3 > 0;
        for (int i = 0; i < kind->options; i++)
            own[i] = copy ? own[i - optimum->option_limit] : draw_option(kind, stream, scale);
    }
}

/* Cost of an answer with the allocator's shares: independent of how the search counts. */
static double divided_cost(const SharedOptimum *optimum, const int *answer)
{
    double cost = 0;
    for (int user = 0; user < optimum->user_count; user++)
        cost += optimum->options[user * optimum->option_limit + answer[user]].fixed;
    for (int r = 0; r < optimum->resource_count; r++) {
        double price[USER_LIMIT], demand[USER_LIMIT], shares[USER_LIMIT];
        int count = 0;
        for (int user = 0; user < optimum->user_count; user++) {
            const SharedOption *option = &optimum->options[user * optimum->option_limit + answer[user]];
            for (int k = 0; k < SHARED_NEEDS; k++)
                if (option->resource[k] == r) {
                    price[count] = 1;
                    demand[count++] = option->cost[k];
                }
        }
        if (count > 0)
            allocation_divide(ALLOCATION_OPTIMAL, count, price, demand, optimum->limit[r], shares);
        for (int i = 0; i < count; i++)
            cost += demand[i] / shares[i];
    }
    return cost;
}

static double brute_force(const SharedOptimum *optimum)
{
    int answer[USER_LIMIT] = {0}, user = 0;
    double least = INFINITY;
    while (user < optimum->user_count) {
        least = fmin(least, divided_cost(optimum, answer));
        for (user = 0; user < optimum->user_count && ++answer[user] == optimum->option_count[user]; user++)
            answer[user] = 0;
    }
    return least;
}

static void small_problems_are_solved_as_by_brute_force(void)
{
    static const Kind kinds[] = {{1, 9, 2, false, false}, {2, 12, 1, false, false}, {3, 9, 2, false, false},
                                 {4, 6, 2, true, false},  {3, 9, 3, true, false},   {5, 4, 2, false, true},
                                 {6, 3, 4, true, true},   {4, 6, 2, true, true}};
    SharedOptimum optimum;
    shared_optimum_init(&optimum, USER_LIMIT, 12, RESOURCE_LIMIT);
    Stream stream = stream_create(21, 0, STREAM_POLICY, 0);
    for (int k = 0; k < 400; k++) {
        draw(&optimum, &kinds[k % 8], &stream);
        int answer[USER_LIMIT];
        SharedFinding found = shared_optimum_find(&optimum, 1000000, answer);
        double least = brute_force(&optimum);
        CHECK(found.proven);
        CHECK_NEAR(found.cost, least, 1e-6);
        CHECK_NEAR(divided_cost(&optimum, answer), found.cost, 1e-6);
        CHECK(found.bound <= least + 1e-6);
        /* Stopped at once, the bound still holds. */
        found = shared_optimum_find(&optimum, 0, answer);
        CHECK(found.bound <= least + 1e-9);
        CHECK(found.cost >= least - 1e-9);
        CHECK(found.proven ? found.bound == found.cost : found.bound < found.cost);
    }
    shared_optimum_free(&optimum);
}

/* The cost after one user at a time has taken what is best beside the others, from a random answer. */
static double descend(const SharedOptimum *optimum, Stream *stream)
{
    int answer[USER_LIMIT];
    for (int user = 0; user < optimum->user_count; user++)
        answer[user] = (int)stream_uniform_integer(stream, (uint64_t)optimum->option_count[user]);
    double cost = divided_cost(optimum, answer);
    for (int user = 0; user < optimum->user_count; user++)
        for (int i = 0, best = answer[user]; i < optimum->option_count[user]; i++) {
            answer[user] = i;
            double other = divided_cost(optimum, answer);
            best = other < cost ? i : best;
            cost = fmin(cost, other);
            answer[user] = best;
        }
    return cost;
}

static void twenty_users_with_thousands_of_options_are_proven(void)
{
    static const Kind kinds[] = {{20, 2000, 2, false, false}, {20, 2000, 4, true, false}, {24, 2000, 2, true, true}};
    SharedOptimum optimum;
    shared_optimum_init(&optimum, USER_LIMIT, 2000, RESOURCE_LIMIT);
    Stream stream = stream_create(22, 0, STREAM_POLICY, 0);
    for (int k = 0; k < 3; k++) {
        draw(&optimum, &kinds[k], &stream);
        int answer[USER_LIMIT], other[USER_LIMIT];
        SharedFinding found = shared_optimum_find(&optimum, 100000, answer);
        SharedFinding root = shared_optimum_find(&optimum, 0, other);
        CHECK(found.proven);
        CHECK_NEAR(divided_cost(&optimum, answer), found.cost, 1e-6);
        CHECK(root.bound <= found.cost + 1e-9 && root.cost >= found.cost - 1e-9);
        CHECK(found.cost - root.bound < 0.01 * fabs(found.cost)); /* as good as the dual alone is here */
        for (int i = 0; i < 2; i++)
            CHECK(descend(&optimum, &stream) >= found.cost - 1e-9);
    }
    shared_optimum_free(&optimum);
}

/* More visits never make the bound looser, and where they end it all, it is what brute force finds. */
static void the_bound_grows_with_visits(void)
{
    static const Kind kind = {.users = 3, .options = 36, .resources = 3, .limited = true};
    SharedOptimum optimum;
    shared_optimum_init(&optimum, USER_LIMIT, 36, RESOURCE_LIMIT);
    Stream stream = stream_create(23, 0, STREAM_POLICY, 0);
    int grown = 0;
    for (int k = 0; k < 8; k++) {
        draw(&optimum, &kind, &stream);
        int answer[USER_LIMIT];
        double before = -INFINITY, first = 0;
        SharedFinding found = {0};
        for (int64_t visits = 0; !found.proven; visits++, before = found.bound) {
            found = shared_optimum_find(&optimum, visits, answer);
            CHECK(found.bound >= before - 1e-9);
            first = visits == 0 ? found.bound : first;
        }
        CHECK_NEAR(found.cost, brute_force(&optimum), 1e-6);
        grown += first < found.bound;
    }
    CHECK(grown > 3);
    shared_optimum_free(&optimum);
}

/* What nobody contends for costs each what it costs alone. */
static void a_resource_with_room_for_all_binds_nobody(void)
{
    SharedOptimum optimum;
    shared_optimum_init(&optimum, 3, 2, 2);
    optimum.user_count = 3;
    optimum.resource_count = 2;
    optimum.limit[0] = 1.0 / 3;
    optimum.limit[1] = 1;
    for (int user = 0; user < 3; user++) {
        optimum.option_count[user] = user == 2 ? 1 : 2;
        optimum.options[2 * user] = (SharedOption){.cost = {1, 0}, .resource = {0, NO_RESOURCE}};
        optimum.options[2 * user + 1] = (SharedOption){.cost = {4, 0}, .resource = {1, NO_RESOURCE}};
    }
    int answer[3];
    SharedFinding found = shared_optimum_find(&optimum, 100, answer); /* 3 each there; on the other, 4 alone */
    CHECK(found.proven);
    CHECK_NEAR(found.cost, 9, 1e-12);
    CHECK(answer[0] == 0 && answer[1] == 0 && answer[2] == 0);
    optimum.limit[0] = 0.1;
    found = shared_optimum_find(&optimum, 100, answer); /* 10 there; 4 alone, 16 for two */
    CHECK_NEAR(found.cost, 24, 1e-12);
    CHECK_INT(answer[0] + answer[1], 1);
    shared_optimum_free(&optimum);
}

int main(void)
{
    static const Check checks[] = {
        {"small_problems_are_solved_as_by_brute_force", small_problems_are_solved_as_by_brute_force},
        {"twenty_users_with_thousands_of_options_are_proven", twenty_users_with_thousands_of_options_are_proven},
        {"the_bound_grows_with_visits", the_bound_grows_with_visits},
        {"a_resource_with_room_for_all_binds_nobody", a_resource_with_room_for_all_binds_nobody},
    };
    return check_run("shared optimum", checks, sizeof checks / sizeof checks[0]);
}
