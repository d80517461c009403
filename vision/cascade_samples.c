#include "cascade_samples.h"

#include "classifier.h"

#include <assert.h>
#include <math.h>

Confidence cascade_confidence(int class_count, const float *logits)
{
    assert(class_count >= 2 && class_count <= IMAGE_CLASS_LIMIT);
    double probabilities[IMAGE_CLASS_LIMIT], second = 0, entropy = 0;
    int best = classifier_choice(class_count, logits);
    classifier_softmax(class_count, logits, probabilities);
    for (int c = 0; c < class_count; c++) {
        if (c != best)
            second = fmax(second, probabilities[c]);
        if (probabilities[c] > 0)
            entropy -= probabilities[c] * log(probabilities[c]);
    }
    return (Confidence){probabilities[best], probabilities[best] - second, fmax(entropy, 0)};
}

void cascade_samples_write_header(FILE *stream, int class_count, bool logits)
{
    fputs("part,sample,label,light,light_correct,heavy,heavy_correct,confidence,margin,entropy", stream);
    for (int c = 0; logits && c < class_count; c++)
        fprintf(stream, ",light_logit_%d", c);
    fputc('\n', stream);
}

void cascade_samples_write(FILE *stream, const CascadeSample *sample, bool logits)
{
    int light = classifier_choice(sample->class_count, sample->light);
    int heavy = classifier_choice(sample->class_count, sample->heavy);
    Confidence confidence = cascade_confidence(sample->class_count, sample->light);
    fprintf(stream, "%s,%d,%d,%d,%d,%d,%d,%.6f,%.6f,%.6f", sample->part, sample->sample, sample->label, light,
            light == sample->label, heavy, heavy == sample->label, confidence.confidence, confidence.margin,
            confidence.entropy);
    for (int c = 0; logits && c < sample->class_count; c++)
        fprintf(stream, ",%.6g", (double)sample->light[c]);
    fputc('\n', stream);
}

void cascade_count(CascadeCounts *counts, const CascadeSample *sample)
{
    bool light = classifier_choice(sample->class_count, sample->light) == sample->label;
    bool heavy = classifier_choice(sample->class_count, sample->heavy) == sample->label;
    counts->cases[light][heavy]++;
}
