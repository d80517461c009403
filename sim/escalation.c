/* Samples that requests carry, and the question that a light answer raises: keep it, or send it on to the heavy
 * variant? */
#include "simulation_state.h"

#include <assert.h>
#include <math.h>

static Feature light_feature(const SampleModel *model, SampleFeature feature)
{
    static const char *const names[] = {"light.confidence", "light.margin", "light.entropy", "light.prediction",
                                        "light.top2",       "light.top3",   "light.top4",    "light.top5"};
    Feature light = {.name = names[feature], .unit = "", .scale = 1};
    if (feature == SAMPLE_ENTROPY)
        light.unit = "nat";
    if (feature == SAMPLE_PREDICTION) {
        light.levels = model->class_count;
        light.scale = fmax(1, model->class_count - 1);
    }
    return light;
}

void escalation_create(Simulation *simulation)
{
    const SampleModel *model = simulation->scenario->cascade.output;
    if (!model)
        return;
    size_t count = (size_t)model->feature_count;
    simulation->light_feature_count = model->feature_count;
    simulation->light_features = arena_allocate(&simulation->names, count, sizeof *simulation->light_features);
    for (int i = 0; i < model->feature_count; i++)
        simulation->light_features[i] = light_feature(model, model->features[i]);
}

MEMORY_COLD void escalation_begin(Simulation *simulation, Request *request)
{
    const SampleSource *samples = &simulation->scenario->samples;
    bool trains = simulation->key.training && samples->parts.parts[SAMPLE_TRAIN].count > 0;
    SampleUse use = trains ? SAMPLE_TRAIN : SAMPLE_TEST;
    const SampleRows *part = &samples->parts.parts[use];
    request->escalation = NOT_ASKED;
    if (samples->in_turn)
        request->sample = part->rows[simulation->arrived % part->count];
    else
        request->sample = sample_parts_draw(&samples->parts, use, rng_draw(request->luck, LUCK_SAMPLE));
}

MEMORY_COLD void escalation_ask(Simulation *simulation, int request)
{
    Request *r = &simulation->requests[request];
    assert(simulation->ask_limit == 1 && simulation->ask_count == 0 && !simulation->asking);
    r->stage = STAGE_ASKING;
    r->escalation = simulation->escalations;
    simulation->asks[0] = (Ask){.user = r->user,
                                .node = r->own,
                                .request = r->decision, /* questions are about one request each */
                                .application = simulation->users[r->user].application,
                                .input_bytes = r->input_bytes,
                                .output_bytes = r->application->output_bytes.mean,
                                .deadline = r->application->deadline,
                                .accuracy_weight = journey_weight(r),
                                .reference_s = r->application->reference_s,
                                .options = r->option->escalations};
    simulation->ask_requests[0] = request;
    simulation->ask_count = 1;
    simulation->asking = true;
    simulation->kind = DECISION_ESCALATE;
}

MEMORY_COLD void escalation_tell(Simulation *simulation, Decision *ret_decision)
{
    simulation->decisions--; /* it was counted as a ROUTE question */
    ret_decision->kind = DECISION_ESCALATE;
    ret_decision->index = simulation->escalations++;
}

MEMORY_COLD int escalation_answer(Simulation *simulation, int choice)
{
    int request = simulation->ask_requests[0];
    Request *r = &simulation->requests[request];
    const OptionSet *all = &simulation->scenario->options[simulation->scenario->group_of[r->own]];
    const OptionSet *options = r->option->escalations;
    assert(choice >= 0 && choice < options->count);
    simulation->kind = DECISION_ROUTE;
    int option = choice == OPTION_KEEP ? r->option_index : (int)(&options->items[choice] - all->items);
    ledger_escalation(simulation, r, option);
    if (choice == OPTION_KEEP) {
        journey_keep(simulation, request);
        return 0;
    }
    r->option_index = option;
    r->option = &all->items[option];
    return 1;
}

const double *escalation_light(const Simulation *simulation)
{
    const SampleModel *model = simulation->scenario->cascade.output;
    int sample = simulation->requests[simulation->ask_requests[0]].sample;
    return sample_model_values(model, sample);
}

MEMORY_COLD double *escalation_observe(const Simulation *simulation, double *values)
{
    const double *light = escalation_light(simulation);
    for (int i = 0; i < simulation->light_feature_count; i++)
        *values++ = light[i];
    return values;
}
