// AVERAGE_POOL_2D, L2_POOL_2D and MAX_POOL_2D.
#ifndef AK_POOLING_H
#define AK_POOLING_H
#include "ak_linear.h"

/// Sizes of a pool, in elements, all at least 1.
///
/// - input   `[batches, input_height, input_width, channels]`
/// - output  `[batches, output_height, output_width, channels]`
///
/// Cells outside the input take no part: an average divides by the number of cells inside. Every
/// window covers at least one cell of the input.
typedef struct {
  ptrdiff_t batches, channels;
  ptrdiff_t input_height, input_width;
  ptrdiff_t filter_height, filter_width; ///< at most 2^15 cells inside the input
  ptrdiff_t output_height, output_width;
  ptrdiff_t stride_height, stride_width;
  ptrdiff_t padding_top, padding_left;
} ak_pool2d_shape;

/// AVERAGE_POOL_2D on codes: input and output share scale and zero point.
///
/// The sum is divided by the number of cells, half away from zero, and clamped.
void ak_average_pool2d_s8(const ak_pool2d_shape *shape, int32_t activation_min, int32_t activation_max,
                          const int8_t *input, int8_t *output);
void ak_average_pool2d_s16(const ak_pool2d_shape *shape, int32_t activation_min, int32_t activation_max,
                           const int16_t *input, int16_t *output);

/// AVERAGE_POOL_2D on float32: sums in (row, column) order, divides, clamps.
void ak_average_pool2d_f32(const ak_pool2d_shape *shape, const ak_float_range *activation, const float *input,
                           float *output);

/// L2_POOL_2D on float32: sums squares in (row, column) order, divides, takes the root, clamps.
void ak_l2_pool2d_f32(const ak_pool2d_shape *shape, const ak_float_range *activation, const float *input,
                      float *output);

/// MAX_POOL_2D on codes, clamped.
void ak_max_pool2d_s8(const ak_pool2d_shape *shape, int32_t activation_min, int32_t activation_max,
                      const int8_t *input, int8_t *output);
void ak_max_pool2d_s16(const ak_pool2d_shape *shape, int32_t activation_min, int32_t activation_max,
                       const int16_t *input, int16_t *output);

/// MAX_POOL_2D on float32, clamped. A NaN in a window is passed over, as on the device.
void ak_max_pool2d_f32(const ak_pool2d_shape *shape, const ak_float_range *activation, const float *input,
                       float *output);

#endif
