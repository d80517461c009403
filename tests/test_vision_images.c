/* Images: what is in the files, what a wrong file is told, glyphs that never change, and that nothing which is
 * evaluated on has been learnt from. */
#include "../sim/memory.h"
#include "../sim/rng.h"
#include "../vision/split.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CIFAR_RECORD = 3073, SEEDS = 20 };

static const char *write_file(const char *name, const void *bytes, size_t size)
{
    const char *path = check_scratch(name);
    FILE *stream = fopen(path, "wb");
    CHECK(stream && fwrite(bytes, 1, size, stream) == size);
    if (stream)
        fclose(stream);
    return path;
}

static ImageSet read_digits(void)
{
    ErrorList errors = {0};
    ImageSet set = {0};
    CHECK(digits_read(check_path("traces/digits.csv"), &set, &errors));
    CHECK_INT(errors.total, 0);
    return set;
}

/* Counts of the classes as its documentation has them for the test part. */
static void digits_are_those_of_uci(void)
{
    static const int counts[] = {178, 182, 177, 183, 181, 182, 181, 179, 174, 180};
    ImageSet set = read_digits();
    int found[10] = {0}, brightest = 0;
    long ink = 0;
    for (int i = 0; i < set.count; i++)
        found[set.labels[i]]++;
    for (int i = 0; i < set.count * 64; i++) {
        brightest = set.pixels[i] > brightest ? set.pixels[i] : brightest;
        ink += set.pixels[i];
    }
    CHECK_INT(set.count, 1797);
    for (int class = 0; class < 10; class ++)
        CHECK_INT(found[class], counts[class]);
    CHECK_INT(brightest, 16);
    CHECK_NEAR((double)ink / (1797 * 64), 4.8842, 1e-4); /* the mean pixel, as every user of the set knows it */
    float pixels[64];
    image_read(&set, 0, pixels);
    CHECK_NEAR(pixels[2], 5.0 / 16, 1e-7);
    image_set_free(&set);
}

static void check_bad_digits(const char *text, const char *message)
{
    ErrorList errors = {0};
    ImageSet set = {0};
    CHECK(!digits_read(write_file("bad.csv", text, strlen(text)), &set, &errors));
    CHECK(errors.total >= 1);
    if (!strstr(errors.items[0].message, message))
        CHECK_TEXT(errors.items[0].message, message);
    CHECK(set.pixels == NULL);
}

static void wrong_digits_are_refused_with_their_place(void)
{
    check_bad_digits("label,pixels\n1,00\n", "pixels: has 2 characters where an image has 64");
    check_bad_digits("label,pixels\n", "holds no image");
    check_bad_digits("label,ink\n1,00\n", "needs the columns label and pixels");
    char text[128] = "label,pixels\n10,", *end = text + strlen(text);
    memset(end, '0', 64);
    check_bad_digits(text, "label: '10' must be from 0 to 9");
    memcpy(text, "label,pixels\n 1,", 16);
    end[63] = 'h';
    check_bad_digits(text, "pixels: character 64 is 'h', which is none of 0 to 9 and a to g");
}

static void put_word(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Two images of 3 x 2 and their labels as IDX. */
typedef struct IdxFiles {
    uint8_t images[16 + 2 * 6], labels[8 + 2];
} IdxFiles;

static IdxFiles idx_files(void)
{
    IdxFiles files;
    put_word(files.images, 0x803);
    put_word(files.images + 4, 2);
    put_word(files.images + 8, 3);
    put_word(files.images + 12, 2);
    for (int i = 0; i < 12; i++)
        files.images[16 + i] = (uint8_t)(20 * i);
    put_word(files.labels, 0x801);
    put_word(files.labels + 4, 2);
    files.labels[8] = 7;
    files.labels[9] = 0;
    return files;
}

static bool read_idx(const IdxFiles *files, size_t images_size, size_t labels_size, ImageSet *ret_set, Error *error)
{
    const char *images = write_file("images.idx", files->images, images_size);
    return idx_read(images, write_file("labels.idx", files->labels, labels_size), ret_set, error);
}

static void idx_files_become_images(void)
{
    IdxFiles files = idx_files();
    ImageSet set;
    Error error = {0};
    CHECK(read_idx(&files, sizeof files.images, sizeof files.labels, &set, &error));
    CHECK_TEXT(error.message, "");
    CHECK_INT(set.count, 2);
    CHECK_INT(set.height, 3);
    CHECK_INT(set.width, 2);
    CHECK_INT(image_pixels(&set, 1)[5], 220);
    CHECK_INT(set.labels[0], 7);
    image_set_free(&set);
}

/* Changes one byte of the images or the labels, or leaves bytes out. */
static void check_bad_idx(bool labels, size_t at, uint8_t value, size_t missing, const char *message)
{
    IdxFiles files = idx_files();
    ImageSet set;
    Error error = {0};
    (labels ? files.labels : files.images)[at] = value;
    CHECK(!read_idx(&files, sizeof files.images - (labels ? 0 : missing), sizeof files.labels - (labels ? missing : 0),
                    &set, &error));
    CHECK_TEXT(error.message, message);
    CHECK(strstr(error.file, labels ? "labels.idx" : "images.idx") != NULL);
}

static void wrong_idx_files_are_refused(void)
{
    check_bad_idx(false, 2, 0, 0, "begins with 0x00000003 where IDX images begin with 0x00000803");
    check_bad_idx(true, 3, 3, 0, "begins with 0x00000803 where IDX labels begin with 0x00000801");
    check_bad_idx(false, 0, 0, 1, "is cut short: 27 of 28 bytes");
    check_bad_idx(false, 0, 0, 14, "is cut short: 14 bytes where its head has 16");
    check_bad_idx(false, 7, 1, 0, "has 28 bytes where its head tells of 22");
    check_bad_idx(true, 7, 1, 1, "holds 1 labels for 2 images");
    check_bad_idx(true, 9, 10, 0, "has the label 10 of image 1, where 0 to 9 are possible");
    check_bad_idx(false, 11, 65, 0, "has images of 65 x 2 where 1 to 64 a side are possible");
    check_bad_idx(false, 4, 255, 0, "holds 4278190082 items where 1 to 1000000 are possible");
    ImageSet set;
    Error error = {0};
    CHECK(!idx_read("/nowhere/images", "/nowhere/labels", &set, &error));
    CHECK_TEXT(error.message, "cannot be opened: No such file or directory");
}

static void cifar10_files_become_images(void)
{
    uint8_t *bytes = memory_allocate(2, CIFAR_RECORD);
    ImageSet set;
    Error error = {0};
    bytes[0] = 3;
    bytes[CIFAR_RECORD] = 9;
    bytes[CIFAR_RECORD + 1 + 33] = 200;            /* red of row 1, column 1 */
    bytes[CIFAR_RECORD + 1 + 2 * 1024 + 33] = 100; /* and its blue */
    CHECK(cifar10_read(write_file("cifar.bin", bytes, (size_t)2 * CIFAR_RECORD), &set, &error));
    CHECK_INT(set.count, 2);
    CHECK_INT(set.labels[0], 3);
    CHECK_INT(image_pixels(&set, 1)[33 * 3], 200);
    CHECK_INT(image_pixels(&set, 1)[33 * 3 + 1], 0);
    CHECK_INT(image_pixels(&set, 1)[33 * 3 + 2], 100);
    image_set_free(&set);
    CHECK(!cifar10_read(write_file("cifar.bin", bytes, (size_t)2 * CIFAR_RECORD - 1), &set, &error));
    CHECK(strstr(error.message, "has 6145 bytes, which is no number from 1 to 1000000 of records of 3073 bytes") !=
          NULL);
    CHECK(!cifar10_read(write_file("cifar.bin", bytes, 0), &set, &error));
    bytes[CIFAR_RECORD] = 10;
    CHECK(!cifar10_read(write_file("cifar.bin", bytes, (size_t)2 * CIFAR_RECORD), &set, &error));
    CHECK_TEXT(error.message, "has the label 10 of image 1, where 0 to 9 are possible");
    free(bytes);
}

/* The same on every machine and in every build: to be changed only with a reason that the commit states. */
static void glyphs_are_the_same_as_ever(void)
{
    ImageSet few = glyphs_create(0, 0, 36), many = glyphs_create(0, 0, 360);
    uint64_t hash = 0;
    CHECK(memcmp(few.pixels, many.pixels, (size_t)36 * 256) == 0);
    for (int i = 0; i < many.count; i++)
        hash = rng_mix(hash, image_hash(&many, i));
    CHECK_INT(hash, -9185056439695855863);
    CHECK_INT(many.labels[37], 1);
    CHECK_INT(glyph_name(1), 'B');
    image_set_free(&few);
    image_set_free(&many);
}

/* What the tests of a split know of each image: in how many parts an image with these pixels stands. */
typedef struct Parts {
    uint64_t *hashes; /* of all images of all parts, [3][] */
    int counts[3];
} Parts;

static Parts parts_of(const ImageSet *set, const Split *split)
{
    Parts parts = {.hashes = memory_allocate((size_t)set->count, sizeof *parts.hashes)};
    int n = 0;
    parts.counts[0] = training_images_count(split->train);
    parts.counts[1] = held_out_images_count(split->tune);
    parts.counts[2] = held_out_images_count(split->test);
    for (int i = 0; i < parts.counts[0]; i++)
        parts.hashes[n++] = image_hash(set, training_images_at(split->train, i));
    for (int i = 0; i < parts.counts[1]; i++)
        parts.hashes[n++] = image_hash(set, held_out_images_at(split->tune, i));
    for (int i = 0; i < parts.counts[2]; i++)
        parts.hashes[n++] = image_hash(set, held_out_images_at(split->test, i));
    return parts;
}

/* Images that stand in two parts, compared each with each. */
static int leaks(const Parts *parts)
{
    int begins[4] = {0, parts->counts[0], parts->counts[0] + parts->counts[1]}, found = 0;
    begins[3] = begins[2] + parts->counts[2];
    for (int part = 0; part < 2; part++)
        for (int i = begins[part]; i < begins[part + 1]; i++)
            for (int j = begins[part + 1]; j < begins[3]; j++)
                found += parts->hashes[i] == parts->hashes[j];
    return found;
}

static void no_image_is_both_learnt_from_and_evaluated_on(void)
{
    ImageSet sets[2] = {read_digits(), glyphs_create(0, 0, 1000)};
    for (int s = 0; s < 2; s++)
        for (uint64_t seed = 0; seed < 3; seed++) {
            Split split;
            Error error = {0};
            CHECK(split_create(&sets[s], (SplitSizes){500, 200, 300}, seed, &split, &error));
            Parts parts = parts_of(&sets[s], &split);
            CHECK_INT(parts.counts[0], 500);
            CHECK_INT(parts.counts[1], 200);
            CHECK_INT(parts.counts[2], 300);
            CHECK_INT(leaks(&parts), 0);
            free(parts.hashes);
            split_destroy(&split);
        }
    for (int s = 0; s < 2; s++)
        image_set_free(&sets[s]);
}

/* 300 images of which only 100 differ, some copies under another label: whoever splits by index alone leaks. */
static void copies_of_an_image_stay_on_one_side(void)
{
    ImageSet set = glyphs_create(0, 0, 300);
    for (int i = 100; i < 300; i++) {
        memcpy(image_pixels(&set, i), image_pixels(&set, i % 100), image_size(&set));
        set.labels[i] = (uint8_t)(i % 7);
    }
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        Split split;
        Error error = {0};
        CHECK(split_create(&set, (SplitSizes){300, 40, 50}, seed, &split, &error));
        Parts parts = parts_of(&set, &split);
        CHECK_INT(leaks(&parts), 0);
        CHECK_INT(parts.counts[0] + parts.counts[1] + parts.counts[2], 300);
        CHECK(parts.counts[1] >= 40 && parts.counts[1] < 43);
        free(parts.hashes);
        split_destroy(&split);
    }
    image_set_free(&set);
}

/* Of 60 further images ten are the set's own and ten stand twice. */
static void fresh_images_are_neither_known_nor_twice_there(void)
{
    ImageSet set = glyphs_create(3, 0, 100), more = glyphs_create(3, 90, 60);
    Split split;
    Error error = {0};
    memcpy(image_pixels(&more, 50), image_pixels(&more, 20), 10 * image_size(&more));
    CHECK(split_create(&set, (SplitSizes){50, 20, 30}, 1, &split, &error));
    CHECK(split.fresh == NULL);
    split_add_fresh(&split, more);
    CHECK_INT(held_out_images_count(split.fresh), 40);
    float pixels[256];
    for (int i = 0; i < held_out_images_count(split.fresh); i++) {
        CHECK_INT(held_out_images_at(split.fresh, i), 10 + i);
        CHECK_INT(held_out_images_read(split.fresh, i, pixels), (100 + i) % GLYPH_CLASS_COUNT);
    }
    CHECK_INT(_Generic(split.fresh, TrainingImages * : 1, default : 0), 0);
    CHECK(held_out_images_sizes(split.fresh).pixels == NULL);
    split_destroy(&split);
    image_set_free(&set);
}

/* The compiler refuses what would leak: the parts are of two types, and neither says where its images are. */
static void evaluation_images_cannot_be_handed_to_a_training(void)
{
    Split split;
    CHECK_INT(_Generic(split.train, TrainingImages * : 1, default : 0), 1);
    CHECK_INT(_Generic(split.tune, TrainingImages * : 1, default : 0), 0);
    CHECK_INT(_Generic(split.test, TrainingImages * : 1, default : 0), 0);
    ImageSet set = glyphs_create(0, 0, 40);
    Error error = {0};
    CHECK(split_create(&set, (SplitSizes){20, 10, 10}, 1, &split, &error));
    CHECK(training_images_sizes(split.train).pixels == NULL && held_out_images_sizes(split.test).pixels == NULL);
    split_destroy(&split);
    image_set_free(&set);
}

static void a_split_is_known_by_its_seed(void)
{
    ImageSet set = glyphs_create(0, 0, 200);
    Split first, same, other;
    Error error = {0};
    SplitSizes sizes = {100, 50, 50};
    CHECK(split_create(&set, sizes, 1, &first, &error) && split_create(&set, sizes, 1, &same, &error) &&
          split_create(&set, sizes, 2, &other, &error));
    CHECK(training_images_fingerprint(first.train) == training_images_fingerprint(same.train));
    CHECK(training_images_fingerprint(first.train) != training_images_fingerprint(other.train));
    CHECK_INT(held_out_images_at(first.test, 7), held_out_images_at(same.test, 7));
    float pixels[256];
    int label = held_out_images_read(first.test, 7, pixels);
    CHECK_INT(label, set.labels[held_out_images_at(first.test, 7)]);
    split_destroy(&first);
    split_destroy(&same);
    split_destroy(&other);
    CHECK(!split_create(&set, (SplitSizes){1, 100, 100}, 1, &first, &error));
    CHECK_TEXT(error.message, "glyphs has 200 images, too few for 100 to tune, 100 to test and some to train with");
    image_set_free(&set);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(digits_are_those_of_uci),
        CHECK_OF(wrong_digits_are_refused_with_their_place),
        CHECK_OF(idx_files_become_images),
        CHECK_OF(wrong_idx_files_are_refused),
        CHECK_OF(cifar10_files_become_images),
        CHECK_OF(glyphs_are_the_same_as_ever),
        CHECK_OF(no_image_is_both_learnt_from_and_evaluated_on),
        CHECK_OF(copies_of_an_image_stay_on_one_side),
        CHECK_OF(fresh_images_are_neither_known_nor_twice_there),
        CHECK_OF(evaluation_images_cannot_be_handed_to_a_training),
        CHECK_OF(a_split_is_known_by_its_seed),
    };
    return check_run("vision_images", checks, sizeof checks / sizeof checks[0]);
}
