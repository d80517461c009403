/* What the files that read a scenario share: the sections as they were bound, before they become a Scenario. Nobody
 * else includes this. */
#ifndef ORCHID_SIM_SCENARIO_PARTS_H
#define ORCHID_SIM_SCENARIO_PARTS_H

#include "scenario.h"
#include "time_series_file.h"

/* The file itself. */
typedef struct TopEntry {
    const char *name;
    int64_t seed, replications, training;
    double training_patience;
    const char *models, *profiles, *layer_profiles; /* as given; layer_profiles NULL: none */
    const ConfigNode *training_world, *stop, *warm_up, *nodes, *links, *workload, *options, *samples, *cascade,
        *objective, *policy, *sweep; /* NULL where absent */
    int allocation;
} TopEntry;

/* One of nodes[]. */
typedef struct NodeEntry {
    const ConfigNode *node; /* where it stands */
    const char *path;       /* for messages, such as "nodes.edge" */
    bool good;              /* nothing was wrong with its own keys */
    const char *name, *platform;
    int64_t count, threads, limit; /* threads 0: not given */
    const char *background_series; /* file, NULL: none */
    int tier, discipline;
    double cores, memory_bytes;
    const ConfigNode *power, *background;
    double idle_w, full_w;
} NodeEntry;

/* nodes[].background */
typedef struct BackgroundEntry {
    const ConfigNode *busy, *dwell;
    const char *series; /* file */
} BackgroundEntry;

/* One of links[]. */
typedef struct LinkEntry {
    const ConfigNode *node;
    const char *path;
    bool good;
    const char *from, *to;
    Time delay, jitter, weak_delay;
    double bandwidth, up, down;                             /* bit/s, INFINITY where not given or a series */
    const char *bandwidth_series, *up_series, *down_series; /* files, NULL: none */
    int duplex, discipline;                                 /* half: 1; reserved: 1 */
    bool shared;
    const ConfigNode *condition;
} LinkEntry;

/* The section workload. */
typedef struct WorkloadEntry {
    WorkloadSpec spec;
    const ConfigNode *think, *applications, *weights; /* NULL where absent */
} WorkloadEntry;

/* One of workload.applications[]. */
typedef struct ApplicationEntry {
    const char *name;
    double share, rate_per_s, accuracy_weight;
    Time deadline, reference;                           /* TIME_NEVER: none, the objective's */
    const ConfigNode *input, *output, *think, *weights; /* NULL: the workload's */
} ApplicationEntry;

/* A distribution; one of them is given. */
typedef struct DistributionEntry {
    const ConfigNode *exponential, *lognormal, *gamma, *uniform;
} DistributionEntry;

/* The section samples. */
typedef struct SampleEntry {
    const char *file;
    int in_turn;        /* order: in_turn */
    double train, tune; /* INFINITY where the file divides itself */
    int64_t split_seed;
} SampleEntry;

/* The section cascade. */
typedef struct CascadeEntry {
    const char *light, *heavy;
    int64_t cut; /* 0: not given */
} CascadeEntry;

typedef struct SpanEntry {
    int64_t rounds;
    Time time;
} SpanEntry;

typedef struct ObjectiveEntry {
    int kind;
    const char *metric; /* NULL: the model's first */
    double threshold;
    Time largest_response_time, reference;
    double latency_weight, energy_weight, accuracy_weight;
} ObjectiveEntry;

/* links[].bandwidth, up or down where they are maps */
typedef struct ChangingEntry {
    const char *series;               /* file, NULL: none */
    const ConfigNode *levels, *dwell; /* NULL where absent */
} ChangingEntry;

/* Mean stays of a link's condition, s. */
typedef struct ConditionEntry {
    double regular_s, weak_s;
} ConditionEntry;

/* Mean and coefficient of variation of a distribution. */
typedef struct SpreadEntry {
    const ConfigNode *mean;
    double variation;
} SpreadEntry;

enum { TRANSFER_LIMIT = 8 };

/* What may run on the nodes of one group. */
typedef struct Offer {
    int count;
    const int *variants; /* [count] */
} Offer;

/* Layers behind which an inference may move on. */
typedef struct CutList {
    const ConfigNode *place; /* where it stands, NULL: not given */
    bool all;                /* wherever it is possible */
    int count;
    const int *cuts; /* [count] as listed */
} CutList;

/* A profile that was looked for. */
typedef struct Lookup {
    bool done;
    const Profile *profile; /* NULL: there is none */
} Lookup;

/* A scenario while it is read. */
typedef struct Draft {
    Scenario *scenario;
    Arena *arena; /* the scenario's */
    ErrorList *errors;
    ScenarioFiles *files; /* NULL: read anew, into the scenario's arena */
    const ConfigNode *root;
    TopEntry top;
    bool has_model, has_profiles, has_nodes, has_links; /* were read without a finding */
    LayerProfileTable layer_profiles;                   /* empty: times divide by multiply-accumulates */
    NodeEntry nodes[SCENARIO_GROUP_LIMIT];
    LinkEntry links[SCENARIO_GROUP_LIMIT];
    SpanEntry stop, warm_up;
    WorkloadEntry workload;
    ApplicationEntry *applications; /* in the order of the scenario's; NULL where none are listed */
    SampleEntry samples;
    CascadeEntry cascade;
    ObjectiveEntry objective;
    Offer offers[SCENARIO_GROUP_LIMIT]; /* by node group */
    CutList cuts, second_cuts;
    int transfer_count;
    int transfer_bits[TRANSFER_LIMIT];                        /* [transfer_count] as listed; none: as variants have */
    Route routes[SCENARIO_GROUP_LIMIT][SCENARIO_GROUP_LIMIT]; /* from group to group; length 0: none or the same */
    bool platform_reported[SCENARIO_GROUP_LIMIT];
    Lookup *lookups; /* [node group][variant], NULL before the first */
} Draft;

/* The sections of the file format, in the order that scenario_section counts them. */
typedef enum SectionIndex {
    SECTION_TOP,
    SECTION_STOP,
    SECTION_WARM_UP,
    SECTION_NODES,
    SECTION_POWER,
    SECTION_BACKGROUND,
    SECTION_LINKS,
    SECTION_SERIES,
    SECTION_CONDITION,
    SECTION_WORKLOAD,
    SECTION_APPLICATIONS,
    SECTION_DISTRIBUTION,
    SECTION_SPREAD,
    SECTION_OPTIONS,
    SECTION_SAMPLES,
    SECTION_CASCADE,
    SECTION_OBJECTIVE,
    SECTION_SWEEP
} SectionIndex;

/* Rows of the tables that only one kind of arrivals or objective uses. */
typedef struct FieldRange {
    int first, count;
} FieldRange;

enum { WORKLOAD_COMMON = 7, OBJECTIVE_COMMON = 3 };
FieldRange workload_fields_of(Arrivals arrivals);
FieldRange objective_fields_of(ObjectiveKind kind);

/* Keys of `options` that are neither tiers nor groups of nodes, NULL at the end. */
extern const char *const scenario_option_keys[];

/* Binds a section by its table. */
bool scenario_bind(Draft *draft, SectionIndex section, const ConfigNode *map, const char *path, void *target);

/* A finding about the key `key` of `map`, whose path is `path`: it points at the key's value, or at the map where the
 * key is absent. */
void scenario_error(Draft *draft, const ConfigNode *map, const char *path, const char *key, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Files that a scenario names, from the draft's files where they were read before. False with findings. */
bool scenario_get_model(Draft *draft, const char *name, Model *ret_model);
bool scenario_get_profiles(Draft *draft, const char *name, ProfileTable *ret_profiles);
bool scenario_get_layer_profiles(Draft *draft, const char *name, LayerProfileTable *ret_profiles);
bool scenario_get_series(Draft *draft, const char *name, SeriesKind kind, TimeSeries *ret_series);
bool scenario_get_samples(Draft *draft, const char *name, SampleTable *ret_table);
bool scenario_get_arrivals(Draft *draft, const char *name, int user_count, WorkloadSpec *workload);

/* The steps of reading, in order. Each adds findings to the draft's errors. */
void scenario_read_nodes(Draft *draft);
void scenario_read_links(Draft *draft);
void scenario_find_routes(Draft *draft);
void scenario_read_span(Draft *draft, SectionIndex section, const ConfigNode *map, SpanEntry *ret_entry);
void scenario_read_workload(Draft *draft);
void scenario_read_applications(Draft *draft);
void scenario_read_objective(Draft *draft);
void scenario_read_offers(Draft *draft);
void scenario_build_options(Draft *draft);

/* scenario_cascade.c: the samples, before options are built; then what light answers may be followed by. */
void scenario_read_samples(Draft *draft);
void scenario_build_cascade(Draft *draft);

/* The index of the variant that `item` names; -1 with a finding, whose path is `path`. */
int scenario_variant(Draft *draft, const ConfigNode *item, const char *path);

/* What is expected of a variant whose values are sent with so many bits: where requests carry samples as those have it,
 * else by the objective's metric. */
double scenario_accuracy(const Draft *draft, int variant, int transfer_bits);

/* Names of what a chain's lists are, for messages. */
typedef struct ChainWords {
    const char *key, *noun; /* such as "busy" and "a load" */
} ChainWords;

/* Reads a list of values, each bound by `field`, and one of mean stays into a chain; one value needs no stays. A
 * finding, and false, where they are wrong or do not fit. */
bool scenario_read_chain(Draft *draft, const ConfigNode *values, const ConfigNode *dwell, const char *path,
                         ChainWords words, const Field *field, Chain *ret_chain);

/* The profile of a variant on the nodes of a group; NULL with a finding where there is none. */
const Profile *scenario_profile(Draft *draft, int group, int variant);

/* Reads `amount` or {exponential: amount}, ... A finding, and false, where it is none of these. */
bool scenario_read_distribution(Draft *draft, const ConfigNode *node, const char *path, Dimension dimension,
                                Distribution *ret_distribution);

/* Of the time that an inference of the variant takes on the nodes of a group, the share of layers 1..cut: as profiled
 * there layer by layer, or else by multiply-accumulates. */
double scenario_prefix_share(Draft *draft, int group, int variant, int cut);

/* Findings where layer profiles of the model have other layers than it. */
void scenario_check_layer_profiles(Draft *draft);

/* The world to practise in, of the scenario that is complete but for that; findings where it asks or offers something
 * else. */
void scenario_build_training_world(Draft *draft);

/* The canonical text, in the draft's arena. */
const char *scenario_resolve(const Draft *draft);

#endif
