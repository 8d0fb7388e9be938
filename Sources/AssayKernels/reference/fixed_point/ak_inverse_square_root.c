#include "ak_fixed_point.h"
#include "ak_rounding.h"

// Product of two Q3.28 numbers, in Q6.25 as the multiplication leaves it.
static int32_t multiply(int32_t a, int32_t b) { return ak_high_multiply(a, b); }

ak_multiplier ak_inverse_square_root(int32_t a) {
  if (a <= 1) return (ak_multiplier){INT32_MAX, 0};
  int32_t right_shift = 11;
  for (; a >= 1 << 29; a /= 4) right_shift++;
  // Bring `a` into [2^27, 2^29) by pairs of bits: each pair is one bit of the root.
  int32_t pairs = (__builtin_clz((uint32_t)a) - 1) / 2 - 1;
  right_shift -= pairs;
  int32_t input = (a << (2 * pairs)) >> 1;
  int32_t half_input = ak_rounding_shift_right(input, 1);
  const int32_t three_halves = (1 << 28) + (1 << 27);
  // Newton-Raphson from 1; five steps are the device's choice and therefore part of the result.
  int32_t x = 1 << 28;
  for (int step = 0; step < 5; step++) {
    int32_t cube = ak_saturating_shift_left(multiply(multiply(x, x), x), 6);
    x = ak_saturating_shift_left(multiply(three_halves, x) - multiply(half_input, cube), 3);
  }
  const int32_t half_square_root_of_2 = 1518500250;
  int32_t mantissa = ak_high_multiply(x, half_square_root_of_2);
  if (right_shift < 0) return (ak_multiplier){ak_wrapping_shift_left(mantissa, -right_shift), 0};
  return (ak_multiplier){mantissa, -right_shift};
}
