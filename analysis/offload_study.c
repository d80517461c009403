#include "offload_study.h"

#include "sheet.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const offload_rule_names[] = {"never",   "always",     "random",   "confidence", "margin",
                                          "entropy", "calibrated", "logistic", "network",    "oracle"};

/* Scores behind rules that have one. */
static const int scores[OFFLOAD_RULE_COUNT] = {-1,
                                               -1,
                                               -1,
                                               CASCADE_CONFIDENCE,
                                               CASCADE_MARGIN,
                                               CASCADE_ENTROPY,
                                               CASCADE_CALIBRATED,
                                               CASCADE_LOGISTIC,
                                               CASCADE_NETWORK,
                                               -1};

/* One division of one table. */
typedef struct Division {
    CascadeTask task;
    SampleRows test;
    Arena arena;
} Division;

static Division divide(const OffloadPlan *plan, int table, int seed)
{
    Division division = {0};
    SampleParts parts =
        sample_parts_divide(&plan->tables[table], plan->train, plan->tune, (uint64_t)seed + 1, &division.arena);
    division.task = (CascadeTask){.light = sample_table_model(&plan->tables[table], plan->light),
                                  .heavy = sample_table_model(&plan->tables[table], plan->heavy),
                                  .train = parts.parts[SAMPLE_TRAIN],
                                  .tune = parts.parts[SAMPLE_TUNE]};
    division.test = parts.parts[SAMPLE_TEST];
    return division;
}

bool offload_plan_check(const OffloadPlan *plan, Error *error)
{
    for (int i = 0; i < plan->table_count; i++) {
        const SampleTable *table = &plan->tables[i];
        const char *missing = !sample_table_model(table, plan->light)   ? plan->light
                              : !sample_table_model(table, plan->heavy) ? plan->heavy
                                                                        : NULL;
        if (missing)
            error_set(error, NULL, 0, 0, "there is no model \"%.60s\" in table %d", missing, i + 1);
        if (missing)
            return false;
        Division division = divide(plan, i, 0);
        bool good = division.task.train.count > 0 && division.task.tune.count > 0 && division.test.count > 0;
        bool known = cascade_inputs_count(division.task.light) > 0;
        arena_free(&division.arena);
        if (!known)
            error_set(error, NULL, 0, 0, "table %d does not tell how sure %.60s is of its answers", i + 1, plan->light);
        else if (!good)
            error_set(error, NULL, 0, 0, "table %d has no samples in one of its parts: train, tune or test", i + 1);
        if (!known || !good)
            return false;
    }
    return true;
}

/* A test sample and its score. */
typedef struct Scored {
    double score;
    bool label;
} Scored;

static int compare_scores(const void *a, const void *b)
{
    const Scored *first = a, *second = b;
    return (first->score > second->score) - (first->score < second->score);
}

/* Mann and Whitney's U over the number of pairs; sorts the items. */
static double auc_of(Scored *items, int count)
{
    double rank_sum = 0, yes = 0;
    qsort(items, (size_t)count, sizeof *items, compare_scores);
    for (int first = 0, next; first < count; first = next) {
        int labels = 0;
        for (next = first; next < count && items[next].score == items[first].score; next++)
            labels += items[next].label;
        rank_sum += labels * (first + next + 1) / 2.0; /* ranks count from 1; tied ones share their mean */
        yes += labels;
    }
    double no = count - yes;
    return yes > 0 && no > 0 ? (rank_sum - yes * (yes + 1) / 2) / (yes * no) : NAN;
}

static void count_sample(OffloadResult *result, const CascadeTask *task, int row, bool sent)
{
    result->counts[cascade_task_label(task, row)][sent]++;
    result->right += (sent ? task->heavy : task->light)->correct[row];
}

/* Rules without a score; `rate` is of the random one. */
static OffloadResult judge_plain(const Division *division, OffloadRule rule, double rate, int seed)
{
    OffloadResult result = {.auc = NAN, .threshold = NAN};
    Stream stream = stream_create((uint64_t)seed + 1, 0, STREAM_ANALYSIS, 0);
    for (int i = 0; i < division->test.count; i++) {
        int row = division->test.rows[i];
        bool sent = rule == OFFLOAD_ALWAYS || (rule == OFFLOAD_ORACLE && cascade_task_label(&division->task, row)) ||
                    (rule == OFFLOAD_RANDOM && stream_uniform(&stream) < rate);
        count_sample(&result, &division->task, row, sent);
    }
    return result;
}

static OffloadResult *result_of(const OffloadStudy *study, OffloadRule rule, int table, int seed)
{
    const OffloadPlan *plan = study->plan;
    return &study->results[((ptrdiff_t)rule * plan->table_count + table) * plan->seeds + seed];
}

static bool is_possible(const OffloadPlan *plan, OffloadRule rule)
{
    for (int i = 0; i < plan->table_count && scores[rule] >= 0; i++) {
        Division division = divide(plan, i, 0);
        bool suits = cascade_scorer_suits((CascadeScore)scores[rule], &division.task, NULL);
        arena_free(&division.arena);
        if (!suits)
            return false;
    }
    return true;
}

/* A rule that has a score, under each of the plans. */
static void judge_score(OffloadStudy *studies, int count, const Division *division, OffloadRule rule, int table,
                        int seed)
{
    const CascadeTask *task = &division->task;
    const SampleRows *test = &division->test;
    CascadeScorer scorer;
    Scored *items = memory_allocate((size_t)test->count, sizeof *items);
    cascade_scorer_init(&scorer, (CascadeScore)scores[rule], task,
                        stream_create((uint64_t)seed + 1, 0, STREAM_POLICY, 0));
    for (int s = 0; s < count; s++) {
        const OffloadPlan *plan = studies[s].plan;
        OffloadResult result = {0};
        result.threshold = cascade_threshold_tune(&scorer, task, &task->tune, plan->criterion, plan->price);
        for (int i = 0; i < test->count; i++) {
            int row = test->rows[i];
            items[i] =
                (Scored){cascade_scorer_score(&scorer, cascade_task_values(task, row)), cascade_task_label(task, row)};
            count_sample(&result, task, row, items[i].score >= result.threshold);
        }
        result.auc = auc_of(items, test->count);
        *result_of(&studies[s], rule, table, seed) = result;
    }
    cascade_scorer_free(&scorer);
    free(items);
}

static void judge_division(OffloadStudy *studies, int count, int table, int seed)
{
    const bool *possible = studies->possible;
    Division division = divide(studies->plan, table, seed);
    for (OffloadRule rule = 0; rule < OFFLOAD_RULE_COUNT; rule++)
        if (possible[rule] && scores[rule] >= 0)
            judge_score(studies, count, &division, rule, table, seed);
    for (int s = 0; s < count; s++) {
        OffloadStudy *study = &studies[s];
        double rate = possible[OFFLOAD_CONFIDENCE]
                          ? offload_measure(result_of(study, OFFLOAD_CONFIDENCE, table, seed), OFFLOAD_SENT)
                          : 0;
        for (OffloadRule rule = 0; rule < OFFLOAD_RULE_COUNT; rule++)
            if (possible[rule] && scores[rule] < 0)
                *result_of(study, rule, table, seed) = judge_plain(&division, rule, rate, seed);
    }
    arena_free(&division.arena);
}

void offload_study_run_all(const OffloadPlan *plans, int count, OffloadStudy *ret_studies)
{
    size_t results = (size_t)(OFFLOAD_RULE_COUNT * plans->table_count * plans->seeds);
    for (int s = 0; s < count; s++) {
        OffloadStudy *study = &ret_studies[s];
        *study = (OffloadStudy){.plan = &plans[s], .results = memory_allocate(results, sizeof *study->results)};
        for (OffloadRule rule = 0; rule < OFFLOAD_RULE_COUNT; rule++)
            study->possible[rule] = s > 0 ? ret_studies->possible[rule] : is_possible(plans, rule);
        study->possible[OFFLOAD_RANDOM] = study->possible[OFFLOAD_CONFIDENCE];
    }
    for (int table = 0; table < plans->table_count; table++)
        for (int seed = 0; seed < plans->seeds; seed++)
            judge_division(ret_studies, count, table, seed);
}

OffloadStudy offload_study_run(const OffloadPlan *plan)
{
    OffloadStudy study;
    offload_study_run_all(plan, 1, &study);
    return study;
}

void offload_study_free(OffloadStudy *study)
{
    free(study->results);
    *study = (OffloadStudy){0};
}

double offload_measure(const OffloadResult *result, OffloadMeasure measure)
{
    const int(*counts)[2] = result->counts;
    double keep = counts[0][0] + counts[0][1], send = counts[1][0] + counts[1][1], all = keep + send;
    switch (measure) {
    case OFFLOAD_SENT:
        return (counts[0][1] + counts[1][1]) / all;
    case OFFLOAD_DECISIONS:
        return (counts[0][0] + counts[1][1]) / all;
    case OFFLOAD_BALANCED:
        return (counts[0][0] / keep + counts[1][1] / send) / 2;
    case OFFLOAD_AUC:
        return result->auc;
    case OFFLOAD_ACCURACY:
        return result->right / all;
    case OFFLOAD_MEASURE_COUNT:
        break;
    }
    return NAN;
}

/* Test samples over those to learn from, of the first division. */
static double test_over_train(const OffloadPlan *plan)
{
    Division division = divide(plan, 0, 0);
    double ratio = (double)division.test.count / division.task.train.count;
    arena_free(&division.arena);
    return ratio;
}

/* Widens the interval of a mean over divisions of one table. */
static Difference correct(Difference plain, double ratio)
{
    double n = plain.first_count, deviation = plain.half_width / statistics_t_quantile(CONFIDENCE, n - 1) * sqrt(n);
    double error = deviation * sqrt(1 / n + ratio);
    Difference corrected = plain;
    if (!(n >= 2) || error == 0)
        return plain;
    corrected.half_width = error * statistics_t_quantile(CONFIDENCE, n - 1);
    corrected.p_value = 2 * gsl_cdf_tdist_Q(fabs(plain.mean) / error, n - 1);
    return corrected;
}

Difference offload_compare(const OffloadStudy *study, OffloadRule rule, OffloadRule baseline, OffloadMeasure measure)
{
    const OffloadPlan *plan = study->plan;
    bool several = plan->table_count > 1;
    int count = several ? plan->table_count : plan->seeds;
    double *values = memory_allocate((size_t)count, sizeof *values);
    double *others = memory_allocate((size_t)count, sizeof *others);
    for (int table = 0; table < plan->table_count; table++)
        for (int seed = 0; seed < plan->seeds; seed++) {
            int at = several ? table : seed;
            double part = several ? 1.0 / plan->seeds : 1;
            values[at] += part * offload_measure(result_of(study, rule, table, seed), measure);
            if (baseline < OFFLOAD_RULE_COUNT)
                others[at] += part * offload_measure(result_of(study, baseline, table, seed), measure);
        }
    Difference difference = statistics_paired(values, others, count, CONFIDENCE);
    free(values);
    free(others);
    if (several)
        return difference;
    if (!plan->tables->uses)
        return correct(difference, test_over_train(plan));
    difference.half_width = difference.p_value = NAN;
    return difference;
}

OffloadResult offload_sum(const OffloadStudy *study, OffloadRule rule)
{
    const OffloadPlan *plan = study->plan;
    OffloadResult sum = {.threshold = NAN};
    for (int table = 0; table < plan->table_count; table++)
        for (int seed = 0; seed < plan->seeds; seed++) {
            const OffloadResult *result = result_of(study, rule, table, seed);
            for (int label = 0; label < 2; label++)
                for (int sent = 0; sent < 2; sent++)
                    sum.counts[label][sent] += result->counts[label][sent];
            sum.right += result->right;
            sum.auc += result->auc / (plan->table_count * plan->seeds);
        }
    return sum;
}

/* Columns of the table. */
enum {
    COLUMN_RULE,
    COLUMN_SENT,
    COLUMN_DECISIONS,
    COLUMN_OVER,
    COLUMN_P,
    COLUMN_BALANCED,
    COLUMN_AUC,
    COLUMN_ACCURACY,
    COLUMN_MATRIX,
    COLUMN_COUNT
};

static const char *const headers[COLUMN_COUNT] = {"<rule",
                                                  "sent on %",
                                                  "decisions right %",
                                                  "over confidence",
                                                  "p",
                                                  "balanced %",
                                                  "AUC",
                                                  "accuracy %",
                                                  "sent: right, in vain; kept: right, missed %"};

static void set_mean(Sheet *sheet, int row, int column, Difference value, double scale, int decimals, bool sign)
{
    if (!isfinite(value.mean))
        return;
    if (isnan(value.half_width)) {
        sheet_set(sheet, row, column, sign ? "%+.*f" : "%.*f", decimals, scale * value.mean);
        return;
    }
    sheet_set(sheet, row, column, sign ? "%+.*f ± %.*f" : "%.*f ± %.*f", decimals, scale * value.mean, decimals,
              scale * value.half_width);
}

/* The confusion matrix over all divisions, in percent of the samples. */
static void set_matrix(Sheet *sheet, int row, const OffloadStudy *study, OffloadRule rule)
{
    const OffloadResult sum = offload_sum(study, rule);
    const int(*counts)[2] = sum.counts;
    double part = 100.0 / (counts[0][0] + counts[0][1] + counts[1][0] + counts[1][1]);
    sheet_set(sheet, row, COLUMN_MATRIX, "%.2f, %.2f; %.2f, %.2f", part * counts[1][1], part * counts[0][1],
              part * counts[0][0], part * counts[1][0]);
}

static void fill_row(Sheet *sheet, int row, const OffloadStudy *study, OffloadRule rule)
{
    static const struct {
        int column, decimals;
        OffloadMeasure measure;
        double scale;
    } columns[] = {{COLUMN_SENT, 1, OFFLOAD_SENT, 100},
                   {COLUMN_DECISIONS, 2, OFFLOAD_DECISIONS, 100},
                   {COLUMN_BALANCED, 1, OFFLOAD_BALANCED, 100},
                   {COLUMN_AUC, 4, OFFLOAD_AUC, 1},
                   {COLUMN_ACCURACY, 2, OFFLOAD_ACCURACY, 100}};
    sheet_set(sheet, row, COLUMN_RULE, "%s", offload_rule_names[rule]);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        set_mean(sheet, row, columns[i].column, offload_compare(study, rule, OFFLOAD_RULE_COUNT, columns[i].measure),
                 columns[i].scale, columns[i].decimals, false);
    set_matrix(sheet, row, study, rule);
    if (rule == OFFLOAD_CONFIDENCE || !study->possible[OFFLOAD_CONFIDENCE])
        return;
    Difference over = offload_compare(study, rule, OFFLOAD_CONFIDENCE, OFFLOAD_DECISIONS);
    set_mean(sheet, row, COLUMN_OVER, over, 100, 2, true);
    if (isfinite(over.p_value))
        sheet_set(sheet, row, COLUMN_P, "%.2g", over.p_value);
}

void offload_write(const OffloadStudy *study, FILE *stream)
{
    const OffloadPlan *plan = study->plan;
    Sheet sheet;
    int rows = 0, row = 0;
    for (OffloadRule rule = 0; rule < OFFLOAD_RULE_COUNT; rule++)
        rows += study->possible[rule];
    sheet_init(&sheet, headers, COLUMN_COUNT, rows);
    for (OffloadRule rule = 0; rule < OFFLOAD_RULE_COUNT; rule++)
        if (study->possible[rule])
            fill_row(&sheet, row++, study, rule);
    bool several = plan->table_count > 1, divided = !several && plan->tables->uses;
    sheet.title = arena_format(&sheet.arena, "%s, and whether %s should answer: n = %d %s", plan->light, plan->heavy,
                               several   ? plan->table_count
                               : divided ? 1
                                         : plan->seeds,
                               several   ? "tables, the mean over divisions of each"
                               : divided ? "table, which divides itself"
                                         : "divisions of one table");
    sheet.notes = arena_format(
        &sheet.arena,
        "Right decisions: sent on where the light model is wrong and the heavy one right, else kept. Thresholds are\n"
        "chosen for %s on samples apart; p is of the paired difference to the tuned confidence.\n%s",
        cascade_criterion_names[plan->criterion],
        several   ? "±: half width of the 95 % interval over tables."
        : divided ? "One division has no interval: give a table of each of several networks that were trained apart."
                  : "±: half width of the 95 % interval, corrected for divisions that share samples (Nadeau, Bengio "
                    "2003).");
    sheet_write(&sheet, SHEET_TEXT, false, stream);
    sheet_free(&sheet);
}
