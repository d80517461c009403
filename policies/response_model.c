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
/* What stands for a time without end, as in expect.c. */
static const double ENDLESS_S = 1e9;

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

/* The place of what is behind, or on the user's own node before, a cut of a variant. */
static int64_t cut_place(const ResponseModel *model, int side, int variant, int cut)
{
    return ((int64_t)side * model->scenario->model.variant_count + variant) * model->cut_limit + cut;
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

/* One part of an inference: where, how much of it relative to the largest variant, and how many times longer than with
 * all its threads it takes there, if it has all that other tenants leave. */
typedef struct Part {
    int side, node;
    int64_t cut; /* place of its residual; NO_CUT: it has none */
    double work, stretch;
} Part;

enum { PART_LIMIT = 3, NO_CUT = -1 };

/* Fills the part of an option's inference that a node does, this share of its macs; returns 1, or 0 where that is none.
 */
static int add_part(const ResponseModel *model, const Decision *decision, const Option *option, int node, bool own,
                    double share, int64_t cut, Part *ret_part)
{
    const Scenario *scenario = model->scenario;
    int group_index = scenario->group_of[node];
    const NodeGroup *group = &scenario->node_groups[group_index];
    double stretch = group->threads / view_node_free_cores(decision->view, node);
    if (share <= 0)
        return 0;
    *ret_part = (Part){.side = side_of(model, group_index, own),
                       .node = node,
                       .cut = cut,
                       .work = share * scenario->model.variants[option->variant].macs / model->most_macs,
                       .stretch = group->discipline == DISCIPLINE_RESERVED ? stretch : fmax(1, stretch)};
    return 1;
}

/* The parts of an answer, PART_LIMIT at most; returns their number. */
static int list_parts(const ResponseModel *model, const Decision *decision, const Ask *ask, const Option *option,
                      Part *ret_parts)
{
    const Scenario *scenario = model->scenario;
    const Variant *variant = &scenario->model.variants[option->variant];
    if (option->target == SELF)
        return add_part(model, decision, option, ask->node, true, 1, NO_CUT, ret_parts);
    double before = model_prefix_share(variant, option->cut), behind = 1 - before;
    int v = option->variant, own = scenario->group_of[ask->node], last_cut = option->cut, count = 0;
    count += add_part(model, decision, option, ask->node, true, before,
                      cut_place(model, side_of(model, own, true), v, option->cut), ret_parts);
    if (option->second_cut > 0) {
        last_cut = option->second_cut;
        behind = 1 - model_prefix_share(variant, last_cut);
        count += add_part(model, decision, option, scenario_middle_node(scenario, ask->node, option), false,
                          1 - behind - before, NO_CUT, ret_parts + count);
    }
    int64_t cut = last_cut == 0 ? NO_CUT : cut_place(model, side_of(model, option->target, false), v, last_cut);
    return count + add_part(model, decision, option, scenario_target_node(scenario, ask->node, option), false, behind,
                            cut, ret_parts + count);
}

/* Slowness of a side for a variant, by weights. */
static double slowness(const ResponseModel *model, const double *weights, int side, int variant)
{
    int weight = side_weight(model, side);
    return weights[weight] + weights[weight + 1 + variant];
}

/* Predicted time (s) of a part with all of its node that other tenants leave. */
static double time_of(const ResponseModel *model, const Part *part, int variant)
{
    const double *weights = model->times.weights;
    double slow = slowness(model, weights, part->side, variant);
    if (part->cut != NO_CUT) {
        int weight = model->cut_weight[part->cut];
        slow += weight == NO_WEIGHT ? model->cut_draw[part->cut] * fabs(slow) : weights[weight];
    }
    return fmax(slow * part->work * part->stretch * model->times.unit, LEAST_S);
}

/* The largest share of a reserved node that is of use to one inference. */
static double share_limit(const Scenario *scenario, int node)
{
    const NodeGroup *group = &scenario->node_groups[scenario->group_of[node]];
    return group->threads / group->cores;
}

static Need need_of(void *state, const Decision *decision, int index, int option_index)
{
    const ResponseModel *model = state;
    const Ask *ask = &decision->asks[index];
    const Option *option = &ask->options->items[option_index];
    Need need = {.reserved = reservation_of(model->scenario, ask, option), .compute_limit = 1};
    Part parts[PART_LIMIT];
    int count = list_parts(model, decision, ask, option, parts);
    for (int i = 0; i < count; i++) {
        bool reserved = parts[i].node == need.reserved.node;
        *(reserved ? &need.compute_s : &need.fixed_s) += time_of(model, &parts[i], option->variant);
        if (reserved)
            need.compute_limit = share_limit(model->scenario, parts[i].node);
    }
    if (option->target == SELF)
        return need;
    double messages_s = view_message_time(decision->view, ask, option, &need.transmission_s);
    double messages = fmax(model->times.weights[0], 0), way = model->times.weights[way_weight(option->target)];
    need.transmission_s = fmin(need.transmission_s * messages, ENDLESS_S);
    need.fixed_s += messages * messages_s + way * model->times.unit;
    need.fixed_s = fmax(LEAST_S, fmin(need.fixed_s, ENDLESS_S));
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

static int add_terms(ResponseModel *model, const Part *part, int variant, double share, Term *ret_terms)
{
    int weight = side_weight(model, part->side), count = 0;
    double value = part->work * part->stretch / share;
    ret_terms[count++] = (Term){weight, value};
    ret_terms[count++] = (Term){weight + 1 + variant, value};
    if (part->cut != NO_CUT && model->settings.residual > 0)
        ret_terms[count++] = (Term){residual_weight(model, part, variant), value};
    return count;
}

int response_model_terms(ResponseModel *model, const Decision *decision, int index, int option_index, Share share,
                         Term *ret_terms)
{
    const Ask *ask = &decision->asks[index];
    const Option *option = &ask->options->items[option_index];
    Reservation reserved = reservation_of(model->scenario, ask, option);
    Part parts[PART_LIMIT];
    int part_count = list_parts(model, decision, ask, option, parts), count = 0;
    for (int i = 0; i < part_count; i++) {
        bool divided = parts[i].node == reserved.node;
        double held = divided ? fmin(share.compute, share_limit(model->scenario, parts[i].node)) : 1;
        count += add_terms(model, &parts[i], option->variant, held, ret_terms + count);
    }
    if (option->target == SELF)
        return count;
    double transmission_s = 0, messages_s = view_message_time(decision->view, ask, option, &transmission_s);
    if (reserved.link != NOT_RESERVED)
        messages_s += transmission_s / share.bandwidth;
    if (messages_s >= ENDLESS_S)
        return 0;
    ret_terms[count++] = (Term){0, messages_s / model->times.unit};
    ret_terms[count++] = (Term){way_weight(option->target), 1};
    assert(count <= RESPONSE_TERMS);
    return count;
}

void response_model_learn(ResponseModel *model, int count, const Term *terms, double response_s)
{
    if (count > 0)
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
