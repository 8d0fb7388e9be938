// Kernels for the vector units of this CPU that need no packed weights.
//
// Each gives the bits of the reference kernel that it is named after; arguments are the same, and of
// AK_VARIANT_REFERENCE it is that kernel.
#ifndef AK_VECTORIZED_H
#define AK_VECTORIZED_H
#include "ak_arithmetic.h"
#include "ak_packed.h"
#include "ak_pooling.h"
#include "ak_reduction.h"

void ak_max_pool2d_s8_vectorized(ak_variant variant, const ak_pool2d_shape *shape, int32_t activation_min,
                                 int32_t activation_max, const int8_t *input, int8_t *output);
void ak_average_pool2d_s8_vectorized(ak_variant variant, const ak_pool2d_shape *shape, int32_t activation_min,
                                     int32_t activation_max, const int8_t *input, int8_t *output);

/// ADD and MUL. Rows with a repeated operand, and factors of 1 and more, are the reference's.
void ak_add_s8_vectorized(ak_variant variant, const int8_t *a, ptrdiff_t a_step, const int8_t *b,
                          ptrdiff_t b_step, int8_t *out, ptrdiff_t count,
                          const ak_binary_quantization *quantization);
void ak_mul_s8_vectorized(ak_variant variant, const int8_t *a, ptrdiff_t a_step, const int8_t *b,
                          ptrdiff_t b_step, int8_t *out, ptrdiff_t count,
                          const ak_binary_quantization *quantization);

void ak_max_pool2d_f32_vectorized(ak_variant variant, const ak_pool2d_shape *shape,
                                  const ak_float_range *activation, const float *input, float *output);
/// As `ak_add_s8_vectorized`.
void ak_add_f32_vectorized(ak_variant variant, const float *a, ptrdiff_t a_step, const float *b,
                           ptrdiff_t b_step, float *out, ptrdiff_t count, const ak_binary_range *range);
/// One row of a sum over codes; a row that folds into one element is the reference's.
void ak_reduce_sum_s8_vectorized(ak_variant variant, const int8_t *in, ptrdiff_t count, int32_t *out,
                                 ptrdiff_t out_step);

#endif
