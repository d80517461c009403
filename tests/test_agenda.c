/* Events come in one total order whichever queue or lane they wait in. */
#include "../sim/agenda.h"
#include "check.h"
#include "worlds.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS = 20000, REQUESTS = 64, NAMES = 4096, EVENT_LIMIT = NAMES + REQUESTS };

/* A pending event in the reference, a plain list searched from end to end. */
typedef struct Listed {
    bool pending;
    Event event;
    uint64_t sequence;
} Listed;

/* The agenda and the list side by side. */
typedef struct Pair {
    const Scenario *scenario;
    Agenda agenda;
    Request requests[REQUESTS];
    Listed list[EVENT_LIMIT]; /* by name; messages behind the names */
    uint64_t sequence;
    Time now, lane_time[AGENDA_LANES];
    Stream stream;
} Pair;

static int draw(Pair *pair, int n)
{
    return (int)stream_uniform_integer(&pair->stream, (uint64_t)n);
}

static void note(Pair *pair, int index, Event event)
{
    pair->list[index] = (Listed){event.time != TIME_NEVER, event, pair->sequence};
    pair->sequence += event.time != TIME_NEVER;
}

static const Listed *first_listed(const Pair *pair)
{
    const Listed *best = NULL;
    for (int i = 0; i < EVENT_LIMIT; i++) {
        const Listed *a = &pair->list[i];
        if (!a->pending)
            continue;
        if (!best || a->event.time < best->event.time ||
            (a->event.time == best->event.time &&
             (a->event.kind < best->event.kind || (a->event.kind == best->event.kind && a->sequence < best->sequence))))
            best = a;
    }
    return best;
}

/* A message into a lane, where it arrives no earlier than those before it, or at a time of its own. */
static void send(Pair *pair, int request)
{
    Time time = pair->now + draw(pair, 6);
    if (pair->list[NAMES + request].pending)
        return;
    if (draw(pair, 3) == 0) {
        agenda_send(&pair->agenda, request, time);
    } else {
        int lane = draw(pair, AGENDA_LANES);
        time = pair->lane_time[lane] = time > pair->lane_time[lane] ? time : pair->lane_time[lane];
        agenda_send_in_lane(&pair->agenda, pair->requests, request, lane, time);
    }
    note(pair, NAMES + request, (Event){time, EVENT_DELAY, request});
}

/* Something gets another time, now and then none; times are few, so that many tie. */
static void schedule(Pair *pair)
{
    const Scenario *scenario = pair->scenario;
    Agenda *agenda = &pair->agenda;
    Time time = draw(pair, 5) ? pair->now + draw(pair, 6) : TIME_NEVER;
    int node = draw(pair, scenario->node_count), link = draw(pair, scenario->link_count), downwards = draw(pair, 2);
    int user = draw(pair, scenario->user_count), name;
    switch (draw(pair, 5)) {
    case 0:
        agenda_set_node(agenda, scenario, &scenario->node_groups[scenario->group_of[node]], node, time);
        note(pair, node, (Event){time, EVENT_STATION, node});
        break;
    case 1:
        agenda_set_link(agenda, link, downwards, time);
        name = agenda->names.link + 2 * link + downwards;
        note(pair, name, (Event){time, EVENT_STATION, name});
        break;
    case 2:
        agenda_set_user(agenda, user, time);
        note(pair, agenda->names.source + user, (Event){time, EVENT_ARRIVAL, agenda->names.source + user});
        break;
    case 3:
        name = agenda->names.background + node;
        agenda_set_named(agenda, name, time, EVENT_BACKGROUND);
        note(pair, name, (Event){time, EVENT_BACKGROUND, name});
        break;
    default:
        agenda_set_span(agenda, time, EVENT_END);
        note(pair, agenda->names.span, (Event){time, EVENT_END, agenda->names.span});
    }
}

/* Takes the first event of both, and what stays pending of it away. */
static bool take_and_compare(Pair *pair)
{
    const Listed *expected = first_listed(pair);
    Event event;
    bool any = agenda_take(&pair->agenda, pair->requests, pair->scenario, &event);
    if (!expected || !any)
        return !expected && !any;
    bool same =
        event.time == expected->event.time && event.kind == expected->event.kind && event.name == expected->event.name;
    int index = event.kind == EVENT_DELAY ? NAMES + event.name : event.name;
    pair->now = event.time;
    pair->list[index].pending = false;
    const Scenario *scenario = pair->scenario;
    const EventNames *names = &pair->agenda.names;
    if (event.name == names->span && event.kind == EVENT_END)
        agenda_set_span(&pair->agenda, TIME_NEVER, EVENT_END);
    else if (event.kind == EVENT_ARRIVAL)
        agenda_set_user(&pair->agenda, event.name - names->source, TIME_NEVER);
    else if (event.kind == EVENT_BACKGROUND)
        agenda_set_named(&pair->agenda, event.name, TIME_NEVER, EVENT_BACKGROUND);
    else if (event.kind == EVENT_STATION && event.name >= names->link)
        agenda_set_link(&pair->agenda, (event.name - names->link) / 2, (event.name - names->link) % 2, TIME_NEVER);
    else if (event.kind == EVENT_STATION)
        agenda_set_node(&pair->agenda, scenario, &scenario->node_groups[scenario->group_of[event.name]], event.name,
                        TIME_NEVER);
    return same;
}

static void order_equals_that_of_a_plain_list(void)
{
    static const char *const single[] = {
        "workload={arrivals: poisson, rate: 8 /s, input: 150 kB, output: 1 kB, weight: 40 %}", "stop={time: 20 s}"};
    Scenario *scenario = world_load("mixed.yaml", single, 2);
    Pair *pair = memory_allocate(1, sizeof *pair);
    *pair = (Pair){.scenario = scenario, .stream = stream_create(3, 0, STREAM_ANALYSIS, 0)};
    agenda_init(&pair->agenda, scenario);
    event_queue_reserve(&pair->agenda.messages, REQUESTS);
    CHECK(pair->agenda.names.span < NAMES);
    int differences = 0, taken[EVENT_END + 1] = {0};
    for (int step = 0; step < STEPS; step++) {
        int choice = draw(pair, 5);
        if (choice < 2) {
            schedule(pair);
        } else if (choice < 3) {
            send(pair, draw(pair, REQUESTS));
        } else {
            const Listed *first = first_listed(pair);
            taken[first ? first->event.kind : 0]++;
            differences += !take_and_compare(pair);
        }
    }
    CHECK_INT(differences, 0);
    CHECK(taken[EVENT_STATION] > 100 && taken[EVENT_DELAY] > 100 && taken[EVENT_BACKGROUND] > 100 &&
          taken[EVENT_ARRIVAL] > 100 && taken[EVENT_END] > 100);
    agenda_free(&pair->agenda);
    free(pair);
    scenario_destroy(scenario);
}

/* Two agendas of one scenario: a copy gives the same events, and goes its own way from then on. */
static void a_copy_goes_its_own_way(void)
{
    Scenario *scenario = world_load("mixed.yaml", NULL, 0);
    Agenda agenda, copy;
    Request requests[2] = {0};
    agenda_init(&agenda, scenario);
    agenda_init(&copy, scenario);
    agenda_send_in_lane(&agenda, requests, 0, 1, 20);
    agenda_send_in_lane(&agenda, requests, 1, 1, 30);
    agenda_set_span(&agenda, 25, EVENT_END);
    agenda_copy(&copy, &agenda);
    Request copied[2];
    memcpy(copied, requests, sizeof copied);
    Event event;
    CHECK(agenda_take(&agenda, requests, scenario, &event));
    CHECK_INT(event.name, 0);
    CHECK(agenda_take(&copy, copied, scenario, &event));
    CHECK_INT(event.time, 20);
    agenda_set_span(&copy, TIME_NEVER, EVENT_END);
    CHECK(agenda_take(&copy, copied, scenario, &event));
    CHECK_INT(event.time, 30);
    CHECK(!agenda_take(&copy, copied, scenario, &event));
    CHECK(agenda_take(&agenda, requests, scenario, &event));
    CHECK_INT(event.time, 25);
    agenda_free(&agenda);
    agenda_free(&copy);
    scenario_destroy(scenario);
}

int main(void)
{
    const Check checks[] = {
        {"order_equals_that_of_a_plain_list", order_equals_that_of_a_plain_list},
        {"a_copy_goes_its_own_way", a_copy_goes_its_own_way},
    };
    return check_run("agenda", checks, sizeof checks / sizeof checks[0]);
}
