#include "assay_kernels.h"
#include "kernel_groups.h"

static void requantize_of_zero_is_zero_at_every_shift(void **state) {
  (void)state;
  for (int32_t shift = -31; shift <= 30; shift++) assert_int_equal(ak_requantize(0, 1 << 30, shift), 0);
}

static void the_product_rounds_half_up(void **state) {
  (void)state;
  // A multiplier of 2^30 with shift 0 halves.
  assert_int_equal(ak_requantize(3, 1 << 30, 0), 2);
  assert_int_equal(ak_requantize(-3, 1 << 30, 0), -1);
  assert_int_equal(ak_requantize(1, 1 << 30, 0), 1);
  assert_int_equal(ak_requantize(-1, 1 << 30, 0), 0);
}

static void the_right_shift_rounds_half_away_from_zero(void **state) {
  (void)state;
  // Even numbers are halved exactly by the product; the shift halves once more.
  assert_int_equal(ak_requantize(6, 1 << 30, -1), 2);
  assert_int_equal(ak_requantize(-6, 1 << 30, -1), -2);
  assert_int_equal(ak_requantize(2, 1 << 30, -1), 1);
  assert_int_equal(ak_requantize(-2, 1 << 30, -1), -1);
}

static void requantize_by_one_is_the_identity(void **state) {
  (void)state;
  const int32_t values[] = {0, 1, -1, 127, -128, 1 << 29, -(1 << 29), (1 << 30) - 1, -(1 << 30)};
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
    assert_int_equal(ak_requantize(values[i], 1 << 30, 1), values[i]);
}

static void requantize_rounds_twice(void **state) {
  (void)state;
  // 1 * (2^31 - 1) / 2^31 rounds to 1, and 1 / 2 to 1: once would give 0.
  assert_int_equal(ak_requantize(1, INT32_MAX, -1), 1);
  assert_int_equal(ak_requantize(-1, INT32_MAX, -1), -1);
}

static void requantize_at_the_smallest_shift_keeps_the_sign_bit_only(void **state) {
  (void)state;
  assert_int_equal(ak_requantize(INT32_MAX, INT32_MAX, -31), 1);
  assert_int_equal(ak_requantize(1 << 29, INT32_MAX, -31), 0);
  assert_int_equal(ak_requantize(INT32_MIN, INT32_MAX, -31), -1);
}

static void requantize_wraps_when_a_left_shift_leaves_32_bits(void **state) {
  (void)state;
  assert_int_equal(ak_requantize(4, 1 << 30, 30), 0);
  assert_int_equal(ak_requantize(2, 1 << 30, 30), -(1 << 30));
}

static void requantize_saturates_the_one_product_that_does_not_fit(void **state) {
  (void)state;
  assert_int_equal(ak_requantize(INT32_MIN, INT32_MIN, 0), INT32_MAX);
}

static void requantize_takes_negative_factors(void **state) {
  (void)state;
  assert_int_equal(ak_requantize(4, -(1 << 30), 0), -2);
  assert_int_equal(ak_requantize(-100, -(1 << 30), 1), 100);
}

static void wide_requantize_rounds_half_up(void **state) {
  (void)state;
  assert_int_equal(ak_requantize_s64(3, 1 << 30, 0), 2);
  assert_int_equal(ak_requantize_s64(-3, 1 << 30, 0), -1);
}

static void wide_requantize_cuts_the_mantissa_to_15_bits(void **state) {
  (void)state;
  // 0.75 + 2^-17 in 31 bits is 0.75 in 15; 0x7FFF0000 and above become 0x7FFF, never 0x8000.
  assert_int_equal(ak_requantize_s64(1 << 20, 0x60004000, 0), ak_requantize_s64(1 << 20, 0x60000000, 0));
  assert_int_equal(ak_requantize_s64(1 << 15, INT32_MAX, 0), 0x7FFF);
}

static void wide_requantize_takes_both_ends_of_its_shifts(void **state) {
  (void)state;
  assert_int_equal(ak_requantize_s64(INT64_C(1) << 46, 1 << 30, -31), 1 << 14);
  assert_int_equal(ak_requantize_s64(3, 1 << 30, 14), 3 << 13);
}

static void wide_requantize_narrows_by_wrapping(void **state) {
  (void)state;
  assert_int_equal(ak_requantize_s64(INT64_C(1) << 32, 1 << 30, 1), 0);
  assert_int_equal(ak_requantize_s64((INT64_C(1) << 31) + 5, 1 << 30, 1), INT32_MIN + 5);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(requantize_of_zero_is_zero_at_every_shift),
    cmocka_unit_test(the_product_rounds_half_up),
    cmocka_unit_test(the_right_shift_rounds_half_away_from_zero),
    cmocka_unit_test(requantize_by_one_is_the_identity),
    cmocka_unit_test(requantize_rounds_twice),
    cmocka_unit_test(requantize_at_the_smallest_shift_keeps_the_sign_bit_only),
    cmocka_unit_test(requantize_wraps_when_a_left_shift_leaves_32_bits),
    cmocka_unit_test(requantize_saturates_the_one_product_that_does_not_fit),
    cmocka_unit_test(requantize_takes_negative_factors),
    cmocka_unit_test(wide_requantize_rounds_half_up),
    cmocka_unit_test(wide_requantize_cuts_the_mantissa_to_15_bits),
    cmocka_unit_test(wide_requantize_takes_both_ends_of_its_shifts),
    cmocka_unit_test(wide_requantize_narrows_by_wrapping),
};
const kernel_group requantize_cases = {"requantize", tests, sizeof tests / sizeof tests[0]};
