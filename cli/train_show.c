#include "train_show.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "../analysis/escape.h"
#include "progress.h"

/* Points of the curve in the table, at equal ratios of interactions. */
enum { ROWS = 12, DURATION_SIZE = 32 };

static double percent(double fraction)
{
    return 100 * fraction;
}

/* Prints a number that may not be known. */
static void print_number(const char *format, int width, double value)
{
    if (isnan(value))
        printf("%*s", width, "-");
    else
        printf(format, width, value);
}

static void print_row(const CurvePoint *point)
{
    printf("%12" PRId64, point->interactions);
    print_number("%*.5g", 12, point->reward);
    print_number("%*.5g", 12, point->oracle_reward);
    print_number("%*.3g", 11, point->regret);
    print_number("%*.1f", 11, percent(point->optimal_fraction));
    print_number("%*.1f", 13, percent(point->near_optimal_fraction));
    print_number("%*.1f", 12, percent(point->violation_fraction));
    print_number("%*.2f", 13, 1000 * point->response_s);
    print_number("%*.2f", 12, percent(point->accuracy));
    printf("\n");
}

/* The first point, the last, and those at or behind equal ratios between. */
static void print_curve(const Learning *learning)
{
    const CurvePoint *curve = learning->curve;
    int last = learning->curve_count - 1, shown = -1;
    double from = fmax(1, (double)curve[0].interactions), ratio = (double)curve[last].interactions / from;
    printf("%12s%12s%12s%11s%11s%13s%12s%13s%12s\n", "interactions", "reward", "oracle", "regret", "optimal %",
           "near 1 %, %", "violated %", "response ms", "accuracy %");
    for (int row = 0; row < ROWS; row++) {
        int i = row == 0 ? 0 : shown;
        while (row > 0 && i < last && (double)curve[i].interactions < from * pow(ratio, row / (ROWS - 1.0)) - 1e-6)
            i++;
        if (row == ROWS - 1)
            i = last;
        if (i > shown)
            print_row(&curve[i]);
        shown = i > shown ? i : shown;
    }
}

static void print_arrival(const Learning *learning)
{
    if (!learning->compared) {
        printf("no oracle: the joint answers are too many to search, so that nothing is known of the optimum\n");
        return;
    }
    if (isnan(learning->to_optimum))
        printf("not optimal at the end: more than %" PRId64 " interactions to the optimum", learning->interactions);
    else if (learning->to_optimum == (double)learning->curve[0].interactions)
        printf("optimal from the beginning on");
    else
        printf("optimal from %.0f interactions on", learning->to_optimum);
    if (isnan(learning->to_optimum) && !isnan(learning->to_most_optimum))
        printf("; in 95 %% of the probability from %.0f on", learning->to_most_optimum);
    if (isnan(learning->to_optimum) && !isnan(learning->to_near_optimum))
        printf("; within 1 %% from %.0f on", learning->to_near_optimum);
    printf("\n");
}

static void print_time(const char *what, double time_s)
{
    char text[DURATION_SIZE];
    progress_duration(time_s, text, sizeof text);
    if (time_s < 1)
        printf("%s %.2g ms", what, 1000 * time_s);
    else
        printf("%s %s", what, text);
}

void train_show_table(const Trial *trial, const char *weights)
{
    const Learning *learning = &trial->learning;
    const CurveTime *time = &learning->times[learning->curve_count - 1];
    printf("%s: %s, which learns from %s, seed %" PRIu64 "\n", trial->scenario->name, trial->policy->name,
           feedback_names[trial->policy->feedback], trial->seed);
    if (learning->sampled)
        printf("greedy answers judged in a sample of %d contexts", learning->contexts);
    else if (learning->contexts > 1)
        printf("greedy answers judged in all %d contexts by their probability", learning->contexts);
    else
        printf("greedy answers judged in %s", learning->contexts ? "the one context there is" : "the first questions");
    printf(", services and delays at their mean\n");
    print_curve(learning);
    print_arrival(learning);
    print_time("training took", time->wall_s);
    print_time(": the world", time->simulation_s);
    print_time(", learning", time->learning_s);
    print_time(", planning", time->planning_s);
    printf("\n");
    if (weights)
        printf("kept in %s: %" PRId64 " interactions\n", weights, learning->interactions);
}

static void write_field(const char *name, double value)
{
    printf(", \"%s\": ", name);
    escape_number_json(stdout, value);
}

static void write_point(const CurvePoint *point, const CurveTime *time)
{
    printf("    {\"interactions\": %" PRId64, point->interactions);
    write_field("reward", point->reward);
    write_field("oracle_reward", point->oracle_reward);
    write_field("regret", point->regret);
    write_field("optimal_fraction", point->optimal_fraction);
    write_field("near_optimal_fraction", point->near_optimal_fraction);
    write_field("violation_fraction", point->violation_fraction);
    write_field("response_s", point->response_s);
    write_field("accuracy", point->accuracy);
    write_field("planning_steps", (double)point->planning_steps);
    write_field("wall_s", time->wall_s);
    write_field("cpu_s", time->cpu_s);
    write_field("simulation_s", time->simulation_s);
    write_field("learning_s", time->learning_s);
    write_field("planning_s", time->planning_s);
    printf("}");
}

void train_show_json(const Trial *trial, const char *weights)
{
    const Learning *learning = &trial->learning;
    printf("{\n  \"scenario\": ");
    escape_json(stdout, trial->scenario->name);
    printf(",\n  \"policy\": ");
    escape_json(stdout, trial->policy->name);
    printf(",\n  \"feedback\": ");
    escape_json(stdout, feedback_names[trial->policy->feedback]);
    printf(",\n  \"seed\": %" PRIu64 ",\n  \"interactions\": %" PRId64, trial->seed, learning->interactions);
    printf(",\n  \"contexts\": %d,\n  \"contexts_sampled\": %s", learning->contexts,
           learning->sampled ? "true" : "false");
    printf(",\n  \"optimum_reached\": %s", !learning->compared           ? "null"
                                           : isnan(learning->to_optimum) ? "false"
                                                                         : "true");
    printf(",\n  \"interactions_to_optimum\": ");
    escape_number_json(stdout, learning->to_optimum);
    printf(",\n  \"interactions_to_optimum_95\": ");
    escape_number_json(stdout, learning->to_most_optimum);
    printf(",\n  \"interactions_to_near_optimum\": ");
    escape_number_json(stdout, learning->to_near_optimum);
    printf(",\n  \"weights\": ");
    if (weights)
        escape_json(stdout, weights);
    else
        printf("null");
    printf(",\n  \"curve\": [\n");
    for (int i = 0; i < learning->curve_count; i++) {
        write_point(&learning->curve[i], &learning->times[i]);
        printf(i < learning->curve_count - 1 ? ",\n" : "\n");
    }
    printf("  ]\n}\n");
}

void train_show_progress(const LearningProgress *progress, char *buffer, size_t size)
{
    char elapsed[DURATION_SIZE], left[DURATION_SIZE] = "?";
    progress_duration(progress->elapsed_s, elapsed, sizeof elapsed);
    double done = (double)(progress->interactions - progress->first), all = (double)(progress->last - progress->first);
    if (done > 0)
        progress_duration(progress->elapsed_s / done * (all - done), left, sizeof left);
    int length = snprintf(buffer, size, "%" PRId64 "/%" PRId64 " interactions  elapsed %s  left %s",
                          progress->interactions, progress->last, elapsed, left);
    const CurvePoint *point = progress->point;
    if (point && !isnan(point->optimal_fraction) && length > 0 && (size_t)length < size)
        snprintf(buffer + length, size - (size_t)length, "  optimal %.1f %%", percent(point->optimal_fraction));
}
