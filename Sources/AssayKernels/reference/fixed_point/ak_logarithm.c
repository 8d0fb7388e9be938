#include "ak_fixed_point.h"
#include "ak_rounding.h"

// With a = 2^e * r, log(a) = e log(2) + log(r). The quotient of polynomials that approximates log(r) is
// centred on the fourth root of 1/2, so e is chosen a quarter off the usual place; two candidates
// are computed and the one with the smaller r (and larger e) is taken.
typedef struct {
  int32_t mantissa;     // r in Q0.31
  int32_t quarter_bits; // e in Q6.25
} normalised;

static normalised normalise(int32_t a) {
  const int32_t square_root_of_half = 1518500250;
  const int32_t integer_bits = 12, quarter = 1 << 23;
  int32_t headroom_a = __builtin_clz((uint32_t)a);
  int32_t root = ak_high_multiply(ak_saturating_shift_left(a, headroom_a - 1), square_root_of_half);
  int32_t mantissa_a = ak_saturating_shift_left(root, 1);
  int32_t bits_a = (integer_bits - headroom_a) * (1 << 25) + quarter;
  int32_t headroom_b = __builtin_clz((uint32_t)ak_high_multiply(a, square_root_of_half)) - 1;
  int32_t mantissa_b = ak_saturating_shift_left(a, headroom_b);
  int32_t bits_b = (integer_bits - headroom_b) * (1 << 25) - quarter;
  return (normalised){mantissa_a < mantissa_b ? mantissa_a : mantissa_b, bits_a > bits_b ? bits_a : bits_b};
}

int32_t ak_log_q12(int32_t a) {
  const int32_t log_2 = 1488522236, fourth_root_of_half = 1805811301;
  const int32_t alpha_n = 117049297, alpha_d = 127690142, alpha_i = 1057819769, alpha_f = 638450708;
  normalised n = normalise(a);
  int32_t r = n.mantissa;
  int32_t p = (int32_t)(((int64_t)r + fourth_root_of_half + 1) / 2);
  int32_t q = 2 * (r - fourth_root_of_half);
  int32_t square = ak_high_multiply(q, q);
  int32_t numerator = ak_high_multiply(q, r) + ak_high_multiply(ak_high_multiply(q, square), alpha_n);
  int32_t sum = alpha_i + q + ak_high_multiply(alpha_d, square);
  int32_t denominator = ak_high_multiply(p, sum) + ak_high_multiply(alpha_f, q);
  int32_t fraction =
      ak_high_multiply(ak_rounding_shift_right(numerator, 6), ak_one_over_one_plus(denominator));
  return ak_saturating_shift_left(ak_high_multiply(n.quarter_bits, log_2) + fraction, 1);
}
