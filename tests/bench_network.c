/* Networks on each instruction set that the CPU has, beside plain loops: the network of a learner with 20 features and
 * 100 joint answers, one question, a batch of 64, and one DQN training step (target network, online network, Adam).
 * Then the same through what learners use: an update from a replay memory, and an answer. */
#include "../policies/deep_values.h"
#include "bench.h"
#include "reference_network.h"

#include <stdlib.h>

enum {
    INPUTS = 20,
    OUTPUTS = 100,
    BATCH = 64,
    ONES = 20000,
    BATCHES = 400,
    STEPS = 300,
    REMEMBERED = 1000,
    LINE_LIMIT = 16
};

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

/* What a learner of two users has. */
typedef struct Values {
    OutputRange head;
    AnswerOutputs outputs;
    Stream stream;
    ReplayMemory memory;
    ReplayBatch batch;
    DeepValues values;
} Values;

static void values_init(Values *learner)
{
    static const ValueParameters parameters = {.hidden_layers = 2,
                                               .hidden_units = 64,
                                               .learning_rate = 1e-3,
                                               .batch = BATCH,
                                               .discount = 0.9,
                                               .target_interval = 500,
                                               .reward_scale = 1,
                                               .sparse_from = 1000};
    ReplayShape shape = {.capacity = REMEMBERED, .state_size = INPUTS, .action_size = 1};
    *learner = (Values){.head = {0, OUTPUTS}, .stream = stream_create(1, 0, STREAM_ANALYSIS, 0)};
    learner->outputs =
        (AnswerOutputs){.joint = true, .rounds = true, .per_answer = 1, .heads = &learner->head, .size = OUTPUTS};
    deep_values_init(&learner->values, &parameters, &learner->outputs, INPUTS, &learner->stream);
    replay_memory_init(&learner->memory, shape);
    replay_batch_init(&learner->batch, &shape, BATCH);
    for (int i = 0; i < REMEMBERED; i++) {
        float state[INPUTS], next[INPUTS];
        int action = (int)stream_uniform_integer(&learner->stream, OUTPUTS);
        for (int k = 0; k < INPUTS; k++) {
            state[k] = (float)stream_uniform(&learner->stream);
            next[k] = (float)stream_uniform(&learner->stream);
        }
        float reward = (float)stream_uniform(&learner->stream);
        replay_memory_add(&learner->memory, (Transition){state, &action, reward, next, DISCOUNT});
    }
}

static void values_free(Values *learner)
{
    deep_values_free(&learner->values);
    replay_memory_free(&learner->memory);
    replay_batch_free(&learner->batch);
}

static BenchRun measure_update(const BenchLine *line, uint64_t round)
{
    (void)line;
    (void)round;
    Values learner;
    values_init(&learner);
    double start = bench_cpu_s();
    for (int step = 0; step < STEPS; step++) {
        replay_memory_sample(&learner.memory, &learner.stream, BATCH, 1, &learner.batch);
        deep_values_learn(&learner.values, &learner.batch, NULL);
    }
    BenchRun run = {.units = STEPS, .seconds = bench_cpu_s() - start};
    run.result_s = (double)deep_values_read(&learner.values, learner.memory.states)[0];
    values_free(&learner);
    return run;
}

static BenchRun measure_answer(const BenchLine *line, uint64_t round)
{
    (void)line;
    (void)round;
    Values learner;
    values_init(&learner);
    int chosen;
    double sum = 0, start = bench_cpu_s();
    for (int t = 0; t < ONES; t++) {
        const float *state = learner.memory.states + (ptrdiff_t)(t % REMEMBERED) * INPUTS;
        deep_values_best(&learner.values, deep_values_read(&learner.values, state), 0, &chosen);
        sum += chosen;
    }
    BenchRun run = {.units = ONES, .seconds = bench_cpu_s() - start, .result_s = sum / ONES};
    values_free(&learner);
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
    lines[count++] =
        (BenchLine){.name = "20-64-64-100, update of 64 from memory", .unit = "update", .measure = measure_update};
    lines[count++] = (BenchLine){.name = "20-64-64-100, answer", .unit = "answer", .measure = measure_answer};
    int status = bench_main(lines, count, argc, argv);
    arena_free(&arena);
    return status;
}
