#include "response_model.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NO_WEIGHT = -1 };

/* Priors of weights, mean and standard deviation, where the reference time is 1 and the work of the largest variant. */
typedef struct Prior {
    double mean, sd;
} Prior;

static const Prior SLOWNESS = {1, 1}, WAY = {0, 0.1}, MESSAGES = {1, 0.05};
/* Least time (s) of what is needed: draws of a normal belief may be negative. */
static const double LEAST_S = 1e-6;

/* The weights that there are from the start: the messages, and then for each node group as a target its way, and as a
 * side (the user's own node, or a target) its slowness and those of the variants. */
static int way_weight(int group)
{
    return 1 + group;
}

/* A group computes as the user's own or as a target, which may differ in threads. */
static int side_of(const ResponseModel *model, int group, bool own)
{
    return own ? group : model->scenario->node_group_count + group;
}

static int side_weight(const ResponseModel *model, int side)
{
    return 1 + model->scenario->node_group_count + side * (1 + model->scenario->model.variant_count);
}

static int64_t cut_place(const ResponseModel *model, int side, const Option *option)
{
    return ((int64_t)side * model->scenario->model.variant_count + option->variant) * model->cut_limit + option->cut;
}

void response_model_init(ResponseModel *model, const Scenario *scenario, ResponseSettings settings)
{
    const Model *networks = &scenario->model;
    int groups = scenario->node_group_count, sides = 2 * groups;
    *model = (ResponseModel){.scenario = scenario, .settings = settings, .cut_limit = 1};
    for (int v = 0; v < networks->variant_count; v++) {
        model->most_macs = fmax(model->most_macs, networks->variants[v].macs);
        if (networks->variants[v].layer_count >= model->cut_limit)
            model->cut_limit = networks->variants[v].layer_count + 1;
    }
    int size = side_weight(model, sides);
    double *mean = memory_allocate((size_t)size, sizeof *mean), *sd = memory_allocate((size_t)size, sizeof *sd);
    mean[0] = MESSAGES.mean;
    sd[0] = MESSAGES.sd;
    for (int group = 0; group < groups; group++) {
        mean[way_weight(group)] = WAY.mean;
        sd[way_weight(group)] = WAY.sd;
    }
    for (int side = 0; side < sides; side++) {
        int weight = side_weight(model, side);
        mean[weight] = SLOWNESS.mean;
        sd[weight] = SLOWNESS.sd;
        for (int v = 0; v < networks->variant_count; v++)
            sd[weight + 1 + v] = settings.deviation;
    }
    factored_model_init(&model->times, size, mean, sd, settings.noise);
    double reference_s = time_to_s(scenario->objective.reference);
    model->times.unit = reference_s > 0 ? reference_s : 1;
    free(mean);
    free(sd);
    model->cut_count = (int64_t)sides * networks->variant_count * model->cut_limit;
    model->cut_weight = memory_allocate((size_t)model->cut_count, sizeof *model->cut_weight);
    model->cut_draw = memory_allocate((size_t)model->cut_count, sizeof *model->cut_draw);
    model->residuals = memory_allocate((size_t)model->cut_count, sizeof *model->residuals);
    for (int64_t i = 0; i < model->cut_count; i++)
        model->cut_weight[i] = NO_WEIGHT;
}

void response_model_free(ResponseModel *model)
{
    factored_model_free(&model->times);
    free(model->cut_weight);
    free(model->cut_draw);
    free(model->residuals);
    *model = (ResponseModel){0};
}

void response_model_use_mean(ResponseModel *model)
{
    factored_model_use_mean(&model->times);
    memset(model->cut_draw, 0, (size_t)model->cut_count * sizeof *model->cut_draw);
}

void response_model_use_sample(ResponseModel *model, Stream *stream)
{
    factored_model_use_sample(&model->times, model->settings.degrees, stream);
    for (int64_t i = 0; i < model->cut_count; i++)
        model->cut_draw[i] = model->settings.residual * rng_normal(stream_next(stream));
}

/* One part of an inference: where, and how much of it relative to the largest variant. */
typedef struct Part {
    int side;
    int64_t cut; /* place of its residual; -1: a whole inference has none */
    double work;
} Part;

static Part part_of(const ResponseModel *model, const Option *option, int group, bool own)
{
    const Variant *variant = &model->scenario->model.variants[option->variant];
    double before = option->target == SELF ? 1 : model_prefix_share(variant, option->cut);
    double share = own ? before : 1 - before;
    int side = side_of(model, group, own);
    return (Part){.side = side,
                  .cut = share > 0 && share < 1 ? cut_place(model, side, option) : -1,
                  .work = share * variant->macs / model->most_macs};
}

/* Slowness of a side for a variant, by weights. */
static double slowness(const ResponseModel *model, const double *weights, int side, int variant)
{
    int weight = side_weight(model, side);
    return weights[weight] + weights[weight + 1 + variant];
}

/* Predicted time (s) of a part, with all of what it computes on. */
static double time_of(const ResponseModel *model, const Part *part, int variant)
{
    const double *weights = model->times.weights;
    double slow = slowness(model, weights, part->side, variant);
    if (part->cut >= 0) {
        int weight = model->cut_weight[part->cut];
        slow += weight == NO_WEIGHT ? model->cut_draw[part->cut] * fabs(slow) : weights[weight];
    }
    return fmax(slow * part->work * model->times.unit, LEAST_S);
}

/* What the target's other tenants leave makes longer, and the largest share of it that is of use. */
static double stretch(const View *view, const NodeGroup *group, int node)
{
    double free_cores = view_node_free_cores(view, node);
    return group->discipline == DISCIPLINE_RESERVED ? group->threads / free_cores
                                                    : fmax(1, group->threads / free_cores);
}

static Need need_of(void *state, const Decision *decision, int index, int option_index)
{
    const ResponseModel *model = state;
    const Scenario *scenario = model->scenario;
    const Ask *ask = &decision->asks[index];
    const Option *option = &ask->options->items[option_index];
    Need need = {.reserved = reservation_of(scenario, ask, option), .compute_limit = 1};
    if (option->local) {
        Part part = part_of(model, option, scenario->group_of[ask->node], true);
        need.fixed_s += time_of(model, &part, option->variant);
    }
    if (option->target == SELF)
        return need;
    int node = scenario_target_node(scenario, ask->node, option);
    const NodeGroup *group = &scenario->node_groups[option->target];
    Part part = part_of(model, option, option->target, false);
    double compute_s = time_of(model, &part, option->variant) * stretch(decision->view, group, node);
    if (group->discipline == DISCIPLINE_RESERVED) {
        need.compute_s = compute_s;
        need.compute_limit = group->threads / group->cores;
    } else {
        need.fixed_s += compute_s;
    }
    double messages_s = view_message_time(decision->view, ask, option, &need.transmission_s);
    double messages = fmax(model->times.weights[0], 0), way = model->times.weights[way_weight(option->target)];
    need.transmission_s *= messages;
    need.fixed_s = fmax(need.fixed_s + messages * messages_s + way * model->times.unit, LEAST_S);
    return need;
}

NeedSource response_model_needs(ResponseModel *model)
{
    return (NeedSource){model, need_of};
}

/* The weight of a part's residual, a new one where it was not observed before. Its prior is relative to what is known
 * of the slowness now. */
static int residual_weight(ResponseModel *model, const Part *part, int variant)
{
    int *weight = &model->cut_weight[part->cut];
    if (*weight == NO_WEIGHT) {
        double slow = fabs(slowness(model, model->times.mean, part->side, variant));
        *weight = factored_model_grow(&model->times, 0, fmax(model->settings.residual * slow, LEAST_S));
        model->residuals[model->residual_count++] = part->cut;
    }
    return *weight;
}

static int add_part(ResponseModel *model, Part part, int variant, double stretched, Term *ret_terms)
{
    int weight = side_weight(model, part.side), count = 0;
    double value = part.work * stretched;
    ret_terms[count++] = (Term){weight, value};
    ret_terms[count++] = (Term){weight + 1 + variant, value};
    if (part.cut >= 0 && model->settings.residual > 0)
        ret_terms[count++] = (Term){residual_weight(model, &part, variant), value};
    return count;
}

int response_model_terms(ResponseModel *model, const Decision *decision, int index, int option_index, Share share,
                         Term *ret_terms)
{
    const Scenario *scenario = model->scenario;
    const Ask *ask = &decision->asks[index];
    const Option *option = &ask->options->items[option_index];
    Reservation reserved = reservation_of(scenario, ask, option);
    int count = 0;
    if (option->local)
        count +=
            add_part(model, part_of(model, option, scenario->group_of[ask->node], true), option->variant, 1, ret_terms);
    if (option->target == SELF)
        return count;
    const NodeGroup *group = &scenario->node_groups[option->target];
    double part = reserved.node == NOT_RESERVED ? 1 : fmin(share.compute, group->threads / group->cores);
    int node = scenario_target_node(scenario, ask->node, option);
    count += add_part(model, part_of(model, option, option->target, false), option->variant,
                      stretch(decision->view, group, node) / part, ret_terms + count);
    double transmission_s = 0, messages_s = view_message_time(decision->view, ask, option, &transmission_s);
    if (reserved.link != NOT_RESERVED)
        messages_s += transmission_s / share.bandwidth;
    ret_terms[count++] = (Term){0, messages_s / model->times.unit};
    ret_terms[count++] = (Term){way_weight(option->target), 1};
    assert(count <= RESPONSE_TERMS);
    return count;
}

void response_model_learn(ResponseModel *model, int count, const Term *terms, double response_s)
{
    factored_model_learn(&model->times, count, terms, 1, response_s);
}

void response_model_forget(ResponseModel *model, double keep)
{
    if (keep < 1)
        factored_model_forget(&model->times, keep);
}

static const WeightsPart residuals_part = {"residuals", WEIGHTS_INT64};

void response_model_save(const ResponseModel *model, WeightsFile *file, const char *name)
{
    int64_t *residuals = weights_file_add_words(file, name, residuals_part.name, model->residual_count);
    memcpy(residuals, model->residuals, (size_t)model->residual_count * sizeof *residuals);
    factored_model_save(&model->times, file, name);
}

bool response_model_load(ResponseModel *model, const WeightsFile *file, const char *name, Error *error)
{
    const WeightsBlock *block;
    if (!weights_file_find_parts(file, name, &residuals_part, 1, &block, error))
        return false;
    const int64_t *residuals = block->values;
    bool possible = block->count <= model->cut_count;
    for (int64_t i = 0; possible && i < block->count; i++) {
        possible = residuals[i] >= 0 && residuals[i] < model->cut_count && model->cut_weight[residuals[i]] == NO_WEIGHT;
        if (possible) {
            model->cut_weight[residuals[i]] = factored_model_grow(&model->times, 0, 1);
            model->residuals[model->residual_count++] = residuals[i];
        }
    }
    return weights_file_check(file, name, possible, error) && factored_model_load(&model->times, file, name, error);
}
