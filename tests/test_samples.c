/* Tables of samples: what is read and written, how they are divided and drawn from, and what a model says of itself. */
#include "../sim/logits_file.h"
#include "../sim/rng.h"
#include "../sim/sample_file.h"
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *write_text(const char *name, const char *content)
{
    const char *path = check_scratch(name);
    FILE *stream = fopen(path, "w");
    fputs(content, stream);
    fclose(stream);
    return path;
}

/* A table that must be fine. */
static SampleTable read_table(Arena *arena, const char *content)
{
    SampleTable table = {0};
    ErrorList errors = {0};
    CHECK(sample_file_read(arena, write_text("samples.csv", content), &table, &errors));
    CHECK_INT(errors.total, 0);
    return table;
}

/* `count` numbered samples, right where the number is a multiple of three. */
static SampleTable number_samples(Arena *arena, int count)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    fputs("sample,a.correct\n", stream);
    for (int i = 0; i < count; i++)
        fprintf(stream, "%d,%d\n", i, i % 3 == 0);
    fclose(stream);
    SampleTable table = read_table(arena, text);
    free(text);
    return table;
}

static void a_table_is_read_whole(void)
{
    Arena arena = {0};
    SampleTable table = read_table(
        &arena,
        "# a "
        "head\nb.x.correct,sample,split,label,a.entropy,a.correct,a.prediction,a.confidence\n1,7,tune,2,0.5,0,1,0.75\n"
        "0,3,train,4,1e-3,1,4,0.99\n");
    CHECK_INT(table.row_count, 2);
    CHECK_INT(table.model_count, 2);
    CHECK_INT(table.samples[0], 7);
    CHECK_INT(table.labels[1], 4);
    CHECK_INT(table.uses[0], SAMPLE_TUNE);
    CHECK_INT(table.uses[1], SAMPLE_TRAIN);
    CHECK(table.counts == NULL);
    const SampleModel *plain = sample_table_model(&table, "b.x"), *full = sample_table_model(&table, "a");
    CHECK(plain && full && !sample_table_model(&table, "b"));
    CHECK_INT(plain->feature_count, 0);
    CHECK_INT(plain->correct[0], 1);
    CHECK_INT(full->feature_count, 3);
    CHECK_INT(full->features[0], SAMPLE_CONFIDENCE);
    CHECK_INT(full->features[1], SAMPLE_ENTROPY);
    CHECK_INT(sample_model_feature(full, SAMPLE_PREDICTION), 2);
    CHECK_INT(sample_model_feature(full, SAMPLE_MARGIN), -1);
    CHECK_INT(full->class_count, 5);
    const double expected[] = {0.75, 0.5, 1, 0.99, 1e-3, 4};
    for (int i = 0; i < 6; i++)
        CHECK_NEAR(full->values[i], expected[i], 0);
    arena_free(&arena);
}

static void a_table_that_is_written_is_read_again(void)
{
    Arena arena = {0};
    static const char *const texts[] = {"sample,a.correct,a.prediction,a.logit0,a.logit1,b.correct\n"
                                        "0,1,1,-2.25,1e-07,1\n1,0,0,0,-12.3456,0\n",
                                        "sample,label,split,a.correct,a.confidence,a.margin,a.top2,b.correct\n"
                                        "3,1,test,1,0.75,0.5,0.25,0\n4,0,train,0,0.999999999,0.999999998,1e-09,1\n",
                                        "count,a.correct,b.correct\n17,1,0\n20000,0,0\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        SampleTable table = read_table(&arena, texts[i]);
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        sample_file_write(stream, "# head\n", &table);
        fclose(stream);
        CHECK(strncmp(text, "# head\n", 7) == 0);
        CHECK_TEXT(text + 7, texts[i]);
        free(text);
    }
    arena_free(&arena);
}

static void parts_are_as_large_as_asked_for_and_share_nothing(void)
{
    Arena arena = {0};
    SampleTable table = number_samples(&arena, 1001);
    SampleParts parts = sample_parts_divide(&table, 0.5, 0.25, 9, &arena);
    const int sizes[] = {500, 250, 251};
    int seen[1001] = {0};
    for (int use = 0; use < SAMPLE_USE_COUNT; use++) {
        const SampleRows *part = &parts.parts[use];
        CHECK_INT(part->count, sizes[use]);
        for (int i = 0; i < part->count; i++) {
            seen[part->rows[i]]++;
            CHECK(i == 0 || part->rows[i] > part->rows[i - 1]);
        }
    }
    for (int i = 0; i < 1001; i++)
        CHECK_INT(seen[i], 1);
    SampleParts again = sample_parts_divide(&table, 0.5, 0.25, 9, &arena);
    SampleParts other = sample_parts_divide(&table, 0.5, 0.25, 10, &arena);
    CHECK(memcmp(parts.parts[0].rows, again.parts[0].rows, 500 * sizeof(int)) == 0);
    CHECK(memcmp(parts.parts[0].rows, other.parts[0].rows, 500 * sizeof(int)) != 0);
    arena_free(&arena);
}

/* Over many seeds every sample is in each part as often as the part is large. */
static void a_division_favours_no_sample(void)
{
    enum { ROWS = 20, SEEDS = 4000 };
    Arena arena = {0};
    SampleTable table = number_samples(&arena, ROWS);
    int counts[SAMPLE_USE_COUNT][ROWS] = {{0}};
    for (int seed = 0; seed < SEEDS; seed++) {
        SampleParts parts = sample_parts_divide(&table, 0.5, 0.25, (uint64_t)seed, &arena);
        for (int use = 0; use < SAMPLE_USE_COUNT; use++)
            for (int i = 0; i < parts.parts[use].count; i++)
                counts[use][parts.parts[use].rows[i]]++;
    }
    const double fractions[] = {0.5, 0.25, 0.25};
    for (int use = 0; use < SAMPLE_USE_COUNT; use++)
        for (int i = 0; i < ROWS; i++) {
            double mean = fractions[use] * SEEDS, deviation = sqrt(mean * (1 - fractions[use]));
            CHECK_NEAR(counts[use][i], mean, 4.5 * deviation);
        }
    arena_free(&arena);
}

static void a_file_that_divides_itself_is_left_so(void)
{
    Arena arena = {0};
    SampleTable table = read_table(&arena, "sample,split,a.correct\n0,test,1\n1,train,0\n2,test,0\n3,tune,1\n");
    SampleParts parts = sample_parts_divide(&table, 0, 0, 1, &arena);
    CHECK_INT(parts.parts[SAMPLE_TRAIN].count, 1);
    CHECK_INT(parts.parts[SAMPLE_TRAIN].rows[0], 1);
    CHECK_INT(parts.parts[SAMPLE_TEST].count, 2);
    CHECK_INT(parts.parts[SAMPLE_TEST].rows[1], 2);
    CHECK_NEAR(sample_parts_accuracy(&parts, &table, SAMPLE_TEST, &table.models[0]), 0.5, 0);
    CHECK_NEAR(sample_parts_accuracy(&parts, &table, SAMPLE_TUNE, &table.models[0]), 1, 0);
    arena_free(&arena);
}

static void counted_rows_are_drawn_in_proportion(void)
{
    enum { DRAWS = 100000 };
    Arena arena = {0};
    SampleTable table = read_table(&arena, "count,a.correct,b.correct\n1,1,1\n70,1,0\n20,0,1\n9,0,0\n");
    SampleParts parts = sample_parts_divide(&table, 0, 0, 1, &arena);
    const double counts[] = {1, 70, 20, 9};
    double drawn[4] = {0}, statistic = 0;
    for (uint64_t i = 0; i < DRAWS; i++)
        drawn[sample_parts_draw(&parts, SAMPLE_TEST, rng_draw(5, i))]++;
    for (int i = 0; i < 4; i++)
        statistic += pow(drawn[i] - DRAWS * counts[i] / 100, 2) / (DRAWS * counts[i] / 100);
    CHECK(statistic < 16.27); /* chi-square, 3 degrees of freedom, 0.1 % */
    CHECK(statistic > 0.02);
    CHECK_NEAR(sample_parts_accuracy(&parts, &table, SAMPLE_TEST, &table.models[0]), 0.71, 1e-15);
    CHECK_INT(sample_parts_draw(&parts, SAMPLE_TEST, 0), 0);
    CHECK_INT(sample_parts_draw(&parts, SAMPLE_TEST, UINT64_MAX), 3);
    arena_free(&arena);
}

/* The softmax by its definition, in long double. */
static void check_output(const double *logits, int count)
{
    long double sum = 0, entropy = 0, probabilities[16];
    int order[16];
    for (int i = 0; i < count; i++)
        sum += expl((long double)logits[i]);
    for (int i = 0; i < count; i++) {
        probabilities[i] = expl((long double)logits[i]) / sum;
        entropy -= probabilities[i] > 0 ? probabilities[i] * logl(probabilities[i]) : 0;
        int place = i;
        for (; place > 0 && probabilities[i] > probabilities[order[place - 1]]; place--)
            order[place] = order[place - 1];
        order[place] = i;
    }
    SampleOutput output = sample_output_of(logits, count);
    CHECK_NEAR(output.values[SAMPLE_CONFIDENCE], (double)probabilities[order[0]], 1e-14);
    CHECK_NEAR(output.values[SAMPLE_MARGIN], (double)(probabilities[order[0]] - probabilities[order[1]]), 1e-14);
    CHECK_NEAR(output.values[SAMPLE_ENTROPY], (double)entropy, 1e-13);
    CHECK_INT(output.values[SAMPLE_PREDICTION], order[0]);
    for (int k = 1; k <= 4; k++)
        CHECK_NEAR(output.values[SAMPLE_TOP2 + k - 1], k < count ? (double)probabilities[order[k]] : 0, 1e-14);
}

static void a_model_says_of_itself_what_its_softmax_says(void)
{
    Stream stream = stream_create(3, 0, STREAM_ANALYSIS, 0);
    for (int i = 0; i < 2000; i++) {
        double logits[16];
        int count = 2 + (int)stream_uniform_integer(&stream, 15);
        for (int k = 0; k < count; k++)
            logits[k] = 12 * (stream_uniform(&stream) - 0.5);
        check_output(logits, count);
    }
}

static void extreme_and_equal_logits_are_no_exception(void)
{
    SampleOutput output = sample_output_of((double[]){1, 1, 1, 1}, 4);
    CHECK_NEAR(output.values[SAMPLE_CONFIDENCE], 0.25, 1e-15);
    CHECK_NEAR(output.values[SAMPLE_MARGIN], 0, 0);
    CHECK_NEAR(output.values[SAMPLE_ENTROPY], log(4), 1e-15);
    CHECK_INT(output.values[SAMPLE_PREDICTION], 0);
    CHECK_NEAR(output.values[SAMPLE_TOP4], 0.25, 1e-15);
    CHECK_NEAR(output.values[SAMPLE_TOP5], 0, 0);
    output = sample_output_of((double[]){-1000, 900, 1000}, 3);
    CHECK_NEAR(output.values[SAMPLE_CONFIDENCE], 1, 0);
    CHECK_NEAR(output.values[SAMPLE_TOP2] / exp(-100), 1, 1e-12);
    CHECK_NEAR(output.values[SAMPLE_ENTROPY] / (101 * exp(-100)), 1, 1e-9); /* what is lost in 1 - p is not lost here */
    CHECK_INT(output.values[SAMPLE_PREDICTION], 2);
}

static void logits_become_a_table(void)
{
    Arena arena = {0};
    ErrorList errors = {0};
    Error error = {0};
    SampleTable tables[2], joined;
    const char *paths[2];
    paths[0] = write_text("light.csv", "sample,label,zero,one,two,split\n5,0,2,1,0,train\n9,1,3,0,0,test\n");
    CHECK(logits_file_read(&arena, paths[0], "light", &tables[0], &errors));
    paths[1] = write_text("heavy.csv", "split,two,label,sample,one,zero\ntrain,2,0,5,1,0\ntest,0,1,9,1,0\n");
    CHECK(logits_file_read(&arena, paths[1], "heavy", &tables[1], &errors));
    CHECK(logits_join(tables, paths, 2, &arena, &joined, &error));
    CHECK_INT(joined.model_count, 2);
    CHECK_INT(joined.row_count, 2);
    CHECK_INT(joined.samples[1], 9);
    CHECK_INT(joined.uses[0], SAMPLE_TRAIN);
    CHECK_INT(joined.models[0].correct[0], 1);
    CHECK_INT(joined.models[0].correct[1], 0);
    CHECK_INT(joined.models[1].correct[0], 1); /* classes are in the order of the columns */
    CHECK_INT(joined.models[1].correct[1], 1);
    CHECK_INT(joined.models[0].feature_count, 6); /* three classes: none is fourth */
    CHECK_NEAR(joined.models[0].values[0], exp(2) / (exp(2) + exp(1) + 1), 1e-15);
    CHECK_INT(joined.models[1].logit_count, 3);
    CHECK_NEAR(sample_model_values(&joined.models[1], 1)[6 + 1], 1, 0);
    arena_free(&arena);
}

/* What the second file says of the samples must be what the first says. */
static void check_difference(const char *second, const char *message)
{
    Arena arena = {0};
    ErrorList errors = {0};
    Error error = {0};
    SampleTable tables[2], joined;
    const char *paths[] = {"first.csv", "second.csv"};
    CHECK(logits_file_read(&arena, write_text("a.csv", "sample,label,x,y\n0,0,1,2\n1,1,1,2\n"), "a", &tables[0],
                           &errors));
    CHECK(logits_file_read(&arena, write_text("b.csv", second), "b", &tables[1], &errors));
    CHECK(!logits_join(tables, paths, 2, &arena, &joined, &error));
    CHECK_TEXT(error.file, "second.csv");
    CHECK_TEXT(error.message, message);
    arena_free(&arena);
}

static void logits_of_other_samples_are_refused(void)
{
    check_difference("sample,label,x,y\n0,0,1,2\n", "has 1 samples, first.csv has 2");
    check_difference("sample,label,x,y\n0,0,1,2\n1,0,1,2\n", "sample 1 (row 2) has another label than in first.csv");
    check_difference("sample,label,x,y\n0,0,1,2\n2,1,1,2\n", "sample 2 (row 2) has another number than in first.csv");
    check_difference("sample,label,split,x,y\n0,0,test,1,2\n1,1,test,1,2\n",
                     "and first.csv must either both have a column 'split' or neither");
}

static void bad_logits_are_found(void)
{
    static const char *const cases[][2] = {
        {"lable,x,y\n0,1,2\n", "1:1: column 'label' is missing\n"},
        {"label,x\n0,1\n", "1:1: 1 columns of logits: there is one for each class, at least two\n"},
        {"label,x,y\n", "1:1: no row follows the header\n"},
        {"label,x,y\n2,1,2\n0,nan,1\n0,,1\n",
         "2:1: label: '2' must be from 0 to 1\n3:3: x: 'nan': is not a finite number\n4:3: x: is missing\n"},
        {"label,split,x,y\n0,learn,1,2\n", "2:3: split: 'learn' is none of train, tune, test\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena arena = {0};
        ErrorList errors = {0};
        SampleTable table = {.row_count = -1};
        char text[1024] = "";
        CHECK(!logits_file_read(&arena, write_text("bad.csv", cases[i][0]), "a", &table, &errors));
        CHECK_INT(table.row_count, -1);
        for (int k = 0; k < errors.count; k++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%d:%d: %s\n", errors.items[k].line,
                     errors.items[k].column, errors.items[k].message);
        CHECK_TEXT(text, cases[i][1]);
        arena_free(&arena);
    }
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(a_table_is_read_whole),
        CHECK_OF(a_table_that_is_written_is_read_again),
        CHECK_OF(parts_are_as_large_as_asked_for_and_share_nothing),
        CHECK_OF(a_division_favours_no_sample),
        CHECK_OF(a_file_that_divides_itself_is_left_so),
        CHECK_OF(counted_rows_are_drawn_in_proportion),
        CHECK_OF(a_model_says_of_itself_what_its_softmax_says),
        CHECK_OF(extreme_and_equal_logits_are_no_exception),
        CHECK_OF(logits_become_a_table),
        CHECK_OF(logits_of_other_samples_are_refused),
        CHECK_OF(bad_logits_are_found),
    };
    return check_run("samples", checks, sizeof checks / sizeof checks[0]);
}
