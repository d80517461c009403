#include "../sim/config.h"
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A struct with every kind of field. */
typedef struct Sample {
    int64_t count, optional;
    double size, share, plain;
    Time delay;
    bool quick;
    const char *name;
    int colour;
    const ConfigNode *inner;
} Sample;

static const char *const colours[] = {"red", "green", "blue", NULL};

static const Field fields[] = {
    {"count", FIELD_INTEGER, .offset = offsetof(Sample, count), .minimum = 1, .maximum = 1000},
    {"optional", FIELD_INTEGER, .offset = offsetof(Sample, optional), .fallback = ""},
    {"size", FIELD_QUANTITY, DIMENSION_DATA, offsetof(Sample, size), .fallback = "150 kB"},
    {"share", FIELD_QUANTITY, DIMENSION_FRACTION, offsetof(Sample, share), .fallback = "50 %", .maximum = 1},
    {"plain", FIELD_QUANTITY, DIMENSION_COUNT, offsetof(Sample, plain), .fallback = "0.25"},
    {"delay", FIELD_TIME, .offset = offsetof(Sample, delay), .fallback = "11 ms", .minimum = 1e-3, .maximum = 10},
    {"quick", FIELD_BOOLEAN, .offset = offsetof(Sample, quick), .fallback = "no"},
    {"name", FIELD_TEXT, .offset = offsetof(Sample, name), .fallback = "someone"},
    {"colour", FIELD_CHOICE, .offset = offsetof(Sample, colour), .fallback = "green", .choices = colours},
    {"inner", FIELD_NESTED, .offset = offsetof(Sample, inner), .fallback = ""},
};

/* A text on its way through reading and binding. */
typedef struct Trial {
    Arena arena;
    ErrorList errors;
    ConfigNode *root;
    Sample sample;
} Trial;

static Trial *trial_read(const char *text)
{
    Trial *trial = memory_allocate(1, sizeof *trial);
    trial->root = config_parse(&trial->arena, text, strlen(text), "f", true, &trial->errors);
    return trial;
}

static Trial *trial_bind(const char *text)
{
    Trial *trial = trial_read(text);
    config_bind(&trial->arena, trial->root, "top", fields, COUNT(fields), &trial->sample, &trial->errors);
    return trial;
}

static void trial_free(Trial *trial)
{
    arena_free(&trial->arena);
    free(trial);
}

/* All findings, each on a line, in the order of their places. */
static char *findings(ErrorList *errors)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    error_list_write(errors, stream);
    fclose(stream);
    return text;
}

/* Frees the trial. */
static void check_findings(Trial *trial, const char *expected)
{
    char *text = findings(&trial->errors);
    CHECK_TEXT(text, expected);
    free(text);
    trial_free(trial);
}

static char *written(const ConfigNode *node)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    config_write_node(stream, node);
    fclose(stream);
    return text;
}

static void check_tree(const Trial *trial, const char *expected)
{
    char *text = trial->root ? written(trial->root) : NULL;
    CHECK_TEXT(text, expected);
    free(text);
}

static void a_tree_holds_what_the_file_says_and_where(void)
{
    Trial *trial = trial_read("# head\na: 1\nlist:\n  - {b: 'x y', c: [1, 2]}\n  - word\n");
    CHECK_INT(trial->errors.total, 0);
    check_tree(trial, "{a: 1, list: [{b: x y, c: [1, 2]}, word]}");
    const ConfigNode *list = config_get(trial->root, "list");
    const ConfigNode *b = config_get(list->first, "b");
    CHECK_INT(list->count, 2);
    CHECK_INT(b->line, 4);
    CHECK_INT(b->column, 9);
    CHECK_INT(b->key_column, 6);
    CHECK(b->quoted);
    CHECK_TEXT(b->file, "f");
    CHECK(config_get(trial->root, "absent") == NULL);
    CHECK(config_get(list, "a") == NULL);
    CHECK(config_get(NULL, "a") == NULL);
    trial_free(trial);
}

static void an_alias_is_a_copy(void)
{
    Trial *trial = trial_read("a: &x {k: 1}\nb: *x\n");
    check_tree(trial, "{a: {k: 1}, b: {k: 1}}");
    config_override(&trial->arena, trial->root, "b.k=2", &trial->errors);
    check_tree(trial, "{a: {k: 1}, b: {k: 2}}");
    trial_free(trial);
}

static void a_key_twice_is_found_and_the_first_counts(void)
{
    Trial *trial = trial_read("a: 1\nb: 2\na: 3\na: 4\n");
    CHECK_TEXT(config_get(trial->root, "a")->text, "1");
    check_findings(trial, "f:3:1: error: a: this key stands here twice, first in line 1\n"
                          "f:4:1: error: a: this key stands here twice, first in line 1\n");
}

static void an_alias_deepens_what_holds_it(void)
{
    char text[512] = "a: &x ";
    for (int i = 0; i < 40; i++)
        strcat(text, "[");
    for (int i = 0; i < 40; i++)
        strcat(text, "]");
    strcat(text, "\nb: ");
    for (int i = 0; i < 30; i++)
        strcat(text, "[");
    strcat(text, "*x");
    for (int i = 0; i < 30; i++)
        strcat(text, "]");
    Trial *trial = trial_read(text);
    CHECK(trial->root == NULL);
    check_findings(trial, "f:2:34: error: nested deeper than 64 levels\n");
}

static void defaults_are_bound_where_nothing_is_said(void)
{
    Trial *trial = trial_bind("count: 3");
    CHECK_INT(trial->errors.total, 0);
    CHECK_INT(trial->sample.count, 3);
    CHECK_INT(trial->sample.optional, 0);
    CHECK_NEAR(trial->sample.size, 150e3, 0);
    CHECK_NEAR(trial->sample.share, 0.5, 0);
    CHECK_INT(trial->sample.delay, 11000000);
    CHECK(!trial->sample.quick);
    CHECK_TEXT(trial->sample.name, "someone");
    CHECK_INT(trial->sample.colour, 1);
    CHECK(trial->sample.inner == NULL);
    trial_free(trial);
}

static void what_is_said_is_bound(void)
{
    Trial *trial =
        trial_bind("{count: 1e2, optional: -7, size: 1 MiB, share: 89 %, plain: 1e-3, delay: 2 s, quick: yes,"
                   " name: 'a: b', colour: blue, inner: [1]}");
    CHECK_INT(trial->errors.total, 0);
    CHECK_INT(trial->sample.count, 100);
    CHECK_INT(trial->sample.optional, -7);
    CHECK_NEAR(trial->sample.size, 1048576, 0);
    CHECK_NEAR(trial->sample.share, 0.89, 0);
    CHECK_NEAR(trial->sample.plain, 0.001, 0);
    CHECK_INT(trial->sample.delay, 2000000000);
    CHECK(trial->sample.quick);
    CHECK_TEXT(trial->sample.name, "a: b");
    CHECK_INT(trial->sample.colour, 2);
    CHECK(trial->sample.inner && trial->sample.inner->kind == CONFIG_LIST);
    trial_free(trial);
}

static void every_mistake_is_found_in_one_pass(void)
{
    check_findings(trial_bind("count: 2000\noptional: 1.5\nsize: 3\nshare: 101 %\nplain: x\ndelay: 1 us\nquick: maybe\n"
                              "name: ''\ncolour: geen\ncoulor: red\ninner:\n"),
                   "f:1:8: error: top.count: 2000 is above the most allowed, 1000\n"
                   "f:2:11: error: top.optional: \"1.5\" is not a whole number\n"
                   "f:3:7: error: top.size: \"3\" needs a unit, one of: B kB MB GB KiB MiB GiB bit kbit Mbit\n"
                   "f:4:8: error: top.share: 101 % is above the most allowed, 100 %\n"
                   "f:5:8: error: top.plain: \"x\" is not a number\n"
                   "f:6:8: error: top.delay: 1 us is below the least allowed, 1 ms\n"
                   "f:7:8: error: top.quick: \"maybe\" is neither yes nor no\n"
                   "f:8:7: error: top.name: is empty\n"
                   "f:9:9: error: top.colour: \"geen\" is no choice here; did you mean 'green'?\n"
                   "f:10:1: error: top.coulor: unknown key; did you mean 'colour'?\n"
                   "f:11:7: error: top.inner: has no value\n");
    check_findings(trial_bind("{}"), "f:1:1: error: top.count: this key is required\n");
    check_findings(trial_bind("[count]"), "f:1:1: error: top: must be a map of keys and values\n");
    check_findings(trial_bind("count: [1]"), "f:1:8: error: top.count: must be a single value, not a list\n");
}

static void whole_numbers_keep_all_their_digits(void)
{
    Trial *trial = trial_bind("{count: 1, optional: 9223372036854775807}");
    CHECK_INT(trial->sample.optional, INT64_MAX);
    trial_free(trial);
    trial = trial_bind("{count: 1, optional: -9223372036854775808}");
    CHECK_INT(trial->sample.optional, INT64_MIN);
    trial_free(trial);
    check_findings(trial_bind("{count: 1, optional: 9223372036854775808}"),
                   "f:1:22: error: top.optional: \"9223372036854775808\" is too large\n");
}

static void what_is_written_binds_to_the_same(void)
{
    Trial *trial =
        trial_bind("{count: 7, size: 1234567 B, share: 33.3 %, plain: 0.1, delay: 1.234567891 s, quick: true,"
                   " name: \"tab\\t quote\\\" back\\\\ \\u0085 \\xe9 \\U0001F600 #\", colour: red}");
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    config_write(stream, fields, COUNT(fields), &trial->sample, 0);
    fclose(stream);
    Trial *again = trial_bind(text);
    CHECK_INT(again->errors.total, 0);
    CHECK_INT(again->sample.count, 7);
    CHECK_NEAR(again->sample.size, 1234567, 0);
    CHECK_NEAR(again->sample.share, trial->sample.share, 0);
    CHECK_NEAR(again->sample.plain, 0.1, 0);
    CHECK_INT(again->sample.delay, 1234567891);
    CHECK(again->sample.quick);
    CHECK_TEXT(again->sample.name, trial->sample.name);
    CHECK_INT(again->sample.colour, 0);
    free(text);
    trial_free(again);
    trial_free(trial);
}

static void what_was_not_given_is_not_written(void)
{
    Sample sample = {.size = INFINITY, .share = NAN, .delay = TIME_NEVER};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    config_write(stream, fields, COUNT(fields), &sample, 2);
    fclose(stream);
    CHECK_TEXT(text, "  count: 0\n  optional: 0\n  plain: 0\n  quick: no\n  colour: red\n");
    free(text);
}

static void any_text_survives_writing(void)
{
    static const char *const texts[] = {"",     " ",   "a b",       "a: b", "# a", "- a",          "[a",
                                        "null", "~",   "'",         "\"",   "\\",  "a\nb",         "a ",
                                        "?",    "...", "---",       "%a",   "@a",  "\xe2\x80\xa8", "\xef\xbb\xbf",
                                        "\x7f", "a,b", "\xc2\xa0x", "{",    "!a",  "&a",           "*a",
                                        "|",    ">",   "<<",        "=",    "1",   "a #b",         "a:"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        fputs("{k: ", stream);
        config_write_text(stream, texts[i]);
        fputs("}", stream);
        fclose(stream);
        Trial *trial = trial_read(text);
        const ConfigNode *node = config_get(trial->root, "k");
        check_text(node && node->text ? node->text : NULL, texts[i], text, __FILE__, __LINE__);
        free(text);
        trial_free(trial);
    }
}

static void overrides_win_over_the_file(void)
{
    static const char text[] =
        "{seed: 1, nodes: [{name: a, cores: 1}, {name: b}], links: [{from: a, to: b, delay: 1 ms}]}";
    static const char *const assignments[] = {"seed=2",
                                              "nodes.b.cores=[3, {x: 4}]",
                                              "nodes.0.cores=5",
                                              "nodes[1].limit=6",
                                              "links.a-b.delay=7 ms",
                                              "stop.rounds=8",
                                              "name=a = b",
                                              "seed=9"};
    Trial *trial = trial_read(text);
    for (size_t i = 0; i < COUNT(assignments); i++)
        config_override(&trial->arena, trial->root, assignments[i], &trial->errors);
    CHECK_INT(trial->errors.total, 0);
    check_tree(trial, "{seed: 9, nodes: [{name: a, cores: 5}, {name: b, cores: [3, {x: 4}], limit: 6}], "
                      "links: [{from: a, to: b, delay: 7 ms}], stop: {rounds: 8}, name: a = b}");
    CHECK_TEXT(config_get(trial->root, "seed")->file, "command line: seed=9");
    CHECK_INT(config_get(trial->root, "seed")->line, 0);
    trial_free(trial);
}

static void overrides_that_fit_nowhere_are_found(void)
{
    static const char *const assignments[] = {"seed",
                                              "=1",
                                              ".=1",
                                              "a..b=1",
                                              "a.=1",
                                              "a[=1",
                                              "a[]=1",
                                              "seed=",
                                              "b.x=1",
                                              "c.y=1",
                                              "s.t=1",
                                              "c.9=1",
                                              "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q=1"};
    for (size_t i = 0; i < COUNT(assignments); i++) {
        Trial *trial = trial_read("{s: 1, b: [1], c: [{name: x}]}");
        config_override(&trial->arena, trial->root, assignments[i], &trial->errors);
        check_true(trial->errors.total == 1, assignments[i], __FILE__, __LINE__);
        CHECK(strncmp(trial->errors.items[0].file, "command line: ", 14) == 0);
        trial_free(trial);
    }
}

static void long_words_are_cut_between_characters(void)
{
    char buffer[CONFIG_EXCERPT_SIZE];
    CHECK_TEXT(config_excerpt("short", buffer), "short");
    CHECK_TEXT(config_excerpt("two\nlines\x1b", buffer), "two lines ");
    CHECK_TEXT(config_excerpt("1234567890123456789012345678901234567890", buffer),
               "1234567890123456789012345678901234567890");
    CHECK_TEXT(config_excerpt("123456789012345678901234567890123456\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac", buffer),
               "123456789012345678901234567890123456...");
}

static void files_are_found_from_where_they_are_named(void)
{
    Arena arena = {0};
    CHECK_TEXT(config_relative(&arena, "a/b/c.yaml", "../d.csv"), "a/b/../d.csv");
    CHECK_TEXT(config_relative(&arena, "c.yaml", "d.csv"), "d.csv");
    CHECK_TEXT(config_relative(&arena, "/c.yaml", "d.csv"), "/d.csv");
    CHECK_TEXT(config_relative(&arena, "a/c.yaml", "/d.csv"), "/d.csv");
    arena_free(&arena);
}

int main(void)
{
    static const Check checks[] = {
        {"a_tree_holds_what_the_file_says_and_where", a_tree_holds_what_the_file_says_and_where},
        {"an_alias_is_a_copy", an_alias_is_a_copy},
        {"a_key_twice_is_found_and_the_first_counts", a_key_twice_is_found_and_the_first_counts},
        {"an_alias_deepens_what_holds_it", an_alias_deepens_what_holds_it},
        {"defaults_are_bound_where_nothing_is_said", defaults_are_bound_where_nothing_is_said},
        {"what_is_said_is_bound", what_is_said_is_bound},
        {"every_mistake_is_found_in_one_pass", every_mistake_is_found_in_one_pass},
        {"whole_numbers_keep_all_their_digits", whole_numbers_keep_all_their_digits},
        {"what_is_written_binds_to_the_same", what_is_written_binds_to_the_same},
        {"what_was_not_given_is_not_written", what_was_not_given_is_not_written},
        {"any_text_survives_writing", any_text_survives_writing},
        {"overrides_win_over_the_file", overrides_win_over_the_file},
        {"overrides_that_fit_nowhere_are_found", overrides_that_fit_nowhere_are_found},
        {"long_words_are_cut_between_characters", long_words_are_cut_between_characters},
        {"files_are_found_from_where_they_are_named", files_are_found_from_where_they_are_named},
    };
    return check_run("config", checks, COUNT(checks));
}
