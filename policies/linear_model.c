#include "linear_model.h"

#include "../sim/memory.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_randist.h>
#include <stdlib.h>
#include <string.h>

static double *factor_row(const LinearModel *model, int row)
{
    return model->factor + (size_t)row * (size_t)model->limit;
}

static gsl_matrix_view factor_view(const LinearModel *model)
{
    size_t dimension = (size_t)model->dimension;
    return gsl_matrix_view_array_with_tda(model->factor, dimension, dimension, (size_t)model->limit);
}

static void widen_factor(LinearModel *model, int limit)
{
    double *wider = memory_allocate((size_t)limit * (size_t)limit, sizeof *wider);
    for (int i = 0; i < model->dimension; i++)
        memcpy(wider + (size_t)i * (size_t)limit, factor_row(model, i), (size_t)model->dimension * sizeof *wider);
    free(model->factor);
    model->factor = wider;
}

static void widen_vector(double **vector, int old_limit, int new_limit)
{
    *vector = memory_grow(*vector, (size_t)old_limit, (size_t)new_limit, sizeof **vector);
}

static void widen(LinearModel *model)
{
    int limit = model->limit ? 2 * model->limit : 64;
    widen_factor(model, limit);
    widen_vector(&model->information, model->limit, limit);
    widen_vector(&model->mean, model->limit, limit);
    widen_vector(&model->scratch, model->limit, limit);
    model->limit = limit;
}

void linear_model_free(LinearModel *model)
{
    free(model->factor);
    free(model->information);
    free(model->mean);
    free(model->scratch);
    *model = (LinearModel){0};
}

/* A weight that no outcome has told of is independent of the others: its row and column are zero but for the diagonal.
 */
int linear_model_add(LinearModel *model, double deviation)
{
    if (model->dimension == model->limit)
        widen(model);
    int added = model->dimension++;
    factor_row(model, added)[added] = 1 / deviation;
    return added;
}

/* Adds x transposed(x) to the precision, by rotating the row x into the factor; x is used up. */
static void add_row(LinearModel *model, double *x)
{
    for (int k = 0; k < model->dimension; k++) {
        if (x[k] == 0)
            continue;
        double *row = factor_row(model, k);
        double length = hypot(row[k], x[k]), cosine = row[k] / length, sine = x[k] / length;
        model->knowledge -= 2 * log(cosine);
        for (int i = k; i < model->dimension; i++) {
            double old = row[i];
            row[i] = cosine * old + sine * x[i];
            x[i] = cosine * x[i] - sine * old;
        }
    }
}

void linear_model_observe(LinearModel *model, const int *features, int count, double outcome, double variance)
{
    double deviation = sqrt(variance);
    memset(model->scratch, 0, (size_t)model->dimension * sizeof *model->scratch);
    for (int i = 0; i < count; i++) {
        model->scratch[features[i]] += 1 / deviation;
        model->information[features[i]] += outcome / variance;
    }
    add_row(model, model->scratch);
    model->mean_known = false;
}

/* Solves U w = v or transposed(U) w = v in place. */
static void solve(const LinearModel *model, CBLAS_TRANSPOSE_t transposed, double *vector)
{
    gsl_matrix_view factor = factor_view(model);
    gsl_vector_view view = gsl_vector_view_array(vector, (size_t)model->dimension);
    gsl_blas_dtrsv(CblasUpper, transposed, CblasNonUnit, &factor.matrix, &view.vector);
}

void linear_model_fit(LinearModel *model)
{
    if (model->mean_known || model->dimension == 0)
        return;
    memcpy(model->mean, model->information, (size_t)model->dimension * sizeof *model->mean);
    solve(model, CblasTrans, model->mean);
    solve(model, CblasNoTrans, model->mean);
    model->mean_known = true;
}

/* With the sums as rows F, their covariance is F U^-1 times its transpose. */
void linear_model_covariance(const LinearModel *model, WeightSums sums, double *scratch, double *ret_covariance)
{
    size_t count = (size_t)sums.count, dimension = (size_t)model->dimension;
    memset(ret_covariance, 0, count * count * sizeof *ret_covariance);
    if (count == 0 || dimension == 0)
        return;
    memset(scratch, 0, count * dimension * sizeof *scratch);
    for (size_t i = 0; i < count; i++)
        for (int j = 0; j < sums.counts[i]; j++)
            scratch[i * dimension + (size_t)sums.features[i * (size_t)sums.width + (size_t)j]]++;
    gsl_matrix_view factor = factor_view(model), rows = gsl_matrix_view_array(scratch, count, dimension);
    gsl_matrix_view covariance = gsl_matrix_view_array(ret_covariance, count, count);
    gsl_blas_dtrsm(CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit, 1, &factor.matrix, &rows.matrix);
    gsl_blas_dsyrk(CblasLower, CblasNoTrans, 1, &rows.matrix, 0, &covariance.matrix);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            ret_covariance[j * count + i] = ret_covariance[i * count + j];
}

void linear_model_draw(LinearModel *model, Stream *stream, double *ret_weights)
{
    linear_model_fit(model);
    gsl_rng generator = stream_gsl(stream);
    for (int i = 0; i < model->dimension; i++)
        ret_weights[i] = gsl_ran_gaussian_ziggurat(&generator, 1);
    if (model->dimension > 0)
        solve(model, CblasNoTrans, ret_weights);
    for (int i = 0; i < model->dimension; i++)
        ret_weights[i] += model->mean[i];
}

enum { FACTOR, INFORMATION, KNOWLEDGE, PART_COUNT };

static const WeightsPart parts[PART_COUNT] = {[FACTOR] = {"factor", WEIGHTS_FLOAT64},
                                              [INFORMATION] = {"information", WEIGHTS_FLOAT64},
                                              [KNOWLEDGE] = {"knowledge", WEIGHTS_FLOAT64}};

static int64_t triangle_size(int64_t dimension)
{
    return dimension * (dimension + 1) / 2;
}

void linear_model_save(const LinearModel *model, WeightsFile *file, const char *name)
{
    int dimension = model->dimension;
    double *triangle = weights_file_add_numbers(file, name, parts[FACTOR].name, triangle_size(dimension));
    for (int i = 0; i < dimension; triangle += dimension - i++)
        memcpy(triangle, factor_row(model, i) + i, (size_t)(dimension - i) * sizeof *triangle);
    double *information = weights_file_add_numbers(file, name, parts[INFORMATION].name, dimension);
    if (dimension > 0)
        memcpy(information, model->information, (size_t)dimension * sizeof *information);
    *weights_file_add_numbers(file, name, parts[KNOWLEDGE].name, 1) = model->knowledge;
}

bool linear_model_load(LinearModel *model, const WeightsFile *file, const char *name, int dimension_most, Error *error)
{
    const WeightsBlock *blocks[PART_COUNT];
    if (!weights_file_find_parts(file, name, parts, PART_COUNT, blocks, error))
        return false;
    int64_t dimension = blocks[INFORMATION]->count;
    const double *triangle = blocks[FACTOR]->values, *information = blocks[INFORMATION]->values;
    bool possible = dimension <= dimension_most && blocks[FACTOR]->count == triangle_size(dimension) &&
                    blocks[KNOWLEDGE]->count == 1;
    for (int i = 0; possible && i < dimension; i++)
        linear_model_add(model, 1);
    for (int i = 0; possible && i < dimension; triangle += dimension - i++) {
        memcpy(factor_row(model, i) + i, triangle, (size_t)(dimension - i) * sizeof *triangle);
        model->information[i] = information[i];
        possible = *triangle > 0;
    }
    if (possible)
        model->knowledge = *(const double *)blocks[KNOWLEDGE]->values;
    return weights_file_check(file, name, possible, error);
}
