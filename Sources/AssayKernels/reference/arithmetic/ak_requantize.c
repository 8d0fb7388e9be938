#include "ak_requantize.h"

// High 32 bits of 2ab, rounded half up. (The device's library words it as a nudge that depends on the
// sign and a division that truncates toward zero; the values are the same.)
static int32_t doubling_high_multiply(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX; // The one product that does not fit.
  return (int32_t)(((int64_t)a * b + (INT64_C(1) << 30)) >> 31);
}

static int32_t rounding_divide_by_power_of_two(int32_t x, int32_t exponent) {
  int32_t mask = (int32_t)((INT64_C(1) << exponent) - 1);
  int32_t remainder = x & mask;
  int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

int32_t ak_requantize(int32_t x, int32_t mantissa, int32_t shift) {
  int32_t left = shift > 0 ? shift : 0;
  int32_t right = shift > 0 ? 0 : -shift;
  // Shifts wrap in 32 bits as on the device; unsigned arithmetic makes that defined in C.
  int32_t shifted = (int32_t)((uint32_t)x << left);
  return rounding_divide_by_power_of_two(doubling_high_multiply(shifted, mantissa), right);
}
