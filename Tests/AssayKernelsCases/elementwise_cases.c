#include <math.h>

#include "assay_kernels.h"
#include "kernel_groups.h"

static void nan_is_unequal_to_everything(void **state) {
  (void)state;
  const float a[3] = {NAN, 1, -0.0f}, b[3] = {NAN, 2, 0.0f};
  uint8_t out[3];
  ak_compare_f32(AK_EQUAL, a, 1, b, 1, out, 3);
  assert_true(!out[0] && !out[1] && out[2]);
  ak_compare_f32(AK_NOT_EQUAL, a, 1, b, 1, out, 3);
  assert_true(out[0] && out[1] && !out[2]);
  ak_compare_f32(AK_GREATER_EQUAL, a, 1, b, 1, out, 3);
  assert_true(!out[0] && !out[1] && out[2]);
}

static void all_comparisons_hold_at_the_ends_of_integers(void **state) {
  (void)state;
  const int32_t low = INT32_MIN, high = INT32_MAX;
  const int64_t lowest = INT64_MIN, highest = INT64_MAX;
  const int expected[6] = {0, 1, 1, 1, 0, 0};
  for (ak_comparison is = AK_EQUAL; is <= AK_GREATER_EQUAL; is++) {
    uint8_t out, wide;
    ak_compare_s32(is, &low, 1, &high, 1, &out, 1);
    ak_compare_s64(is, &lowest, 1, &highest, 1, &wide, 1);
    assert_int_equal(out, expected[is]);
    assert_int_equal(wide, expected[is]);
  }
}

static void codes_compare_by_what_they_mean(void **state) {
  (void)state;
  // 127 of scale 1/4 about -128 is 63.75, 127 of scale 1/2 about 0 is 63.5.
  const ak_comparison_quantization q = {-128, 0, {1 << 30, -1}, {1 << 30, 0}};
  const int8_t a = 127, b[2] = {127, 0};
  uint8_t out[2];
  ak_compare_s8(AK_GREATER, &a, 0, b, 1, out, 2, &q);
  assert_true(out[0] && out[1]);
}

static void booleans_are_any_byte_but_zero(void **state) {
  (void)state;
  const uint8_t a[3] = {0, 1, 200}, b[3] = {0, 255, 0};
  uint8_t out[3];
  ak_compare_bool(AK_EQUAL, a, 1, b, 1, out, 3);
  assert_true(out[0] && out[1] && !out[2]);
  ak_logical_and(a, 1, b, 1, out, 3);
  assert_true(out[0] == 0 && out[1] == 1 && out[2] == 0);
  ak_logical_or(a, 1, b, 1, out, 3);
  assert_true(out[0] == 0 && out[1] == 1 && out[2] == 1);
  ak_logical_not(a, out, 3);
  assert_true(out[0] == 1 && out[1] == 0 && out[2] == 0);
}

static void select_moves_elements_of_every_width(void **state) {
  (void)state;
  const uint8_t condition[2] = {0, 3};
  const int64_t a[2] = {INT64_MIN, INT64_MAX}, b = 7;
  int64_t out[2];
  ak_select(condition, 1, a, 1, &b, 0, out, 2, 8);
  assert_true(out[0] == 7 && out[1] == INT64_MAX);
  uint8_t bytes[2];
  ak_select(condition + 1, 0, "ab", 1, "cd", 1, bytes, 2, 1);
  assert_memory_equal(bytes, "ab", 2);
}

static float map(ak_function function, float x) {
  ak_map_f32(function, &x, &x, 1);
  return x;
}

static void rounding_goes_to_even_as_the_device_rounds(void **state) {
  (void)state;
  assert_true(map(AK_ROUND, 0.5f) == 0 && map(AK_ROUND, 1.5f) == 2 && map(AK_ROUND, 2.5f) == 2);
  assert_true(map(AK_ROUND, -0.5f) == 0 && map(AK_ROUND, -1.5f) == -2 && map(AK_ROUND, -2.6f) == -3);
  assert_true(map(AK_ROUND, 16777217.0f) == 16777216.0f && isinf(map(AK_ROUND, INFINITY)));
}

static void activations_take_extremes(void **state) {
  (void)state;
  assert_true(map(AK_RELU, -INFINITY) == 0 && isnan(map(AK_RELU, NAN)));
  assert_true(map(AK_RELU6, INFINITY) == 6 && map(AK_RELU6, -1) == 0);
  assert_true(map(AK_LOGISTIC, 1e30f) == 1 && map(AK_LOGISTIC, -1e30f) == 0 && map(AK_LOGISTIC, 0) == 0.5f);
  assert_true(map(AK_TANH, 1e30f) == 1 && map(AK_TANH, -1e30f) == -1);
  assert_true(map(AK_HARD_SWISH, -3) == 0 && map(AK_HARD_SWISH, 1e6f) == 1e6f);
  assert_true(map(AK_ELU, -INFINITY) == -1 && map(AK_ELU, 5) == 5);
}

static void functions_are_the_ones_named(void **state) {
  (void)state;
  assert_true(map(AK_ABS, -2) == 2 && map(AK_NEG, 2) == -2 && map(AK_SQUARE, -3) == 9);
  assert_true(map(AK_SQRT, 9) == 3 && map(AK_RSQRT, 4) == 0.5f && isinf(map(AK_RSQRT, 0)));
  assert_true(map(AK_FLOOR, -0.5f) == -1 && map(AK_CEIL, 0.5f) == 1);
  assert_true(map(AK_EXP, 0) == 1 && map(AK_LOG, 1) == 0 && map(AK_SIN, 0) == 0 && map(AK_COS, 0) == 1);
}

static void leaky_relu_multiplies_what_is_not_above_zero(void **state) {
  (void)state;
  const float in[3] = {-2, 0, 3};
  float out[3];
  ak_leaky_relu_f32(-0.5f, in, out, 3);
  assert_true(out[0] == 1 && out[1] == 0 && out[2] == 3);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(nan_is_unequal_to_everything),
    cmocka_unit_test(all_comparisons_hold_at_the_ends_of_integers),
    cmocka_unit_test(codes_compare_by_what_they_mean),
    cmocka_unit_test(booleans_are_any_byte_but_zero),
    cmocka_unit_test(select_moves_elements_of_every_width),
    cmocka_unit_test(rounding_goes_to_even_as_the_device_rounds),
    cmocka_unit_test(activations_take_extremes),
    cmocka_unit_test(functions_are_the_ones_named),
    cmocka_unit_test(leaky_relu_multiplies_what_is_not_above_zero),
};
const kernel_group elementwise_cases = {"element-wise", tests, sizeof tests / sizeof tests[0]};
