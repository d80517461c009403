/* Files of weights: what was written comes back, and what is not whole is refused with a sentence. */
#include "../policies/network_file.h"
#include "../policies/weights_file_parts.h"
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const NetworkShape small = {2, {3, 5, 4}};
static const uint64_t features = 0x1234567890abcdef;

static Network *create_trained(NetworkShape shape, uint64_t seed, int steps)
{
    Stream stream = stream_create(seed, 0, STREAM_POLICY, 0);
    Network *network = network_create(shape, 1, &stream);
    const float inputs[] = {0.5F, -1, 2};
    for (int t = 0; t < steps; t++) {
        const int chosen = t % shape.sizes[shape.layer_count];
        const float target = (float)stream_uniform(&stream);
        NetworkBatch batch = {1, inputs, &chosen, 1, &target, NULL};
        network_train(network, &batch, (NetworkTraining){LOSS_SQUARED, 0.01, 0}, NULL);
    }
    return network;
}

static bool same_network(const Network *a, const Network *b)
{
    size_t size = a->parameter_count * sizeof(float);
    return memcmp(a->parameters, b->parameters, size) == 0 && memcmp(a->first_moments, b->first_moments, size) == 0 &&
           memcmp(a->second_moments, b->second_moments, size) == 0 && a->step_count == b->step_count;
}

static void write_network(const char *path, const Network *network)
{
    WeightsFile file;
    Error error = {0};
    weights_file_init(&file, "dqn", features);
    weights_file_add_setting(&file, "hidden", "[5]");
    network_file_add(&file, "online", network);
    bool written = weights_file_write(&file, path, &error);
    CHECK_TEXT(error.message, "");
    CHECK(written);
    weights_file_free(&file);
}

/* All bytes of a file, which the caller frees. */
static char *bytes_of(const char *path, size_t *ret_size)
{
    FILE *stream = fopen(path, "rb");
    char *bytes = memory_allocate(1 << 20, 1);
    *ret_size = stream ? fread(bytes, 1, 1 << 20, stream) : 0;
    CHECK(stream != NULL);
    if (stream)
        fclose(stream);
    return bytes;
}

/* In place, as thousands of new files would take their time. */
static void write_bytes(const char *path, const char *bytes, size_t size)
{
    int descriptor = open(path, O_WRONLY | O_CREAT, 0666);
    CHECK(descriptor >= 0 && write(descriptor, bytes, size) == (ssize_t)size);
    CHECK(ftruncate(descriptor, (off_t)size) == 0 && close(descriptor) == 0);
}

static void blocks_of_all_types_come_back(void)
{
    static const float floats[] = {0, -0.0F, FLT_MIN, FLT_MAX, -INFINITY};
    static const double doubles[] = {DBL_EPSILON, -1e300, INFINITY};
    static const int64_t integers[] = {INT64_MIN, -1, 0, INT64_MAX};
    static const int8_t bytes[] = {INT8_MIN, -1, INT8_MAX};
    const char *path = check_scratch("types.weights");
    WeightsFile file, read;
    Error error = {0};
    weights_file_init(&file, "q-learning", 7);
    weights_file_add_setting(&file, "epsilon", "0.5");
    weights_file_add_setting(&file, "note", "");
    weights_file_add(&file, "a", WEIGHTS_FLOAT32, 5, floats);
    weights_file_add(&file, "b", WEIGHTS_FLOAT64, 3, doubles);
    weights_file_add(&file, "c", WEIGHTS_INT64, 4, integers);
    weights_file_add(&file, "none", WEIGHTS_INT64, 0, NULL);
    weights_file_add(&file, "d", WEIGHTS_INT8, 3, bytes);
    CHECK(weights_file_write(&file, path, &error));
    weights_file_free(&file);

    CHECK(weights_file_read(path, &read, &error));
    CHECK_TEXT(read.policy, "q-learning");
    CHECK_INT(read.features, 7);
    CHECK_TEXT(weights_file_setting(&read, "epsilon"), "0.5");
    CHECK_TEXT(weights_file_setting(&read, "note"), "");
    CHECK(weights_file_setting(&read, "other") == NULL);
    CHECK(memcmp(weights_file_find(&read, "a", WEIGHTS_FLOAT32, &error)->values, floats, sizeof floats) == 0);
    CHECK(memcmp(weights_file_find(&read, "b", WEIGHTS_FLOAT64, &error)->values, doubles, sizeof doubles) == 0);
    int64_t copied[4] = {0};
    CHECK(weights_file_copy(&read, "c", WEIGHTS_INT64, 4, copied, &error));
    CHECK(memcmp(copied, integers, sizeof integers) == 0);
    CHECK_INT(weights_file_find(&read, "none", WEIGHTS_INT64, &error)->count, 0);
    CHECK(memcmp(weights_file_find(&read, "d", WEIGHTS_INT8, &error)->values, bytes, sizeof bytes) == 0);
    CHECK_TEXT(error.message, "");
    weights_file_free(&read);
}

/* The layout that the header promises, written out by hand. */
static void the_layout_is_little_endian(void)
{
    static const unsigned char expected[] = "orchid-w"
                                            "\1\0\0\0"
                                            "\x51\0\0\0\0\0\0\0" /* 81 bytes */
                                            "\xef\xcd\xab\x90\x78\x56\x34\x12"
                                            "\1\0\0\0p"
                                            "\1\0\0\0\1\0\0\0k\2\0\0\0vw"
                                            "\1\0\0\0\1\0\0\0n\1\0\0\0\1\0\0\0\0\0\0\0\0\0\x80\xbf"; /* float32 -1 */
    const char *path = check_scratch("layout.weights");
    const float value = -1;
    WeightsFile file;
    Error error = {0};
    weights_file_init(&file, "p", features);
    weights_file_add_setting(&file, "k", "vw");
    weights_file_add(&file, "n", WEIGHTS_FLOAT32, 1, &value);
    CHECK(weights_file_write(&file, path, &error));
    weights_file_free(&file);
    size_t size;
    char *bytes = bytes_of(path, &size);
    CHECK_INT(size, sizeof expected - 1 + 8);
    CHECK(memcmp(bytes, expected, sizeof expected - 1) == 0);
    free(bytes);
}

static void a_network_comes_back_and_goes_on_alike(void)
{
    const char *path = check_scratch("network.weights");
    Network *saved = create_trained(small, 1, 50), *loaded = create_trained(small, 2, 3);
    WeightsFile file;
    Error error = {0};
    write_network(path, saved);
    CHECK(weights_file_read(path, &file, &error));
    CHECK(weights_file_suits(&file, "dqn", features, &error));
    CHECK(!same_network(saved, loaded));
    CHECK(network_file_read(&file, "online", loaded, &error));
    CHECK_TEXT(error.message, "");
    CHECK(same_network(saved, loaded));
    const float inputs[] = {1, 2, 3}, targets[] = {1, 2, 3, 4};
    NetworkBatch batch = {1, inputs, .targets = targets};
    network_train(saved, &batch, (NetworkTraining){LOSS_SQUARED, 0.01, 0}, NULL);
    network_train(loaded, &batch, (NetworkTraining){LOSS_SQUARED, 0.01, 0}, NULL);
    CHECK(same_network(saved, loaded));
    weights_file_free(&file);
    network_destroy(saved);
    network_destroy(loaded);
}

static void the_same_seed_gives_the_same_bytes(void)
{
    const char *paths[] = {check_scratch("one.weights"), check_scratch("two.weights"), check_scratch("three.weights")};
    char *bytes[3];
    size_t sizes[3];
    for (int i = 0; i < 3; i++) {
        Network *network = create_trained(small, i == 2 ? 6 : 5, 30);
        write_network(paths[i], network);
        network_destroy(network);
        bytes[i] = bytes_of(paths[i], &sizes[i]);
    }
    CHECK_INT(sizes[0], sizes[1]);
    CHECK(memcmp(bytes[0], bytes[1], sizes[0]) == 0);
    CHECK(memcmp(bytes[0], bytes[2], sizes[0]) != 0);
    for (int i = 0; i < 3; i++)
        free(bytes[i]);
}

/* Whether the file is refused with a sentence, its place and nothing to free. */
static bool is_refused(const char *path, Error *ret_error)
{
    WeightsFile file = {0};
    *ret_error = (Error){0};
    bool read = weights_file_read(path, &file, ret_error);
    if (read)
        weights_file_free(&file);
    return !read && strcmp(ret_error->file, path) == 0 && strlen(ret_error->message) > 10;
}

static void a_file_damaged_at_any_byte_is_refused(void)
{
    const char *path = check_scratch("damaged.weights");
    Network *network = create_trained(small, 1, 5);
    write_network(path, network);
    network_destroy(network);
    size_t size;
    char *bytes = bytes_of(path, &size);
    int accepted = 0;
    Error error;
    for (size_t at = 0; at < size; at++) {
        char before = bytes[at];
        for (int change = 0; change < 3; change++) {
            bytes[at] = (char)(change == 0 ? before ^ 1 : change == 1 ? before ^ 0x80 : ~before);
            write_bytes(path, bytes, size);
            accepted += !is_refused(path, &error);
        }
        bytes[at] = before;
    }
    CHECK_INT(accepted, 0);
    write_bytes(path, bytes, size);
    CHECK(!is_refused(path, &error));
    free(bytes);
}

static void a_file_cut_at_any_length_is_refused(void)
{
    const char *path = check_scratch("cut.weights");
    Network *network = create_trained(small, 1, 5);
    write_network(path, network);
    network_destroy(network);
    size_t size;
    char *bytes = bytes_of(path, &size);
    int accepted = 0;
    Error error;
    for (size_t length = 0; length < size; length++) {
        write_bytes(path, bytes, length);
        accepted += !is_refused(path, &error);
        accepted += length >= 20 && !strstr(error.message, "is cut short");
    }
    CHECK_INT(accepted, 0);
    write_bytes(path, bytes, size + 1);
    CHECK(is_refused(path, &error));
    free(bytes);
}

/* With the right checksum a file can still say nonsense, such as counts of any size: it is refused, or holds other
 * numbers and texts. The sanitizers see whether anything reads past the end. */
static void a_sealed_file_of_nonsense_does_no_harm(void)
{
    const char *path = check_scratch("sealed.weights");
    Network *network = create_trained(small, 1, 5);
    write_network(path, network);
    size_t size;
    char *bytes = bytes_of(path, &size);
    int refused = 0, silent = 0;
    for (size_t at = 0; at < size - WEIGHTS_CHECKSUM_SIZE; at++) {
        char before = bytes[at];
        for (int change = 0; change < 3; change++) {
            bytes[at] = (char)(change == 0 ? before ^ 1 : change == 1 ? before ^ 0x80 : ~before);
            uint64_t sum = weights_checksum((uint8_t *)bytes, size - WEIGHTS_CHECKSUM_SIZE);
            for (size_t i = 0; i < WEIGHTS_CHECKSUM_SIZE; i++)
                bytes[size - WEIGHTS_CHECKSUM_SIZE + i] = (char)(sum >> (8 * i));
            write_bytes(path, bytes, size);
            WeightsFile file;
            Error error = {0};
            bool read = weights_file_read(path, &file, &error);
            refused += !read;
            silent += !read && !error.message[0];
            if (!read)
                continue;
            bool restored = network_file_read(&file, "online", network, &error);
            silent += !restored && !error.message[0];
            weights_file_free(&file);
        }
        bytes[at] = before;
    }
    CHECK(refused > 50);
    CHECK_INT(silent, 0);
    free(bytes);
    network_destroy(network);
}

static void what_does_not_fit_says_so(void)
{
    Error error = {0};
    WeightsFile file;
    const char *path = check_scratch("other.weights");
    write_bytes(path, "name: hello\nseed: 7\nusers: 5\n", 29);
    CHECK(is_refused(path, &error));
    CHECK_TEXT(error.message, "is not a file of weights");
    CHECK(is_refused(check_scratch("none such"), &error));
    CHECK_TEXT(error.message, "cannot be read: No such file or directory");

    Network *network = create_trained(small, 1, 5), *wider = create_trained((NetworkShape){2, {3, 5, 6}}, 1, 0);
    Network *before = network_clone(wider);
    write_network(path, network);
    size_t size;
    char *bytes = bytes_of(path, &size);
    bytes[8] = 2;
    write_bytes(path, bytes, size);
    CHECK(is_refused(path, &error));
    CHECK_TEXT(error.message, "has weights in format 2, and this version reads format 1");
    bytes[8] = 1;
    bytes[size - 20] ^= 4;
    write_bytes(path, bytes, size);
    CHECK(is_refused(path, &error));
    CHECK_TEXT(error.message, "is damaged: its checksum does not match");
    free(bytes);

    write_network(path, network);
    CHECK(weights_file_read(path, &file, &error));
    CHECK(!weights_file_suits(&file, "dyna-q", features, &error));
    CHECK_TEXT(error.message, "holds weights of the policy dqn, not of dyna-q");
    CHECK(!weights_file_suits(&file, "dqn", 1, &error));
    CHECK_TEXT(error.message, "holds weights for questions with other features than these (1234567890abcdef, and here "
                              "0000000000000001)");
    CHECK(!network_file_read(&file, "online", wider, &error));
    CHECK_TEXT(error.message, "has a network `online` of the sizes 3-5-4 where 3-5-6 are needed");
    CHECK(!network_file_read(&file, "target", network, &error));
    CHECK_TEXT(error.message, "has no block `target.sizes` of type int64");
    int64_t steps[2];
    CHECK(!weights_file_copy(&file, "online.steps", WEIGHTS_INT64, 2, steps, &error));
    CHECK_TEXT(error.message, "has 1 values in block `online.steps` where 2 are needed");
    CHECK(weights_file_find(&file, "online.steps", WEIGHTS_FLOAT64, &error) == NULL);
    CHECK_TEXT(error.file, path);
    CHECK(same_network(before, wider));
    weights_file_free(&file);
    network_destroy(network);
    network_destroy(wider);
    network_destroy(before);
}

static int files_in(const char *folder)
{
    DIR *directory = opendir(folder);
    int count = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

static void a_file_that_cannot_be_written_leaves_nothing(void)
{
    const char *folder = check_scratch("folder");
    char inside[2048], missing[2048];
    snprintf(inside, sizeof inside, "%s/taken", folder);
    snprintf(missing, sizeof missing, "%s/none such/x.weights", folder);
    CHECK(mkdir(folder, 0777) == 0 && mkdir(inside, 0777) == 0);
    WeightsFile file;
    Error error = {0};
    weights_file_init(&file, "p", 0);
    CHECK(!weights_file_write(&file, inside, &error)); /* a folder has the name */
    CHECK_TEXT(error.file, inside);
    CHECK(strstr(error.message, "cannot be written: ") != NULL);
    CHECK(!weights_file_write(&file, missing, &error));
    CHECK_INT(files_in(folder), 1);
    snprintf(inside, sizeof inside, "%s/x.weights", folder);
    CHECK(weights_file_write(&file, inside, &error));
    CHECK(weights_file_write(&file, inside, &error)); /* replaces */
    CHECK_INT(files_in(folder), 2);
    weights_file_free(&file);
}

int main(void)
{
    static const Check checks[] = {
        CHECK_OF(blocks_of_all_types_come_back),
        CHECK_OF(the_layout_is_little_endian),
        CHECK_OF(a_network_comes_back_and_goes_on_alike),
        CHECK_OF(the_same_seed_gives_the_same_bytes),
        CHECK_OF(a_file_damaged_at_any_byte_is_refused),
        CHECK_OF(a_file_cut_at_any_length_is_refused),
        CHECK_OF(a_sealed_file_of_nonsense_does_no_harm),
        CHECK_OF(what_does_not_fit_says_so),
        CHECK_OF(a_file_that_cannot_be_written_leaves_nothing),
    };
    return check_run("network file", checks, sizeof checks / sizeof checks[0]);
}
