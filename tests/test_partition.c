/* Inferences that are cut: what an option takes alone is what the tables of its network say, cut for cut. */
#include "../policies/expect.h"
#include "../sim/model_file.h"
#include "../sim/simulation.h"
#include "../sim/trace.h"
#include "check.h"
#include "worlds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NETWORK_COUNT = 5, BITS_COUNT = 3 };

static const char *const networks[NETWORK_COUNT] = {"alexnet", "mobilenet_v1", "resnet18", "resnet50", "vgg16"};
static const int bits[BITS_COUNT] = {32, 16, 8};

/* The world: a device, an edge and a cloud in a row. */
static const double speeds[3] = {3.1e9, 12.7e9, 51.3e9}; /* macs/s */
static const double watts[3] = {3, 8, 40};               /* between idle and full */
static const double cores[3] = {1, 2, 4};
static const double up_bit_per_s[2] = {17e6, 93e6}, down_bit_per_s[2] = {41e6, 93e6};
static const double delay_ns[2] = {2345678, 11700000};
static const double input_bytes = 150e3, output_bytes = 1e3;

static const char world[] =
    "name: partition\nstop: {rounds: 100000}\nmodels: %s\nprofiles: %s\n"
    "nodes:\n"
    "  - {name: device, tier: end, platform: slow, cores: 1, power: {idle: 1 W, full: 4 W}}\n"
    "  - {name: edge, tier: edge, platform: middling, cores: 2, power: {idle: 2 W, full: 10 W}}\n"
    "  - {name: cloud, tier: cloud, platform: fast, cores: 4, power: {idle: 20 W, full: 60 W}}\n"
    "links:\n"
    "  - {from: device, to: edge, delay: 2345678 ns, up: 17 Mbit/s, down: 41 Mbit/s}\n"
    "  - {from: edge, to: cloud, delay: 11.7 ms, bandwidth: 93 Mbit/s}\n"
    "workload: {arrivals: rounds, input: 150 kB, output: 1 kB}\n"
    "options: {end: all variants, edge: all variants, cloud: all variants, cuts: all, second_cuts: all,\n"
    "  transfer_bits: [32, 16, 8]}\n";

/* How long the whole variant takes on a node of the world, s: nothing that cuts would divide evenly. */
static double whole_s(const Variant *variant, int node)
{
    return variant->macs / speeds[node] + 1e-3 * (node + 1);
}

static void write_profiles(const char *path, const Model *model)
{
    static const char *const platforms[3] = {"slow", "middling", "fast"};
    FILE *file = fopen(path, "w");
    fprintf(file, "platform,model,variant,threads,family,mean_ms,provenance,source\n");
    for (int node = 0; node < 3; node++)
        for (int v = 0; v < model->variant_count; v++)
            fprintf(file, "%s,%s,%s,%d,deterministic,%.9f,theory,this test\n", platforms[node], model->name,
                    model->variants[v].name, (int)cores[node], 1e3 * whole_s(&model->variants[v], node));
    fclose(file);
}

/* A scenario of one network, with its model. */
typedef struct World {
    Arena arena;
    Model model;
    Scenario *scenario;
} World;

static void open_world(World *opened, const char *network)
{
    *opened = (World){0};
    ErrorList errors = {0};
    const char *models = check_path(arena_format(&opened->arena, "traces/%s.yaml", network));
    CHECK(model_file_read(&opened->arena, models, &opened->model, &errors));
    write_profiles(check_scratch("profiles.csv"), &opened->model);
    const char *path = check_scratch("partition.yaml");
    FILE *file = fopen(path, "w");
    fprintf(file, world, models, "profiles.csv");
    fclose(file);
    opened->scenario = scenario_load(path, NULL, 0, &errors);
    error_list_write(&errors, stderr);
    CHECK(opened->scenario != NULL);
}

static void close_world(World *opened)
{
    scenario_destroy(opened->scenario);
    arena_free(&opened->arena);
}

/* What the tables say of one way to compute a variant. */
typedef struct Account {
    double time_ns, energy_j;
    int stages; /* each ends on a whole nanosecond */
} Account;

static void add_work(Account *account, const Variant *variant, int node, int from, int to)
{
    double part = 0, all = 0;
    for (int i = 0; i < variant->layer_count; i++) {
        all += variant->layers[i].macs;
        part += i >= from && i < to ? variant->layers[i].macs : 0;
    }
    if (part == 0)
        return;
    double time_ns = 1e9 * whole_s(variant, node) * part / all;
    account->time_ns += time_ns;
    account->energy_j += 1e-9 * time_ns * watts[node];
    account->stages++;
}

static void add_message(Account *account, int link, double bytes, double bit_per_s)
{
    account->time_ns += 8e9 * bytes / bit_per_s + delay_ns[link];
    account->stages++;
}

/* Layers up to `cut` on the device, up to `second` (0: none) on the edge, the rest on node `target`. */
static Account account_of(const Variant *variant, int target, int cut, int second, int sent_bits)
{
    Account account = {0};
    double scale = (double)sent_bits / (double)variant->precision_bits;
    double sent = cut > 0 ? variant->layers[cut - 1].output_bytes * scale : input_bytes;
    int last = target == 0 ? variant->layer_count : second > 0 ? second : cut;
    add_work(&account, variant, 0, 0, target == 0 ? last : cut);
    for (int hop = 0; hop < target; hop++) {
        add_message(&account, hop, sent, up_bit_per_s[hop]);
        if (hop == 0 && second > 0) {
            add_work(&account, variant, 1, cut, second);
            sent = variant->layers[second - 1].output_bytes * scale;
        }
    }
    if (target > 0)
        add_work(&account, variant, target, last, variant->layer_count);
    for (int hop = target - 1; hop >= 0; hop--)
        add_message(&account, hop, output_bytes, down_bit_per_s[hop]);
    return account;
}

/* An option, and what the tables say of it. */
typedef struct Case {
    const Option *option;
    Account account;
} Case;

/* The index of the option that computes so; -1 where there is none. `sent_bits` 0: nothing is sent between layers. */
static int find_option(const OptionSet *set, int target, int variant, int cut, int second, int sent_bits)
{
    for (int i = 0; i < set->count; i++) {
        const Option *option = &set->items[i];
        int node = option->target == SELF ? 0 : option->target;
        if (node == target && option->variant == variant && option->cut == cut && option->second_cut == second &&
            option->transfer_bits == sent_bits)
            return i;
    }
    return -1;
}

static void add_case(const World *opened, Case *cases, int target, int variant, int cut, int second, int sent_bits)
{
    const Variant *traits = &opened->model.variants[variant];
    const OptionSet *set = &opened->scenario->options[0];
    int index = find_option(set, target, variant, cut, second, sent_bits);
    if (index < 0) {
        char what[120];
        snprintf(what, sizeof what, "an option on %d of %s cut at %d and %d, %d bits", target, traits->name, cut,
                 second, sent_bits);
        check_text("missing", "there", what, __FILE__, __LINE__);
        return;
    }
    CHECK(!cases[index].option);
    cases[index] = (Case){&set->items[index], account_of(traits, target, cut, second, sent_bits)};
}

/* Whether one tensor crosses behind the layer, and work is left on both sides. */
static bool divides(const Variant *variant, int cut)
{
    double before = 0, after = 0;
    for (int i = 0; i < variant->layer_count; i++)
        *(i < cut ? &before : &after) += variant->layers[i].macs;
    return variant->layers[cut - 1].can_cut && before > 0 && after > 0;
}

static double work_between(const Variant *variant, int from, int to)
{
    double macs = 0;
    for (int i = from; i < to; i++)
        macs += variant->layers[i].macs;
    return macs;
}

/* Everything that may be answered with, listed anew from the tables; returns how many. */
static int list_cases(const World *opened, Case *cases)
{
    int count = 0;
    for (int v = 0; v < opened->model.variant_count; v++) {
        const Variant *variant = &opened->model.variants[v];
        for (int target = 0; target < 3; target++, count++)
            add_case(opened, cases, target, v, 0, 0, 0);
        for (int b = 0; b < BITS_COUNT; b++)
            for (int cut = 0; bits[b] <= variant->precision_bits && cut < variant->layer_count; cut++) {
                if (cut > 0 && !divides(variant, cut))
                    continue;
                for (int target = 1; cut > 0 && target < 3; target++, count++)
                    add_case(opened, cases, target, v, cut, 0, bits[b]);
                for (int second = cut + 1; second < variant->layer_count; second++)
                    if (divides(variant, second) && work_between(variant, cut, second) > 0) {
                        add_case(opened, cases, 2, v, cut, second, bits[b]);
                        count++;
                    }
            }
    }
    return count;
}

static void check_outcome(const Outcome *outcome, const Case *expected)
{
    /* Every stage is rounded to a whole nanosecond on its own. */
    double rounding = 0.5 * expected->account.stages + 0.01;
    check_near(1e9 * outcome->response_s, expected->account.time_ns, rounding, expected->option->label, __FILE__,
               __LINE__);
    check_near(outcome->energy_j, expected->account.energy_j, 1e-9 * expected->account.energy_j,
               expected->option->label, __FILE__, __LINE__);
}

/* What the ask is expected to end as, with `jobs` on their way to the nodes. */
static Outcome expect_alone(const View *view, const Ask *ask, const Option *option, const int *jobs)
{
    Need need = expect_need(view, ask, option, jobs);
    return expect_outcome(ask, option, &need, (Share){1, 1});
}

/* One option a round; its end is told with the next question. */
static void run_cases(const World *opened, const Case *cases, int count)
{
    Simulation *simulation = simulation_create(opened->scenario, (RunKey){.seed = 1});
    Decision decision;
    for (int i = 0; i <= count; i++) {
        CHECK(simulation_advance(simulation, &decision));
        if (i > 0)
            check_outcome(&decision.feedback[0].outcomes[0], &cases[i - 1]);
        Outcome expected = expect_alone(decision.view, &decision.asks[0], cases[i % count].option, NULL);
        check_outcome(&expected, &cases[i % count]);
        int option = i % count;
        simulation_apply(simulation, (Answer){.options = &option});
    }
    simulation_destroy(simulation);
}

static void every_cut_of_every_network_takes_what_the_tables_say(void)
{
    for (int n = 0; n < NETWORK_COUNT; n++) {
        World opened;
        open_world(&opened, networks[n]);
        if (!opened.scenario)
            continue;
        int options = opened.scenario->options[0].count;
        Case *cases = memory_allocate((size_t)options, sizeof *cases);
        int listed = list_cases(&opened, cases);
        CHECK_INT(listed, options);
        if (listed == options)
            run_cases(&opened, cases, options);
        free(cases);
        close_world(&opened);
    }
}

static void fewer_bits_shrink_the_tensor_and_nothing_else(void)
{
    World opened;
    open_world(&opened, "mobilenet_v1");
    const OptionSet *set = &opened.scenario->options[0];
    const Option *full = &set->items[find_option(set, 2, 0, 4, 12, 32)];
    const Option *small = &set->items[find_option(set, 2, 0, 4, 12, 8)];
    CHECK_TEXT(full->label, "cloud:d0@4+edge@12");
    CHECK_TEXT(small->label, "cloud:d0@4+edge@12/8");
    CHECK_NEAR(small->up_bytes * 4, full->up_bytes, 0);
    CHECK_NEAR(small->middle_bytes * 4, full->middle_bytes, 0);
    CHECK_NEAR(small->prefix_share + small->middle_share + small->remote_share, 1, 1e-15);
    CHECK_NEAR(small->accuracy, full->accuracy, 0);
    CHECK_NEAR(small->memory_bytes, full->memory_bytes, 0);
    /* What has 8 bits already gains nothing by 16 or 32. */
    CHECK_TEXT(set->items[find_option(set, 1, 4, 4, 0, 8)].label, "edge:d4@4");
    CHECK_INT(find_option(set, 1, 4, 4, 0, 16), -1);
    close_world(&opened);
}

/* A user's k-th answer is drawn; all that must balance is looked at after every event. */
static void cuts_in_a_crowd_keep_the_accounts(void)
{
    static const char *const crowded[] = {"nodes.edge.memory=30 MB", "nodes.cloud.discipline=fcfs",
                                          "nodes.edge.limit=1"};
    for (int c = 0; c <= 3; c++) {
        Scenario *scenario = world_load("cuts.yaml", crowded, c);
        Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 3, .validate = true});
        Stream stream = stream_create(7, 0, STREAM_POLICY, 0);
        Decision decision;
        int64_t asked = 0, ended = 0, refused = 0;
        while (simulation_advance(simulation, &decision)) {
            int options[8];
            for (int i = 0; i < decision.ask_count; i++)
                options[i] = (int)(stream_uniform(&stream) * decision.asks[i].options->count);
            asked += decision.ask_count;
            for (int f = 0; f < decision.feedback_count; f++)
                for (int i = 0; i < decision.feedback[f].count; i++, ended++)
                    refused += decision.feedback[f].outcomes[i].refused;
            Simulation *copy = simulation_clone(simulation);
            simulation_apply(simulation, (Answer){.options = options});
            simulation_destroy(copy);
        }
        CHECK_INT(asked, 900);
        CHECK(ended <= asked && ended >= asked - 40);
        CHECK((refused > 0) == (c == 3));
        simulation_destroy(simulation);
        scenario_destroy(scenario);
    }
}

/* The edge computes for two devices, each of which sends it the layers up to 12 and takes the rest to the cloud. */
static void the_middle_node_is_shared(void)
{
    static const char *const pair[] = {"nodes.device.count=2", "nodes.edge.count=1", "workload={arrivals: rounds}",
                                       "stop={rounds: 2}"};
    Scenario *scenario = world_load("cuts.yaml", pair, 4);
    const OptionSet *set = &scenario->options[0];
    int options[2] = {0, 0};
    while (strcmp(set->items[options[0]].label, "cloud:d0@0+edge@12") != 0)
        options[0]++;
    options[1] = options[0];
    const Option *option = &set->items[options[0]];
    Simulation *simulation = simulation_create(scenario, (RunKey){.seed = 1});
    Decision decision;
    CHECK(simulation_advance(simulation, &decision));
    int *jobs = memory_allocate((size_t)scenario->node_count, sizeof *jobs);
    double alone_s = expect_alone(decision.view, &decision.asks[0], option, jobs).response_s;
    expect_add_jobs(scenario, decision.asks[1].node, option, jobs);
    CHECK_INT(jobs[scenario_middle_node(scenario, decision.asks[0].node, option)], 1);
    double beside_s = expect_alone(decision.view, &decision.asks[0], option, jobs).response_s;
    simulation_apply(simulation, (Answer){.options = options});
    CHECK(simulation_advance(simulation, &decision));
    /* Both come to the edge, and later to the cloud, at one instant: each takes twice as long there. */
    double twice_s =
        alone_s + option->middle_share * option->middle->mean_s + option->remote_share * option->remote->mean_s;
    CHECK_NEAR(beside_s, twice_s, 1e-12);
    CHECK_NEAR(decision.feedback[0].outcomes[1].response_s, twice_s, 1e-8);
    free(jobs);
    simulation_destroy(simulation);
    scenario_destroy(scenario);
}

int main(void)
{
    const Check checks[] = {
        CHECK_OF(every_cut_of_every_network_takes_what_the_tables_say),
        CHECK_OF(fewer_bits_shrink_the_tensor_and_nothing_else),
        CHECK_OF(cuts_in_a_crowd_keep_the_accounts),
        CHECK_OF(the_middle_node_is_shared),
    };
    return check_run("partition", checks, sizeof checks / sizeof checks[0]);
}
