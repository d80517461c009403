/* Networks on each instruction set that the CPU has, beside plain loops: the network of a learner with 20 features and
 * 100 joint answers, one question, a batch of 64, and one DQN training step (target network, online network, Adam). */
#include "bench.h"
#include "reference_network.h"

#include <stdlib.h>

enum { INPUTS = 20, OUTPUTS = 100, BATCH = 64, ONES = 20000, BATCHES = 400, STEPS = 300, LINE_LIMIT = 16 };

static const float DISCOUNT = 0.9F, LEARNING_RATE = 1e-3F;

/* Both networks and what they learn from, the same for every line. `kernels` NULL: the naive ones. */
typedef struct Learner {
    const NetworkKernels *kernels;
    Network *online, *target;
    NaiveNetwork naive, naive_target;
    float inputs[BATCH * INPUTS], next_inputs[BATCH * INPUTS], rewards[BATCH], targets[BATCH];
    int chosen[BATCH];
} Learner;

static Learner learner_create(const BenchLine *line)
{
    Learner learner = {.kernels = line->size < 0 ? NULL : network_kernels_at(line->size)};
    Stream stream = stream_create(1, 0, STREAM_ANALYSIS, 0);
    learner.online = network_create((NetworkShape){3, {INPUTS, 64, 64, OUTPUTS}}, BATCH, &stream);
    if (learner.kernels)
        learner.online->kernels = learner.kernels;
    learner.target = network_clone(learner.online);
    learner.naive = naive_network_create(learner.online);
    learner.naive_target = naive_network_create(learner.online);
    for (int i = 0; i < BATCH * INPUTS; i++) {
        learner.inputs[i] = (float)stream_uniform(&stream);
        learner.next_inputs[i] = (float)stream_uniform(&stream);
    }
    for (int i = 0; i < BATCH; i++) {
        learner.rewards[i] = (float)stream_uniform(&stream);
        learner.chosen[i] = (int)stream_uniform_integer(&stream, OUTPUTS);
    }
    return learner;
}

static void learner_free(Learner *learner)
{
    network_destroy(learner->online);
    network_destroy(learner->target);
    naive_network_free(&learner->naive);
    naive_network_free(&learner->naive_target);
}

/* Outputs add up to something, or they would not be computed: their mean is what lines must agree on. */
static BenchRun measure_forward(const BenchLine *line, int count, int times)
{
    Learner learner = learner_create(line);
    double sum = 0, start = bench_cpu_s();
    for (int t = 0; t < times; t++) {
        if (learner.kernels)
            sum += (double)network_forward(learner.online, learner.inputs, count)[t % OUTPUTS];
        for (int sample = 0; !learner.kernels && sample < count; sample++) {
            const float *outputs = naive_network_forward(&learner.naive, learner.inputs + sample * INPUTS);
            sum += sample == 0 ? (double)outputs[t % OUTPUTS] : 0;
        }
    }
    BenchRun run = {.units = times, .seconds = bench_cpu_s() - start, .result_s = sum / times};
    learner_free(&learner);
    return run;
}

static BenchRun measure_one(const BenchLine *line, uint64_t round)
{
    (void)round;
    return measure_forward(line, 1, ONES);
}

static BenchRun measure_batch(const BenchLine *line, uint64_t round)
{
    (void)round;
    return measure_forward(line, BATCH, BATCHES);
}

/* The target of each sample: its reward and the best of what the target network promises next. */
static void set_targets(Learner *learner)
{
    if (learner->kernels) {
        network_forward(learner->target, learner->next_inputs, BATCH);
        network_maxima(learner->target, learner->targets);
    }
    for (int sample = 0; sample < BATCH; sample++) {
        if (!learner->kernels) {
            const float *outputs =
                naive_network_forward(&learner->naive_target, learner->next_inputs + sample * INPUTS);
            learner->targets[sample] = outputs[0];
            for (int o = 1; o < OUTPUTS; o++)
                if (outputs[o] > learner->targets[sample])
                    learner->targets[sample] = outputs[o];
        }
        learner->targets[sample] = learner->rewards[sample] + DISCOUNT * learner->targets[sample];
    }
}

/* The mean loss on the way is what lines must agree on. */
static BenchRun measure_training(const BenchLine *line, uint64_t round)
{
    (void)round;
    Learner learner = learner_create(line);
    NetworkBatch batch = {BATCH, learner.inputs, learner.chosen, 1, learner.targets, NULL};
    NetworkTraining training = {LOSS_HUBER, (double)LEARNING_RATE, 0};
    double sum = 0, start = bench_cpu_s();
    for (int step = 0; step < STEPS; step++) {
        set_targets(&learner);
        if (learner.kernels)
            sum += network_train(learner.online, &batch, training, NULL);
        else
            sum += naive_network_train(&learner.naive, learner.inputs, learner.chosen, learner.targets, BATCH,
                                       LEARNING_RATE);
    }
    BenchRun run = {.units = STEPS, .seconds = bench_cpu_s() - start, .result_s = sum / STEPS};
    learner_free(&learner);
    return run;
}

/* The naive line, then one for each instruction set. Returns the number of lines. */
static int add_lines(Arena *arena, const char *what, const char *unit, BenchMeasure *measure, BenchLine *lines)
{
    int count = 0;
    const char *naive = arena_format(arena, "%s, naive C", what);
    lines[count++] = (BenchLine){naive, unit, measure, .size = -1};
    for (int i = 0; network_kernels_at(i); i++) {
        const char *name = arena_format(arena, "%s, %s", what, network_kernels_at(i)->name);
        lines[count++] = (BenchLine){name, unit, measure, naive, .size = i};
    }
    return count;
}

int main(int argc, char **argv)
{
    BenchLine lines[LINE_LIMIT];
    Arena arena = {0};
    int count = add_lines(&arena, "20-64-64-100, one sample", "forward", measure_one, lines);
    count += add_lines(&arena, "20-64-64-100, 64 samples", "batch", measure_batch, lines + count);
    count += add_lines(&arena, "20-64-64-100, DQN step of 64", "step", measure_training, lines + count);
    int status = bench_main(lines, count, argc, argv);
    arena_free(&arena);
    return status;
}
