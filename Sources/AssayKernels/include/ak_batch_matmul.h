// BATCH_MATMUL: products of matrices over broadcast leading dimensions.
#ifndef AK_BATCH_MATMUL_H
#define AK_BATCH_MATMUL_H
#include "ak_linear.h"

/// Where an operand's elements are, in elements from its first.
///
/// Element (row, column) of matrix (i, j, k) is at
/// `i * batch[0] + j * batch[1] + k * batch[2] + row * row_stride + column * column_stride`.
/// A stride of 0 repeats a broadcast dimension; transposed operands swap the last two strides.
typedef struct {
  ptrdiff_t batch[3];
  ptrdiff_t row, column;
} ak_matrix_strides;

/// Sizes of a batch of products, all at least 1.
///
/// - left    `[batches, rows, depth]` by its strides
/// - right   `[batches, depth, columns]` by its strides
/// - output  `[batches, rows, columns]`, dense
typedef struct {
  ptrdiff_t batches[3];
  ptrdiff_t rows, depth, columns;
  ak_matrix_strides left, right;
} ak_batch_matmul_shape;

/// BATCH_MATMUL on int8: a 32-bit sum that wraps, requantize, zero point, clamp.
///
/// @param quantization  input is the left operand, filter the right one.
/// @param multiplier    left scale times right scale over output scale.
void ak_batch_matmul_s8(const ak_batch_matmul_shape *shape, const ak_linear_quantization *quantization,
                        ak_multiplier multiplier, const int8_t *left, const int8_t *right, int8_t *output);

/// BATCH_MATMUL on int16: a 64-bit sum, `ak_requantize_s64`, clamp.
///
/// @param quantization  only the clamp is read: int16 is symmetric.
/// @param multiplier    shift at most 14.
void ak_batch_matmul_s16(const ak_batch_matmul_shape *shape, const ak_linear_quantization *quantization,
                         ak_multiplier multiplier, const int16_t *left, const int16_t *right,
                         int16_t *output);

/// BATCH_MATMUL on float32, summed in depth order without fused multiply-add. No clamp.
void ak_batch_matmul_f32(const ak_batch_matmul_shape *shape, const float *left, const float *right,
                         float *output);

#endif
