/* Bandits against their theory and against plain versions of themselves. */
#include "../policies/answer_search.h"
#include "../policies/ranking.h"
#include "../policies/visit_groups.h"
#include "../sim/objective.h"
#include "check.h"
#include "subjects.h"
#include "worlds.h"

#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>
#include <math.h>

enum { ITEMS = 60 };

/* The first entry is the greatest, every entry is where `places` says, whatever is added, moved and removed. */
static void a_ranking_knows_the_greatest(void)
{
    Ranking ranking = {0};
    int64_t places[ITEMS];
    double keys[ITEMS];
    bool ranked[ITEMS] = {false};
    Stream stream = stream_create(1, 0, STREAM_POLICY, 0);
    int64_t wrong = 0, seen = 0;
    for (int i = 0; i < 5000; i++) {
        int64_t item = (int64_t)stream_uniform_integer(&stream, ITEMS);
        double key = (double)stream_uniform_integer(&stream, 20); /* ties are common */
        if (ranked[item] && stream_uniform(&stream) < 0.4) {
            ranking_remove(&ranking, places, item);
            ranked[item] = false;
            wrong += places[item] != NOT_RANKED;
        } else {
            (ranked[item] ? ranking_move : ranking_add)(&ranking, places, item, key);
            ranked[item] = true;
            keys[item] = key;
        }
        int64_t best = NOT_RANKED;
        for (int64_t j = 0; j < ITEMS; j++) {
            wrong += ranked[j] && ranking.entries[places[j]].item != j;
            if (ranked[j] && (best == NOT_RANKED || keys[j] > keys[best]))
                best = j;
        }
        seen += best != NOT_RANKED;
        wrong += best != NOT_RANKED && ranking.entries[0].item != best;
    }
    CHECK_INT(wrong, 0);
    CHECK(seen > 4000);
    ranking_free(&ranking);
}

static bool draw_reward(Stream *stream, int arm)
{
    return stream_uniform(stream) < 0.9 - 0.1 * arm;
}

/* The index of UCB1 from plain sums. */
static double index_of(double sum, int visits, int t)
{
    return sum / visits + 0.3 * sqrt(2 * log(t) / visits);
}

static void ucb_takes_the_greatest_index_of_all(void)
{
    enum { ARMS = 9 };
    Subject subject = subject_create("ucb", "{exploration: 0.3}", 1);
    Stream stream = stream_create(1, 1, STREAM_POLICY, 0);
    double sum[ARMS] = {0};
    int visits[ARMS] = {0}, first[ARMS] = {0};
    int64_t wrong = 0;
    for (int t = 0; t < 20000; t++) {
        int64_t arm = subject_answer(&subject, t, 0, ARMS);
        first[arm] += t < ARMS;
        for (int i = 0; t >= ARMS && i < ARMS; i++)
            wrong += index_of(sum[i], visits[i], t) > index_of(sum[arm], visits[arm], t) + 1e-12;
        double reward = draw_reward(&stream, (int)arm);
        sum[arm] += reward;
        visits[arm]++;
        tabular_reward(subject.tabular, t, reward);
    }
    CHECK_INT(wrong, 0);
    for (int i = 0; i < ARMS; i++)
        CHECK_INT(first[i], 1);
    subject_destroy(&subject);
}

/* Mean regret over seeds after `steps` of nine arms whose means are 0.9, 0.8, .. 0.1. */
static double mean_regret(const char *policy, const char *parameters, int steps)
{
    enum { SEEDS = 20 };
    double regret = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        Subject subject = subject_create(policy, parameters, seed);
        Stream stream = stream_create(seed, 1, STREAM_POLICY, 0);
        for (int t = 0; t < steps; t++) {
            int64_t arm = subject_answer(&subject, t, 0, 9);
            regret += 0.1 * (double)arm / SEEDS;
            tabular_reward(subject.tabular, t, draw_reward(&stream, (int)arm));
        }
        subject_destroy(&subject);
    }
    return regret;
}

/* Auer, Cesa-Bianchi, Fischer 2002, theorem 1. */
static double bound_of_ucb(int steps)
{
    double bound = 0;
    for (int arm = 1; arm < 9; arm++)
        bound += 8 * log(steps) / (0.1 * arm) + (1 + M_PI * M_PI / 3) * 0.1 * arm;
    return bound;
}

static void regret_of_ucb_grows_with_the_logarithm(void)
{
    double early = mean_regret("ucb", "{exploration: 1}", 1000), late = mean_regret("ucb", "{exploration: 1}", 30000);
    CHECK(early < bound_of_ucb(1000));
    CHECK(late < bound_of_ucb(30000));
    CHECK(late < 4 * early); /* 30 times the steps */
    /* No uniformly good rule regrets less in the long run (Lai, Robbins: Asymptotically efficient adaptive allocation
     * rules, 1985): for each arm the logarithm over the Kullback-Leibler divergence. */
    double least = 0;
    for (int arm = 1; arm < 9; arm++) {
        double p = 0.9 - 0.1 * arm;
        least += 0.1 * arm * log(30000) / (p * log(p / 0.9) + (1 - p) * log((1 - p) / 0.1));
    }
    CHECK(late > least);
}

static void thompson_regrets_less_than_ucb(void)
{
    const char *parameters = "{noise: 0.5, prior_mean: 0.5, prior_deviation: 1}";
    double late = mean_regret("thompson", parameters, 30000);
    CHECK(late < mean_regret("ucb", "{exploration: 1}", 30000));
    CHECK(late < 3 * mean_regret("thompson", parameters, 1000));
}

/* Drawing for all arms one by one. */
static int draw_plainly(const double *mean, const int *visits, int tried, int arms, gsl_rng *generator)
{
    double best = -INFINITY;
    int best_arm = 0;
    for (int i = 0; i < arms; i++) {
        int n = i < tried ? visits[i] : 0;
        double precision = 1 / 0.04 + n / 0.09; /* deviations 0.2 and 0.3 */
        double center = (0.1 / 0.04 + (n ? n * mean[i] / 0.09 : 0)) / precision;
        double draw = center + gsl_ran_gaussian_ziggurat(generator, 1) / sqrt(precision);
        if (draw > best) {
            best = draw;
            best_arm = i;
        }
    }
    return best_arm < tried ? best_arm : tried; /* the untried ones are all alike */
}

/* 40 of 60 arms were tried; two samples of answers are compared by chi-square. */
static void thompson_draws_as_if_for_every_arm(void)
{
    enum { TRIED = 40, ARMS = 60, DRAWS = 40000 };
    Subject subject = subject_create("thompson", "{noise: 0.3, prior_mean: 0.1, prior_deviation: 0.2}", 1);
    Stream stream = stream_create(1, 1, STREAM_POLICY, 0);
    gsl_rng generator = stream_gsl(&stream);
    double mean[TRIED], counts[2][TRIED + 1] = {{0}}, statistic = 0;
    int visits[TRIED], degrees = -1;
    int64_t row = action_values_row(&subject.tabular->values, &(int64_t){0}, ARMS), decision = 0;
    for (int i = 0; i < TRIED; i++) {
        mean[i] = 0.01 * (i % 25);
        visits[i] = 1 + (i % 4) * (i % 4);
        for (int n = 0; n < visits[i]; n++) {
            PendingDecision answered = {.row = row, .action = i, .reward = mean[i]};
            subject.tabular->method->learn(subject.tabular, &answered);
        }
    }
    for (int i = 0; i < DRAWS; i++) {
        int64_t arm = subject_answer(&subject, ++decision, 0, ARMS);
        counts[0][arm < TRIED ? arm : TRIED]++;
        counts[1][draw_plainly(mean, visits, TRIED, ARMS, &generator)]++;
    }
    for (int i = 0; i <= TRIED; i++) {
        double both = counts[0][i] + counts[1][i], difference = counts[0][i] - counts[1][i];
        if (both < 20)
            continue;
        statistic += difference * difference / both;
        degrees++;
    }
    CHECK(degrees >= 30);
    CHECK(statistic < degrees + 3.5 * sqrt(2.0 * degrees));
    CHECK(statistic > degrees - 3.5 * sqrt(2.0 * degrees));
    subject_destroy(&subject);
}

enum { WEIGHTS = 12 };

/* Posterior mean and covariance from the normal equations, all outcomes at once. */
typedef struct Regression {
    gsl_matrix *precision, *covariance;
    gsl_vector *information, *mean;
} Regression;

static Regression regression_create(double prior_deviation)
{
    Regression all = {gsl_matrix_calloc(WEIGHTS, WEIGHTS), gsl_matrix_calloc(WEIGHTS, WEIGHTS),
                      gsl_vector_calloc(WEIGHTS), gsl_vector_calloc(WEIGHTS)};
    for (size_t i = 0; i < WEIGHTS; i++)
        gsl_matrix_set(all.precision, i, i, 1 / (prior_deviation * prior_deviation));
    return all;
}

static void regression_solve(Regression *all)
{
    gsl_permutation *permutation = gsl_permutation_alloc(WEIGHTS);
    int sign;
    gsl_linalg_LU_decomp(all->precision, permutation, &sign);
    gsl_linalg_LU_solve(all->precision, permutation, all->information, all->mean);
    gsl_linalg_LU_invert(all->precision, permutation, all->covariance);
    gsl_permutation_free(permutation);
}

static void regression_free(Regression *all)
{
    gsl_matrix_free(all->precision);
    gsl_matrix_free(all->covariance);
    gsl_vector_free(all->information);
    gsl_vector_free(all->mean);
}

static double planted(int feature)
{
    return 0.3 * feature - 1;
}

/* Outcomes of one to four features, some twice; the last two features are met late. */
static void observe_planted(BayesLinear *model, Regression *all, int outcomes, Stream *stream)
{
    gsl_rng generator = stream_gsl(stream);
    for (int i = 0; i < outcomes; i++) {
        int known = i < outcomes / 2 ? WEIGHTS - 2 : WEIGHTS;
        Term features[4];
        int count = 1 + (int)stream_uniform_integer(stream, 4);
        double outcome = gsl_ran_gaussian_ziggurat(&generator, 0.1), x[WEIGHTS] = {0};
        while (model->size < known)
            bayes_linear_grow(model, 0, 2);
        for (int j = 0; j < count; j++) {
            features[j] = (Term){(int)stream_uniform_integer(stream, (uint64_t)known), 1};
            outcome += planted(features[j].index);
            x[features[j].index]++;
        }
        bayes_linear_add(model, count, features, outcome, 0.1);
        for (size_t a = 0; a < WEIGHTS; a++) {
            *gsl_vector_ptr(all->information, a) += x[a] * outcome / 0.01;
            for (size_t b = 0; b < WEIGHTS; b++)
                *gsl_matrix_ptr(all->precision, a, b) += x[a] * x[b] / 0.01;
        }
    }
}

/* Of the single weights. */
static void read_covariance(BayesLinear *model, double ret_covariance[WEIGHTS][WEIGHTS])
{
    int counts[WEIGHTS], features[WEIGHTS];
    for (int i = 0; i < WEIGHTS; i++) {
        counts[i] = 1;
        features[i] = i;
    }
    bayes_linear_covariance(model, (WeightSums){WEIGHTS, 1, counts, features}, ret_covariance[0]);
}

static void a_linear_model_recovers_planted_weights(void)
{
    BayesLinear model = {0};
    Regression all = regression_create(2);
    Stream stream = stream_create(1, 0, STREAM_POLICY, 0);
    observe_planted(&model, &all, 400, &stream);
    regression_solve(&all);
    /* the determinant of the precision, over that of the prior */
    CHECK_NEAR(bayes_linear_knowledge(&model), gsl_linalg_LU_lndet(all.precision) + WEIGHTS * log(4), 1e-9);
    double covariance[WEIGHTS][WEIGHTS], mean[WEIGHTS];
    bayes_linear_mean(&model, mean);
    read_covariance(&model, covariance);
    for (int i = 0; i < WEIGHTS; i++) {
        CHECK_NEAR(mean[i], planted(i), 5 * sqrt(gsl_matrix_get(all.covariance, (size_t)i, (size_t)i)));
        CHECK_NEAR(mean[i], gsl_vector_get(all.mean, (size_t)i), 1e-10);
        for (int j = 0; j < WEIGHTS; j++)
            CHECK_NEAR(covariance[i][j], gsl_matrix_get(all.covariance, (size_t)i, (size_t)j), 1e-12);
    }
    /* w0 + w5 and twice w5 */
    double pair[2][2];
    bayes_linear_covariance(&model, (WeightSums){2, 2, (int[]){2, 2}, (int[]){0, 5, 5, 5}}, pair[0]);
    CHECK_NEAR(pair[0][0], covariance[0][0] + 2 * covariance[0][5] + covariance[5][5], 1e-12);
    CHECK_NEAR(pair[0][1], 2 * (covariance[0][5] + covariance[5][5]), 1e-12);
    CHECK_NEAR(pair[1][1], 4 * covariance[5][5], 1e-12);
    bayes_linear_add(&model, 1, &(Term){5, 1}, 0,
                     1e-6); /* news: w5 is all but certain, and what went with it follows */
    double left = covariance[0][0] - covariance[0][5] * covariance[0][5] / covariance[5][5];
    read_covariance(&model, covariance);
    CHECK_NEAR(covariance[5][5], 1e-12, 1e-14);
    CHECK_NEAR(covariance[0][0], left, 1e-9);
    regression_free(&all);
    bayes_linear_free(&model);
}

static void drawn_weights_have_the_covariance_of_the_model(void)
{
    enum { DRAWS = 20000 };
    BayesLinear model = {0};
    Regression all = regression_create(2);
    Stream stream = stream_create(2, 0, STREAM_POLICY, 0);
    observe_planted(&model, &all, 30, &stream);
    double covariance[WEIGHTS][WEIGHTS], mean[WEIGHTS];
    bayes_linear_mean(&model, mean);
    read_covariance(&model, covariance);
    double sum[WEIGHTS][WEIGHTS] = {{0}}, weights[WEIGHTS];
    for (int n = 0; n < DRAWS; n++) {
        bayes_linear_sample(&model, 1, &stream, weights);
        for (int i = 0; i < WEIGHTS; i++)
            for (int j = 0; j < WEIGHTS; j++)
                sum[i][j] += (weights[i] - mean[i]) * (weights[j] - mean[j]) / DRAWS;
    }
    for (int i = 0; i < WEIGHTS; i++)
        for (int j = 0; j < WEIGHTS; j++) {
            double scale = sqrt(covariance[i][i] * covariance[j][j]);
            CHECK_NEAR(sum[i][j] / scale, covariance[i][j] / scale, 0.05);
        }
    regression_free(&all);
    bayes_linear_free(&model);
}

/* Four asks of six options, the last three of which go to two shared nodes. */
enum { ASKS = 4, OPTIONS = 6, SLOTS = 2, PARTS = ASKS * OPTIONS + SLOTS * ASKS };

typedef struct Puzzle {
    AnswerParts parts;
    Ask asks[ASKS];
    OptionSet options;
    Decision decision;
    int first[ASKS], slot_first[SLOTS], slot_of[PARTS];
    double accuracy[PARTS], values[PARTS], covariance[PARTS * PARTS];
} Puzzle;

static void draw_puzzle(Puzzle *puzzle, Stream *stream)
{
    double factors[PARTS][3];
    puzzle->options.count = OPTIONS;
    for (int part = 0; part < PARTS; part++) {
        int option = part % OPTIONS;
        puzzle->slot_of[part] = part < ASKS * OPTIONS && option >= 3 ? option % 2 : NO_NODE;
        puzzle->accuracy[part] = 0.9 - 0.05 * option * stream_uniform(stream);
        puzzle->values[part] = part < ASKS * OPTIONS ? -stream_uniform(stream) * (1 - 0.1 * option)
                                                     : -0.5 * stream_uniform(stream) * ((part - ASKS * OPTIONS) % ASKS);
        for (int i = 0; i < 3; i++)
            factors[part][i] = 0.3 * stream_uniform(stream) - 0.1;
    }
    for (int a = 0; a < PARTS; a++)
        for (int b = 0; b < PARTS; b++) {
            puzzle->covariance[a * PARTS + b] = 0;
            for (int i = 0; i < 3; i++)
                puzzle->covariance[a * PARTS + b] += factors[a][i] * factors[b][i];
        }
    for (int i = 0; i < ASKS; i++) {
        puzzle->asks[i] = (Ask){.options = &puzzle->options};
        puzzle->first[i] = i * OPTIONS;
    }
    for (int slot = 0; slot < SLOTS; slot++)
        puzzle->slot_first[slot] = ASKS * OPTIONS + slot * ASKS;
    puzzle->decision = (Decision){.ask_count = ASKS, .asks = puzzle->asks};
    puzzle->parts = (AnswerParts){.ask_count = ASKS,
                                  .part_count = PARTS,
                                  .first = puzzle->first,
                                  .slot_count = SLOTS,
                                  .slot_first = puzzle->slot_first,
                                  .slot_of = puzzle->slot_of,
                                  .accuracy = puzzle->accuracy,
                                  .part_limit = PARTS,
                                  .slot_limit = SLOTS};
}

static double worth_of(const Puzzle *puzzle, const int *options, double weight, double threshold)
{
    double value = 0, variance = 0, accuracy = 0;
    int chosen[ASKS + SLOTS], count = 0, loads[SLOTS] = {0};
    for (int i = 0; i < ASKS; i++) {
        chosen[count++] = i * OPTIONS + options[i];
        accuracy += puzzle->accuracy[chosen[i]] / ASKS;
        if (options[i] >= 3)
            loads[options[i] % 2]++;
    }
    for (int slot = 0; slot < SLOTS; slot++)
        if (loads[slot])
            chosen[count++] = puzzle->slot_first[slot] + loads[slot] - 1;
    for (int i = 0; i < count; i++) {
        value += puzzle->values[chosen[i]];
        for (int j = 0; j < count; j++)
            variance += puzzle->covariance[chosen[i] * PARTS + chosen[j]];
    }
    return accuracy < threshold - 1e-9 ? -INFINITY : value + weight * sqrt(fmax(variance, 0));
}

static double best_of_all(const Puzzle *puzzle, double weight, double threshold)
{
    double best = -INFINITY;
    for (int number = 0; number < OPTIONS * OPTIONS * OPTIONS * OPTIONS; number++) {
        int options[ASKS], rest = number;
        for (int i = 0; i < ASKS; i++, rest /= OPTIONS)
            options[i] = rest % OPTIONS;
        best = fmax(best, worth_of(puzzle, options, weight, threshold));
    }
    return best;
}

static void the_search_finds_the_best_of_all_answers(void)
{
    static const double weights[] = {0, 1, -1, 3}, thresholds[] = {0, 0.85, 0.87, 0.895};
    Stream stream = stream_create(3, 0, STREAM_POLICY, 0);
    AnswerSearch search = {0};
    for (int n = 0; n < 200; n++) {
        Puzzle puzzle;
        draw_puzzle(&puzzle, &stream);
        double weight = weights[n % 4], threshold = thresholds[n / 4 % 4];
        Objective objective = {.kind = OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY, .threshold = threshold};
        PartWorth worth = {puzzle.values, weight == 0 ? NULL : puzzle.covariance, weight};
        int exact[ASKS], hurried[ASKS];
        answer_search_best(&search, &puzzle.parts, &puzzle.decision, &objective, worth, 1000000, exact);
        answer_search_best(&search, &puzzle.parts, &puzzle.decision, &objective, worth, 10, hurried);
        double best = best_of_all(&puzzle, weight, threshold);
        CHECK_NEAR(worth_of(&puzzle, exact, weight, threshold), best, 1e-12);
        CHECK(worth_of(&puzzle, hurried, weight, threshold) > best - 1);
    }
    answer_search_free(&search);
}

static void an_unreachable_threshold_gets_the_most_accurate_answer(void)
{
    Stream stream = stream_create(4, 0, STREAM_POLICY, 0);
    AnswerSearch search = {0};
    Puzzle puzzle;
    draw_puzzle(&puzzle, &stream);
    Objective objective = {.kind = OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY, .threshold = 0.99};
    int options[ASKS];
    answer_search_best(&search, &puzzle.parts, &puzzle.decision, &objective, (PartWorth){.values = puzzle.values}, 1000,
                       options);
    for (int i = 0; i < ASKS; i++)
        CHECK_INT(options[i], 0); /* 0.9; the others' are less */
    answer_search_free(&search);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(a_ranking_knows_the_greatest),
        CHECK_OF(ucb_takes_the_greatest_index_of_all),
        CHECK_OF(regret_of_ucb_grows_with_the_logarithm),
        CHECK_OF(thompson_regrets_less_than_ucb),
        CHECK_OF(thompson_draws_as_if_for_every_arm),
        CHECK_OF(a_linear_model_recovers_planted_weights),
        CHECK_OF(drawn_weights_have_the_covariance_of_the_model),
        CHECK_OF(the_search_finds_the_best_of_all_answers),
        CHECK_OF(an_unreachable_threshold_gets_the_most_accurate_answer),
    };
    return check_run("bandits", checks, sizeof checks / sizeof checks[0]);
}
