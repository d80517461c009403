#include "vision.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../analysis/output_files.h"
#include "../analysis/statistics.h"
#include "../vision/image_source.h"
#include "../vision/vision_study.h"
#include "data.h"
#include "message.h"

enum { SET_LIMIT = 8, AGENT = 4 }; /* the network of the agent, behind the heavy one and the baselines */

/* All repetitions of all sets: repetition i is seed i % seeds + 1 of set i / seeds. */
typedef struct Work {
    int set_count, seeds;
    const char *data[SET_LIMIT];
    ImageSet sets[SET_LIMIT];
    CompressionSettings settings;
    StudyResult *results; /* [set_count x seeds] */
    Error *errors;        /* [set_count x seeds] */
    atomic_int next;
} Work;

static void *run_some(void *context)
{
    Work *work = context;
    for (int i; (i = atomic_fetch_add(&work->next, 1)) < work->set_count * work->seeds;) {
        int set = i / work->seeds;
        vision_study_run(&work->sets[set], work->data[set], (uint64_t)(i % work->seeds) + 1, work->settings,
                         &work->results[i], NULL, &work->errors[i]);
    }
    return NULL;
}

/* On so many threads, this one among them. */
static void run_all(Work *work, int64_t jobs)
{
    enum { THREAD_LIMIT = 256 };
    pthread_t threads[THREAD_LIMIT];
    long most = jobs > 0 ? (long)jobs : sysconf(_SC_NPROCESSORS_ONLN);
    int count = 0, total = work->set_count * work->seeds;
    while (count + 1 < most && count + 1 < total && count < THREAD_LIMIT &&
           pthread_create(&threads[count], NULL, run_some, work) == 0)
        count++;
    run_some(work);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

static void write_rows(FILE *stream, const Work *work)
{
    fputs(
        "# orchid vision study: each row is a network of one repetition; tune and test are held-out images, and int8\n"
        "# columns are of the same network in whole numbers. The last four columns count test images by whether this\n"
        "# network and the heavy one of its seed are right.\n"
        "data,seed,network,units,parameters,macs,bytes,evaluations,passes,tune_right,tune_images,test_right,test_"
        "images,"
        "int8_bytes,int8_test_right,both_wrong,heavy_alone_right,light_alone_right,both_right\n",
        stream);
    for (int i = 0; i < work->set_count * work->seeds; i++) {
        const StudyResult *result = &work->results[i];
        for (int n = 0; n < result->network_count; n++) {
            const StudyNetwork *network = &result->networks[n];
            fprintf(stream, "\"%s\",%llu,%s,", work->data[i / work->seeds], (unsigned long long)result->seed,
                    network->name);
            for (int l = 0; l < result->layer_count; l++)
                fprintf(stream, "%s%d", l ? "-" : "", network->units[l]);
            fprintf(stream, ",%lld,%lld,%lld,%d,%d,%d,%d,%d,%d,%lld,%d", (long long)network->parameters,
                    (long long)network->macs, (long long)network->bytes, network->evaluations, network->passes,
                    network->tune_right, result->tune_count, network->test_right, result->test_count,
                    (long long)network->whole_bytes, network->whole_test_right);
            fprintf(stream, ",%ld,%ld,%ld,%ld\n", network->counts.cases[0][0], network->counts.cases[0][1],
                    network->counts.cases[1][0], network->counts.cases[1][1]);
        }
    }
}

/* What a number of a table is of one repetition; network `n`, and another one to compare it with. */
typedef double Figure(const StudyResult *result, int n, int other);

static double accuracy_points(const StudyResult *result, int n, int other)
{
    (void)other;
    return 100.0 * result->networks[n].test_right / result->test_count;
}

static double accuracy_gain(const StudyResult *result, int n, int other)
{
    return accuracy_points(result, n, 0) - accuracy_points(result, other, 0);
}

static double whole_gain(const StudyResult *result, int n, int other)
{
    (void)other;
    return 100.0 * (result->networks[n].whole_test_right - result->networks[n].test_right) / result->test_count;
}

static double log_bytes(const StudyResult *result, int n, int other)
{
    return log((double)result->networks[n].bytes / (double)result->networks[other].bytes);
}

static double log_whole_bytes(const StudyResult *result, int n, int other)
{
    return log((double)result->networks[n].whole_bytes / (double)result->networks[other].bytes);
}

static Interval interval_of(const StudyResult *results, int seeds, Figure *figure, int n, int other)
{
    double *values = memory_allocate((size_t)seeds, sizeof *values);
    for (int i = 0; i < seeds; i++)
        values[i] = figure(&results[i], n, other);
    Interval interval = statistics_interval(values, seeds, CONFIDENCE);
    free(values);
    return interval;
}

enum { CELL_SIZE = 48 };

/* "12.18 [10.57, 14.03]": a geometric mean in percent with its interval, which one repetition has not. */
static const char *format_share(Interval logs, char cell[CELL_SIZE])
{
    if (isnan(logs.half_width))
        snprintf(cell, CELL_SIZE, "%.2f", 100 * exp(logs.mean));
    else
        snprintf(cell, CELL_SIZE, "%.2f [%.2f, %.2f]", 100 * exp(logs.mean), 100 * exp(logs.mean - logs.half_width),
                 100 * exp(logs.mean + logs.half_width));
    return cell;
}

/* "97.40 ± 0.77", with a sign where it is a difference. */
static const char *format_mean(Interval values, bool difference, char cell[CELL_SIZE])
{
    int length = snprintf(cell, CELL_SIZE, difference ? "%+.2f" : "%.2f", values.mean);
    if (!isnan(values.half_width))
        snprintf(cell + length, (size_t)(CELL_SIZE - length), " ± %.2f", values.half_width);
    return cell;
}

/* Networks against the heavy one of their seed. */
static void print_networks(const StudyResult *results, int seeds)
{
    printf("  %-13s | %-24s | %-14s | %-13s | %-24s | %s\n", "network", "bytes, % of heavy", "accuracy %",
           "points gained", "INT8: bytes, % of heavy", "points gained");
    for (int n = 0; n < results[0].network_count; n++) {
        char cells[5][CELL_SIZE];
        printf("  %-13s | %-24s | %-15s | %-14s | %-24s | %s\n", results[0].networks[n].name,
               format_share(interval_of(results, seeds, log_bytes, n, 0), cells[0]),
               format_mean(interval_of(results, seeds, accuracy_points, n, 0), false, cells[1]),
               format_mean(interval_of(results, seeds, accuracy_gain, n, 0), true, cells[2]),
               format_share(interval_of(results, seeds, log_whole_bytes, n, 0), cells[3]),
               format_mean(interval_of(results, seeds, whole_gain, n, 0), true, cells[4]));
    }
}

/* The agent's networks against those of each baseline. */
static void print_cuts(const StudyResult *results, int seeds)
{
    for (int n = 1; n < AGENT; n++) {
        char share[CELL_SIZE], gain[CELL_SIZE];
        double least = 0;
        int smaller = 0;
        for (int i = 0; i < seeds; i++) {
            double ratio = log_bytes(&results[i], AGENT, n);
            least = fmin(least, ratio);
            smaller += ratio < 0;
        }
        printf("  %s: %s %% of the bytes of %s, smaller in %d of %d, at most by %.1f %%; %s points\n",
               results[0].networks[AGENT].name, format_share(interval_of(results, seeds, log_bytes, AGENT, n), share),
               results[0].networks[n].name, smaller, seeds, 100 * (1 - exp(least)),
               format_mean(interval_of(results, seeds, accuracy_gain, AGENT, n), true, gain));
    }
}

static void print_study(const Work *work)
{
    for (int set = 0; set < work->set_count; set++) {
        const StudyResult *results = work->results + (ptrdiff_t)set * work->seeds;
        printf("%s: n = %d seeds, %d images to train, %d to tune, %d to test with\n", work->data[set], work->seeds,
               results->train_count, results->tune_count, results->test_count);
        print_networks(results, work->seeds);
        print_cuts(results, work->seeds);
    }
    printf("±, []: 95 %% t intervals over seeds, paired where two networks are compared; bytes: geometric means; "
           "points: on\n"
           "test images, over the heavy network and over the same in FP32.\n");
}

/* Splits "digits,glyphs" into sets and opens them; a name with ':' takes all that follows. False after an error was
 * printed. */
static bool open_sets(VisionRequest *request, Work *work)
{
    char *text = arena_string(&request->arena, request->data ? request->data : "digits,glyphs");
    const char *digits = data_path(&request->arena, "traces/digits.csv");
    while (digits && text && work->set_count < SET_LIMIT) {
        ErrorList errors = {0};
        char *comma = strchr(text, ','), *colon = strchr(text, ':');
        bool takes_all = colon && (!comma || colon < comma);
        if (comma && !takes_all)
            *comma = 0;
        if (!image_source_open(text, digits, &work->sets[work->set_count], &errors)) {
            error_list_write(&errors, stderr);
            return false;
        }
        work->data[work->set_count++] = text;
        text = comma && !takes_all ? comma + 1 : NULL;
    }
    return digits && work->set_count > 0;
}

static ExitStatus conclude(const VisionRequest *request, const Work *work)
{
    OutputFiles output = {0};
    Error error = {0};
    for (int i = 0; i < work->set_count * work->seeds; i++)
        if (work->results[i].network_count == 0) {
            message_error(&work->errors[i]);
            return STATUS_INPUT;
        }
    if (request->output) {
        FILE *stream = output_files_add(&output, request->output, &error);
        if (stream)
            write_rows(stream, work);
        StoreStatus status = output_files_end(&output, stream ? STORE_FINE : output.status, &error);
        if (status != STORE_FINE) {
            message_error(&error);
            return (ExitStatus)status;
        }
    }
    print_study(work);
    return STATUS_FINE;
}

ExitStatus vision_study(VisionRequest *request)
{
    Work work = {.seeds = request->seeds > 0 ? (int)request->seeds : 10, .settings = vision_settings(request)};
    ExitStatus status = STATUS_INPUT;
    if (request->file_count > 0)
        return message_wrong("study takes no network: it makes its own");
    if (open_sets(request, &work)) {
        size_t count = (size_t)(work.set_count * work.seeds);
        work.results = memory_allocate(count, sizeof *work.results);
        work.errors = memory_allocate(count, sizeof *work.errors);
        run_all(&work, request->jobs);
        status = conclude(request, &work);
    }
    for (int i = 0; i < work.set_count; i++)
        image_set_free(&work.sets[i]);
    free(work.results);
    free(work.errors);
    return status;
}
