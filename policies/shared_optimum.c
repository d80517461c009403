#include "../sim/memory.h"
#include "shared_parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct SharedSearch Search;

/* Steps towards better prices at the root, and at each branch. */
enum { ROOT_STEPS = 300, BRANCH_STEPS = 6 };

/* Costs closer than this, of their size, are equal. */
static const double TOLERANCE = 1e-9;

static const Candidate *candidate_of(const Search *search, int user, int index)
{
    return &search->candidates[(ptrdiff_t)user * search->candidate_limit + index];
}

static double *prices_below(const Search *search, int depth)
{
    return search->prices + (ptrdiff_t)depth * search->resource_count;
}

/* What a candidate costs its user at prices lambda. */
static double priced_cost(const Search *search, const Candidate *candidate, const double *prices)
{
    double cost = candidate->fixed;
    for (int k = 0; k < SHARED_NEEDS; k++) {
        int r = candidate->resource[k];
        if (r == NO_RESOURCE)
            continue;
        double root = candidate->root[k], most = search->limit[r] * prices[r];
        cost += root <= most ? 2 * prices[r] * root : (root * root + most * most) / search->limit[r];
    }
    return cost;
}

static void add_demands(const Search *search, const Candidate *candidate, const double *prices)
{
    for (int k = 0; k < SHARED_NEEDS; k++) {
        int r = candidate->resource[k];
        if (r != NO_RESOURCE)
            search->demands[r] += fmin(candidate->root[k], search->limit[r] * prices[r]);
    }
}

/* The bound at these prices where the first `depth` users of the order have their candidate. Fills the demands, and the
 * others' best candidates into `chosen`. */
static double bound_at(Search *search, int depth, const double *prices)
{
    double bound = 0;
    for (int r = 0; r < search->resource_count; r++) {
        search->demands[r] = 0;
        bound -= prices[r] * prices[r];
    }
    for (int place = 0; place < search->user_count; place++) {
        int user = search->order[place];
        if (place >= depth) {
            double least = INFINITY;
            for (int i = 0; i < search->count[user]; i++) {
                double cost = priced_cost(search, candidate_of(search, user, i), prices);
                if (cost < least) {
                    least = cost;
                    search->chosen[user] = i;
                }
            }
            bound += least;
        } else {
            bound += priced_cost(search, candidate_of(search, user, search->chosen[user]), prices);
        }
        add_demands(search, candidate_of(search, user, search->chosen[user]), prices);
    }
    return bound;
}

/* The least cost on a resource of the answer in hand: users above the limit have that, the others go by their roots. */
static double resource_cost(const Search *search, int r)
{
    double limit = search->limit[r], level = INFINITY; /* sum of open roots over what is left for them */
    for (;;) {
        double open = 0, left = 1, full = 0;
        for (int user = 0; user < search->user_count; user++) {
            const Candidate *candidate = candidate_of(search, user, search->chosen[user]);
            for (int k = 0; k < SHARED_NEEDS; k++) {
                if (candidate->resource[k] != r)
                    continue;
                double root = candidate->root[k];
                bool at_limit = root > limit * level;
                open += at_limit ? 0 : root;
                left -= at_limit ? limit : 0;
                full += at_limit ? root * root / limit : 0;
            }
        }
        if (open == 0)
            return full;
        /* More at the limit only make it lower. */
        double next = open / left;
        if (!(next < level))
            return full + open * next;
        level = next;
    }
}

static double answer_cost(const Search *search)
{
    double cost = 0;
    for (int user = 0; user < search->user_count; user++)
        cost += candidate_of(search, user, search->chosen[user])->fixed;
    for (int r = 0; r < search->resource_count; r++)
        cost += resource_cost(search, r);
    return cost;
}

static void take(Search *search, double cost)
{
    if (!(cost < search->cost))
        return;
    double size = fabs(cost);
    for (int user = 0; user < search->user_count; user++) {
        const Candidate *candidate = candidate_of(search, user, search->chosen[user]);
        search->best[user] = candidate->option;
        size += fabs(candidate->fixed);
    }
    search->cost = cost;
    search->cutoff = cost - TOLERANCE * size;
}

/* Changes one user's candidate at a time for the better until none is; takes the answer. */
static void polish(Search *search)
{
    double cost = answer_cost(search);
    for (bool changed = true; changed;) {
        changed = false;
        for (int user = 0; user < search->user_count; user++) {
            int before = search->chosen[user], best = before;
            for (int i = 0; i < search->count[user]; i++) {
                search->chosen[user] = i;
                double other = i == before ? cost : answer_cost(search);
                if (other < cost) {
                    cost = other;
                    best = i;
                }
            }
            search->chosen[user] = best;
            changed = changed || best != before;
        }
    }
    take(search, cost);
}

/* Looks for prices with a larger bound, from `prices`, in steps of a subgradient method: the way leads to the prices
 * that the demands want, and its length is Polyak's for the bound that would settle the matter. Leaves the best prices
 * in `prices` and returns their bound; `chosen` is as at the last ones tried. At the root the answers met on the way
 * are polished. */
static double improve(Search *search, int depth, double *prices, int steps)
{
    size_t size = (size_t)search->resource_count * sizeof *prices;
    double best = -INFINITY, factor = 1, cheapest = INFINITY;
    memcpy(search->trial, prices, size);
    for (int step = 0, patience = 0; step < steps; step++) {
        double bound = bound_at(search, depth, search->trial);
        double cost = depth == 0 ? answer_cost(search) : INFINITY;
        if (bound > best) {
            best = bound;
            memcpy(prices, search->trial, size);
            patience = 0;
        } else if (++patience > steps / 20) {
            factor /= 2;
            patience = 0;
        }
        double distance = 0;
        for (int r = 0; r < search->resource_count; r++)
            distance += pow(search->demands[r] - search->trial[r], 2);
        if (cost < cheapest) {
            cheapest = cost;
            polish(search);
        }
        if (best >= search->cutoff || distance <= 0)
            break;
        double length = fmin(1, factor * (search->cutoff - bound) / (2 * distance));
        for (int r = 0; r < search->resource_count; r++) /* the demands are of before the answer was polished */
            search->trial[r] += length * (search->demands[r] - search->trial[r]);
    }
    return best;
}

/* Drops candidates with which the bound reaches the cutoff, and notes how much each user's second best costs more. */
static void drop_dear(Search *search, double bound, const double *prices)
{
    for (int user = 0; user < search->user_count; user++) {
        Candidate *own = search->candidates + (ptrdiff_t)user * search->candidate_limit;
        double least = INFINITY, second = INFINITY;
        for (int i = 0; i < search->count[user]; i++) {
            double cost = priced_cost(search, &own[i], prices);
            second = fmin(second, fmax(cost, least));
            least = fmin(least, cost);
        }
        int kept = 0;
        for (int i = 0; i < search->count[user]; i++)
            if (bound + (priced_cost(search, &own[i], prices) - least) < search->cutoff)
                own[kept++] = own[i];
        search->count[user] = kept;
        search->second[user] = second - least;
    }
}

/* Users whose choice is least clear come first, so that bounds grow early; equal users stay in order. */
static void put_in_order(Search *search)
{
    for (int place = 0; place < search->user_count; place++) {
        int user = place, slot = place;
        while (slot > 0 && search->second[search->order[slot - 1]] > search->second[user]) {
            search->order[slot] = search->order[slot - 1];
            slot--;
        }
        search->order[slot] = user;
    }
}

static int compare_branches(const void *left, const void *right)
{
    const Branch *a = left, *b = right;
    if (a->bound != b->bound)
        return a->bound < b->bound ? -1 : 1;
    return a->candidate - b->candidate;
}

/* The candidates of the next user that may be worth it, the most promising first. */
static int fill_branches(Search *search, int depth, double bound, Branch *ret_branches)
{
    const double *prices = prices_below(search, depth);
    int user = search->order[depth], twin = search->twin[user], count = 0;
    double least = INFINITY;
    for (int i = 0; i < search->count[user]; i++)
        least = fmin(least, priced_cost(search, candidate_of(search, user, i), prices));
    for (int i = twin < 0 ? 0 : search->chosen[twin]; i < search->count[user]; i++) {
        double with = bound + (priced_cost(search, candidate_of(search, user, i), prices) - least);
        if (with < search->cutoff)
            ret_branches[count++] = (Branch){with, i};
    }
    qsort(ret_branches, (size_t)count, sizeof *ret_branches, compare_branches);
    return count;
}

static void branch(Search *search, int depth, double bound)
{
    if (depth == search->user_count) {
        take(search, answer_cost(search));
        return;
    }
    int user = search->order[depth];
    Branch *branches = search->branches + (ptrdiff_t)depth * search->candidate_limit;
    int count = fill_branches(search, depth, bound, branches);
    for (int i = 0; i < count && branches[i].bound < search->cutoff; i++) {
        if (search->visits == search->visit_limit) {
            search->open_bound = fmin(search->open_bound, branches[i].bound);
            return; /* the others' bounds are no smaller */
        }
        search->visits++;
        double *prices = prices_below(search, depth + 1);
        memcpy(prices, prices_below(search, depth), (size_t)search->resource_count * sizeof *prices);
        search->chosen[user] = branches[i].candidate;
        double below = fmax(branches[i].bound, improve(search, depth + 1, prices, BRANCH_STEPS));
        search->chosen[user] = branches[i].candidate;
        if (below < search->cutoff)
            branch(search, depth + 1, below);
    }
}

/* Room for prices at every depth; few of the resources given are contended for. */
static void make_room(Search *search)
{
    size_t room = (size_t)(search->user_count + 1) * (size_t)search->resource_count;
    room = room > 0 ? room : 1; /* nothing to price: there is still a place for it */
    if (room <= search->price_room)
        return;
    search->prices = memory_grow(search->prices, search->price_room, room, sizeof *search->prices);
    search->price_room = room;
}

/* Prices at which everybody takes what would be best alone: the demands of that. */
static void start_prices(Search *search, double *prices)
{
    for (int r = 0; r < search->resource_count; r++)
        prices[r] = 0;
    bound_at(search, 0, prices);
    for (int user = 0; user < search->user_count; user++) {
        const Candidate *candidate = candidate_of(search, user, search->chosen[user]);
        for (int k = 0; k < SHARED_NEEDS; k++)
            if (candidate->resource[k] != NO_RESOURCE)
                prices[candidate->resource[k]] += candidate->root[k];
    }
}

void shared_optimum_init(SharedOptimum *optimum, int user_limit, int option_limit, int resource_limit)
{
    size_t users = (size_t)user_limit, options = (size_t)option_limit, resources = (size_t)resource_limit;
    *optimum = (SharedOptimum){.user_limit = user_limit,
                               .option_limit = option_limit,
                               .resource_limit = resource_limit,
                               .option_count = memory_allocate(users, sizeof *optimum->option_count),
                               .options = memory_allocate(users * options, sizeof *optimum->options),
                               .limit = memory_allocate(resources, sizeof *optimum->limit),
                               .search = memory_allocate(1, sizeof *optimum->search)};
    *optimum->search = (Search){.candidate_limit = option_limit,
                                .count = memory_allocate(users, sizeof(int)),
                                .candidates = memory_allocate(users * options, sizeof(Candidate)),
                                .twin = memory_allocate(users, sizeof(int)),
                                .limit = memory_allocate(resources, sizeof(double)),
                                .place = memory_allocate(resources, sizeof(int)),
                                .contenders = memory_allocate(resources, sizeof(int)),
                                .trial = memory_allocate(resources, sizeof(double)),
                                .demands = memory_allocate(resources, sizeof(double)),
                                .chosen = memory_allocate(users, sizeof(int)),
                                .order = memory_allocate(users, sizeof(int)),
                                .second = memory_allocate(users, sizeof(double)),
                                .branches = memory_allocate(users * options, sizeof(Branch)),
                                .best = memory_allocate(users, sizeof(int))};
}

void shared_optimum_free(SharedOptimum *optimum)
{
    Search *search = optimum->search;
    if (search) {
        void *owned[] = {search->count,      search->candidates, search->twin,     search->limit,   search->place,
                         search->contenders, search->prices,     search->trial,    search->demands, search->chosen,
                         search->order,      search->second,     search->branches, search->best};
        for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++)
            free(owned[i]);
    }
    free(search);
    free(optimum->option_count);
    free(optimum->options);
    free(optimum->limit);
    *optimum = (SharedOptimum){0};
}

void shared_optimum_sort(const SharedOptimum *optimum, int *options)
{
    for (int user = 0; user < optimum->user_count; user++) {
        int own = user, twin = shared_find_twin(optimum, user);
        while (twin >= 0 && options[twin] > options[own]) {
            int option = options[own];
            options[own] = options[twin];
            options[twin] = option;
            own = twin;
            twin = shared_find_twin(optimum, own);
        }
    }
}

SharedFinding shared_optimum_find(SharedOptimum *optimum, int64_t visit_limit, int *ret_options)
{
    assert(optimum->user_count > 0 && optimum->user_count <= optimum->user_limit);
    assert(optimum->resource_count <= optimum->resource_limit);
    Search *search = optimum->search;
    shared_reduce(optimum, search);
    make_room(search);
    for (int user = 0; user < search->user_count; user++)
        search->order[user] = user;
    search->cost = search->cutoff = search->open_bound = INFINITY;
    search->visits = 0;
    search->visit_limit = visit_limit;
    double *prices = prices_below(search, 0);
    start_prices(search, prices);
    polish(search);
    double bound = improve(search, 0, prices, ROOT_STEPS);
    if (bound < search->cutoff) {
        drop_dear(search, bound, prices);
        put_in_order(search);
        branch(search, 0, bound);
    }
    memcpy(ret_options, search->best, (size_t)search->user_count * sizeof *ret_options);
    shared_optimum_sort(optimum, ret_options);
    bool proven = search->open_bound >= search->cutoff;
    return (SharedFinding){.cost = search->cost,
                           .bound = proven ? search->cost : search->open_bound,
                           .proven = proven,
                           .visits = search->visits};
}
