/* Images, their split, and a network that has learnt from the part to train, for the tests of networks on images. */
#ifndef ORCHID_TESTS_LESSONS_H
#define ORCHID_TESTS_LESSONS_H

#include "../vision/classifier.h"

typedef struct LessonPlan {
    ClassifierShape shape;
    SplitSizes sizes;
    uint64_t split_seed, seed; /* of the split; of the network's weights and its training */
    int epochs, batch;
    double learning_rate;
    const NetworkKernels *kernels; /* that it learns on; NULL: the best that this CPU has */
} LessonPlan;

typedef struct Lesson {
    ImageSet set;
    Split split;
    Classifier *classifier;
    double loss; /* of the last epoch */
} Lesson;

/* The digits that come with the program, to be ended with image_set_free or given to a lesson. */
ImageSet lesson_digits(void);

/* The shape of the heavy network for a set with other numbers of units in its hidden layers. */
ClassifierShape lesson_shape(const ImageSet *set, const int *units);

/* A lesson on a set, which becomes its own. */
Lesson *lesson_create(ImageSet set, LessonPlan plan);
void lesson_destroy(Lesson *lesson);

#endif
