// Kernels for the vector units of this CPU that need no packed weights.
//
// Each gives the bits of the reference kernel that it is named after; arguments are the same, and of
// AK_VARIANT_REFERENCE it is that kernel.
#ifndef AK_VECTORIZED_H
#define AK_VECTORIZED_H
#include "ak_arithmetic.h"
#include "ak_lstm.h"
#include "ak_packed.h"
#include "ak_pooling.h"
#include "ak_reduction.h"
#include "ak_svdf.h"

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

/// Bytes of scratch of `ak_lstm_s8_vectorized`, which may lie at any multiple of 4.
ptrdiff_t ak_lstm_s8_scratch_size(ak_variant variant, const ak_lstm_shape *shape);
void ak_lstm_s8_vectorized(ak_variant variant, const ak_lstm_shape *shape,
                           const ak_lstm_quantization *quantization, const ak_lstm_weights_s8 *weights,
                           const int8_t *input, int8_t *hidden, int16_t *cell, int8_t *output, void *scratch);

/// As for `ak_lstm_s8_vectorized`.
ptrdiff_t ak_svdf_s8_scratch_size(ak_variant variant, const ak_svdf_shape *shape);
void ak_svdf_s8_s16_vectorized(ak_variant variant, const ak_svdf_shape *shape,
                               const ak_svdf_quantization *quantization, const int8_t *input,
                               const int8_t *feature_weights, const int16_t *time_weights,
                               const int32_t *bias, int16_t *state, int8_t *output, void *scratch);

/// Loops of `rounds` that only multiply and add, as the packed kernels do it: what a share of the core's
/// peak is a share of.
///
/// @return products added, or 0 where there is no such loop.
int64_t ak_peak_s8(ak_variant variant, ptrdiff_t rounds);
int64_t ak_peak_f32(ak_variant variant, ptrdiff_t rounds);

/// Every channel `times` times in a row, `count` channels of `input`: what a depthwise convolution with a
/// multiplier reads. `output` has `count * times` elements.
void ak_repeat_channels_s8(const int8_t *input, ptrdiff_t count, ptrdiff_t times, int8_t *output);
void ak_repeat_channels_f32(const float *input, ptrdiff_t count, ptrdiff_t times, float *output);

#endif
