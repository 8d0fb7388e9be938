// MEAN, SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_ALL, ARG_MAX, ARG_MIN, CUMSUM.
//
// A reduction is accumulated row by row: the caller walks the outer dimensions of the input, and each
// call folds `count` elements, dense in `in`, into `out[0], out[out_step], ...`. `out_step` is 0 when
// the row's own dimension is reduced (everything folds into one element), 1 when it is kept. The
// caller has filled `out` with the fold's neutral element, and calls in the input's order.
#ifndef AK_REDUCTION_H
#define AK_REDUCTION_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ak_requantize.h"

/// Sums in order; neutral element 0. 32-bit sums wrap.
void ak_reduce_sum_f32(const float *in, ptrdiff_t count, float *out, ptrdiff_t out_step);
void ak_reduce_sum_s32(const int32_t *in, ptrdiff_t count, int32_t *out, ptrdiff_t out_step);
void ak_reduce_sum_s16(const int16_t *in, ptrdiff_t count, int32_t *out, ptrdiff_t out_step);
void ak_reduce_sum_s8(const int8_t *in, ptrdiff_t count, int32_t *out, ptrdiff_t out_step);

/// Maxima; neutral element the lowest value of the type (of floats the lowest finite one). NaNs are
/// passed over.
void ak_reduce_max_f32(const float *in, ptrdiff_t count, float *out, ptrdiff_t out_step);
void ak_reduce_max_s16(const int16_t *in, ptrdiff_t count, int16_t *out, ptrdiff_t out_step);
void ak_reduce_max_s8(const int8_t *in, ptrdiff_t count, int8_t *out, ptrdiff_t out_step);

/// Minima; neutral element the highest (finite) value of the type.
void ak_reduce_min_f32(const float *in, ptrdiff_t count, float *out, ptrdiff_t out_step);
void ak_reduce_min_s16(const int16_t *in, ptrdiff_t count, int16_t *out, ptrdiff_t out_step);
void ak_reduce_min_s8(const int8_t *in, ptrdiff_t count, int8_t *out, ptrdiff_t out_step);

/// Conjunction of booleans; neutral element 1.
void ak_reduce_all(const uint8_t *in, ptrdiff_t count, uint8_t *out, ptrdiff_t out_step);

/// `sums[i] / divisor`, for MEAN; `divisor` is at least 1.
void ak_divide_f32(float *sums, ptrdiff_t count, float divisor);

/// How sums of codes become codes: `(sum - sum_zero_point) * scale + out_zero_point`, clamped to the
/// type. For MEAN, 1 / (number of elements) is part of `scale`, whose mantissa may then be below 2^30.
typedef struct {
  int32_t sum_zero_point; ///< elements per sum times the input's zero point, wrapped to 32 bits
  int32_t out_zero_point; ///< a code of the output's type
  ak_multiplier scale;
} ak_sum_quantization;

void ak_sums_to_s8(const int32_t *sums, int8_t *out, ptrdiff_t count,
                   const ak_sum_quantization *quantization);
void ak_sums_to_s16(const int32_t *sums, int16_t *out, ptrdiff_t count,
                    const ak_sum_quantization *quantization);

/// ARG_MAX (or ARG_MIN): the first index of the largest (smallest) element along the middle axis.
///
/// - in   `[outer, axis, inner]`, all at least 1
/// - out  `[outer, inner]`
void ak_arg_max_f32(const float *in, int32_t *out, ptrdiff_t outer, ptrdiff_t axis, ptrdiff_t inner);
void ak_arg_max_s8(const int8_t *in, int32_t *out, ptrdiff_t outer, ptrdiff_t axis, ptrdiff_t inner);
void ak_arg_min_f32(const float *in, int32_t *out, ptrdiff_t outer, ptrdiff_t axis, ptrdiff_t inner);
void ak_arg_min_s8(const int8_t *in, int32_t *out, ptrdiff_t outer, ptrdiff_t axis, ptrdiff_t inner);

/// Direction and kind of a running sum.
typedef struct {
  bool exclusive; ///< an element's own value is not in its sum
  bool reverse;   ///< from the end
} ak_cumsum_order;

/// CUMSUM along the middle axis of `[outer, axis, inner]`.
void ak_cumsum_f32(const float *in, float *out, ptrdiff_t outer, ptrdiff_t axis, ptrdiff_t inner,
                   ak_cumsum_order order);

/// CUMSUM of codes. The device starts a sum with the scaled zero point instead of 0; so does this.
///
/// @param out_scale  2 * input scale / (2^20 * output scale), below 1.
void ak_cumsum_s8(const int8_t *in, int8_t *out, ptrdiff_t outer, ptrdiff_t axis, ptrdiff_t inner,
                  ak_cumsum_order order, int32_t in_zero_point, int32_t out_zero_point,
                  ak_multiplier out_scale);

#endif
