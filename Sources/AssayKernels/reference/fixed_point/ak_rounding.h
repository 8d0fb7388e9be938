// Fixed-point arithmetic that kernels inline; wrapping where the device's 32-bit registers wrap.
#ifndef AK_ROUNDING_H
#define AK_ROUNDING_H
#include "../arithmetic/ak_inline.h"
#include "ak_requantize.h"

static inline int32_t ak_wrapping_sub(int32_t a, int32_t b) { return (int32_t)((uint32_t)a - (uint32_t)b); }
static inline int32_t ak_wrapping_mul(int32_t a, int32_t b) { return (int32_t)((uint32_t)a * (uint32_t)b); }
static inline int32_t ak_wrapping_shift_left(int32_t a, int32_t bits) {
  return (int32_t)((uint32_t)a << bits);
}

static inline int32_t ak_saturating_shift_left(int32_t x, int32_t bits) {
  int64_t shifted = (int64_t)x * (INT64_C(1) << bits);
  return shifted > INT32_MAX ? INT32_MAX : shifted < INT32_MIN ? INT32_MIN : (int32_t)shifted;
}

// a * b / 2^31, rounded half away from zero: the nudge depends on the sign and the division truncates.
static inline int32_t ak_high_multiply(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  int64_t product = (int64_t)a * (int64_t)b;
  int64_t nudge = product >= 0 ? (INT64_C(1) << 30) : 1 - (INT64_C(1) << 30);
  return (int32_t)((product + nudge) / (INT64_C(1) << 31));
}

// x / 2^exponent, rounded half away from zero; exponent in [0, 31].
static inline int32_t ak_rounding_shift_right(int32_t x, int32_t exponent) {
  int32_t mask = (int32_t)((INT64_C(1) << exponent) - 1);
  int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

// The double rounding of `ak_requantize`, inlined.
static inline int32_t ak_scale(int32_t x, ak_multiplier by) {
  int32_t left = by.shift > 0 ? by.shift : 0;
  int32_t right = by.shift > 0 ? 0 : -by.shift;
  return ak_rounding_shift_right(ak_high_multiply(ak_wrapping_shift_left(x, left), by.mantissa), right);
}

#endif
