/* What the files of quantised networks share. */
#ifndef ORCHID_VISION_QUANTISED_PARTS_H
#define ORCHID_VISION_QUANTISED_PARTS_H

#include "quantised.h"

/* A network of zeros. */
Quantised *quantised_create_empty(const ClassifierShape *shape);

/* Fills whole biases, multipliers and shifts, which follow from scales and biases. */
void quantised_derive(Quantised *quantised);

#endif
