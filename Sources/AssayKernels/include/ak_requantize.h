#ifndef AK_REQUANTIZE_H
#define AK_REQUANTIZE_H
#include <stdint.h>

/// A real factor in fixed point: `mantissa * 2^(shift - 31)`.
///
/// Arrays of these, one per output channel, are how kernels take per-channel scales.
typedef struct {
  int32_t mantissa; ///< in [2^30, 2^31 - 1] by magnitude, or 0; negative only where a kernel says so.
  int32_t shift;    ///< in [-31, 30]; positive shifts left before multiplying.
} ak_multiplier;

/// Scales `x` by `mantissa * 2^(shift - 31)`, rounding twice as TensorFlow Lite Micro does.
///
/// @param mantissa  in [2^30, 2^31 - 1] by magnitude, or 0.
/// @param shift     in [-31, 30]; positive shifts left, wrapping in 32 bits, before multiplying.
int32_t ak_requantize(int32_t x, int32_t mantissa, int32_t shift);

/// As `ak_requantize` for the 64-bit sums of int16 activations: the mantissa is cut to 15 bits and
/// the product rounds once, half toward positive infinity.
///
/// @param x         meant for [-2^47, 2^47 - 1]; beyond, the product wraps as on the device.
/// @param mantissa  in [2^30, 2^31 - 1], or 0.
/// @param shift     in [-31, 14].
int32_t ak_requantize_s64(int64_t x, int32_t mantissa, int32_t shift);

#endif
