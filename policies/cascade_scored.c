/* Light answers are sent on where a score of what the light variant said reaches a threshold: its confidence, or a
 * classifier that has learnt which answers are wrong where the heavy variant is right (after Zhang, Li, Chen, Lam,
 * Zhao: Edge-Cloud Cooperation for DNN Inference via Reinforcement Learning and Supervised Learning, 2022). Classifiers
 * learn from the samples of `train` when the policy starts, and all thresholds are chosen by those of `tune`. */
#include "cascade_choice.h"
#include "cascade_threshold.h"
#include "policy.h"

#include <math.h>

typedef struct Parameters {
    int score; /* of cascade-confidence */
    int criterion;
    double latency_price; /* 1/s */
    double threshold;     /* of cascade-confidence; 0: tuned */
} Parameters;

typedef struct Scored {
    CascadeScorer scorer;
    double threshold; /* sent on from this score on */
} Scored;

static const char *const score_names[] = {"confidence", "margin", "entropy", NULL};

static const Field fields[] = {
    {.key = "criterion",
     .kind = FIELD_CHOICE,
     .offset = offsetof(Parameters, criterion),
     .fallback = "accuracy",
     .choices = cascade_criterion_names,
     .help = "what the threshold is chosen for: accuracy, less the price of time; decisions: right ones; balanced: as "
             "many right ones among those to keep and those to send on"},
    {.key = "latency_price",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_RATE,
     .offset = offsetof(Parameters, latency_price),
     .fallback = "0 /s",
     .maximum = INFINITY,
     .help = "of the criterion accuracy: accuracy that a second of response time is worth, such as 0.2 /s"},
    {.key = "score",
     .kind = FIELD_CHOICE,
     .offset = offsetof(Parameters, score),
     .fallback = "confidence",
     .choices = score_names,
     .help = "what is looked at: confidence or margin, which are sent on when low, or entropy, when high"},
    {.key = "threshold",
     .kind = FIELD_QUANTITY,
     .dimension = DIMENSION_FRACTION,
     .offset = offsetof(Parameters, threshold),
     .fallback = "0 %",
     .maximum = 1,
     .help = "confidence or margin below which answers are sent on; 0 %: chosen by the samples to tune with"},
};

enum { LEARNT_FIELDS = 2, ALL_FIELDS = sizeof fields / sizeof fields[0] };

static CascadeTask task_of(const Scenario *scenario)
{
    const SampleSource *samples = &scenario->samples;
    return (CascadeTask){.light = scenario->cascade.output,
                         .heavy = samples->of_variant[scenario->cascade.heavy],
                         .train = samples->parts.parts[SAMPLE_TRAIN],
                         .tune = samples->parts.parts[SAMPLE_TUNE]};
}

static bool suits(CascadeScore score, double threshold, const Scenario *scenario, Error *error)
{
    if (!cascade_suits(scenario, error))
        return false;
    CascadeTask task = task_of(scenario);
    if (!cascade_scorer_suits(score, &task, error))
        return false;
    if (threshold > 0 && score == CASCADE_ENTROPY)
        error_set(error, NULL, 0, 0, "a threshold is of confidence or margin, and entropy has no upper end");
    else if (threshold == 0 && task.tune.count == 0)
        error_set(error, NULL, 0, 0, "there are no samples to choose a threshold with: give `threshold`");
    else
        return true;
    return false;
}

static void start(Scored *scored, CascadeScore score, const Parameters *parameters, const Scenario *scenario,
                  Stream stream)
{
    CascadeTask task = task_of(scenario);
    double price = parameters->latency_price > 0 ? parameters->latency_price * cascade_extra_time(scenario) : 0;
    cascade_scorer_init(&scored->scorer, score, &task, stream);
    scored->threshold =
        cascade_threshold_tune(&scored->scorer, &task, &task.tune, (CascadeCriterion)parameters->criterion, price);
}

static bool confidence_suits(const void *parameters, const Scenario *scenario, Error *error)
{
    const Parameters *p = parameters;
    return suits((CascadeScore)p->score, p->threshold, scenario, error);
}

static bool logistic_suits(const void *parameters, const Scenario *scenario, Error *error)
{
    (void)parameters;
    return suits(CASCADE_LOGISTIC, 0, scenario, error);
}

static bool network_suits(const void *parameters, const Scenario *scenario, Error *error)
{
    (void)parameters;
    return suits(CASCADE_NETWORK, 0, scenario, error);
}

static void confidence_start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    const Parameters *p = parameters;
    Scored *scored = state;
    start(scored, (CascadeScore)p->score, p, scenario, stream);
    if (p->threshold > 0)
        scored->threshold = nextafter(-p->threshold, INFINITY);
}

static void logistic_start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    start(state, CASCADE_LOGISTIC, parameters, scenario, stream);
}

static void network_start(void *state, const void *parameters, const Scenario *scenario, Stream stream)
{
    start(state, CASCADE_NETWORK, parameters, scenario, stream);
}

static void decide(void *state, const Decision *decision, bool explore, int *ret_options)
{
    (void)explore;
    Scored *scored = state;
    if (decision->kind == DECISION_ROUTE)
        cascade_route(decision, ret_options);
    else
        *ret_options = cascade_escalate(decision, cascade_scorer_score(&scored->scorer, view_light(decision->view)) >=
                                                      scored->threshold);
}

static void save(const void *state, WeightsFile *file)
{
    const Scored *scored = state;
    weights_file_add(file, "threshold", WEIGHTS_FLOAT64, 1, &scored->threshold);
    cascade_scorer_save(&scored->scorer, file);
}

static bool load(void *state, const WeightsFile *file, Error *error)
{
    Scored *scored = state;
    return weights_file_copy(file, "threshold", WEIGHTS_FLOAT64, 1, &scored->threshold, error) &&
           weights_file_check(file, "threshold", !isnan(scored->threshold), error) &&
           cascade_scorer_load(&scored->scorer, file, error);
}

static void finish(void *state)
{
    cascade_scorer_free(&((Scored *)state)->scorer);
}

/* What the three have in common. */
#define CASCADE_SCORED                                                                                                 \
    .escalates = true, .supervised = true, .parameters = fields, .parameter_size = sizeof(Parameters),                 \
    .state_size = sizeof(Scored), .decide = decide, .save = save, .load = load, .finish = finish

const PolicyType policy_cascade_confidence = {
    .name = "cascade-confidence",
    .summary = "light answers are sent on where the light variant is less sure than a threshold",
    .parameter_count = ALL_FIELDS,
    .suits = confidence_suits,
    .start = confidence_start,
    CASCADE_SCORED,
};

const PolicyType policy_cascade_logistic = {
    .name = "cascade-logistic",
    .summary = "light answers are sent on where logistic regression finds it worth while",
    .parameter_count = LEARNT_FIELDS,
    .suits = logistic_suits,
    .start = logistic_start,
    CASCADE_SCORED,
};

const PolicyType policy_cascade_mlp = {
    .name = "cascade-mlp",
    .summary = "light answers are sent on where a small network finds it worth while",
    .parameter_count = LEARNT_FIELDS,
    .suits = network_suits,
    .start = network_start,
    CASCADE_SCORED,
};
