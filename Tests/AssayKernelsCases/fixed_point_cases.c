#include <math.h>

#include "assay_kernels.h"
#include "kernel_groups.h"

static double q(int32_t raw, int fraction_bits) { return ldexp((double)raw, -fraction_bits); }

static void exponentials_agree_with_exp_over_their_whole_range(void **state) {
  (void)state;
  for (int32_t bits = 4; bits <= 6; bits++)
    for (int64_t a = INT32_MIN; a <= 0; a += 123457) {
      double expected = exp(q((int32_t)a, 31 - bits));
      assert_true(fabs(q(ak_exp_of_nonpositive((int32_t)a, bits), 31) - expected) < 1e-6);
    }
}

static void exponentials_of_the_ends_are_one_and_nothing(void **state) {
  (void)state;
  assert_int_equal(ak_exp_of_nonpositive(0, 5), INT32_MAX);
  assert_int_equal(ak_exp_of_nonpositive(INT32_MIN, 6), 0);
  assert_in_range(ak_exp_of_nonpositive(-1, 5), INT32_MAX - 1024, INT32_MAX);
}

static void reciprocals_of_one_plus_cover_zero_to_one(void **state) {
  (void)state;
  for (int64_t a = 0; a <= INT32_MAX; a += 98765)
    assert_true(fabs(q(ak_one_over_one_plus((int32_t)a), 31) - 1 / (1 + q((int32_t)a, 31))) < 1e-8);
}

static void sigmoids_agree_with_their_functions_at_both_ends(void **state) {
  (void)state;
  for (int64_t a = INT32_MIN; a <= INT32_MAX; a += 1234567) {
    double x = q((int32_t)a, 27);
    assert_true(fabs(q(ak_logistic_q4((int32_t)a), 31) - 1 / (1 + exp(-x))) < 1e-6);
    assert_true(fabs(q(ak_tanh_q4((int32_t)a), 31) - tanh(x)) < 4e-7);
  }
  assert_int_equal(ak_logistic_q4(0), 1 << 30);
  assert_int_equal(ak_tanh_q4(0), 0);
}

static void logarithms_reach_from_one_to_four_thousand(void **state) {
  (void)state;
  for (int64_t a = 1 << 19; a <= INT32_MAX; a += 654321)
    assert_true(fabs(q(ak_log_q12((int32_t)a), 26) - log(q((int32_t)a, 19))) < 1e-6);
}

static void inverse_square_roots_hold_at_every_size(void **state) {
  (void)state;
  for (int64_t a = 2; a <= INT32_MAX; a += a / 3 + 1) {
    ak_multiplier root = ak_inverse_square_root((int32_t)a);
    assert_in_range(-root.shift, 0, 31);
    assert_true(fabs(ldexp((double)root.mantissa, root.shift - 31) * sqrt((double)a) - 1) < 1e-4);
  }
  // 0 is taken for 1.
  assert_int_equal(ak_inverse_square_root(0).mantissa, INT32_MAX);
  assert_int_equal(ak_inverse_square_root(1).mantissa, INT32_MAX);
}

static void reciprocals_say_how_far_above_one_they_were(void **state) {
  (void)state;
  int32_t bits;
  for (int64_t a = 1; a <= INT32_MAX; a += a / 2 + 1) {
    double value = ldexp((double)ak_reciprocal((int32_t)a, 31, &bits), -31 - bits);
    assert_true(fabs(value * (double)a - 1) < 1e-8);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(exponentials_agree_with_exp_over_their_whole_range),
    cmocka_unit_test(exponentials_of_the_ends_are_one_and_nothing),
    cmocka_unit_test(reciprocals_of_one_plus_cover_zero_to_one),
    cmocka_unit_test(sigmoids_agree_with_their_functions_at_both_ends),
    cmocka_unit_test(logarithms_reach_from_one_to_four_thousand),
    cmocka_unit_test(inverse_square_roots_hold_at_every_size),
    cmocka_unit_test(reciprocals_say_how_far_above_one_they_were),
};
const kernel_group fixed_point_cases = {"fixed point", tests, sizeof tests / sizeof tests[0]};
