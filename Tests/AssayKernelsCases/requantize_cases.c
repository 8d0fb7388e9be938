#include "assay_kernels.h"
#include "kernel_groups.h"

static void requantize_of_zero_is_zero_at_every_shift(void **state) {
  (void)state;
  for (int32_t shift = -31; shift <= 30; shift++) assert_int_equal(ak_requantize(0, 1 << 30, shift), 0);
}

static void requantize_rounds_half_away_from_zero(void **state) {
  (void)state;
  // A multiplier of 2^30 with shift 0 halves.
  assert_int_equal(ak_requantize(3, 1 << 30, 0), 2);
  assert_int_equal(ak_requantize(-3, 1 << 30, 0), -2);
  assert_int_equal(ak_requantize(1, 1 << 30, 0), 1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(requantize_of_zero_is_zero_at_every_shift),
    cmocka_unit_test(requantize_rounds_half_away_from_zero),
};
const kernel_group requantize_cases = {"requantize", tests, sizeof tests / sizeof tests[0]};
