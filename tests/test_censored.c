#include "../analysis/censored.h"
#include "../analysis/learner_statistics.h"
#include "check.h"

#include <math.h>
#include <stdio.h>

enum { RUNS = 12 };

static Stream stream_of(uint64_t seed)
{
    return stream_create(seed, 0, STREAM_ANALYSIS, 0);
}

static void check_bracket(Bracket bracket, double least, double most)
{
    CHECK_NEAR(bracket.least, least, 1e-12);
    if (isinf(most))
        CHECK(isinf(bracket.most));
    else
        CHECK_NEAR(bracket.most, most, 1e-12);
}

static void figures_by_hand(void)
{
    const double five[] = {50, 20, 30, 10, 40}, four[] = {30, 10, 30, 20};
    const bool last[] = {true, false, false, false, false}, two[] = {true, false, true, false}, none[5] = {false};
    check_bracket(censored_figure(CENSORED_MEDIAN, (CensoredScores){5, five, none}), 30, 30);
    check_bracket(censored_figure(CENSORED_MEDIAN, (CensoredScores){5, five, last}), 30, 30);
    check_bracket(censored_figure(CENSORED_INTERQUARTILE_MEAN, (CensoredScores){5, five, last}), 30, 30);
    check_bracket(censored_figure(CENSORED_MEDIAN, (CensoredScores){4, four, none}), 25, 25);
    check_bracket(censored_figure(CENSORED_MEDIAN, (CensoredScores){4, four, two}), 25, INFINITY);
    check_bracket(censored_figure(CENSORED_INTERQUARTILE_MEAN, (CensoredScores){4, four, two}), 25, INFINITY);
    /* Three runs lose none to the quarters. */
    check_bracket(censored_figure(CENSORED_INTERQUARTILE_MEAN, (CensoredScores){3, four, none}), 70.0 / 3, 70.0 / 3);
    check_bracket(censored_figure(CENSORED_INTERQUARTILE_MEAN, (CensoredScores){3, four, two}), 70.0 / 3, INFINITY);
    check_bracket(censored_figure(CENSORED_MEDIAN, (CensoredScores){1, four, two}), 30, INFINITY);
}

/* A run that broke off early may have needed any number: it counts as one of the last, whatever its budget. */
static void early_end_may_be_the_longest(void)
{
    const double values[] = {100, 200, 300, 5};
    const bool censored[] = {false, false, false, true};
    check_bracket(censored_figure(CENSORED_MEDIAN, (CensoredScores){4, values, censored}), 150, 250);
    char text[32];
    censored_format((Bracket){150, 250}, 3, text, sizeof text);
    CHECK_TEXT(text, "150 to 250");
}

static void ratios_are_bounded_from_the_right_side(void)
{
    const double slow[] = {1000, 1000, 1000}, fast[] = {10, 20, 30};
    const bool all[] = {true, true, true}, none[3] = {false};
    char text[32];
    const struct {
        CensoredScores first, second;
        double least, most;
        const char *text;
    } cases[] = {
        {{3, slow, none}, {3, fast, none}, 50, 50, "50"},
        {{3, slow, all}, {3, fast, none}, 50, INFINITY, ">= 50"},
        {{3, fast, none}, {3, slow, all}, 0, 0.02, "<= 0.02"},
        {{3, slow, all}, {3, slow, all}, 0, INFINITY, "?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Bracket ratio = censored_ratio(CENSORED_MEDIAN, cases[i].first, cases[i].second);
        check_bracket(ratio, cases[i].least, cases[i].most);
        censored_format(ratio, 3, text, sizeof text);
        CHECK_TEXT(text, cases[i].text);
    }
}

/* With two runs a resample is one of four: 10 and 10, 10 and 30 twice, 30 and 30. */
static void intervals_of_two_runs_are_known(void)
{
    const double values[] = {10, 30};
    const bool none[] = {false, false}, one[] = {false, true};
    Stream stream = stream_of(1);
    CensoredEstimate known =
        censored_interval(CENSORED_MEDIAN, (CensoredScores){2, values, none}, 0.95, LEARNER_RESAMPLES, &stream);
    check_bracket(known.value, 20, 20);
    CHECK_NEAR(known.low, 10, 0);
    CHECK_NEAR(known.high, 30, 0);
    CensoredEstimate open =
        censored_interval(CENSORED_MEDIAN, (CensoredScores){2, values, one}, 0.95, LEARNER_RESAMPLES, &stream);
    check_bracket(open.value, 20, INFINITY);
    CHECK_NEAR(open.low, 10, 0);
    CHECK(isinf(open.high));
    CensoredEstimate single = censored_interval(CENSORED_MEDIAN, (CensoredScores){1, values, none}, 0.95, 10, &stream);
    CHECK(isnan(single.low) && isnan(single.high));
}

/* Runs that are censored at random budgets: what is known of them holds what would have been known without. */
static void brackets_and_intervals_hold_what_censoring_hides(void)
{
    Stream random = stream_of(2);
    for (int trial = 0; trial < 200; trial++) {
        double whole[2][RUNS], seen[2][RUNS];
        bool censored[2][RUNS], none[RUNS] = {false};
        int hidden = 0;
        for (int learner = 0; learner < 2; learner++)
            for (int i = 0; i < RUNS; i++) {
                whole[learner][i] = 1 + stream_exponential(&random, 100);
                double budget = 1 + stream_exponential(&random, 50.0 * (1 + trial % 20));
                censored[learner][i] = whole[learner][i] > budget;
                seen[learner][i] = fmin(whole[learner][i], budget);
                hidden += censored[learner][i];
            }
        for (CensoredFigure figure = CENSORED_MEDIAN; figure <= CENSORED_INTERQUARTILE_MEAN; figure++) {
            CensoredScores first = {RUNS, whole[0], none}, second = {RUNS, whole[1], none};
            CensoredScores first_seen = {RUNS, seen[0], censored[0]}, second_seen = {RUNS, seen[1], censored[1]};
            Stream one = stream_of((uint64_t)trial), other = one;
            CensoredEstimate truth = censored_ratio_interval(figure, first, second, 0.9, 200, &one);
            CensoredEstimate known = censored_ratio_interval(figure, first_seen, second_seen, 0.9, 200, &other);
            CHECK(truth.value.least == truth.value.most);
            CHECK(known.value.least <= truth.value.least && truth.value.most <= known.value.most);
            CHECK(known.low <= truth.low && truth.high <= known.high);
            CHECK(hidden > 0 || (known.low == truth.low && known.high == truth.high));
            CHECK(stream_next(&one) == stream_next(&other));
        }
    }
}

/* Without censoring it is the interquartile mean of learner_statistics, from the same draws. */
static void nothing_censored_is_the_ordinary_statistic(void)
{
    const double values[] = {5, 1, 12, 3, 6, 90, 2, 4};
    const bool none[8] = {false};
    Scores scores = {1, 8, values};
    Stream one = stream_of(3), other = stream_of(3);
    Estimate ordinary = learner_statistics_interquartile_mean_interval(scores, 0.95, 500, &one);
    CensoredEstimate same =
        censored_interval(CENSORED_INTERQUARTILE_MEAN, (CensoredScores){8, values, none}, 0.95, 500, &other);
    CHECK_NEAR(same.value.least, ordinary.value, 1e-12);
    CHECK_NEAR(same.low, ordinary.low, 1e-12);
    CHECK_NEAR(same.high, ordinary.high, 1e-12);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(figures_by_hand),
        CHECK_OF(early_end_may_be_the_longest),
        CHECK_OF(ratios_are_bounded_from_the_right_side),
        CHECK_OF(intervals_of_two_runs_are_known),
        CHECK_OF(brackets_and_intervals_hold_what_censoring_hides),
        CHECK_OF(nothing_censored_is_the_ordinary_statistic),
    };
    return check_run("censored", checks, sizeof checks / sizeof *checks);
}
