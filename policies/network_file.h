/* Networks in a file of weights: sizes, parameters, and what Adam needs to go on where it stopped. Padding is left out,
 * so a file suits every instruction set. */
#ifndef ORCHID_POLICIES_NETWORK_FILE_H
#define ORCHID_POLICIES_NETWORK_FILE_H

#include "network.h"
#include "weights_file.h"

/* Adds blocks NAME.sizes, NAME.steps, NAME.parameters, NAME.first_moments and NAME.second_moments, and of a sparse
 * network NAME.output_steps, copied from the network as it is now. Biases follow the weights of their layer. */
void network_file_add(WeightsFile *file, const char *name, const Network *network);

/* Restores a network of the same shape. False, the network as it was and why in `error`, where the file does not have
 * this one whole. */
bool network_file_read(const WeightsFile *file, const char *name, Network *network, Error *error);

#endif
