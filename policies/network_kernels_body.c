/* Compiled once per instruction set, as `network_kernels_` and the value of NETWORK_INSTRUCTIONS. */
#include "network_kernels.h"

#include <math.h>
#include <string.h>

#if defined __AVX512F__
enum { LANES = 16, TILE_VECTORS = 4 };
#elif defined __AVX2__
enum { LANES = 8, TILE_VECTORS = 2 };
#else
enum { LANES = 4, TILE_VECTORS = 2 };
#endif

/* A tile of the result stays in registers: several rows, or more of one row where there is only one. */
enum { TILE_ROWS = 4, ROW_VECTORS = 8, TILE_LIMIT = 16 };

/* Below these, squares and decayed moments would come near the smallest normal number, 1.2e-38. Adam divides by
 * sqrt(second moment) + about 1e-8, next to which what they drop is nothing. */
static const float LEAST_GRADIENT = 1e-16F, LEAST_MOMENT = 1e-25F;

typedef float Vector __attribute__((vector_size(LANES * sizeof(float))));
typedef int Mask __attribute__((vector_size(LANES * sizeof(float))));

#ifdef __clang__
#define UNROLLED _Pragma("clang loop unroll(full)")
#else
#define UNROLLED _Pragma("GCC unroll 16")
#endif
#define INLINE static inline __attribute__((always_inline))

INLINE Vector load(const float *from)
{
    Vector vector;
    memcpy(&vector, from, sizeof vector);
    return vector;
}

INLINE void store(float *to, Vector vector)
{
    memcpy(to, &vector, sizeof vector);
}

/* The lanes of `vector` whose gate is positive, 0 elsewhere. */
INLINE Vector where_positive(Vector gate, Vector vector)
{
    return (Vector)((Mask)vector & (Mask)(gate > 0));
}

/* Rows and vectors are constants where this is called, so that the sums are registers: cell c is vector c % vectors of
 * row c / vectors. */
INLINE void multiply_tile(const NetworkProduct *product, int row, int column, int rows, int vectors)
{
    Vector sums[TILE_LIMIT];
    const ptrdiff_t row_step = product->row_step, columns = product->columns;
    const float *left = product->left + row * row_step, *right = product->right + column;
    const float *start = product->accumulate ? product->result + row * columns : product->start;
    const ptrdiff_t start_step = product->accumulate ? columns : 0;
    UNROLLED
    for (int c = 0; c < rows * vectors; c++)
        sums[c] = start ? load(start + c / vectors * start_step + column + c % vectors * LANES) : (Vector){0};
    for (int k = 0; k < product->depth; k++, left += product->depth_step, right += columns) {
        UNROLLED
        for (int c = 0; c < rows * vectors; c++)
            sums[c] += left[c / vectors * row_step] * load(right + c % vectors * LANES);
    }
    UNROLLED
    for (int c = 0; c < rows * vectors; c++) {
        ptrdiff_t at = (row + c / vectors) * columns + column + c % vectors * LANES;
        Vector sum = product->rectify ? where_positive(sums[c], sums[c]) : sums[c];
        store(product->result + at, product->gate ? where_positive(load(product->gate + at), sum) : sum);
    }
}

static void multiply(const NetworkProduct *product)
{
    int row = 0, columns = product->columns;
    for (; row + TILE_ROWS <= product->rows; row += TILE_ROWS) {
        int column = 0;
        for (; column + TILE_VECTORS * LANES <= columns; column += TILE_VECTORS * LANES)
            multiply_tile(product, row, column, TILE_ROWS, TILE_VECTORS);
        for (; column < columns; column += LANES)
            multiply_tile(product, row, column, TILE_ROWS, 1);
    }
    for (; row < product->rows; row++) {
        int column = 0;
        for (; column + ROW_VECTORS * LANES <= columns; column += ROW_VECTORS * LANES)
            multiply_tile(product, row, column, 1, ROW_VECTORS);
        for (; column + ROW_VECTORS / 2 * LANES <= columns; column += ROW_VECTORS / 2 * LANES)
            multiply_tile(product, row, column, 1, ROW_VECTORS / 2);
        for (; column < columns; column += LANES)
            multiply_tile(product, row, column, 1, 1);
    }
}

static void transpose(const float *matrix, int rows, int columns, int step, float *ret_result, int result_step)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++)
            ret_result[(ptrdiff_t)c * result_step + r] = matrix[(ptrdiff_t)r * step + c];
}

/* The values of `samples` (a constant) samples' k-th chosen outputs side by side: each is one chain of additions. */
INLINE void choose_some(const NetworkChoice *choice, int sample, int samples, int k, float *ret_values)
{
    const float *weights[TILE_ROWS], *activations[TILE_ROWS];
    float sums[TILE_ROWS];
    for (int s = 0; s < samples; s++) {
        int output = choice->chosen[(ptrdiff_t)(sample + s) * choice->per_sample + k];
        weights[s] = choice->weights + network_output_start(choice->inputs, choice->block, output);
        activations[s] = choice->activations + (ptrdiff_t)(sample + s) * choice->step;
        sums[s] = weights[s][(ptrdiff_t)choice->inputs * choice->block];
    }
    for (int i = 0; i < choice->inputs; i++) {
        UNROLLED
        for (int s = 0; s < samples; s++)
            sums[s] += activations[s][i] * weights[s][(ptrdiff_t)i * choice->block];
    }
    for (int s = 0; s < samples; s++)
        ret_values[(ptrdiff_t)(sample + s) * choice->per_sample + k] = sums[s];
}

static void choose(const NetworkChoice *choice, float *ret_values)
{
    for (int k = 0; k < choice->per_sample; k++) {
        int sample = 0;
        for (; sample + TILE_ROWS <= choice->count; sample += TILE_ROWS)
            choose_some(choice, sample, TILE_ROWS, k, ret_values);
        for (; sample < choice->count; sample++)
            choose_some(choice, sample, 1, k, ret_values);
    }
}

/* As many blocks side by side as there are sums that need not wait for each other. */
static void choose_all(const NetworkChoice *choice, int columns, float *ret_values)
{
    enum { BLOCKS = NETWORK_LANES / NETWORK_BLOCK };
    typedef float Block __attribute__((vector_size(NETWORK_BLOCK * sizeof(float))));
    const ptrdiff_t size = (ptrdiff_t)(choice->inputs + 1) * NETWORK_BLOCK;
    const float *weights = choice->weights;
    for (int column = 0; column < columns; column += NETWORK_LANES, weights += BLOCKS * size) {
        Block sums[BLOCKS], part;
        UNROLLED
        for (int b = 0; b < BLOCKS; b++)
            memcpy(&sums[b], weights + b * size + size - NETWORK_BLOCK, sizeof sums[b]);
        for (int i = 0; i < choice->inputs; i++) {
            UNROLLED
            for (int b = 0; b < BLOCKS; b++) {
                memcpy(&part, weights + b * size + i * NETWORK_BLOCK, sizeof part);
                sums[b] += choice->activations[i] * part;
            }
        }
        memcpy(ret_values + column, sums, sizeof sums);
    }
}

static void choose_backward(const NetworkChoice *choice, const float *gradients, float *weight_gradients,
                            float *ret_deltas)
{
    for (int sample = 0; sample < choice->count; sample++) {
        const float *restrict activations = choice->activations + (ptrdiff_t)sample * choice->step;
        float *restrict deltas = ret_deltas + (ptrdiff_t)sample * choice->step;
        for (int k = 0; k < choice->per_sample; k++) {
            ptrdiff_t at = (ptrdiff_t)sample * choice->per_sample + k, columns = choice->block;
            const float *weights = choice->weights + choice->chosen[at];
            float *restrict weight_column = weight_gradients + choice->chosen[at], gradient = gradients[at];
            for (int i = 0; i < choice->inputs; i++) {
                float delta = k > 0 ? deltas[i] : 0;
                deltas[i] = activations[i] > 0 ? delta + gradient * weights[i * columns] : 0;
                weight_column[i * columns] += activations[i] * gradient;
            }
            weight_column[choice->inputs * columns] += gradient;
        }
    }
}

static void maxima(const float *matrix, int rows, int columns, int step, float *ret_maxima)
{
    for (int r = 0; r < rows; r++) {
        const float *row = matrix + (ptrdiff_t)r * step;
        float most[NETWORK_LANES];
        for (int lane = 0; lane < NETWORK_LANES; lane++)
            most[lane] = row[lane < columns ? lane : 0];
        int column = NETWORK_LANES;
        for (; column + NETWORK_LANES <= columns; column += NETWORK_LANES)
            for (int lane = 0; lane < NETWORK_LANES; lane++)
                most[lane] = row[column + lane] > most[lane] ? row[column + lane] : most[lane];
        for (; column < columns; column++)
            most[0] = row[column] > most[0] ? row[column] : most[0];
        for (int lane = 1; lane < NETWORK_LANES; lane++)
            most[0] = most[lane] > most[0] ? most[lane] : most[0];
        ret_maxima[r] = most[0];
    }
}

static double sum_of_squares(const float *values, size_t count)
{
    double sums[NETWORK_LANES] = {0};
    for (size_t i = 0; i < count; i += NETWORK_LANES)
        for (size_t lane = 0; lane < NETWORK_LANES; lane++)
            sums[lane] += (double)values[i + lane] * (double)values[i + lane];
    double sum = 0;
    for (int lane = 0; lane < NETWORK_LANES; lane++)
        sum += sums[lane];
    return sum;
}

static void scale(float *values, size_t count, float factor)
{
    for (size_t i = 0; i < count; i++)
        values[i] *= factor;
}

static void mix(float *restrict to, const float *restrict from, size_t count, float fraction)
{
    for (size_t i = 0; i < count; i++)
        to[i] += fraction * (from[i] - to[i]);
}

static void adam(NetworkAdam adam, size_t count, const float *restrict gradients, float *restrict first_moments,
                 float *restrict second_moments, float *restrict parameters)
{
    for (size_t i = 0; i < count; i++) {
        float gradient = fabsf(gradients[i]) < LEAST_GRADIENT ? 0 : gradients[i];
        float first = adam.first_decay * first_moments[i] + (1 - adam.first_decay) * gradient;
        float second = adam.second_decay * second_moments[i] + (1 - adam.second_decay) * (gradient * gradient);
        first = fabsf(first) < LEAST_MOMENT ? 0 : first;
        second = second < LEAST_MOMENT ? 0 : second;
        first_moments[i] = first;
        second_moments[i] = second;
        parameters[i] -= adam.rate * first / (sqrtf(second) + adam.epsilon);
    }
}

#define JOIN(a, b) a##b
#define NAME_OF(instructions) JOIN(network_kernels_, instructions)

extern const NetworkKernels NAME_OF(NETWORK_INSTRUCTIONS);

const NetworkKernels NAME_OF(NETWORK_INSTRUCTIONS) = {
#if defined __AVX512F__
    .name = "avx512",
#elif defined __AVX2__
    .name = "avx2",
#elif defined __x86_64__
    .name = "sse2",
#else
    .name = "portable",
#endif
    .multiply = multiply,
    .transpose = transpose,
    .choose = choose,
    .choose_all = choose_all,
    .choose_backward = choose_backward,
    .maxima = maxima,
    .sum_of_squares = sum_of_squares,
    .scale = scale,
    .mix = mix,
    .adam = adam,
};
