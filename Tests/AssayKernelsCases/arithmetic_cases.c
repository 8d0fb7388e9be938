#include <float.h>
#include <math.h>

#include "assay_kernels.h"
#include "kernel_groups.h"

static const ak_multiplier half = {1 << 30, 0}, one = {1 << 30, 1};
static const ak_binary_range open = {-FLT_MAX, FLT_MAX, INT32_MIN, INT32_MAX};

// Both operands and the result in one scale: sums of codes are sums.
static ak_binary_quantization same_scale(void) {
  return (ak_binary_quantization){0, 0, 0, 20, half, half, {1 << 30, -18}, INT8_MIN, INT8_MAX};
}

static int add(int8_t a, int8_t b, ak_binary_quantization q) {
  int8_t out;
  ak_add_s8(&a, 1, &b, 1, &out, 1, &q);
  return out;
}

static int subtract(int8_t a, int8_t b, ak_binary_quantization q) {
  int8_t out;
  ak_sub_s8(&a, 1, &b, 1, &out, 1, &q);
  return out;
}

static int divide(int8_t a, int8_t b, ak_binary_quantization q) {
  int8_t out;
  ak_div_s8(&a, 1, &b, 1, &out, 1, &q);
  return out;
}

static void sums_of_codes_saturate_at_the_activation_range(void **state) {
  (void)state;
  ak_binary_quantization q = same_scale();
  assert_int_equal(add(100, 27, q), 127);
  assert_int_equal(add(127, 127, q), 127);
  assert_int_equal(add(-128, -128, q), -128);
  assert_int_equal(subtract(-128, 127, q), -128);
  q.activation_min = 0, q.activation_max = 6;
  assert_int_equal(add(-5, 2, q), 0);
  assert_int_equal(add(5, 2, q), 6);
}

static void zero_points_at_both_ends_cancel(void **state) {
  (void)state;
  ak_binary_quantization q = same_scale();
  q.a_zero_point = -128, q.b_zero_point = 127, q.out_zero_point = -128;
  assert_int_equal(add(-128, 127, q), -128);
  assert_int_equal(add(127, 127, q), 127);
  assert_int_equal(add(127, -128, q), -128);
}

static void products_of_the_extreme_codes_fit(void **state) {
  (void)state;
  ak_binary_quantization q = {127, 127, 0, 0, one, one, {1 << 30, -9}, INT8_MIN, INT8_MAX};
  int8_t a = -128, b = -128, out;
  ak_mul_s8(&a, 1, &b, 1, &out, 1, &q);
  assert_int_equal(out, 64); // 255 * 255 / 1024 is 63.5, half away from zero
  int16_t c = INT16_MIN, d = INT16_MIN, out_s16;
  ak_binary_quantization wide = {0, 0, 0, 0, one, one, {1 << 30, -14}, INT16_MIN, INT16_MAX};
  ak_mul_s16(&c, 1, &d, 1, &out_s16, 1, &wide);
  assert_int_equal(out_s16, INT16_MAX);
}

static void quotients_follow_signs_and_a_zero_divisor_gives_zero(void **state) {
  (void)state;
  ak_binary_quantization q = {0, 0, 0, 0, one, one, one, INT8_MIN, INT8_MAX};
  assert_int_equal(divide(100, 10, q), 10);
  assert_int_equal(divide(-100, 10, q), -10);
  assert_int_equal(divide(100, -10, q), -10);
  assert_int_equal(divide(-128, 1, q), -128);
  q.out_zero_point = 7;
  assert_int_equal(divide(55, 0, q), 7);
}

static void squared_differences_do_not_overflow_at_the_ends(void **state) {
  (void)state;
  ak_binary_quantization q = {0, 0, -128, 7, half, half, {1 << 30, -20}, INT8_MIN, INT8_MAX};
  int8_t a = -128, b = 127, out;
  ak_squared_difference_s8(&a, 1, &b, 1, &out, 1, &q);
  assert_int_equal(out, (255 * 255 * 64 * 64 + (1 << 20)) / (1 << 21) - 128);
}

static void prelu_scales_each_side_by_its_own(void **state) {
  (void)state;
  ak_binary_quantization q = {0, 0, 0, 0, one, one, {1 << 30, -1}, INT8_MIN, INT8_MAX};
  int8_t a[2] = {100, -100}, b[2] = {3, 2}, out[2];
  ak_prelu_s8(a, 1, b, 1, out, 2, &q);
  assert_int_equal(out[0], 100);
  assert_int_equal(out[1], -50);
  int16_t wide[2] = {INT16_MIN, INT16_MAX}, out_s16[2];
  ak_binary_quantization wide_q = {0, 0, 0, 0, one, one, {1 << 30, -1}, INT16_MIN, INT16_MAX};
  ak_prelu_s16(wide, 1, b + 1, 0, out_s16, 2, &wide_q);
  assert_int_equal(out_s16[0], -16384);
  assert_int_equal(out_s16[1], INT16_MAX);
}

static void integers_wrap_and_division_by_zero_gives_zero(void **state) {
  (void)state;
  int32_t a[2] = {INT32_MAX, INT32_MIN}, b[2] = {1, -1}, zero[2] = {0, 0}, out[2];
  ak_add_s32(a, 1, b, 1, out, 2, &open);
  assert_int_equal(out[0], INT32_MIN);
  assert_int_equal(out[1], INT32_MAX);
  ak_mul_s32(a, 1, a, 1, out, 2, &open);
  assert_int_equal(out[0], 1);
  assert_int_equal(out[1], 0);
  ak_div_s32(a, 1, b, 1, out, 2, &open);
  assert_int_equal(out[1], INT32_MIN);
  ak_div_s32(a, 1, zero, 1, out, 2, &open);
  assert_int_equal(out[0], 0);
  ak_sub_s32(a, 1, b, 1, out, 2, &(ak_binary_range){0, 0, 0, 6});
  assert_int_equal(out[0], 6);
  assert_int_equal(out[1], 0);
}

static void floats_clamp_overflow_and_let_nan_through(void **state) {
  (void)state;
  float a[3] = {FLT_MAX, -FLT_MAX, NAN}, out[3];
  ak_add_f32(a, 1, a, 1, out, 3, &open);
  assert_true(out[0] == FLT_MAX && out[1] == -FLT_MAX && isnan(out[2]));
  ak_maximum_f32(a + 2, 1, a, 1, out, 1, &open);
  assert_true(out[0] == FLT_MAX);
}

static void floor_modulo_has_the_sign_of_its_divisor(void **state) {
  (void)state;
  float a[4] = {5, -5, 5, -5}, b[4] = {3, 3, -3, -3}, out[4];
  ak_floor_mod_f32(a, 1, b, 1, out, 4, &open);
  assert_true(out[0] == 2 && out[1] == 1 && out[2] == -1 && out[3] == -2);
  ak_floor_div_f32(a, 1, b, 1, out, 4, &open);
  assert_true(out[0] == 1 && out[1] == -2 && out[2] == -2 && out[3] == 1);
}

static void a_step_of_zero_repeats_one_element(void **state) {
  (void)state;
  int64_t a[3] = {INT64_MIN, 0, INT64_MAX}, b = 5, out[3];
  ak_maximum_s64(a, 1, &b, 0, out, 3);
  assert_true(out[0] == 5 && out[1] == 5 && out[2] == INT64_MAX);
  ak_minimum_s64(&b, 0, a, 1, out, 3);
  assert_true(out[0] == INT64_MIN && out[1] == 0 && out[2] == 5);
  ak_minimum_s64(&b, 0, a, 1, out, 0);
}

static void sums_of_many_start_where_the_device_starts(void **state) {
  (void)state;
  ak_binary_quantization q = same_scale();
  int8_t a[2] = {3, 127};
  int8_t out[2];
  int32_t sums[2] = {0, 0};
  q.a_zero_point = 1;
  ak_accumulate_s8(a, sums, 2, &q);
  ak_accumulated_s8(sums, out, 2, &q);
  assert_int_equal(out[0], 3 - 1 - 1); // one zero point too many
  assert_int_equal(out[1], 125);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(sums_of_codes_saturate_at_the_activation_range),
    cmocka_unit_test(zero_points_at_both_ends_cancel),
    cmocka_unit_test(products_of_the_extreme_codes_fit),
    cmocka_unit_test(quotients_follow_signs_and_a_zero_divisor_gives_zero),
    cmocka_unit_test(squared_differences_do_not_overflow_at_the_ends),
    cmocka_unit_test(prelu_scales_each_side_by_its_own),
    cmocka_unit_test(integers_wrap_and_division_by_zero_gives_zero),
    cmocka_unit_test(floats_clamp_overflow_and_let_nan_through),
    cmocka_unit_test(floor_modulo_has_the_sign_of_its_divisor),
    cmocka_unit_test(a_step_of_zero_repeats_one_element),
    cmocka_unit_test(sums_of_many_start_where_the_device_starts),
};
const kernel_group arithmetic_cases = {"arithmetic", tests, sizeof tests / sizeof tests[0]};
