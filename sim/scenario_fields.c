#include "scenario_parts.h"

#include <math.h>

/* The longest time that a file may name: 2500 h, within which a double in seconds holds every nanosecond. */
#define LONGEST_S 9e6
#define SHORTEST_S 1e-9
#define LONGEST_DELAY_S 3600

static const char *const link_discipline_names[] = {"ps", "reserved", NULL};
static const char *const duplex_names[] = {"full", "half", NULL};

static const Field top_fields[] = {
    {"name", FIELD_TEXT, .offset = offsetof(TopEntry, name), .help = "what the scenario is called in results"},
    {"seed", FIELD_INTEGER, .offset = offsetof(TopEntry, seed), .fallback = "1", .maximum = INFINITY,
     .help = "key of all random numbers"},
    {"replications", FIELD_INTEGER, .offset = offsetof(TopEntry, replications), .fallback = "10", .minimum = 1,
     .maximum = 100000, .help = "independent runs of every policy"},
    {"stop", FIELD_NESTED, .offset = offsetof(TopEntry, stop), .help = "when a run ends: {rounds: N} or {time: T}"},
    {"warm_up", FIELD_NESTED, .offset = offsetof(TopEntry, warm_up), .fallback = "",
     .help = "what is run but not recorded first: {rounds: N} or {time: T}"},
    {"training", FIELD_INTEGER, .offset = offsetof(TopEntry, training), .fallback = "0", .maximum = 1e12,
     .help = "decisions a learning policy may practise on before it is measured; others ignore it"},
    {"training_patience", FIELD_QUANTITY, DIMENSION_COUNT, offsetof(TopEntry, training_patience), .fallback = "0",
     .maximum = 1e6,
     .help = "ends a training early once the learner has stayed optimal while decisions grew by this factor, such as "
             "4; 0: never"},
    {"training_world", FIELD_NESTED, .offset = offsetof(TopEntry, training_world), .fallback = "",
     .help = "what differs while a learner practises, {dotted.key: value, ...}; the answers must be the same ones"},
    {"models", FIELD_TEXT, .offset = offsetof(TopEntry, models), .help = "model file, from this file's folder"},
    {"profiles", FIELD_TEXT, .offset = offsetof(TopEntry, profiles),
     .help = "latency profiles, from this file's folder"},
    {"layer_profiles", FIELD_TEXT, .offset = offsetof(TopEntry, layer_profiles), .fallback = "",
     .help = "how times divide over layers, from this file's folder (default: by multiply-accumulates)"},
    {"nodes", FIELD_NESTED, .offset = offsetof(TopEntry, nodes), .help = "list of groups of equal nodes"},
    {"links", FIELD_NESTED, .offset = offsetof(TopEntry, links), .fallback = "",
     .help = "list of groups of equal links"},
    {"workload", FIELD_NESTED, .offset = offsetof(TopEntry, workload),
     .help = "who asks when, and what a request carries"},
    {"options", FIELD_NESTED, .offset = offsetof(TopEntry, options), .fallback = "",
     .help = "which variants may run where; left out, all of them everywhere"},
    {"samples", FIELD_NESTED, .offset = offsetof(TopEntry, samples), .fallback = "",
     .help = "the samples that requests carry, and who is right on them; left out, accuracy is expected"},
    {"cascade", FIELD_NESTED, .offset = offsetof(TopEntry, cascade), .fallback = "",
     .help = "a light variant whose answers may be sent on to a heavy one; needs samples"},
    {"objective", FIELD_NESTED, .offset = offsetof(TopEntry, objective), .fallback = "",
     .help = "what a decision is worth; left out, the response time alone"},
    {"allocation", FIELD_CHOICE, .offset = offsetof(TopEntry, allocation), .fallback = "fixed",
     .choices = allocation_names,
     .help = "how reserved nodes and links are divided where the policy does not: fixed: one part in as many as users; "
             "equal or proportional among those of one question who need them, so that who asks alone gets all; "
             "optimal for "
             "the objective"},
    {"policy", FIELD_NESTED, .offset = offsetof(TopEntry, policy), .fallback = "",
     .help = "the policy that answers: {name: NAME} and its parameters"},
    {"sweep", FIELD_NESTED, .offset = offsetof(TopEntry, sweep), .fallback = "",
     .help = "what `orchid sweep` varies; a single run passes it over"},
};

static const Field span_fields[] = {
    {"rounds", FIELD_INTEGER, .offset = offsetof(SpanEntry, rounds), .fallback = "", .minimum = 1, .maximum = 1e12,
     .help = "so many rounds; needs arrivals: rounds"},
    {"time", FIELD_TIME, .offset = offsetof(SpanEntry, time), .fallback = "", .minimum = SHORTEST_S,
     .maximum = LONGEST_S, .help = "so much simulated time"},
};

static const Field node_fields[] = {
    {"name", FIELD_TEXT, .offset = offsetof(NodeEntry, name), .help = "letters, digits, - and _; begins with a letter"},
    {"count", FIELD_INTEGER, .offset = offsetof(NodeEntry, count), .fallback = "1", .minimum = 1, .maximum = 1e6,
     .help = "equal nodes: device with 3 makes device1 to device3; one keeps the bare name"},
    {"tier", FIELD_CHOICE, .offset = offsetof(NodeEntry, tier), .choices = tier_names,
     .help = "every end node is a user"},
    {"platform", FIELD_TEXT, .offset = offsetof(NodeEntry, platform), .help = "key into the latency profiles"},
    {"cores", FIELD_QUANTITY, DIMENSION_COUNT, offsetof(NodeEntry, cores), .minimum = 1, .maximum = 1e6,
     .help = "processor cores"},
    {"threads", FIELD_INTEGER, .offset = offsetof(NodeEntry, threads), .fallback = "", .minimum = 1, .maximum = 1e6,
     .help = "cores that one inference keeps busy (default: all whole cores)"},
    {"memory", FIELD_QUANTITY, DIMENSION_DATA, offsetof(NodeEntry, memory_bytes), .fallback = "", .minimum = 1,
     .maximum = INFINITY, .help = "for running inferences (default: without limit)"},
    {"power", FIELD_NESTED, .offset = offsetof(NodeEntry, power), .fallback = "",
     .help = "{idle: P, full: P} (default: 0 W)"},
    {"discipline", FIELD_CHOICE, .offset = offsetof(NodeEntry, discipline), .fallback = "ps",
     .choices = discipline_names, .help = "how requests share the cores"},
    {"limit", FIELD_INTEGER, .offset = offsetof(NodeEntry, limit), .fallback = "0", .maximum = 1e9,
     .help = "requests at a node beyond which it refuses; 0: none"},
    {"background", FIELD_NESTED, .offset = offsetof(NodeEntry, background), .fallback = "",
     .help = "cores that other tenants keep busy: {busy: [0, 1], dwell: [20 s, 10 s]} (default: none)"},
};

static const Field power_fields[] = {
    {"idle", FIELD_QUANTITY, DIMENSION_POWER, offsetof(NodeEntry, idle_w), .maximum = INFINITY,
     .help = "with no core busy"},
    {"full", FIELD_QUANTITY, DIMENSION_POWER, offsetof(NodeEntry, full_w), .maximum = INFINITY,
     .help = "with all cores busy"},
};

static const Field background_fields[] = {
    {"busy", FIELD_NESTED, .offset = offsetof(BackgroundEntry, busy), .fallback = "",
     .help = "list of busy cores, each below `cores`; the load steps between neighbours"},
    {"dwell", FIELD_NESTED, .offset = offsetof(BackgroundEntry, dwell), .fallback = "",
     .help = "list of mean stays, one for each; left out where the load is constant"},
    {"series", FIELD_TEXT, .offset = offsetof(BackgroundEntry, series), .fallback = "",
     .help = "instead of both: file of busy_cores over time, from this file's folder"},
};

static const Field link_fields[] = {
    {"from", FIELD_TEXT, .offset = offsetof(LinkEntry, from), .help = "group of nodes below"},
    {"to", FIELD_TEXT, .offset = offsetof(LinkEntry, to),
     .help = "group of nodes above; node i below joins node i modulo their count"},
    {"delay", FIELD_TIME, .offset = offsetof(LinkEntry, delay), .fallback = "0 s", .maximum = LONGEST_DELAY_S,
     .help = "mean propagation delay of a message, one way"},
    {"jitter", FIELD_TIME, .offset = offsetof(LinkEntry, jitter), .fallback = "0 s", .maximum = LONGEST_DELAY_S,
     .help = "standard deviation of the delay (gamma distributed), at most ten times the delay"},
    {"bandwidth", FIELD_QUANTITY, DIMENSION_BANDWIDTH, offsetof(LinkEntry, bandwidth), .fallback = "", .minimum = 1,
     .maximum = INFINITY,
     .help = "of both directions, or for one that changes {levels: [5 Mbit/s, 20 Mbit/s], dwell: [3 s, 9 s]} or "
             "{series: FILE} (default: no transmission time)"},
    {"up", FIELD_QUANTITY, DIMENSION_BANDWIDTH, offsetof(LinkEntry, up), .fallback = "", .minimum = 1,
     .maximum = INFINITY, .help = "bandwidth upwards, instead of `bandwidth` and in the same ways"},
    {"down", FIELD_QUANTITY, DIMENSION_BANDWIDTH, offsetof(LinkEntry, down), .fallback = "", .minimum = 1,
     .maximum = INFINITY, .help = "bandwidth downwards likewise"},
    {"duplex", FIELD_CHOICE, .offset = offsetof(LinkEntry, duplex), .fallback = "full", .choices = duplex_names,
     .help = "half: both directions share the bandwidth"},
    {"shared", FIELD_BOOLEAN, .offset = offsetof(LinkEntry, shared), .fallback = "no",
     .help = "yes: one link for all nodes below that go to the same node above, as a WLAN; no: one each"},
    {"condition", FIELD_NESTED, .offset = offsetof(LinkEntry, condition), .fallback = "",
     .help = "regular, weak, or {regular: T, weak: T} with mean stays (default: regular)"},
    {"weak_delay", FIELD_TIME, .offset = offsetof(LinkEntry, weak_delay), .fallback = "20 ms",
     .maximum = LONGEST_DELAY_S, .help = "more delay of every message upwards while the link is weak"},
    {"discipline", FIELD_CHOICE, .offset = offsetof(LinkEntry, discipline), .fallback = "ps",
     .choices = link_discipline_names,
     .help = "how messages share the bandwidth; reserved: each holds the share that the answer gives it, both ways"},
};

static const Field series_fields[] = {
    {"levels", FIELD_NESTED, .offset = offsetof(ChangingEntry, levels), .fallback = "",
     .help = "list of bandwidths; each link of the group steps between neighbours, for itself"},
    {"dwell", FIELD_NESTED, .offset = offsetof(ChangingEntry, dwell), .fallback = "",
     .help = "list of mean stays, one for each level"},
    {"series", FIELD_TEXT, .offset = offsetof(ChangingEntry, series), .fallback = "",
     .help = "instead of both: file of bit_per_s (or kbit_, mbit_, gbit_per_s) over time_s, from this file's folder; "
             "begins anew at its "
             "end"},
};

static const Field condition_fields[] = {
    {"regular", FIELD_QUANTITY, DIMENSION_TIME, offsetof(ConditionEntry, regular_s), .minimum = 1e-6,
     .maximum = LONGEST_S, .help = "mean time that the link stays regular"},
    {"weak", FIELD_QUANTITY, DIMENSION_TIME, offsetof(ConditionEntry, weak_s), .minimum = 1e-6, .maximum = LONGEST_S,
     .help = "mean time that it stays weak"},
};

/* The first WORKLOAD_COMMON rows hold for all arrivals. */
static const Field workload_fields[] = {
    {"arrivals", FIELD_CHOICE, .offset = offsetof(WorkloadEntry, spec.arrivals), .choices = arrivals_names,
     .help = "rounds: all users at once; periodic; poisson; trace: times from a file; think: a time after each answer"},
    {"input", FIELD_QUANTITY, DIMENSION_DATA, offsetof(WorkloadEntry, spec.input_bytes), .fallback = "0 B",
     .maximum = 1e15, .help = "sent with a request that is not computed on the user's own node"},
    {"output", FIELD_QUANTITY, DIMENSION_DATA, offsetof(WorkloadEntry, spec.output_bytes), .fallback = "0 B",
     .maximum = 1e15, .help = "sent back"},
    {"deadline", FIELD_TIME, .offset = offsetof(WorkloadEntry, spec.deadline), .fallback = "", .minimum = SHORTEST_S,
     .maximum = LONGEST_S, .help = "response time beyond which a request counts as late (default: none)"},
    {"weight", FIELD_QUANTITY, DIMENSION_FRACTION, offsetof(WorkloadEntry, spec.accuracy_weight), .fallback = "50 %",
     .maximum = 1, .help = "of accuracy against response time in the objective `utility`"},
    {"weights", FIELD_NESTED, .offset = offsetof(WorkloadEntry, weights), .fallback = "",
     .help = "instead of `weight`: list for the users in turn, or {uniform: [20 %, 80 %]} drawn for each request"},
    {"applications", FIELD_NESTED, .offset = offsetof(WorkloadEntry, applications), .fallback = "",
     .help = "list of applications, of which each user has one; what one leaves out is as given here"},
    {"period", FIELD_TIME, .offset = offsetof(WorkloadEntry, spec.period), .fallback = "0 s", .maximum = LONGEST_S,
     .help = "periodic: time between a user's requests; rounds: least time between rounds, 0 s: none"},
    {"rate", FIELD_QUANTITY, DIMENSION_RATE, offsetof(WorkloadEntry, spec.rate_per_s), .fallback = "", .minimum = 1e-6,
     .maximum = 1e9, .help = "poisson: mean requests of each user"},
    {"file", FIELD_TEXT, .offset = offsetof(WorkloadEntry, spec.file), .fallback = "",
     .help = "trace: arrival times, from this file's folder"},
    {"think", FIELD_NESTED, .offset = offsetof(WorkloadEntry, think), .fallback = "",
     .help = "think: time from an answer to the user's next request, such as 2 s or {exponential: 2 s}"},
};

static const Field application_fields[] = {
    {"name", FIELD_TEXT, .offset = offsetof(ApplicationEntry, name), .help = "what it is called"},
    {"share", FIELD_QUANTITY, DIMENSION_FRACTION, offsetof(ApplicationEntry, share), .maximum = 1,
     .help = "of the users, who are drawn; all shares sum to 100 %"},
    {"deadline", FIELD_TIME, .offset = offsetof(ApplicationEntry, deadline), .fallback = "", .minimum = SHORTEST_S,
     .maximum = LONGEST_S, .help = "response time beyond which a request counts as late"},
    {"weight", FIELD_QUANTITY, DIMENSION_FRACTION, offsetof(ApplicationEntry, accuracy_weight), .fallback = "",
     .maximum = 1, .help = "of accuracy against response time in the objective `utility`"},
    {"weights", FIELD_NESTED, .offset = offsetof(ApplicationEntry, weights), .fallback = "",
     .help = "instead of `weight`: list that all users take in turn, whatever they ask for, or {uniform: [20 %, 80 %]} "
             "drawn "
             "for each request"},
    {"reference", FIELD_TIME, .offset = offsetof(ApplicationEntry, reference), .fallback = "", .minimum = SHORTEST_S,
     .maximum = LONGEST_S, .help = "response time that counts as 1 in `utility` (default: the objective's)"},
    {"rate", FIELD_QUANTITY, DIMENSION_RATE, offsetof(ApplicationEntry, rate_per_s), .fallback = "", .minimum = 1e-6,
     .maximum = 1e9, .help = "poisson: mean requests of each user"},
    {"input", FIELD_NESTED, .offset = offsetof(ApplicationEntry, input), .fallback = "",
     .help = "sent with a request, such as 150 kB or {lognormal: {mean: 150 kB, cv: 0.5}}"},
    {"output", FIELD_NESTED, .offset = offsetof(ApplicationEntry, output), .fallback = "",
     .help = "sent back, in the same ways"},
    {"think", FIELD_NESTED, .offset = offsetof(ApplicationEntry, think), .fallback = "",
     .help = "think: time from an answer to the user's next request, in the same ways"},
};

static const Field distribution_fields[] = {
    {"exponential", FIELD_NESTED, .offset = offsetof(DistributionEntry, exponential), .fallback = "",
     .help = "the mean, such as 150 kB"},
    {"lognormal", FIELD_NESTED, .offset = offsetof(DistributionEntry, lognormal), .fallback = "",
     .help = "{mean: 150 kB, cv: 0.5}"},
    {"gamma", FIELD_NESTED, .offset = offsetof(DistributionEntry, gamma), .fallback = "",
     .help = "{mean: 150 kB, cv: 0.5}"},
    {"uniform", FIELD_NESTED, .offset = offsetof(DistributionEntry, uniform), .fallback = "",
     .help = "the least and the largest, [50 kB, 250 kB]"},
};

static const Field spread_fields[] = {
    {"mean", FIELD_NESTED, .offset = offsetof(SpreadEntry, mean), .help = "expected amount"},
    {"cv", FIELD_QUANTITY, DIMENSION_COUNT, offsetof(SpreadEntry, variation), .minimum = 0.001, .maximum = 10,
     .help = "coefficient of variation: standard deviation over mean"},
};

static const Field option_fields[] = {
    {"end", FIELD_NESTED, .fallback = "",
     .help = "what a user's own node may run: all variants, or a list such as [d0, d4]; left out, nothing"},
    {"edge", FIELD_NESTED, .fallback = "",
     .help = "what nodes of tier edge may run; a group's own name as the key goes before its tier"},
    {"cloud", FIELD_NESTED, .fallback = "", .help = "what nodes of tier cloud may run"},
    {"cuts", FIELD_NESTED, .fallback = "none",
     .help = "none, all, or a list of layers behind which an inference may also move on: [4, 12]"},
    {"second_cuts", FIELD_NESTED, .fallback = "none",
     .help =
         "the same for a node on the way to the target, which computes the layers between two cuts; the first may be "
         "the input"},
    {"transfer_bits", FIELD_NESTED, .fallback = "",
     .help = "list of bits that a value sent between layers may have: [32, 16, 8] (default: as the variant has)"},
};

static const char *const order_names[] = {"random", "in_turn", NULL};

static const Field sample_fields[] = {
    {"file", FIELD_TEXT, .offset = offsetof(SampleEntry, file),
     .help = "who is right on which sample, from this file's folder: see traces/README.md"},
    {"order", FIELD_CHOICE, .offset = offsetof(SampleEntry, in_turn), .fallback = "random", .choices = order_names,
     .help = "random: each request draws one; in_turn: one after the other, then from the beginning"},
    {"train", FIELD_QUANTITY, DIMENSION_FRACTION, offsetof(SampleEntry, train), .fallback = "", .maximum = 1,
     .help =
         "of the samples, drawn once: to learn from, not carried by requests that are measured (default: 50 %, where "
         "the file does not divide itself)"},
    {"tune", FIELD_QUANTITY, DIMENSION_FRACTION, offsetof(SampleEntry, tune), .fallback = "", .maximum = 1,
     .help = "the same: to choose thresholds with (default: 25 %)"},
    {"split_seed", FIELD_INTEGER, .offset = offsetof(SampleEntry, split_seed), .fallback = "1", .maximum = INFINITY,
     .help = "key of the draw that divides the samples"},
};

static const Field cascade_fields[] = {
    {"light", FIELD_TEXT, .offset = offsetof(CascadeEntry, light), .help = "variant whose answers may be sent on"},
    {"heavy", FIELD_TEXT, .offset = offsetof(CascadeEntry, heavy),
     .help = "variant that answers then, on the same node or one above it, as options offer it"},
    {"cut", FIELD_INTEGER, .offset = offsetof(CascadeEntry, cut), .fallback = "", .minimum = 1, .maximum = 1e6,
     .help = "the light variant is a branch behind this layer of the heavy one, which goes on from there (default: it "
             "begins anew, with the input)"},
};

/* The first OBJECTIVE_COMMON rows hold for all kinds. */
static const Field objective_fields[] = {
    {"kind", FIELD_CHOICE, .offset = offsetof(ObjectiveEntry, kind), .fallback = "response_time_under_accuracy",
     .choices = objective_names, .help = "how a decision's reward is counted"},
    {"metric", FIELD_TEXT, .offset = offsetof(ObjectiveEntry, metric), .fallback = "",
     .help = "which accuracy of the model counts (default: its first)"},
    {"threshold", FIELD_QUANTITY, DIMENSION_FRACTION, offsetof(ObjectiveEntry, threshold), .fallback = "0 %",
     .maximum = 1, .help = "least mean accuracy of a decision's requests"},
    {"largest_response_time", FIELD_TIME, .offset = offsetof(ObjectiveEntry, largest_response_time), .fallback = "1 s",
     .minimum = SHORTEST_S, .maximum = LONGEST_S,
     .help = "response_time_under_accuracy: what a decision below the threshold costs"},
    {"reference", FIELD_TIME, .offset = offsetof(ObjectiveEntry, reference), .fallback = "1 s", .minimum = SHORTEST_S,
     .maximum = LONGEST_S, .help = "utility: the response time that counts as 1"},
    {"latency_weight", FIELD_QUANTITY, DIMENSION_COUNT, offsetof(ObjectiveEntry, latency_weight), .fallback = "1",
     .maximum = INFINITY, .help = "weighted_cost: of a second of response time"},
    {"energy_weight", FIELD_QUANTITY, DIMENSION_COUNT, offsetof(ObjectiveEntry, energy_weight), .fallback = "0",
     .maximum = INFINITY, .help = "weighted_cost: of a joule"},
    {"accuracy_weight", FIELD_QUANTITY, DIMENSION_COUNT, offsetof(ObjectiveEntry, accuracy_weight), .fallback = "0",
     .maximum = INFINITY, .help = "weighted_cost: of the accuracy missing to 100 %"},
};

/* Read by whoever plans the sweep. */
static const Field sweep_fields[] = {
    {"KEY", FIELD_NESTED, .fallback = "",
     .help = "a key as in settings, such as nodes.device.count: list of values, or range {from: 1, to: 5, step: 1} or "
             "{from: 1 ms, to: 1 s, points: 5, scale: log}"},
    {"zip", FIELD_NESTED, .fallback = "",
     .help = "list of maps KEY: values; the keys of one map change together and have equally many values"},
    {"policies", FIELD_NESTED, .fallback = "",
     .help = "list of names, or of maps with parameters such as {name: q-learning, epsilon: 0.1}"},
    {"where", FIELD_NESTED, .fallback = "",
     .help = "condition on combinations, such as nodes.device.count <= 3 or policy == greedy"},
    {"repeat", FIELD_INTEGER, .fallback = "", .minimum = 1, .maximum = 1e6,
     .help = "runs of every combination (default: replications)"},
};

#define FIELDS_OF(table) (int)(sizeof table / sizeof *table), table

/* By SectionIndex. */
static const ConfigSection sections[] = {
    {"", "a scenario file: a map of these keys", FIELDS_OF(top_fields)},
    {"stop", "when a run ends; one of the two", FIELDS_OF(span_fields)},
    {"warm_up", "what is run but not recorded first; one of the two", FIELDS_OF(span_fields)},
    {"nodes[]", "a group of equal nodes", FIELDS_OF(node_fields)},
    {"nodes[].power", "what a node draws", FIELDS_OF(power_fields)},
    {"nodes[].background", "other tenants' load: a Markov chain or a series", FIELDS_OF(background_fields)},
    {"links[]", "a group of equal links", FIELDS_OF(link_fields)},
    {"links[].bandwidth", "a bandwidth that changes: a Markov chain or a series; `up` and `down` likewise",
     FIELDS_OF(series_fields)},
    {"links[].condition", "a condition that comes and goes, a Markov chain", FIELDS_OF(condition_fields)},
    {"workload", "who asks when, and what a request carries", FIELDS_OF(workload_fields)},
    {"workload.applications[]", "what a part of the users asks for", FIELDS_OF(application_fields)},
    {"workload.applications[].input", "an amount that varies from request to request; one of these, or just an amount",
     FIELDS_OF(distribution_fields)},
    {"workload.applications[].input.lognormal", "a mean and how far amounts are from it", FIELDS_OF(spread_fields)},
    {"options", "which variants may run where", FIELDS_OF(option_fields)},
    {"samples", "the samples that requests carry", FIELDS_OF(sample_fields)},
    {"cascade", "light answers that may be sent on", FIELDS_OF(cascade_fields)},
    {"objective", "what a decision is worth", FIELDS_OF(objective_fields)},
    {"sweep", "what `orchid sweep` varies: every combination of the values of these axes", FIELDS_OF(sweep_fields)},
};

const char *const tier_names[] = {"end", "edge", "cloud", NULL};
const char *const objective_names[] = {"response_time_under_accuracy", "utility", "weighted_cost", NULL};
const char *const allocation_names[] = {"fixed", "equal", "proportional", "optimal", NULL};
const char *const arrivals_names[] = {"rounds", "periodic", "poisson", "trace", "think", NULL};

FieldRange workload_fields_of(Arrivals arrivals)
{
    static const FieldRange ranges[] = {[ARRIVALS_ROUNDS] = {7, 1},
                                        [ARRIVALS_PERIODIC] = {7, 1},
                                        [ARRIVALS_POISSON] = {8, 1},
                                        [ARRIVALS_TRACE] = {9, 1},
                                        [ARRIVALS_THINK] = {10, 1}};
    return ranges[arrivals];
}

FieldRange objective_fields_of(ObjectiveKind kind)
{
    static const FieldRange ranges[] = {[OBJECTIVE_RESPONSE_TIME_UNDER_ACCURACY] = {3, 1},
                                        [OBJECTIVE_UTILITY] = {4, 1},
                                        [OBJECTIVE_WEIGHTED_COST] = {5, 3}};
    return ranges[kind];
}

const ConfigSection *scenario_section(int index)
{
    int count = (int)(sizeof sections / sizeof *sections);
    return index >= 0 && index < count ? &sections[index] : NULL;
}

bool scenario_bind(Draft *draft, SectionIndex section, const ConfigNode *map, const char *path, void *target)
{
    const ConfigSection *table = &sections[section];
    return config_bind(draft->arena, map, path, table->fields, table->field_count, target, draft->errors);
}
