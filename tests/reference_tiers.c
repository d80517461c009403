/* What the naive model leaves out: every station and link serves in order of arrival with whole servers instead of
 * sharing, so that no completion ever moves; latencies are uniform around their mean instead of measured; accuracy,
 * energy, deadlines and percentiles are not counted. Events and draws per request are as many as orchid's: one for
 * the arrival, each transmission, propagation and computation; one draw for the gap, the input and the latency. */
#include "../policies/choice.h"
#include "bench.h"
#include "reference.h"

#include <gsl/gsl_randist.h>
#include <stdlib.h>

enum { DEVICE, SITE, CLOUD, PLACES };

typedef enum Step {
    ON_DEVICE,
    WLAN_UP,
    WLAN_DELAY,
    ON_SITE,
    WLAN_DOWN,
    WAN_UP,
    WAN_DELAY,
    IN_CLOUD,
    WAN_DOWN,
    ANSWERED
} Step;

static const Step ways[PLACES][10] = {
    [DEVICE] = {ON_DEVICE, ANSWERED},
    [SITE] = {WLAN_UP, WLAN_DELAY, ON_SITE, WLAN_DOWN, WLAN_DELAY, ANSWERED},
    [CLOUD] = {WLAN_UP, WLAN_DELAY, WAN_UP, WAN_DELAY, IN_CLOUD, WAN_DOWN, WAN_DELAY, WLAN_DOWN, WLAN_DELAY, ANSWERED}};

enum { ARRIVAL, STEP_DONE };

typedef struct Asker {
    int index;
    const Application *application;
} Asker;

typedef struct NaiveJob {
    double arrived, input_bits, output_bits;
    const Asker *asker;
    const Step *step;
    struct NaiveQueue *queue; /* of this step, NULL: a propagation */
    double service_s;         /* of this step */
    struct NaiveJob *next;    /* in the queue */
} NaiveJob;

typedef struct NaiveQueue {
    int servers, limit; /* limit 0: none */
    int busy, waiting;
    NaiveJob *head, *tail;
} NaiveQueue;

typedef struct Tiers {
    const Scenario *scenario;
    gsl_rng *rng;
    NaiveHeap heap;
    Asker *askers; /* [devices] */
    int queue_count;
    NaiveQueue *queues; /* [queue_count] all of them, where these begin: */
    NaiveQueue *devices, *sites, *clouds, *wlans, *wan_ups, *wan_downs; /* the last three: one a site */
    double mean_s[PLACES];
    bool round_robin;
    int64_t asked, finished;
    double response_s; /* sum */
} Tiers;

static int size_of(const Tiers *tiers, int place)
{
    return tiers->scenario->node_groups[place].count;
}

/* The next so many queues. */
static NaiveQueue *take_queues(Tiers *tiers, int count, int servers, int limit)
{
    NaiveQueue *first = &tiers->queues[tiers->queue_count];
    for (int i = 0; i < count; i++)
        first[i] = (NaiveQueue){.servers = servers, .limit = limit};
    tiers->queue_count += count;
    return first;
}

static NaiveQueue *take_nodes(Tiers *tiers, int place)
{
    const NodeGroup *group = &tiers->scenario->node_groups[place];
    return take_queues(tiers, group->count, (int)group->cores / group->threads, group->limit);
}

static const Application *draw_application(const Tiers *tiers)
{
    const Scenario *scenario = tiers->scenario;
    double left = gsl_rng_uniform(tiers->rng);
    int i = 0;
    while (i < scenario->application_count - 1 && left >= scenario->applications[i].share)
        left -= scenario->applications[i++].share;
    return &scenario->applications[i];
}

static double draw(const Tiers *tiers, const Distribution *distribution)
{
    switch (distribution->family) {
    case DISTRIBUTION_EXPONENTIAL:
        return gsl_ran_exponential(tiers->rng, distribution->mean);
    case DISTRIBUTION_LOGNORMAL:
        return gsl_ran_lognormal(tiers->rng, distribution->first, distribution->second);
    case DISTRIBUTION_GAMMA:
        return gsl_ran_gamma(tiers->rng, distribution->first, distribution->second);
    case DISTRIBUTION_UNIFORM:
        return gsl_ran_flat(tiers->rng, distribution->first, distribution->second);
    case DISTRIBUTION_CONSTANT:
        break;
    }
    return distribution->mean;
}

static double draw_latency(const Tiers *tiers, int place)
{
    return gsl_ran_flat(tiers->rng, 0.8, 1.2) * tiers->mean_s[place];
}

/* The queue of a job's step, and how long it will be served there; NULL and the delay for a propagation. */
static NaiveQueue *find_queue(Tiers *tiers, NaiveJob *job)
{
    const LinkGroup *wlan = &tiers->scenario->link_groups[0], *wan = &tiers->scenario->link_groups[1];
    int device = job->asker->index, site = device % size_of(tiers, SITE);
    switch (*job->step) {
    case ON_DEVICE:
        job->service_s = draw_latency(tiers, DEVICE);
        return &tiers->devices[device];
    case ON_SITE:
        job->service_s = draw_latency(tiers, SITE);
        return &tiers->sites[site];
    case IN_CLOUD:
        job->service_s = draw_latency(tiers, CLOUD);
        return &tiers->clouds[site % size_of(tiers, CLOUD)];
    case WLAN_UP:
        job->service_s = job->input_bits / wlan->up_bit_per_s;
        return &tiers->wlans[site];
    case WLAN_DOWN:
        job->service_s = job->output_bits / wlan->down_bit_per_s;
        return &tiers->wlans[site];
    case WAN_UP:
        job->service_s = job->input_bits / wan->up_bit_per_s;
        return &tiers->wan_ups[site];
    case WAN_DOWN:
        job->service_s = job->output_bits / wan->down_bit_per_s;
        return &tiers->wan_downs[site];
    case WLAN_DELAY:
        job->service_s = time_to_s(wlan->delay);
        return NULL;
    case WAN_DELAY:
        job->service_s = time_to_s(wan->delay);
        return NULL;
    case ANSWERED:
        break;
    }
    abort();
}

/* The job serves its step, waits for it, is answered or refused. */
static void begin_step(Tiers *tiers, NaiveJob *job, double now)
{
    if (*job->step == ANSWERED) {
        tiers->response_s += now - job->arrived;
        tiers->finished++;
        free(job);
        return;
    }
    NaiveQueue *queue = job->queue = find_queue(tiers, job);
    if (queue && queue->limit && queue->busy + queue->waiting == queue->limit) {
        free(job);
    } else if (queue && queue->busy == queue->servers) {
        job->next = NULL;
        if (queue->waiting++)
            queue->tail->next = job;
        else
            queue->head = job;
        queue->tail = job;
    } else {
        if (queue)
            queue->busy++;
        naive_push(&tiers->heap, now + job->service_s, STEP_DONE, job);
    }
}

/* The next of the queue is served, and the job goes on. */
static void end_step(Tiers *tiers, NaiveJob *job, double now)
{
    NaiveQueue *queue = job->queue;
    if (queue && queue->waiting) {
        NaiveJob *next = queue->head;
        queue->head = next->next;
        queue->waiting--;
        naive_push(&tiers->heap, now + next->service_s, STEP_DONE, next);
    } else if (queue) {
        queue->busy--;
    }
    job->step++;
    begin_step(tiers, job, now);
}

static void ask(Tiers *tiers, Asker *asker, double now)
{
    const Application *application = asker->application;
    NaiveJob *job = malloc(sizeof *job);
    *job = (NaiveJob){.arrived = now,
                      .input_bits = BITS_PER_BYTE * draw(tiers, &application->input_bytes),
                      .output_bits = BITS_PER_BYTE * draw(tiers, &application->output_bytes),
                      .asker = asker,
                      .step = ways[tiers->round_robin ? tiers->asked % PLACES : DEVICE]};
    tiers->asked++;
    begin_step(tiers, job, now);
    naive_push(&tiers->heap, now + draw(tiers, &application->gap_s), ARRIVAL, asker);
}

static void build(Tiers *tiers)
{
    static const Tier tier_of[PLACES] = {TIER_END, TIER_EDGE, TIER_CLOUD};
    const Scenario *scenario = tiers->scenario;
    int sites = size_of(tiers, SITE);
    tiers->queues = memory_allocate((size_t)(scenario->node_count + 3 * sites), sizeof *tiers->queues);
    tiers->devices = take_nodes(tiers, DEVICE);
    tiers->sites = take_nodes(tiers, SITE);
    tiers->clouds = take_nodes(tiers, CLOUD);
    tiers->wlans = take_queues(tiers, sites, 1, 0);
    tiers->wan_ups = take_queues(tiers, sites, 1, 0);
    tiers->wan_downs = take_queues(tiers, sites, 1, 0);
    const OptionSet *options = &scenario->options[DEVICE];
    for (int place = 0; place < PLACES; place++) {
        const Option *option = &options->items[choice_on_tier(options, tier_of[place], ANY_VARIANT)];
        tiers->mean_s[place] = place == DEVICE ? option->local->mean_s : option->remote->mean_s;
    }
    tiers->askers = memory_allocate((size_t)scenario->user_count, sizeof *tiers->askers);
    for (int i = 0; i < scenario->user_count; i++) {
        tiers->askers[i] = (Asker){i, draw_application(tiers)};
        naive_push(&tiers->heap, draw(tiers, &tiers->askers[i].application->gap_s), ARRIVAL, &tiers->askers[i]);
    }
}

static void clear(Tiers *tiers)
{
    for (int i = 0; i < tiers->heap.count; i++)
        if (tiers->heap.events[i]->kind == STEP_DONE)
            free(tiers->heap.events[i]->subject);
    naive_free(&tiers->heap);
    for (NaiveQueue *queue = tiers->queues; queue < tiers->queues + tiers->queue_count; queue++)
        while (queue->waiting-- > 0) {
            NaiveJob *job = queue->head;
            queue->head = job->next;
            free(job);
        }
    free(tiers->queues);
    free(tiers->askers);
    gsl_rng_free(tiers->rng);
}

NaiveRun naive_tiers(const Scenario *scenario, bool round_robin, uint64_t seed)
{
    Tiers tiers = {.scenario = scenario, .round_robin = round_robin, .rng = gsl_rng_alloc(gsl_rng_mt19937)};
    NaiveRun run = {0};
    gsl_rng_set(tiers.rng, seed);
    build(&tiers);
    double start = bench_cpu_s(), end = time_to_s(scenario->stop.time);
    for (double now = 0; now < end; run.events++) {
        NaiveEvent *event = naive_pop(&tiers.heap);
        now = event->time;
        if (event->kind == ARRIVAL)
            ask(&tiers, event->subject, now);
        else
            end_step(&tiers, event->subject, now);
        free(event);
    }
    run.cpu_s = bench_cpu_s() - start;
    run.requests = tiers.asked;
    run.response_s = tiers.response_s / (double)tiers.finished;
    clear(&tiers);
    return run;
}
