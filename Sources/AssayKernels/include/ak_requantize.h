#ifndef AK_REQUANTIZE_H
#define AK_REQUANTIZE_H
#include <stdint.h>

/// Scales `x` by `multiplier * 2^(shift - 31)`, rounding twice as TensorFlow Lite Micro does.
///
/// @param multiplier  mantissa in [2^30, 2^31 - 1], or 0.
/// @param shift       exponent in [-31, 30]; positive shifts left before multiplying.
int32_t ak_requantize(int32_t x, int32_t multiplier, int32_t shift);

#endif
