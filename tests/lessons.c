#include "lessons.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

ImageSet lesson_digits(void)
{
    ImageSet set;
    ErrorList errors = {0};
    CHECK(digits_read(check_path("traces/digits.csv"), &set, &errors));
    return set;
}

ClassifierShape lesson_shape(const ImageSet *set, const int *units)
{
    ClassifierShape shape = classifier_heavy_shape(set);
    memcpy(shape.units, units, (size_t)(shape.layer_count - 1) * sizeof *units);
    return shape;
}

Lesson *lesson_create(ImageSet set, LessonPlan plan)
{
    Lesson *lesson = memory_allocate(1, sizeof *lesson);
    Error error = {0};
    Stream stream = stream_create(plan.seed, 0, STREAM_VISION, 0);
    lesson->set = set;
    CHECK(split_create(&lesson->set, plan.sizes, plan.split_seed, &lesson->split, &error));
    lesson->classifier = classifier_create(&plan.shape, 32, &stream);
    if (plan.kernels)
        lesson->classifier->kernels = plan.kernels;
    ClassifierTraining training = {.epochs = plan.epochs, .batch = plan.batch, .learning_rate = plan.learning_rate};
    lesson->loss = classifier_train(lesson->classifier, lesson->split.train, training, &stream);
    return lesson;
}

void lesson_destroy(Lesson *lesson)
{
    classifier_destroy(lesson->classifier);
    split_destroy(&lesson->split);
    image_set_free(&lesson->set);
    free(lesson);
}
