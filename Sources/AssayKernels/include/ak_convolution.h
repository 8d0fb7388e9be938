// CONV_2D and DEPTHWISE_CONV_2D.
//
// All tensors are dense and row-major. A window cell outside the input contributes nothing, which
// for quantised inputs is the real value zero. Sizes are at least 1 and every tensor's element
// count fits `ptrdiff_t`.
#ifndef AK_CONVOLUTION_H
#define AK_CONVOLUTION_H
#include "ak_linear.h"

/// Sizes of a convolution, in elements.
///
/// - input   `[batches, input_height, input_width, input_channels]`
/// - filter  `[output_channels, filter_height, filter_width, filter_channels]`
/// - bias    `[output_channels]`, or NULL for none
/// - output  `[batches, output_height, output_width, output_channels]`
///
/// `filter_channels` divides `input_channels` into groups, and their number divides
/// `output_channels`: output channel `o` reads the input channels of group
/// `o / (output_channels / groups)`. An ordinary convolution has one group.
typedef struct {
  ptrdiff_t batches;
  ptrdiff_t input_height, input_width, input_channels;
  ptrdiff_t filter_height, filter_width, filter_channels;
  ptrdiff_t output_height, output_width, output_channels;
  ptrdiff_t stride_height, stride_width;     ///< [1, 65536]
  ptrdiff_t dilation_height, dilation_width; ///< [1, 65536]
  ptrdiff_t padding_top, padding_left;       ///< cells before the first row and column, at least 0
} ak_conv2d_shape;

/// Sizes of a depthwise convolution, in elements.
///
/// - input   `[batches, input_height, input_width, input_channels]`
/// - filter  `[1, filter_height, filter_width, input_channels * depth_multiplier]`
/// - bias    `[input_channels * depth_multiplier]`, or NULL for none
/// - output  `[batches, output_height, output_width, input_channels * depth_multiplier]`
///
/// Output channel `i * depth_multiplier + m` is computed from input channel `i`.
typedef struct {
  ptrdiff_t batches;
  ptrdiff_t input_height, input_width, input_channels;
  ptrdiff_t filter_height, filter_width, depth_multiplier;
  ptrdiff_t output_height, output_width;
  ptrdiff_t stride_height, stride_width;
  ptrdiff_t dilation_height, dilation_width;
  ptrdiff_t padding_top, padding_left;
} ak_depthwise_conv2d_shape;

/// CONV_2D on int8: a 32-bit sum that wraps, bias, requantize, zero point, clamp.
///
/// @param quantization  `filter_zero_point` is not read: int8 filters are symmetric.
/// @param multipliers   one per output channel: input scale times filter scale over output scale.
/// @param bias          any int32, in units of input scale times filter scale.
void ak_conv2d_s8(const ak_conv2d_shape *shape, const ak_linear_quantization *quantization,
                  const ak_multiplier *multipliers, const int8_t *input, const int8_t *filter,
                  const int32_t *bias, int8_t *output);

/// CONV_2D on float32, summed in (filter row, filter column, input channel) order without fused
/// multiply-add; the bias (0 without one) comes last, then the clamp.
void ak_conv2d_f32(const ak_conv2d_shape *shape, const ak_float_range *activation, const float *input,
                   const float *filter, const float *bias, float *output);

/// DEPTHWISE_CONV_2D on int8; arithmetic and arguments as `ak_conv2d_s8`.
void ak_depthwise_conv2d_s8(const ak_depthwise_conv2d_shape *shape,
                            const ak_linear_quantization *quantization, const ak_multiplier *multipliers,
                            const int8_t *input, const int8_t *filter, const int32_t *bias, int8_t *output);

/// DEPTHWISE_CONV_2D on float32, summed in (filter row, filter column) order; otherwise as
/// `ak_conv2d_f32`.
void ak_depthwise_conv2d_f32(const ak_depthwise_conv2d_shape *shape, const ak_float_range *activation,
                             const float *input, const float *filter, const float *bias, float *output);

/// Sizes of a transposed convolution, in elements.
///
/// - input   `[batches, input_height, input_width, input_channels]`
/// - filter  `[output_channels, filter_height, filter_width, input_channels]`
/// - bias    `[output_channels]`, or NULL for none
/// - output  `[batches, output_height, output_width, output_channels]`
///
/// Input cell (y, x) adds to the output cells from (y * stride_height - padding_top,
/// x * stride_width - padding_left) on; what falls outside the output is lost.
typedef struct {
  ptrdiff_t batches;
  ptrdiff_t input_height, input_width, input_channels;
  ptrdiff_t filter_height, filter_width;
  ptrdiff_t output_height, output_width, output_channels;
  ptrdiff_t stride_height, stride_width; ///< [1, 65536]
  ptrdiff_t padding_top, padding_left;   ///< at least 0
} ak_transpose_conv_shape;

/// TRANSPOSE_CONV on int8; arithmetic and arguments as `ak_conv2d_s8`.
void ak_transpose_conv_s8(const ak_transpose_conv_shape *shape, const ak_linear_quantization *quantization,
                          const ak_multiplier *multipliers, const int8_t *input, const int8_t *filter,
                          const int32_t *bias, int8_t *output);

/// TRANSPOSE_CONV on float32: an output sums its inputs in (row, column, channel) order without fused
/// multiply-add, then the bias if there is one, then the clamp.
void ak_transpose_conv_f32(const ak_transpose_conv_shape *shape, const ak_float_range *activation,
                           const float *input, const float *filter, const float *bias, float *output);

// int16 activations with int8 filters, symmetric: zero points are not read.
//
// `_acc64` sums in 64 bits with an int64 bias and scales with `ak_requantize_s64` (shifts at most 14);
// `_acc32` sums in 32 bits, wrapping, with an int32 bias and scales with `ak_requantize`. Which one a
// model gets is decided by the type of its bias.

void ak_conv2d_s16_acc64(const ak_conv2d_shape *shape, const ak_linear_quantization *quantization,
                         const ak_multiplier *multipliers, const int16_t *input, const int8_t *filter,
                         const int64_t *bias, int16_t *output);
void ak_conv2d_s16_acc32(const ak_conv2d_shape *shape, const ak_linear_quantization *quantization,
                         const ak_multiplier *multipliers, const int16_t *input, const int8_t *filter,
                         const int32_t *bias, int16_t *output);
void ak_depthwise_conv2d_s16_acc64(const ak_depthwise_conv2d_shape *shape,
                                   const ak_linear_quantization *quantization,
                                   const ak_multiplier *multipliers, const int16_t *input,
                                   const int8_t *filter, const int64_t *bias, int16_t *output);
void ak_transpose_conv_s16_acc64(const ak_transpose_conv_shape *shape,
                                 const ak_linear_quantization *quantization, const ak_multiplier *multipliers,
                                 const int16_t *input, const int8_t *filter, const int64_t *bias,
                                 int16_t *output);

#endif
