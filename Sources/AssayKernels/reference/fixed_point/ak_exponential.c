#include "ak_fixed_point.h"
#include "ak_rounding.h"

// exp(a) for a in [-1/4, 0): a Taylor polynomial of degree four around -1/8.
static int32_t exp_of_quarter(int32_t a) {
  const int32_t exp_minus_eighth = 1895147668;
  const int32_t third = 715827883;
  int32_t x = a + (1 << 28);
  int32_t x2 = ak_high_multiply(x, x);
  int32_t x3 = ak_high_multiply(x2, x);
  int32_t x4 = ak_high_multiply(x2, x2);
  int32_t cubic = ak_high_multiply(ak_rounding_shift_right(x4, 2) + x3, third);
  return exp_minus_eighth + ak_high_multiply(exp_minus_eighth, x + ak_rounding_shift_right(cubic + x2, 1));
}

int32_t ak_exp_of_nonpositive(int32_t a, int32_t integer_bits) {
  // exp(-2^k) in Q0.31 for k = -2, -1, ... 4.
  static const int32_t factors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  if (a == 0) return INT32_MAX;
  int32_t fraction_bits = 31 - integer_bits;
  int32_t quarter = 1 << (fraction_bits - 2);
  int32_t remainder = (a & (quarter - 1)) - quarter;
  int32_t result = exp_of_quarter(ak_saturating_shift_left(remainder, integer_bits));
  int32_t whole = ak_wrapping_sub(remainder, a);
  for (int32_t k = 0; k < 7 && k - 2 < integer_bits; k++) {
    if (whole & (1 << (fraction_bits + k - 2))) result = ak_high_multiply(result, factors[k]);
  }
  // With six integer bits, arguments below -32 are out of the factors' reach.
  return integer_bits > 5 && a < -(1 << (36 - integer_bits)) ? 0 : result;
}

// 2 / (1 + a) in Q2.29: three Newton-Raphson steps from the linear estimate 48/17 - 32/17 d.
static int32_t two_over_one_plus(int32_t a) {
  int64_t sum = (int64_t)a + INT32_MAX;
  int32_t half_denominator = (int32_t)((sum + 1) / 2);
  int32_t x = 1515870810 + ak_high_multiply(half_denominator, -1010580540);
  for (int step = 0; step < 3; step++) {
    int32_t error = (1 << 29) - ak_high_multiply(half_denominator, x);
    x += ak_saturating_shift_left(ak_high_multiply(x, error), 2);
  }
  return x;
}

// Halving a Q2.29 number is reading it as Q1.30.
int32_t ak_one_over_one_plus(int32_t a) { return ak_saturating_shift_left(two_over_one_plus(a), 1); }

int32_t ak_logistic_q4(int32_t a) {
  if (a == 0) return 1 << 30;
  int32_t positive = ak_one_over_one_plus(ak_exp_of_nonpositive(a > 0 ? -a : a, 4));
  return a > 0 ? positive : INT32_MAX - positive;
}

int32_t ak_tanh_q4(int32_t a) {
  if (a == 0) return 0;
  // Doubling a Q4.27 number is reading it as Q5.26. (1 - e) / (1 + e) = 2 / (1 + e) - 1.
  int32_t e = ak_exp_of_nonpositive(a > 0 ? -a : a, 5);
  int32_t magnitude = ak_saturating_shift_left(two_over_one_plus(e) - (1 << 29), 2);
  return a > 0 ? magnitude : -magnitude;
}

int32_t ak_reciprocal(int32_t a, int32_t integer_bits, int32_t *bits_over_unit) {
  int32_t headroom = __builtin_clz((uint32_t)a);
  *bits_over_unit = integer_bits - headroom;
  uint32_t above_one = ((uint32_t)a << headroom) - (UINT32_C(1) << 31);
  return ak_one_over_one_plus((int32_t)above_one);
}
