#include "../sim/error.h"
#include "../sim/memory.h"
#include "check.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void memory_comes_zeroed_and_stays_when_grown(void)
{
    int *numbers = memory_allocate(3, sizeof *numbers);
    CHECK_INT(numbers[2], 0);
    numbers[2] = 5;
    numbers = memory_grow(numbers, 3, 1000, sizeof *numbers);
    CHECK_INT(numbers[2], 5);
    CHECK_INT(numbers[999], 0);
    free(numbers);
}

static void an_arena_gives_aligned_zeroed_memory_of_any_size(void)
{
    Arena arena = {0};
    for (size_t size = 1; size < 200000; size = size * 3 + 1) {
        char *bytes = arena_allocate(&arena, size, 1);
        CHECK_INT((uintptr_t)bytes % sizeof(double), 0);
        CHECK_INT(bytes[0] | bytes[size - 1], 0);
        memset(bytes, 255, size);
    }
    arena_free(&arena);
    CHECK_INT(arena.total, 0);
}

static void arena_texts_are_copies(void)
{
    Arena arena = {0};
    char text[] = "edge";
    char *copy = arena_string(&arena, text);
    text[0] = 'x';
    CHECK_TEXT(copy, "edge");
    CHECK_TEXT(arena_string_n(&arena, "device3", 6), "device");
    CHECK_TEXT(arena_format(&arena, "%s%d", "device", 4), "device4");
    arena_free(&arena);
}

static void a_list_keeps_the_first_errors_and_counts_all(void)
{
    ErrorList errors = {0};
    for (int i = 0; i < ERROR_LIMIT + 3; i++)
        error_add(&errors, "a.yaml", i + 1, 1, "finding %d", i);
    CHECK_INT(errors.count, ERROR_LIMIT);
    CHECK_INT(errors.total, ERROR_LIMIT + 3);
    CHECK_TEXT(errors.items[ERROR_LIMIT - 1].message, "finding 19");
}

static void errors_are_written_in_order_of_place(void)
{
    ErrorList errors = {0};
    error_add(&errors, "b.yaml", 2, 1, "third");
    error_add(&errors, "a.yaml", 9, 5, "second");
    error_add(&errors, "a.yaml", 9, 1, "first");
    error_add(&errors, NULL, 0, 0, "no place");
    const char *path = check_scratch("errors.txt");
    FILE *file = fopen(path, "w+");
    error_list_write(&errors, file);
    rewind(file);
    char text[512] = {0};
    CHECK(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    CHECK_TEXT(text,
               "error: no place\na.yaml:9:1: error: first\na.yaml:9:5: error: second\nb.yaml:2:1: error: third\n");
}

static void suggestions_are_near_or_absent(void)
{
    const char *const words[] = {"greedy", "oracle", "q-learning", "cloud-only"};
    CHECK_TEXT(error_nearest("gredy", words, 4), "greedy");
    CHECK_TEXT(error_nearest("qlearning", words, 4), "q-learning");
    CHECK_TEXT(error_nearest("orcale", words, 4), "oracle");
    CHECK(error_nearest("simulated-annealing", words, 4) == NULL);
    CHECK(error_nearest("", words, 4) == NULL);
}

int main(void)
{
    const Check checks[] = {
        {"memory_comes_zeroed_and_stays_when_grown", memory_comes_zeroed_and_stays_when_grown},
        {"an_arena_gives_aligned_zeroed_memory_of_any_size", an_arena_gives_aligned_zeroed_memory_of_any_size},
        {"arena_texts_are_copies", arena_texts_are_copies},
        {"a_list_keeps_the_first_errors_and_counts_all", a_list_keeps_the_first_errors_and_counts_all},
        {"errors_are_written_in_order_of_place", errors_are_written_in_order_of_place},
        {"suggestions_are_near_or_absent", suggestions_are_near_or_absent},
    };
    return check_run("ground", checks, sizeof checks / sizeof checks[0]);
}
