// FULLY_CONNECTED: a matrix product with bias.
#ifndef AK_FULLY_CONNECTED_H
#define AK_FULLY_CONNECTED_H
#include "ak_linear.h"

/// Sizes of a fully connected layer, in elements, all at least 1.
///
/// - input   `[batches, depth]`
/// - filter  `[outputs, depth]`
/// - bias    `[outputs]`, or NULL for none
/// - output  `[batches, outputs]`
typedef struct {
  ptrdiff_t batches;
  ptrdiff_t depth;
  ptrdiff_t outputs;
} ak_fully_connected_shape;

/// FULLY_CONNECTED on int8 with one filter scale: a 32-bit sum that wraps, bias, requantize, zero
/// point, clamp.
///
/// @param quantization  `filter_zero_point` is honoured.
/// @param multiplier    input scale times filter scale over output scale.
void ak_fully_connected_s8(const ak_fully_connected_shape *shape, const ak_linear_quantization *quantization,
                           ak_multiplier multiplier, const int8_t *input, const int8_t *filter,
                           const int32_t *bias, int8_t *output);

/// FULLY_CONNECTED on int8 with one filter scale per output.
///
/// @param quantization  `filter_zero_point` is not read: per-channel filters are symmetric.
/// @param multipliers   one per output.
void ak_fully_connected_per_channel_s8(const ak_fully_connected_shape *shape,
                                       const ak_linear_quantization *quantization,
                                       const ak_multiplier *multipliers, const int8_t *input,
                                       const int8_t *filter, const int32_t *bias, int8_t *output);

/// FULLY_CONNECTED on float32, summed in input order without fused multiply-add; the bias (0 without
/// one) comes last, then the clamp.
void ak_fully_connected_f32(const ak_fully_connected_shape *shape, const ak_float_range *activation,
                            const float *input, const float *filter, const float *bias, float *output);

// FULLY_CONNECTED on int16 with an int8 filter, input and output symmetric; `filter_zero_point` is
// honoured, the other zero points are not read. There is one multiplier per output, equal ones where
// the filter has one scale.
//
// `_acc64` sums in 64 bits with an int64 bias and scales with `ak_requantize_s64` (shifts at most 14);
// `_acc32` sums in 32 bits, wrapping, with an int32 bias and scales with `ak_requantize`.

void ak_fully_connected_s16_acc64(const ak_fully_connected_shape *shape,
                                  const ak_linear_quantization *quantization,
                                  const ak_multiplier *multipliers, const int16_t *input,
                                  const int8_t *filter, const int64_t *bias, int16_t *output);
void ak_fully_connected_s16_acc32(const ak_fully_connected_shape *shape,
                                  const ak_linear_quantization *quantization,
                                  const ak_multiplier *multipliers, const int16_t *input,
                                  const int8_t *filter, const int32_t *bias, int16_t *output);

#endif
