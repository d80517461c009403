/* The scenarios of tests/theory against queueing theory: means over replications against exact values. Of so many 99 %
 * intervals some must miss: as many as the binomial distribution grants, and none by much. Prints the table;
 * ORCHID_RENEW=1 in the environment writes it to tests/theory/README.md. */
#include "../policies/policy.h"
#include "check.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUTE_CHOICES = 4, ROW_LIMIT = 256, TEXT_SIZE = 128 };

static const double SERVICE_S = 0.010;
static const double CONFIDENCE = 0.99;

/* An interval that one row in 10,000 misses, and the probability that more of so many independent rows miss theirs than
 * are granted, though all is well. */
static const double SINGLE_CONFIDENCE = 0.9999;
static const double FALSE_ALARM = 0.02;

/* Half of a sojourn time's interval, over its value. */
static const double WIDEST = 0.12;

/* What is looked at: of whole runs from the public metrics. */
typedef enum Measure { SOJOURN_MS, WAITING_MS, REFUSED, EDGE_BUSY, CLOUD_BUSY, MEASURES } Measure;

static const char *const measure_names[] = {"sojourn, ms", "waiting, ms", "refused", "edge busy", "cloud busy"};

/* What theory says about one queue at one utilisation. */
typedef struct Prediction {
    double rate_per_s;      /* of each user; 0: the queue is closed */
    double think_s;         /* closed: mean */
    double customers_per_s; /* in all */
    double exact[MEASURES]; /* NAN: not looked at */
} Prediction;

typedef struct Queue Queue;

/* One scenario: what it is, and its theory. */
struct Queue {
    const char *name, *formula, *file;
    const char *override; /* NULL: none */
    double effort;        /* 1: as long as M/M/1 */
    Prediction (*predict)(const Queue *queue, double utilisation);
    int servers, room;        /* of the queue; room 0: without limit */
    double variation;         /* coefficient of variation of the service */
    const char *const *route; /* [ROUTE_CHOICES] labels behind the user's tier, and */
    const double *chance;     /* [ROUTE_CHOICES] of each; NULL: the scenario's policy answers */
};

/* One line of the table. */
typedef struct Row {
    const Queue *queue;
    double utilisation;
    Measure measure;
    double exact, mean, deviation; /* of the mean over replications */
    int replications;
    bool missed;
} Row;

/* The table while it is made. */
typedef struct Table {
    int count;
    Row rows[ROW_LIMIT];
} Table;

static Prediction prediction(double rate_per_s, double customers_per_s)
{
    return (Prediction){rate_per_s, 0, customers_per_s, {NAN, NAN, NAN, NAN, NAN}};
}

/* Erlang's B by its recursion over servers. */
static double erlang_b(int servers, double load)
{
    double blocking = 1;
    for (int k = 1; k <= servers; k++)
        blocking = load * blocking / (k + load * blocking);
    return blocking;
}

/* Mean wait in M/M/c by Erlang's C. */
static double mmc_waiting_s(int servers, double utilisation)
{
    double blocking = erlang_b(servers, servers * utilisation);
    double waits = blocking / (1 - utilisation * (1 - blocking));
    return waits * SERVICE_S / (servers * (1 - utilisation));
}

static Prediction predict_mmc(const Queue *queue, double utilisation)
{
    double rate = utilisation * queue->servers / SERVICE_S, waiting_s = mmc_waiting_s(queue->servers, utilisation);
    Prediction result = prediction(rate, rate);
    result.exact[WAITING_MS] = 1e3 * waiting_s;
    result.exact[SOJOURN_MS] = 1e3 * (waiting_s + SERVICE_S);
    return result;
}

/* Pollaczek, Khinchine. */
static Prediction predict_mg1(const Queue *queue, double utilisation)
{
    double spread = (1 + queue->variation * queue->variation) / 2;
    double waiting_s = spread * utilisation * SERVICE_S / (1 - utilisation);
    Prediction result = prediction(utilisation / SERVICE_S, utilisation / SERVICE_S);
    result.exact[WAITING_MS] = 1e3 * waiting_s;
    result.exact[SOJOURN_MS] = 1e3 * (waiting_s + SERVICE_S);
    return result;
}

static Prediction predict_sharing(const Queue *queue, double utilisation)
{
    (void)queue;
    Prediction result = prediction(utilisation / SERVICE_S, utilisation / SERVICE_S);
    result.exact[SOJOURN_MS] = 1e3 * SERVICE_S / (1 - utilisation);
    return result;
}

static Prediction predict_tandem(const Queue *queue, double utilisation)
{
    Prediction result = predict_sharing(queue, utilisation);
    result.exact[SOJOURN_MS] *= 2;
    result.exact[WAITING_MS] = result.exact[SOJOURN_MS] - 2e3 * SERVICE_S;
    return result;
}

/* M/M/c/K from its births and deaths. */
static Prediction predict_mmck(const Queue *queue, double utilisation)
{
    double load = utilisation * queue->servers, weight = 1, total = 1, number = 0;
    for (int n = 1; n <= queue->room; n++) {
        weight *= load / fmin(n, queue->servers);
        total += weight;
        number += n * weight;
    }
    double rate = load / SERVICE_S, refused = weight / total;
    double sojourn_s = number / total / (rate * (1 - refused));
    Prediction result = prediction(rate, rate);
    result.exact[REFUSED] = refused;
    result.exact[SOJOURN_MS] = 1e3 * sojourn_s;
    result.exact[WAITING_MS] = 1e3 * (sojourn_s - SERVICE_S);
    return result;
}

static Prediction predict_loss(const Queue *queue, double utilisation)
{
    double load = utilisation * queue->servers;
    Prediction result = prediction(load / SERVICE_S, load / SERVICE_S);
    result.exact[REFUSED] = erlang_b(queue->servers, load);
    result.exact[SOJOURN_MS] = 1e3 * SERVICE_S;
    return result;
}

/* Every station of a Jackson network by itself: four devices, the edge's two cores, the cloud. */
static Prediction predict_jackson(const Queue *queue, double utilisation)
{
    (void)queue;
    double rate = utilisation / SERVICE_S / 2;
    double device_per_s = 0.9 * rate, edge_per_s = 3.4 * rate, cloud_per_s = 2 * rate, all_per_s = 7 * rate;
    double number = 4 * device_per_s * mmc_waiting_s(1, device_per_s * SERVICE_S) +
                    edge_per_s * mmc_waiting_s(2, edge_per_s * SERVICE_S / 2) +
                    cloud_per_s * mmc_waiting_s(1, cloud_per_s * SERVICE_S);
    double services = (4 * device_per_s + edge_per_s + cloud_per_s) / all_per_s;
    Prediction result = prediction(rate, all_per_s);
    result.exact[WAITING_MS] = 1e3 * number / all_per_s;
    result.exact[SOJOURN_MS] = result.exact[WAITING_MS] + 1e3 * SERVICE_S * services;
    result.exact[EDGE_BUSY] = edge_per_s * SERVICE_S / 2;
    result.exact[CLOUD_BUSY] = utilisation;
    return result;
}

static const double CLOSED_LOCAL = 0.2, CLOSED_EDGE = 0.5, CLOSED_CLOUD = 0.3;

/* Mean-value analysis of ten users; returns requests per second. */
static double closed_rate(double think_s, double *ret_sojourn_s)
{
    double edge = 0, cloud = 0, rate = 0;
    for (int users = 1; users <= 10; users++) {
        double edge_s = CLOSED_EDGE * SERVICE_S * (1 + edge), cloud_s = CLOSED_CLOUD * SERVICE_S * (1 + cloud);
        *ret_sojourn_s = CLOSED_LOCAL * SERVICE_S + edge_s + cloud_s;
        rate = users / (think_s + *ret_sojourn_s);
        edge = rate * edge_s;
        cloud = rate * cloud_s;
    }
    return rate;
}

/* The time to think at which the edge, the busiest, has the utilisation. */
static Prediction predict_closed(const Queue *queue, double utilisation)
{
    (void)queue;
    double low = 1e-6, high = 1, sojourn_s;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        bool busier = closed_rate(middle, &sojourn_s) * CLOSED_EDGE * SERVICE_S > utilisation;
        *(busier ? &low : &high) = middle;
    }
    Prediction result = prediction(0, 0);
    result.think_s = nearbyint(1e9 * low) / 1e9;
    result.customers_per_s = closed_rate(result.think_s, &sojourn_s);
    result.exact[SOJOURN_MS] = 1e3 * sojourn_s;
    result.exact[EDGE_BUSY] = result.customers_per_s * CLOSED_EDGE * SERVICE_S;
    result.exact[CLOUD_BUSY] = result.customers_per_s * CLOSED_CLOUD * SERVICE_S;
    return result;
}

/* Requests over all replications: the busier, the longer a run remembers, and the more it takes. */
static double customers_of(const Queue *queue, double utilisation)
{
    return queue->effort * (utilisation > 0.92 ? 6e6 : utilisation > 0.8 ? 2.5e6 : 1e6);
}

static Scenario *load_at(const Queue *queue, const Prediction *predicted, double utilisation)
{
    char pace[TEXT_SIZE], stop[TEXT_SIZE], warm_up[TEXT_SIZE];
    double run_s = customers_of(queue, utilisation) / 10 / predicted->customers_per_s;
    if (predicted->rate_per_s > 0)
        snprintf(pace, sizeof pace, "workload.rate=%.12g /s", predicted->rate_per_s);
    else
        snprintf(pace, sizeof pace, "workload.think={exponential: %.9f s}", predicted->think_s);
    snprintf(warm_up, sizeof warm_up, "warm_up.time=%.9g s", 0.1 * run_s);
    snprintf(stop, sizeof stop, "stop.time=%.9g s", 1.1 * run_s);
    const char *overrides[] = {pace, stop, warm_up, queue->override};
    ErrorList errors = {0};
    Scenario *scenario = scenario_load(check_path(queue->file), overrides, queue->override ? 4 : 3, &errors);
    if (!scenario) {
        error_list_write(&errors, stderr);
        abort();
    }
    return scenario;
}

/* The index of the option whose label is that of the queue's choice. */
static int option_of(const OptionSet *options, const char *label)
{
    for (int i = 0; i < options->count; i++)
        if (strcmp(options->items[i].label, label) == 0)
            return i;
    fprintf(stderr, "no option is called %s\n", label);
    abort();
}

/* Answers at random with fixed chances. */
static void run_routed(Simulation *simulation, const Queue *queue, const Scenario *scenario, uint64_t replication)
{
    Stream stream = stream_create(scenario->seed, replication, STREAM_ANALYSIS, 1);
    int options[SCENARIO_GROUP_LIMIT][ROUTE_CHOICES];
    for (int g = 0; g < scenario->node_group_count; g++)
        for (int i = 0; i < ROUTE_CHOICES && scenario->node_groups[g].tier == TIER_END; i++)
            if (queue->route[ROUTE_CHOICES * g + i])
                options[g][i] = option_of(&scenario->options[g], queue->route[ROUTE_CHOICES * g + i]);
    Decision decision;
    while (simulation_advance(simulation, &decision)) {
        int group = scenario->group_of[decision.asks[0].node], choice = 0;
        const double *chance = &queue->chance[ROUTE_CHOICES * group];
        double luck = stream_uniform(&stream);
        while (choice < ROUTE_CHOICES - 1 && luck >= chance[choice])
            luck -= chance[choice++];
        simulation_apply(simulation, (Answer){.options = &options[group][choice]});
    }
}

static void run_policy(Simulation *simulation, const Scenario *scenario, RunKey key)
{
    const ConfigNode *name = config_get(scenario->policy, "name");
    Policy *policy = policy_create(policy_type_find(name->text), scenario, key);
    Decision decision;
    while (simulation_advance(simulation, &decision))
        simulation_apply(simulation, policy_decide(policy, &decision));
    policy_destroy(policy);
}

static double busy_of(const Scenario *scenario, const Metrics *metrics, Tier tier)
{
    for (int i = 0; i < scenario->node_count; i++)
        if (scenario->node_groups[scenario->group_of[i]].tier == tier)
            return metrics->nodes[i].utilisation;
    return NAN;
}

static void run_replication(const Queue *queue, const Scenario *scenario, int replication, Summary *measures)
{
    RunKey key = {.seed = scenario->seed, .replication = (uint64_t)replication};
    Simulation *simulation = simulation_create(scenario, key);
    if (queue->route)
        run_routed(simulation, queue, scenario, key.replication);
    else
        run_policy(simulation, scenario, key);
    const char *broken = "nothing";
    simulation_check(simulation, &broken);
    CHECK_TEXT(broken, "nothing");
    const Metrics *metrics = simulation_metrics(simulation);
    summary_add(&measures[SOJOURN_MS], 1e3 * summary_mean(&metrics->response_s));
    summary_add(&measures[WAITING_MS], 1e3 * metrics->waiting_sum_s / (double)metrics->finished);
    summary_add(&measures[REFUSED], (double)metrics->refused / (double)metrics->arrived);
    summary_add(&measures[EDGE_BUSY], busy_of(scenario, metrics, TIER_EDGE));
    summary_add(&measures[CLOUD_BUSY], busy_of(scenario, metrics, TIER_CLOUD));
    simulation_destroy(simulation);
}

static double half_width(const Row *row, double confidence)
{
    return gsl_cdf_tdist_Pinv(0.5 + confidence / 2, row->replications - 1) * row->deviation;
}

/* Replications from `first` on, so that no two entries of the table meet the same luck. */
static void check_at(const Queue *queue, double utilisation, int first, Table *table)
{
    Prediction predicted = queue->predict(queue, utilisation);
    Scenario *scenario = load_at(queue, &predicted, utilisation);
    Summary measures[MEASURES] = {0};
    for (int i = 0; i < scenario->replications; i++)
        run_replication(queue, scenario, first + i, measures);
    for (int m = 0; m < MEASURES; m++) {
        if (isnan(predicted.exact[m]))
            continue;
        Row row = {.queue = queue,
                   .utilisation = utilisation,
                   .measure = (Measure)m,
                   .exact = predicted.exact[m],
                   .mean = summary_mean(&measures[m]),
                   .deviation = summary_deviation(&measures[m]) / sqrt((double)measures[m].count),
                   .replications = scenario->replications};
        row.missed = fabs(row.mean - row.exact) > half_width(&row, CONFIDENCE);
        /* No row is far off, and no sojourn time is so uncertain that it says nothing. */
        CHECK_NEAR(row.mean, row.exact, half_width(&row, SINGLE_CONFIDENCE));
        CHECK(row.measure != SOJOURN_MS || half_width(&row, CONFIDENCE) < WIDEST * row.exact);
        if (table->count < ROW_LIMIT)
            table->rows[table->count++] = row;
    }
    scenario_destroy(scenario);
}

/* The most misses that so many good intervals have, but for false alarms. */
static int misses_granted(int rows)
{
    unsigned most = 0;
    while (gsl_cdf_binomial_Q(most, 1 - CONFIDENCE, (unsigned)rows) > FALSE_ALARM)
        most++;
    return (int)most;
}

static int misses_of(const Table *table)
{
    int missed = 0;
    for (int i = 0; i < table->count; i++)
        missed += table->rows[i].missed;
    return missed;
}

static void write_verdict(const Table *table, FILE *stream)
{
    fprintf(stream, "%d of %d rows missed; %.1f are expected, at most %d granted.\n", misses_of(table), table->count,
            (1 - CONFIDENCE) * table->count, misses_granted(table->count));
}

static void write_rows(const Table *table, FILE *stream)
{
    fprintf(stream, "| queue | utilisation | measure | exact | simulated, ± 99 %% | error | within |\n"
                    "|---|--:|---|--:|--:|--:|---|\n");
    for (int i = 0; i < table->count; i++) {
        const Row *row = &table->rows[i];
        fprintf(stream, "| %s | %.2f | %s | %.5g | %.5g ± %.2g | %+.2f %% | %s |\n", row->queue->name, row->utilisation,
                measure_names[row->measure], row->exact, row->mean, half_width(row, CONFIDENCE),
                100 * (row->mean / row->exact - 1), row->missed ? "no" : "yes");
    }
}

/* The page that people read. */
static void write_page(const Table *table, const Queue *queues, int queue_count)
{
    FILE *stream = fopen(check_path("tests/theory/README.md"), "w");
    CHECK(stream != NULL);
    if (!stream)
        return;
    fputs(
        "# Exactness: the engine against queueing theory\n\n"
        "Every row is a scenario of this folder, run through the public interface at one utilisation: the mean over\n"
        "10 independent replications against the exact value, with its 99 % t interval. Every service takes 10 ms in\n"
        "the mean. Utilisation is that of the busiest station, or what is offered to one that refuses. The M/M/1 runs\n"
        "have 1 million requests in all at 0.3, 0.5 and 0.7, 2.5 million at 0.9 and 6 million at 0.95, the others so\n"
        "many times that; a tenth more goes before, unrecorded.\n\n",
        stream);
    write_verdict(table, stream);
    fputs(
        "No row may miss its 99.99 % interval, and no sojourn time's interval may be wider than 12 % of its value on\n"
        "either side.\n\n`ORCHID_RENEW=1 meson test -C build theory` writes this page anew.\n\n",
        stream);
    fprintf(stream, "| queue | exact by | requests | scenario |\n|---|---|--:|---|\n");
    for (int i = 0; i < queue_count; i++) {
        const char *file = strrchr(queues[i].file, '/') + 1, *override = queues[i].override;
        fprintf(stream, "| %s | %s | x %.1f | `%s`%s%s%s |\n", queues[i].name, queues[i].formula, queues[i].effort,
                file, override ? ", `" : "", override ? override : "", override ? "`" : "");
    }
    fprintf(stream, "\n");
    write_rows(table, stream);
    fclose(stream);
}

/* By node group in file order: devices, sensors. */
static const char *const jackson_route[] = {"device:job", "edge:pair@1", "edge:job", "cloud:pair@1",
                                            "edge:job",   "cloud:job",   NULL,       NULL};
static const double jackson_chance[] = {0.4, 0.3, 0.1, 0.2, 0.6, 0.4, 0, 0};
static const char *const closed_route[] = {"device:job", "edge:job", "cloud:job", NULL};
static const double closed_chance[] = {0.2, 0.5, 0.3, 0};

static void every_queue_has_its_exact_means(void)
{
    const Queue queues[] = {
        {"M/M/1", "birth and death", "tests/theory/mm1.yaml", NULL, 1, predict_mmc, .servers = 1},
        {"M/M/2", "Erlang's C", "tests/theory/mm2.yaml", NULL, 0.5, predict_mmc, .servers = 2},
        {"M/M/4", "Erlang's C", "tests/theory/mm4.yaml", NULL, 0.5, predict_mmc, .servers = 4},
        {"M/D/1", "Pollaczek, Khinchine", "tests/theory/md1.yaml", NULL, 0.5, predict_mg1, .variation = 0},
        {"M/G/1", "Pollaczek, Khinchine", "tests/theory/mg1.yaml", NULL, 1.5, predict_mg1, .variation = 2},
        {"M/G/1-PS", "insensitivity", "tests/theory/mg1_ps.yaml", NULL, 1, predict_sharing, .servers = 1},
        {"M/D/1-PS", "insensitivity", "tests/theory/mg1_ps.yaml", "nodes.queue.platform=deterministic", 0.5,
         predict_sharing, .servers = 1},
        {"M/M/2/6", "birth and death", "tests/theory/mm2k.yaml", NULL, 0.3, predict_mmck, .servers = 2, .room = 6},
        {"M/M/4/4", "Erlang's B", "tests/theory/erlang_b.yaml", "nodes.queue.platform=exponential", 0.3, predict_loss,
         .servers = 4},
        {"M/G/4/4", "Erlang's B, insensitivity", "tests/theory/erlang_b.yaml", NULL, 0.3, predict_loss, .servers = 4},
        {"tandem", "Burke", "tests/theory/tandem.yaml", NULL, 0.6, predict_tandem, .servers = 1},
        {"Jackson network", "product form", "tests/theory/jackson.yaml", NULL, 0.6, predict_jackson,
         .route = jackson_route, .chance = jackson_chance},
        {"closed network", "mean-value analysis", "tests/theory/closed.yaml", NULL, 0.3, predict_closed,
         .route = closed_route, .chance = closed_chance},
    };
    const int queue_count = sizeof queues / sizeof queues[0];
    const double utilisations[] = {0.3, 0.5, 0.7, 0.9, 0.95};
    Table *table = calloc(1, sizeof *table);
    for (int i = 0; i < queue_count; i++)
        for (int k = 0; k < 5; k++)
            check_at(&queues[i], utilisations[k], 100 * (5 * i + k), table);
    write_rows(table, stdout);
    write_verdict(table, stdout);
    CHECK(table->count >= 100);
    CHECK(misses_of(table) <= misses_granted(table->count));
    if (getenv("ORCHID_RENEW"))
        write_page(table, queues, queue_count);
    free(table);
}

int main(void)
{
    const Check checks[] = {
        {"every_queue_has_its_exact_means", every_queue_has_its_exact_means},
    };
    return check_run("theory", checks, sizeof checks / sizeof checks[0]);
}
