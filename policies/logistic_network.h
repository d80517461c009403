/* A network with one hidden layer that corrects what logistic regression says. */
#ifndef ORCHID_POLICIES_LOGISTIC_NETWORK_H
#define ORCHID_POLICIES_LOGISTIC_NETWORK_H

#include "logistic.h"
#include "network.h"

/* A network whose one output, added to the sum that `weights` (of logistic_fit) give, is the log odds of yes. At first
 * it corrects nothing; it learns from `train` in small batches with Adam, and is what it was when the logarithmic loss
 * on `tune` was least. Both have samples. */
Network *logistic_network_train(const LogisticSamples *train, const LogisticSamples *tune, const double *weights,
                                Stream stream);

/* An untrained one for `input_count` inputs. */
Network *logistic_network_create(int input_count, Stream *stream);

/* The correction for inputs[count], of which `scratch` takes a copy. */
double logistic_network_sum(Network *network, const double *inputs, int count, float *scratch);

#endif
