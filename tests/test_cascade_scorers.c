/* How far a light answer is worth sending on, and from where on it is sent: scores and their thresholds. */
#include "check.h"
#include "made_samples.h"

#include <math.h>
#include <string.h>

/* What a threshold gains on the rows, by its definition. */
static double gain_at(CascadeScorer *scorer, const CascadeTask *task, CascadeCriterion criterion, double price,
                      double threshold)
{
    double right = 0, decisions[2] = {0}, all[2] = {0}, sent = 0;
    for (int i = 0; i < task->tune.count; i++) {
        int row = task->tune.rows[i];
        bool send = cascade_scorer_score(scorer, cascade_task_values(task, row)) >= threshold;
        bool label = cascade_task_label(task, row);
        right += (send ? task->heavy : task->light)->correct[row];
        decisions[label] += send == label;
        all[label]++;
        sent += send;
    }
    switch (criterion) {
    case CRITERION_ACCURACY:
        return right - price * sent;
    case CRITERION_DECISIONS:
        return decisions[0] + decisions[1];
    case CRITERION_BALANCED:
        break;
    }
    return decisions[0] / all[0] + decisions[1] / all[1];
}

static void no_threshold_would_have_gained_more(void)
{
    Arena arena = {0};
    SampleRows test;
    SampleTable table = made_samples(&arena, 1);
    for (uint64_t seed = 0; seed < 3; seed++) {
        CascadeTask task = made_samples_task(&table, seed, &arena, &test);
        CascadeScorer scorer;
        task.tune.count = 150;
        cascade_scorer_init(&scorer, (CascadeScore)seed, &task, (Stream){{1}}); /* the plain ones */
        for (CascadeCriterion criterion = 0; cascade_criterion_names[criterion]; criterion++)
            for (int price = 0; price < 3; price++) {
                double threshold = cascade_threshold_tune(&scorer, &task, &task.tune, criterion, price * 0.2);
                double reached = gain_at(&scorer, &task, criterion, price * 0.2, threshold);
                double none = gain_at(&scorer, &task, criterion, price * 0.2, INFINITY);
                CHECK(reached >= none - 1e-12);
                for (int i = 0; i < task.tune.count; i++) {
                    double other = cascade_scorer_score(&scorer, cascade_task_values(&task, task.tune.rows[i]));
                    CHECK(gain_at(&scorer, &task, criterion, price * 0.2, other) <= reached + 1e-9);
                }
            }
        cascade_scorer_free(&scorer);
    }
    arena_free(&arena);
}

/* With many samples a classifier's cut is where its odds are even. Of all that are as unsure as can be, at 30 %,
 * sending on helps 0.7 (0.4 0.1 + 0.6 0.95) = 43 %: on the confidence alone nothing is worth it, with the margin some
 * are. */
static void a_classifier_sends_on_what_is_more_likely_than_not_to_gain(void)
{
    Arena arena = {0};
    SampleTable table = made_samples_read(&arena, made_samples_write("many.csv", 20000, 31, false));
    SampleRows test;
    CascadeTask task = made_samples_task(&table, 1, &arena, &test);
    for (CascadeScore score = CASCADE_CALIBRATED; score < CASCADE_SCORE_COUNT; score++) {
        CascadeScorer scorer;
        cascade_scorer_init(&scorer, score, &task, (Stream){{1}});
        double threshold = cascade_threshold_tune(&scorer, &task, &task.tune, CRITERION_DECISIONS, 0);
        if (score == CASCADE_CALIBRATED)
            CHECK(isinf(threshold) && threshold > 0);
        else
            CHECK_NEAR(threshold, 0, 0.25);
        /* Few send on, more send on the more the rarer of the two kinds counts. */
        CHECK(cascade_threshold_tune(&scorer, &task, &task.tune, CRITERION_BALANCED, 0) < -0.5);
        CHECK(isinf(cascade_threshold_tune(&scorer, &task, &task.tune, CRITERION_ACCURACY, 1.01)));
        cascade_scorer_free(&scorer);
    }
    arena_free(&arena);
}

static void a_dear_answer_is_never_sent_on(void)
{
    Arena arena = {0};
    SampleRows test;
    SampleTable table = made_samples(&arena, 1);
    CascadeTask task = made_samples_task(&table, 1, &arena, &test);
    CascadeScorer scorer;
    cascade_scorer_init(&scorer, CASCADE_ENTROPY, &task, (Stream){{1}});
    double cheap = cascade_threshold_tune(&scorer, &task, &task.tune, CRITERION_ACCURACY, 0.05);
    double dear = cascade_threshold_tune(&scorer, &task, &task.tune, CRITERION_ACCURACY, 0.5);
    CHECK(isfinite(cheap) && dear > cheap);
    CHECK(isinf(cascade_threshold_tune(&scorer, &task, &task.tune, CRITERION_ACCURACY, 1.01)));
    CHECK(cascade_threshold_tune(&scorer, &task, &task.tune, CRITERION_ACCURACY, -2) == -INFINITY);
    cascade_scorer_free(&scorer);
    arena_free(&arena);
}

enum { CLASSES = 4, PAIRS = 4000, PAIR_VALUES = 2 + CLASSES };

/* Answers that are all equally sure and mostly wrong. A heavy variant knows better where the sum of the class that is
 * predicted and of the one behind it is odd: what neither tells alone, and features do not tell at all. */
static SampleModel doubtful_pairs(Arena *arena, uint8_t **ret_heavy)
{
    double *values = arena_allocate(arena, PAIRS * PAIR_VALUES, sizeof *values);
    uint8_t *light = arena_allocate(arena, PAIRS, sizeof *light), *heavy = arena_allocate(arena, PAIRS, sizeof *heavy);
    Stream stream = stream_create(6, 0, STREAM_ANALYSIS, 0);
    for (int i = 0; i < PAIRS; i++) {
        int first = (int)stream_uniform_integer(&stream, CLASSES);
        int second = (first + 1 + (int)stream_uniform_integer(&stream, CLASSES - 1)) % CLASSES;
        double *row = values + (ptrdiff_t)i * PAIR_VALUES, *logits = row + 2, shift = stream_uniform(&stream);
        row[0] = 0.6;
        row[1] = first;
        for (int k = 0; k < CLASSES; k++)
            logits[k] = shift + (k == first ? 2 : k == second ? 1 : 0);
        light[i] = stream_uniform(&stream) < 0.1;
        heavy[i] = (uint8_t)((first + second) % 2);
    }
    *ret_heavy = heavy;
    return (SampleModel){.correct = light,
                         .feature_count = 2,
                         .features = {SAMPLE_CONFIDENCE, SAMPLE_PREDICTION},
                         .class_count = CLASSES,
                         .logit_count = CLASSES,
                         .values = values};
}

static void the_network_sees_which_classes_are_taken_for_each_other(void)
{
    Arena arena = {0};
    uint8_t *right;
    SampleModel light = doubtful_pairs(&arena, &right), heavy = {.correct = right};
    int *rows = arena_allocate(&arena, PAIRS, sizeof *rows);
    for (int i = 0; i < PAIRS; i++)
        rows[i] = i;
    CascadeTask task = {&light, &heavy, {PAIRS / 2, rows}, {PAIRS / 4, rows + PAIRS / 2}};
    double decisions[CASCADE_SCORE_COUNT] = {0};
    for (CascadeScore score = CASCADE_CALIBRATED; score < CASCADE_SCORE_COUNT; score++) {
        CascadeScorer scorer;
        cascade_scorer_init(&scorer, score, &task, (Stream){{1, 2, 3, 4}});
        double threshold = cascade_threshold_tune(&scorer, &task, &task.tune, CRITERION_DECISIONS, 0);
        for (int i = PAIRS / 4 * 3; i < PAIRS; i++) {
            bool sent = cascade_scorer_score(&scorer, cascade_task_values(&task, i)) >= threshold;
            decisions[score] += sent == cascade_task_label(&task, i) ? 4.0 / PAIRS : 0;
        }
        cascade_scorer_free(&scorer);
    }
    /* Two of three pairs have an odd sum, of which one in ten is right already. */
    CHECK_NEAR(decisions[CASCADE_CALIBRATED], 0.6, 0.05);
    CHECK(decisions[CASCADE_LOGISTIC] < 0.8);
    CHECK_NEAR(decisions[CASCADE_NETWORK], 1 - 2.0 / 3 / 10, 0.03);
    arena_free(&arena);
}

/* Everything about the samples that are reported on may change: nothing that was learnt does. */
static void nothing_is_learnt_from_the_samples_that_are_reported_on(void)
{
    Arena arena = {0};
    SampleRows test;
    SampleTable table = made_samples(&arena, 5);
    CascadeTask task = made_samples_task(&table, 1, &arena, &test);
    const double asked[] = {0.7, 0.2, 0.4};
    double scores[2][CASCADE_SCORE_COUNT], thresholds[2][CASCADE_SCORE_COUNT];
    for (int round = 0; round < 2; round++) {
        for (CascadeScore score = 0; score < CASCADE_SCORE_COUNT; score++) {
            CascadeScorer scorer;
            cascade_scorer_init(&scorer, score, &task, (Stream){{1, 2, 3, 4}});
            thresholds[round][score] = cascade_threshold_tune(&scorer, &task, &task.tune, CRITERION_BALANCED, 0);
            scores[round][score] = cascade_scorer_score(&scorer, asked);
            cascade_scorer_free(&scorer);
        }
        for (int i = 0; i < test.count; i++) {
            int row = test.rows[i];
            ((uint8_t *)task.light->correct)[row] ^= 1;
            ((uint8_t *)task.heavy->correct)[row] = (uint8_t)(i % 2);
            for (int k = 0; k < task.light->feature_count; k++)
                ((double *)cascade_task_values(&task, row))[k] = 0.5;
        }
    }
    CHECK(memcmp(scores[0], scores[1], sizeof scores[0]) == 0);
    CHECK(memcmp(thresholds[0], thresholds[1], sizeof thresholds[0]) == 0);
    /* The same on a sample to learn from does. */
    CascadeScorer scorer;
    for (int i = 0; i < task.train.count; i++)
        ((uint8_t *)task.heavy->correct)[task.train.rows[i]] ^= 1;
    cascade_scorer_init(&scorer, CASCADE_LOGISTIC, &task, (Stream){{1, 2, 3, 4}});
    CHECK(cascade_scorer_score(&scorer, asked) != scores[0][CASCADE_LOGISTIC]);
    cascade_scorer_free(&scorer);
    arena_free(&arena);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(no_threshold_would_have_gained_more),
        CHECK_OF(a_classifier_sends_on_what_is_more_likely_than_not_to_gain),
        CHECK_OF(a_dear_answer_is_never_sent_on),
        CHECK_OF(the_network_sees_which_classes_are_taken_for_each_other),
        CHECK_OF(nothing_is_learnt_from_the_samples_that_are_reported_on),
    };
    return check_run("cascade_scorers", checks, sizeof checks / sizeof *checks);
}
