#include "../sim/trace.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROFILE_HEADER "platform,model,variant,threads,family,mean_ms,cv,p0_ms,p50_ms,p100_ms,provenance,source\n"
#define ROW_START "a,m,v,1,"
#define ROW_END ",measured,here\n"
#define LAYER_HEADER "variant,layer,macs,parameters,output_bytes\n"

/* A file's content and every finding it must give, each as "line:column: message" and a line end. */
typedef struct Bad {
    const char *content, *findings;
} Bad;

static const char *write_file(const char *content, size_t size)
{
    const char *path = check_scratch("trace.csv");
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(content, 1, size, file) != size || fclose(file) != 0)
        abort();
    return path;
}

static const char *write_text(const char *content)
{
    return write_file(content, strlen(content));
}

static void check_findings(const ErrorList *errors, const char *expected)
{
    char text[4096] = "";
    size_t used = 0;
    for (int i = 0; i < errors->count; i++) {
        const Error *error = &errors->items[i];
        used += (size_t)snprintf(text + used, sizeof text - used, "%d:%d: %s\n", error->line, error->column,
                                 error->message);
    }
    CHECK_TEXT(text, expected);
}

static void check_bad_profiles(const Bad *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Arena arena = {0};
        ErrorList errors = {0};
        ProfileTable table = {.count = -1};
        CHECK(!trace_read_profiles(&arena, write_text(cases[i].content), &table, &errors));
        CHECK_INT(table.count, -1);
        check_findings(&errors, cases[i].findings);
        arena_free(&arena);
    }
}

static void a_good_profile_file_is_read_whole(void)
{
    Arena arena = {0};
    ErrorList errors = {0};
    ProfileTable table = {0};
    const char *path =
        write_text("\xef\xbb\xbf# a comment\r\n"
                   "\r\n"
                   "p100_ms,p99.9_ms, p0_ms ,platform,model,variant,threads,family,mean_ms,cv,provenance,source\r\n"
                   "40,,10,board,net,v1,4,quantiles,,,measured,\"a, b \"\"c\"\"\"\r\n"
                   "  # a comment between rows\r\n"
                   ",,,board,net,v1,2,gamma,2.5e1,0.5,theory,  none  ");
    CHECK(trace_read_profiles(&arena, path, &table, &errors));
    check_findings(&errors, "");
    CHECK_INT(table.count, 2);
    CHECK_TEXT(table.path, path);
    const Profile *row = &table.rows[0];
    CHECK_TEXT(row->platform, "board");
    CHECK_TEXT(row->source, "a, b \"c\"");
    CHECK_INT(row->threads, 4);
    CHECK_INT(row->line, 4);
    CHECK_INT(row->family, PROFILE_QUANTILES);
    CHECK_INT(row->point_count, 2);
    CHECK_NEAR(row->probability[0], 0, 0);
    CHECK_NEAR(row->latency_s[1], 0.04, 1e-17);
    CHECK_NEAR(row->mean_s, 0.025, 1e-17);
    row = &table.rows[1];
    CHECK_TEXT(row->source, "none");
    CHECK_INT(row->family, PROFILE_GAMMA);
    CHECK_NEAR(row->mean_s, 0.025, 1e-17);
    CHECK_NEAR(row->coefficient_of_variation, 0.5, 0);
    arena_free(&arena);
}

static void a_quantile_that_was_not_measured_is_left_out(void)
{
    Arena arena = {0};
    ErrorList errors = {0};
    ProfileTable table = {0};
    CHECK(
        trace_read_profiles(&arena, write_text(PROFILE_HEADER ROW_START "quantiles,,,1,,3" ROW_END), &table, &errors));
    CHECK_INT(table.rows[0].point_count, 2);
    CHECK_NEAR(table.rows[0].mean_s, 0.002, 1e-18);
    arena_free(&arena);
}

static void wrong_headers_are_found(void)
{
    const Bad cases[] = {
        {"", "0:0: is empty\n"},
        {"# only a comment\n\n", "0:0: holds no header line\n"},
        {PROFILE_HEADER, "1:1: no row follows the header\n"},
        {"platform,model,variant,thread,family,provenance,source\nx,m,v,1,exponential,theory,none\n",
         "1:1: column 'threads' is missing\n1:24: unknown column 'thread'; did you mean 'threads'?\n"},
        {"platform,model,variant,threads,family,provenance,source,p50_ms,,p50_ms\n",
         "1:64: a column without a name\n1:65: column 'p50_ms' stands here twice\n"},
        {"platform,model,variant,threads,family,provenance,source,p50_ms,p50.0_ms\n",
         "1:64: column 'p50.0_ms' is the same quantile as 'p50_ms'\n"},
        {"platform,model,variant,threads,family,provenance,source,p101_ms\n", "1:57: unknown column 'p101_ms'\n"},
        {"platform,\"model\n", "1:10: the quote that opens here is not closed on its line\n"},
    };
    check_bad_profiles(cases, sizeof cases / sizeof cases[0]);
}

static void wrong_rows_are_found(void)
{
    const Bad cases[] = {
        {PROFILE_HEADER "a,m,v,1,quantiles,,,1,2\n", "2:24: 9 fields where the header has 12\n"},
        {PROFILE_HEADER ROW_START "quantiles,,,1,2,3,measured,here,more\n",
         "2:41: 13 fields where the header has 12\n"},
        {PROFILE_HEADER ROW_START "quantiles,,,1,2,3,measured,\"here\n",
         "2:36: the quote that opens here is not closed on its line\n"},
        {PROFILE_HEADER ROW_START "quantiles,,,1,2,3,measured,\"here\"x\n",
         "2:42: a comma must follow the closing quote\n"},
        {PROFILE_HEADER ",m,v,0,gama,5,1,,,,guess,\n",
         "2:1: platform: is missing\n2:6: threads: '0' must be from 1 to 1024\n"
         "2:20: provenance: unknown 'guess'\n2:26: source: is missing\n"
         "2:8: family: unknown 'gama'; did you mean 'gamma'?\n"},
        {PROFILE_HEADER "a,m,v,1.5,deterministic,5,,,,,theory,here\n", "2:7: threads: '1.5' must be a whole number\n"},
        {PROFILE_HEADER ROW_START "exponential,5,,,,,theory,here\n" ROW_START "exponential,6,,,,,theory,here\n",
         "3:1: platform 'a', model 'm', variant 'v', threads 1 stand in line 2 already\n"},
    };
    check_bad_profiles(cases, sizeof cases / sizeof cases[0]);
}

static void wrong_quantiles_are_found(void)
{
    const Bad cases[] = {
        {PROFILE_HEADER ROW_START "quantiles,,,1,3,2" ROW_END, "2:25: p100_ms: 2 is below the quantile before it, 3\n"},
        {PROFILE_HEADER ROW_START "quantiles,,,,3," ROW_END, "2:21: p0_ms: is missing\n2:24: p100_ms: is missing\n"},
        {PROFILE_HEADER ROW_START "quantiles,,,-1,3,4" ROW_END, "2:21: p0_ms: '-1' must be from 1e-06 to 1e+09\n"},
        {PROFILE_HEADER ROW_START "quantiles,9,,1,3,4" ROW_END, "2:19: mean_ms: 9 is outside of p0_ms to p100_ms\n"},
        {"platform,model,variant,threads,family,provenance,source,p50_ms,p99_ms\n" ROW_START
         "quantiles,measured,here,1,2\n",
         "2:9: family: quantiles need the columns p0_ms and p100_ms\n"},
    };
    check_bad_profiles(cases, sizeof cases / sizeof cases[0]);
}

static void wrong_families_are_found(void)
{
    const Bad cases[] = {
        {PROFILE_HEADER ROW_START "exponential,,1,,,9" ROW_END,
         "2:21: mean_ms: is missing\n2:26: p100_ms: must be empty: exponential takes no quantiles\n"
         "2:22: cv: must be empty: exponential takes no coefficient of variation\n"},
        {PROFILE_HEADER ROW_START "gamma,5,9,,," ROW_END, "2:17: cv: '9' must be from 0.05 to 2.5\n"},
        {PROFILE_HEADER ROW_START "lognormal,5,,,," ROW_END, "2:21: cv: is missing\n"},
        {"platform,model,variant,threads,family,provenance,source\na,m,v,1,gamma,theory,none\n",
         "2:9: family: gamma needs the column mean_ms\n2:9: family: gamma needs the column cv\n"},
    };
    check_bad_profiles(cases, sizeof cases / sizeof cases[0]);
}

static void a_number_must_be_plain(void)
{
    const char *const wrong[] = {"nan", "inf", "-inf", "1e999", "0x10", "1,5", "1 ms", "1_0", "--1", "."};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Arena arena = {0};
        ErrorList errors = {0};
        ProfileTable table = {0};
        char content[512];
        snprintf(content, sizeof content, PROFILE_HEADER ROW_START "exponential,\"%s\",,,," ROW_END, wrong[i]);
        CHECK(!trace_read_profiles(&arena, write_text(content), &table, &errors));
        CHECK_INT(errors.total, 1);
        CHECK_INT(errors.items[0].line, 2);
        CHECK_INT(errors.items[0].column, 21);
        arena_free(&arena);
    }
}

static void what_is_no_text_file_is_refused(void)
{
    Arena arena = {0};
    ErrorList errors = {0};
    ProfileTable table = {0};
    CHECK(!trace_read_profiles(&arena, write_file("a,b\n\tc\0d\n", 10), &table, &errors));
    CHECK(!trace_read_profiles(&arena, write_text("a,b\rc,d\r"), &table, &errors));
    CHECK(!trace_read_profiles(&arena, check_path("traces"), &table, &errors));
    check_findings(&errors, "2:3: is not a text file: it holds the byte 0x00\n"
                            "1:4: is not a text file: it holds the byte 0x0d\n0:0: is not a file\n");
    errors = (ErrorList){0};
    CHECK(!trace_read_profiles(&arena, check_scratch("absent.csv"), &table, &errors));
    check_findings(&errors, "0:0: cannot be opened: No such file or directory\n");
    arena_free(&arena);
}

/* `count` bytes of `fill` behind `start`. */
static const char *write_filled(const char *start, char fill, size_t count)
{
    size_t length = strlen(start);
    char *content = malloc(length + count);
    memcpy(content, start, length);
    memset(content + length, fill, count);
    const char *path = write_file(content, length + count);
    free(content);
    return path;
}

static void what_is_too_large_is_refused(void)
{
    Arena arena = {0};
    ErrorList errors = {0};
    ProfileTable table = {0};
    CHECK(!trace_read_profiles(&arena, write_filled("", '\n', (64 << 20) + 1), &table, &errors));
    CHECK(!trace_read_profiles(&arena, write_filled("\n", 'x', 65537), &table, &errors));
    CHECK(!trace_read_profiles(&arena, write_filled("\n", ',', 1024), &table, &errors));
    check_findings(&errors, "0:0: is larger than 64 MiB\n2:65537: the line is longer than 65536 bytes\n"
                            "2:1025: more than 1024 fields in a line\n");
    arena_free(&arena);
}

static void layers_come_by_variant_in_order(void)
{
    Arena arena = {0};
    ErrorList errors = {0};
    const LayerList *lists = NULL;
    int count = 0;
    CHECK(trace_read_layers(&arena, write_text(LAYER_HEADER "a,one,10,1,100\na,two,30,2,50\nb,one,5,0,1\n"), &count,
                            &lists, &errors));
    CHECK_INT(count, 2);
    CHECK_TEXT(lists[0].variant, "a");
    CHECK_INT(lists[0].count, 2);
    CHECK_TEXT(lists[0].layers[1].name, "two");
    CHECK_NEAR(lists[0].layers[1].macs, 30, 0);
    CHECK_NEAR(lists[0].layers[1].parameters, 2, 0);
    CHECK_NEAR(lists[0].layers[1].output_bytes, 50, 0);
    CHECK_TEXT(lists[0].layers[1].type, "");
    CHECK(lists[0].layers[1].can_cut);
    CHECK_TEXT(lists[1].variant, "b");
    CHECK_INT(lists[1].count, 1);
    CHECK_INT(lists[1].line, 4);
    Variant variant = {.layer_count = 2, .layers = lists[0].layers};
    CHECK_NEAR(model_prefix_share(&variant, 0), 0, 0);
    CHECK_NEAR(model_prefix_share(&variant, 1), 0.25, 1e-15);
    CHECK_NEAR(model_prefix_share(&variant, 2), 1, 0);
    arena_free(&arena);
}

static void layers_say_where_no_cut_is_possible(void)
{
    Arena arena = {0};
    ErrorList errors = {0};
    const LayerList *lists = NULL;
    int count = 0;
    CHECK(trace_read_layers(&arena,
                            write_text("cut,type,variant,layer,macs,parameters,output_bytes\n"
                                       "no,conv,a,one,10,1,100\nyes,add,a,two,0,0,100\n"),
                            &count, &lists, &errors));
    CHECK(!lists[0].layers[0].can_cut && lists[0].layers[1].can_cut);
    CHECK_TEXT(lists[0].layers[1].type, "add");
    check_findings(&errors, "");
    arena_free(&arena);
}

static void wrong_layers_are_found(void)
{
    const Bad cases[] = {
        {LAYER_HEADER, "1:1: no row follows the header\n"},
        {LAYER_HEADER "a,one,1,1,1\nb,one,1,1,1\na,two,1,1,1\n", "4:1: variant: the rows of 'a' must stand together\n"},
        {LAYER_HEADER "a,one,1,1,1\na,one,1,1,1\n", "3:3: layer: 'one' stands in this variant already\n"},
        {LAYER_HEADER "a,one,0,1,1\na,two,0,1,1\n", "2:1: the layers of 'a' have no macs\n"},
        {LAYER_HEADER "a,,-1,x,0\n", "2:3: layer: is missing\n2:4: macs: '-1' must be from 0 to 1e+15\n"
                                     "2:7: parameters: 'x': is not a number\n"
                                     "2:9: output_bytes: '0' must be from 1 to 1e+15\n"},
        {"variant,layer,macs,parameters,output_bytes,type,cut\na,one,1,1,1,,perhaps\n",
         "2:13: type: is missing\n2:14: cut: unknown 'perhaps'\n"},
        {"variant,layer,mac,parameters,output_bytes\n",
         "1:1: column 'macs' is missing\n1:15: unknown column 'mac'; did you mean 'macs'?\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Arena arena = {0};
        ErrorList errors = {0};
        const LayerList *lists = NULL;
        int count = -1;
        CHECK(!trace_read_layers(&arena, write_text(cases[i].content), &count, &lists, &errors));
        CHECK(count == -1 && !lists);
        check_findings(&errors, cases[i].findings);
        arena_free(&arena);
    }
}

#define PART_HEADER "platform,model,variant,threads,layer,provenance,source,"

static void times_of_layers_become_shares(void)
{
    Arena arena = {0};
    ErrorList errors = {0};
    LayerProfileTable table = {0};
    CHECK(trace_read_layer_profiles(&arena,
                                    write_text(PART_HEADER "mean_ms\np,m,a,1,one,measured,x,30\np,m,a,1,two,measured,x,"
                                                           "10\np,m,a,2,one,measured,x,5\n"),
                                    &table, &errors));
    check_findings(&errors, "");
    CHECK_INT(table.count, 2);
    const LayerProfile *profile = layer_profile_find(&table, "p", "m", "a", 1);
    CHECK(profile && profile->count == 2 && profile->line == 2);
    CHECK_TEXT(profile->layers[1], "two");
    CHECK_NEAR(profile->share[0], 0.75, 0);
    CHECK_NEAR(profile->share[1], 0.25, 0);
    CHECK_NEAR(layer_profile_find(&table, "p", "m", "a", 2)->share[0], 1, 0);
    CHECK(!layer_profile_find(&table, "p", "m", "a", 3) && !layer_profile_find(&table, "q", "m", "a", 1));
    CHECK(trace_read_layer_profiles(
        &arena, write_text(PART_HEADER "share\np,m,a,1,one,measured,x,0.333\np,m,a,1,two,measured,x,0.666\n"), &table,
        &errors));
    CHECK_NEAR(table.rows[0].share[0], 1.0 / 3, 1e-15);
    arena_free(&arena);
}

static void wrong_layer_profiles_are_found(void)
{
    const Bad cases[] = {
        {PART_HEADER "mean_ms\n", "1:1: no row follows the header\n"},
        {PART_HEADER "mean_ms,share\n", "1:1: mean_ms and share exclude each other\n"},
        {PART_HEADER "time_ms\n", "1:56: unknown column 'time_ms'\n1:1: column 'mean_ms' or 'share' is missing\n"},
        {PART_HEADER "share\np,m,a,1,one,measured,x,0.5\np,m,a,1,two,measured,x,0.4\n",
         "2:1: the shares of the layers of 'a' do not sum to 1\n"},
        {PART_HEADER "mean_ms\np,m,a,1,one,measured,x,0\n", "2:1: the layers of 'a' take no time\n"},
        {PART_HEADER "mean_ms\np,m,a,1,one,measured,x,1\np,m,b,1,one,measured,x,1\np,m,a,1,two,measured,x,1\n",
         "4:1: platform: the rows of one platform, model, variant and threads must stand together\n"},
        {PART_HEADER "mean_ms\n,m,a,0,,guessed,,-1\n",
         "2:1: platform: is missing\n2:8: layer: is missing\n2:6: threads: '0' must be from 1 to 1024\n"
         "2:18: mean_ms: '-1' must be from 0 to 1e+09\n2:9: provenance: unknown 'guessed'\n2:17: source: is missing\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Arena arena = {0};
        ErrorList errors = {0};
        LayerProfileTable table = {.count = -1};
        CHECK(!trace_read_layer_profiles(&arena, write_text(cases[i].content), &table, &errors));
        CHECK_INT(table.count, -1);
        check_findings(&errors, cases[i].findings);
        arena_free(&arena);
    }
}

static void arrivals_go_to_their_users(void)
{
    Arena arena = {0};
    ErrorList errors = {0};
    int64_t count = 0;
    const Time *times = NULL;
    const int *users = NULL;
    CHECK(trace_read_arrivals(&arena, write_text("user,time_s\n2,0\n1,0.000000001\n2,1.5\n"), 2, &count, &times, &users,
                              &errors));
    CHECK_INT(count, 3);
    CHECK_INT(times[1], 1);
    CHECK_INT(times[2], 1500000000);
    CHECK_INT(users[0], 1);
    CHECK_INT(users[1], 0);
    CHECK(trace_read_arrivals(&arena, write_text("time_s\n1\n2\n2\n3\n"), 3, &count, &times, &users, &errors));
    for (int i = 0; i < 4; i++)
        CHECK_INT(users[i], i % 3);
    check_findings(&errors, "");
    arena_free(&arena);
}

static void wrong_arrivals_are_found(void)
{
    const Bad cases[] = {
        {"time_s,user\n1,3\n", "2:3: user: '3' must be from 1 to 2\n"},
        {"time_s,user\n1,0\n", "2:3: user: '0' must be from 1 to 2\n"},
        {"time_s\n2\n1\n", "3:1: time_s: 1 is before the row above, 2\n"},
        {"time_s\n2e9\n", "2:1: time_s: '2e9' must be from 0 to 1e+09\n"},
        {"time_ms\n1\n", "1:1: column 'time_s' is missing\n1:1: unknown column 'time_ms'; did you mean 'time_s'?\n"},
        {"time_s\n", "1:1: no row follows the header\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Arena arena = {0};
        ErrorList errors = {0};
        int64_t count = -1;
        const Time *times = NULL;
        const int *users = NULL;
        CHECK(!trace_read_arrivals(&arena, write_text(cases[i].content), 2, &count, &times, &users, &errors));
        CHECK(count == -1 && !times && !users);
        check_findings(&errors, cases[i].findings);
        arena_free(&arena);
    }
}

int main(void)
{
    const Check checks[] = {
        {"a_good_profile_file_is_read_whole", a_good_profile_file_is_read_whole},
        {"a_quantile_that_was_not_measured_is_left_out", a_quantile_that_was_not_measured_is_left_out},
        {"wrong_headers_are_found", wrong_headers_are_found},
        {"wrong_rows_are_found", wrong_rows_are_found},
        {"wrong_quantiles_are_found", wrong_quantiles_are_found},
        {"wrong_families_are_found", wrong_families_are_found},
        {"a_number_must_be_plain", a_number_must_be_plain},
        {"what_is_no_text_file_is_refused", what_is_no_text_file_is_refused},
        {"what_is_too_large_is_refused", what_is_too_large_is_refused},
        {"layers_come_by_variant_in_order", layers_come_by_variant_in_order},
        {"layers_say_where_no_cut_is_possible", layers_say_where_no_cut_is_possible},
        {"wrong_layers_are_found", wrong_layers_are_found},
        {"times_of_layers_become_shares", times_of_layers_become_shares},
        {"wrong_layer_profiles_are_found", wrong_layer_profiles_are_found},
        {"arrivals_go_to_their_users", arrivals_go_to_their_users},
        {"wrong_arrivals_are_found", wrong_arrivals_are_found},
    };
    return check_run("trace", checks, sizeof checks / sizeof checks[0]);
}
