/* Dense networks that learn: layers of rectified linear units, a linear output, Adam. Float32, one block of parameters,
 * the same bits on every instruction set, compiler and run.
 *
 * One training step is forward, loss, backward, step; network_train does all four. Memory is allocated when a network
 * is created and never again. */
#ifndef ORCHID_POLICIES_NETWORK_H
#define ORCHID_POLICIES_NETWORK_H

#include "../sim/rng.h"
#include "network_kernels.h"

#include <stdbool.h>
#include <stdint.h>

enum { NETWORK_LAYER_LIMIT = 8 };

/* Sizes from the inputs by way of the hidden layers to the outputs: {3, {20, 64, 64, 100}} has three layers. */
typedef struct NetworkShape {
    int layer_count; /* 1 to NETWORK_LAYER_LIMIT */
    int sizes[NETWORK_LAYER_LIMIT + 1];
} NetworkShape;

/* One layer: sums = activations below x weights + biases; all layers but the last rectify them. */
typedef struct NetworkLayer {
    int inputs, outputs;
    int input_columns, columns; /* inputs and outputs rounded up to NETWORK_LANES; what is past them stays 0 */
    int block;                  /* columns that are kept together: all, or NETWORK_BLOCK of a sparse layer */
    size_t size;                /* floats of the weights: (inputs + 1) x columns */
    float *weights;             /* in Network.parameters: blocks one after the other, [inputs + 1][block] each, of which
                                   the last row holds the biases */
    float *gradients;           /* [inputs + 1][columns] in Network.gradients; NULL where `sparse` has them */
    float *activations;         /* [batch_limit][columns] of the last forward; of a sparse layer one sample */
    float *deltas;              /* [batch_limit][columns] gradients with respect to the sums; NULL as above */
} NetworkLayer;

typedef struct Network {
    int layer_count, batch_limit;
    NetworkLayer layers[NETWORK_LAYER_LIMIT];
    size_t parameter_count;        /* floats of `parameters`, padding included */
    size_t gradient_count;         /* of the next three blocks: as many, without the last layer where `sparse` */
    float *parameters, *gradients; /* layer after layer */
    float *first_moments, *second_moments; /* Adam's running means of the gradients and of their squares */
    int64_t step_count;                    /* steps of Adam taken */
    float first_decay, second_decay;       /* of the moments; 0.9 and 0.999 unless the caller sets others */
    float epsilon;                         /* keeps Adam's division finite; 1e-8, and not much less than that */
    int count;                             /* samples of the last forward */
    const float *inputs;                   /* of the last forward, borrowed */
    float *scratch;                        /* a transposed layer */
    float *input_deltas;                   /* [batch_limit][inputs rounded up] gradients with respect to the inputs */
    const NetworkKernels *kernels;         /* borrowed */
    struct SparseOutput *sparse;           /* see network_sparse.h; NULL: all outputs learn in every step */
    void *memory;                          /* all of the above, but for `sparse` */
} Network;

/* A network with random weights for batches of up to `batch_limit` samples: hidden layers uniform within
 * +-sqrt(6 / inputs) (He, Zhang, Ren, Sun: Delving deep into rectifiers, ICCV 2015), outputs within +-sqrt(3 / inputs),
 * biases 0. Kernels are those of network_kernels_choose. */
Network *network_create(NetworkShape shape, int batch_limit, Stream *stream);
void network_destroy(Network *network);

/* A network of its own with the same parameters, moments and step count. */
Network *network_clone(const Network *network);

NetworkShape network_shape(const Network *network);

/* The shape with so many hidden layers, all of one size. */
NetworkShape network_shape_uniform(int inputs, int64_t hidden_layers, int64_t hidden_units, int outputs);

bool network_same_shape(const Network *a, const Network *b);

/* What every output starts from, such as a pessimistic value: the biases of the last layer. */
void network_set_output_bias(Network *network, float bias);

/* Copies the parameters alone, as to a target network, or moves them by `fraction` of the way. Both networks have the
 * same shape, and both are sparse or neither is. */
void network_copy(Network *to, const Network *from);
void network_mix(Network *to, const Network *from, float fraction);

/* The outputs for inputs[count][inputs], which a later backward reads again: they must stay as they are until then.
 * Returns those of the first sample, valid until the next forward; network_output finds the others. */
const float *network_forward(Network *network, const float *inputs, int count);

static inline const NetworkLayer *network_last_layer(const Network *network)
{
    return &network->layers[network->layer_count - 1];
}

/* Where the weight of an output for an input, or for `inputs` its bias, is in a layer's weights. */
static inline ptrdiff_t network_weight(const NetworkLayer *layer, int input, int output)
{
    return network_output_start(layer->inputs, layer->block, output) + (ptrdiff_t)input * layer->block;
}

/* The outputs of sample `sample` of the last network_forward. */
static inline const float *network_output(const Network *network, int sample)
{
    const NetworkLayer *last = network_last_layer(network);
    return last->activations + (ptrdiff_t)sample * last->columns;
}

/* The largest output of each sample of the last network_forward. */
void network_maxima(const Network *network, float *ret_maxima);

/* Only some outputs: ret_values[count][per_sample] of chosen[count][per_sample], at a fraction of the cost and with the
 * same bits. network_output is not valid then. */
void network_forward_chosen(Network *network, const float *inputs, int count, const int *chosen, int per_sample,
                            float *ret_values);

/* Fills the gradients of the parameters from those of a loss with respect to the outputs,
 * output_gradients[count][outputs], after a forward. NULL: the caller put them into the deltas of the last layer. */
void network_backward(Network *network, const float *output_gradients);

/* The same where only the chosen outputs have gradients[count][per_sample]; those of a sample are distinct. */
void network_backward_chosen(Network *network, const int *chosen, int per_sample, const float *gradients);

/* After a backward: ret_gradients[count][inputs] of the loss with respect to the inputs. */
void network_input_gradients(Network *network, float *ret_gradients);

/* Scales the gradients down to a norm of `limit` where theirs is greater (limit 0: never). Returns their norm before.
 */
double network_clip(Network *network, double limit);

/* How far a moment that decays so has come from 0 after so many steps: 1 - decay^steps. */
double network_correction(float decay, int64_t steps);

/* What a step of Adam needs at a learning rate, with the corrections of its two moments. */
NetworkAdam network_adam(const Network *network, double learning_rate, double first_correction,
                         double second_correction);

/* One step of Adam (Kingma, Ba: Adam, a method for stochastic optimization, ICLR 2015) with the gradients there are. */
void network_step(Network *network, double learning_rate);

typedef enum NetworkLoss {
    LOSS_SQUARED, /* e^2 / 2 */
    LOSS_HUBER    /* the same up to |e| = 1, |e| - 1/2 beyond (Huber, Ann. Math. Stat. 1964) */
} NetworkLoss;

/* The loss of one error e = value - target, and its derivative. */
float network_loss(NetworkLoss loss, float error, float *ret_derivative);

/* What a training step learns from. */
typedef struct NetworkBatch {
    int count;            /* samples, at most the network's batch_limit */
    const float *inputs;  /* [count][inputs] */
    const int *chosen;    /* [count][per_sample] the outputs that have targets, distinct in a sample; NULL: all have */
    int per_sample;       /* 1 where an action was taken; without `chosen` not used */
    const float *targets; /* [count][per_sample], or [count][outputs] */
    const float *weights; /* [count] of the samples in the loss; NULL: 1 */
} NetworkBatch;

typedef struct NetworkTraining {
    NetworkLoss loss;
    double learning_rate;
    double gradient_limit; /* greatest norm of the gradients; 0: any */
} NetworkTraining;

/* One training step on the mean loss over all targets; returns that mean, before the step. Fills ret_errors, in the
 * shape of the targets, with value - target (may be NULL). */
double network_train(Network *network, const NetworkBatch *batch, NetworkTraining training, float *ret_errors);

#endif
