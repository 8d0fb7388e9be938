#include <math.h>

#include "assay_kernels.h"
#include "kernel_groups.h"

static const ak_multiplier one = {1 << 30, 1};

static int8_t map(ak_map_s8 *kernel, int8_t code, ak_map_quantization q) {
  int8_t out;
  kernel(&code, &out, 1, &q);
  return out;
}

static int16_t map_s16(ak_map_s16 *kernel, int16_t code, ak_map_quantization q) {
  int16_t out;
  kernel(&code, &out, 1, &q);
  return out;
}

static void relus_clamp_at_their_codes(void **state) {
  (void)state;
  ak_map_quantization q = {-128, 0, one, one, 0, 0, INT8_MAX};
  assert_int_equal(map(ak_rescale_s8, -128, q), 0);
  assert_int_equal(map(ak_rescale_s8, 127, q), 127);
  q.min = -3, q.max = 9;
  assert_int_equal(map(ak_clamp_s8, -128, q), -3);
  assert_int_equal(map(ak_clamp_s8, 127, q), 9);
  assert_int_equal(map(ak_clamp_s8, 4, q), 4);
  ak_map_quantization wide = {0, 0, one, one, 0, 0, INT16_MAX};
  assert_int_equal(map_s16(ak_rescale_s16, INT16_MIN, wide), 0);
  assert_int_equal(map_s16(ak_rescale_s16, INT16_MAX, wide), INT16_MAX);
  assert_int_equal(map_s16(ak_clamp_s16, INT16_MIN, wide), 0);
}

static void leaky_relu_takes_a_negative_factor(void **state) {
  (void)state;
  ak_map_quantization q = {0, 0, one, {-(1 << 30), 0}, 0, INT8_MIN, INT8_MAX};
  assert_int_equal(map(ak_leaky_relu_s8, -128, q), 64);
  assert_int_equal(map(ak_leaky_relu_s8, 127, q), 127);
  ak_map_quantization wide = {0, 0, one, {-(1 << 30), 0}, 0, INT16_MIN, INT16_MAX};
  assert_int_equal(map_s16(ak_leaky_relu_s16, INT16_MIN, wide), 16384);
  // Halves round as the positive factor rounds them: -9 / 2 to -4.
  assert_int_equal(map_s16(ak_leaky_relu_s16, -9, wide), 4);
}

// 5 * 0.25 is 1.25: doubled and rounded half up it would be 3, and then 2.
static void leaky_relu_rounds_products_of_negatives_toward_zero(void **state) {
  (void)state;
  ak_map_quantization q = {0, 0, one, {-(1 << 30), -1}, 0, INT8_MIN, INT8_MAX};
  assert_int_equal(map(ak_leaky_relu_s8, -5, q), 1);
  assert_int_equal(map(ak_leaky_relu_s8, -6, q), 2);
  assert_int_equal(map(ak_leaky_relu_s8, -7, q), 2);
}

static void magnitudes_of_the_lowest_code_saturate(void **state) {
  (void)state;
  ak_map_quantization q = {0, 0, one, one, 0, INT8_MIN, INT8_MAX};
  assert_int_equal(map(ak_abs_s8, -128, q), 127);
  assert_int_equal(map(ak_abs_s8, -5, q), 5);
  ak_map_quantization wide = {0, 0, one, one, 0, INT16_MIN, INT16_MAX};
  assert_int_equal(map_s16(ak_abs_s16, INT16_MIN, wide), INT16_MAX);
}

static void inverse_roots_are_largest_at_zero(void **state) {
  (void)state;
  // Input scale 1, output scale 1/64.
  ak_map_quantization q = {-128, -128, {1 << 30, 7}, one, 0, INT8_MIN, INT8_MAX};
  assert_int_equal(map(ak_rsqrt_s8, -128, q), 127);
  assert_int_equal(map(ak_rsqrt_s8, -128 + 1, q), 64 - 128);
  assert_int_equal(map(ak_rsqrt_s8, -128 + 16, q), 16 - 128);
  assert_int_equal(map(ak_rsqrt_s8, 127, q), 4 - 128);
  ak_map_quantization wide = {0, 0, {1 << 30, 15}, one, 0, INT16_MIN, INT16_MAX};
  assert_int_equal(map_s16(ak_rsqrt_s16, 0, wide), INT16_MAX);
  assert_int_equal(map_s16(ak_rsqrt_s16, 16384, wide), 128);
}

static void sigmoids_follow_their_functions_at_every_code(void **state) {
  (void)state;
  // Input scale 1/16: a code is 2^23 in Q4.27.
  ak_map_quantization q = {0, 0, {1 << 30, 24}, one, 240, INT8_MIN, INT8_MAX};
  for (int code = INT8_MIN; code <= INT8_MAX; code++) {
    double x = code / 16.0;
    double logistic = round(256 / (1 + exp(-x))) - 128, tangent = round(128 * tanh(x));
    assert_true(fabs(map(ak_logistic_s8, (int8_t)code, q) - fmin(logistic, 127)) <= 1);
    assert_true(fabs(map(ak_tanh_s8, (int8_t)code, q) - fmin(tangent, 127)) <= 1);
  }
  q.range_radius = 1;
  assert_int_equal(map(ak_logistic_s8, 1, q), 127);
  assert_int_equal(map(ak_tanh_s8, -1, q), -128);
}

static void table_sigmoids_follow_their_functions_for_both_kinds_of_scale(void **state) {
  (void)state;
  // Scale 2^-12 by the shift, and by the equal factor 3 = 24576 / 2^13.
  const ak_multiplier scales[] = {{0, 0}, {24576, 13}};
  for (size_t s = 0; s < 2; s++)
    for (int code = INT16_MIN; code <= INT16_MAX; code += 77) {
      ak_map_quantization q = {0, 0, scales[s], one, 0, INT16_MIN, INT16_MAX};
      double x = code / 4096.0;
      assert_true(fabs(map_s16(ak_logistic_s16, (int16_t)code, q) - 32768 / (1 + exp(-x))) < 4);
      assert_true(fabs(map_s16(ak_tanh_s16, (int16_t)code, q) - 32768 * tanh(x)) < 8);
    }
  ak_map_quantization steep = {0, 0, {32767, 0}, one, 0, INT16_MIN, INT16_MAX};
  assert_int_equal(map_s16(ak_logistic_s16, INT16_MAX, steep), INT16_MAX);
  assert_in_range(map_s16(ak_logistic_s16, INT16_MIN, steep), 0, 1);
  assert_int_equal(map_s16(ak_tanh_s16, INT16_MIN, steep), -INT16_MAX);
  ak_map_quantization flat = {0, 0, {1, 31}, one, 0, INT16_MIN, INT16_MAX};
  assert_int_equal(map_s16(ak_tanh_s16, INT16_MAX, flat), 0);
}

static void hard_swish_is_zero_below_and_the_identity_above(void **state) {
  (void)state;
  // Scale 1/16 in and out: 1/2048 of it is hires; 2^-7, and 85.33 / 16 = 5.33 of 3/32768.
  ak_map_quantization q = {0, 0, {1 << 14, -6}, {21845, 3}, 0, INT8_MIN, INT8_MAX};
  assert_int_equal(map(ak_hard_swish_s8, -128, q), 0);
  assert_int_equal(map(ak_hard_swish_s8, -48, q), 0);
  assert_int_equal(map(ak_hard_swish_s8, 0, q), 0);
  assert_true(map(ak_hard_swish_s8, 127, q) >= 126);
  for (int code = INT8_MIN; code <= INT8_MAX; code++) {
    double x = code / 16.0, expected = x * fmin(6, fmax(0, x + 3)) / 6 * 16;
    assert_true(fabs(map(ak_hard_swish_s8, (int8_t)code, q) - expected) < 1.5);
  }
}

static void lookup_reaches_both_ends_of_its_table(void **state) {
  (void)state;
  int8_t table[256], in[3] = {-128, 0, 127}, out[3];
  for (int i = 0; i < 256; i++) table[i] = (int8_t)(127 - i);
  ak_lookup_s8(table, in, out, 3);
  assert_int_equal(out[0], 127);
  assert_int_equal(out[1], -1);
  assert_int_equal(out[2], -128);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(relus_clamp_at_their_codes),
    cmocka_unit_test(leaky_relu_takes_a_negative_factor),
    cmocka_unit_test(leaky_relu_rounds_products_of_negatives_toward_zero),
    cmocka_unit_test(magnitudes_of_the_lowest_code_saturate),
    cmocka_unit_test(inverse_roots_are_largest_at_zero),
    cmocka_unit_test(sigmoids_follow_their_functions_at_every_code),
    cmocka_unit_test(table_sigmoids_follow_their_functions_for_both_kinds_of_scale),
    cmocka_unit_test(hard_swish_is_zero_below_and_the_identity_above),
    cmocka_unit_test(lookup_reaches_both_ends_of_its_table),
};
const kernel_group activation_cases = {"activation", tests, sizeof tests / sizeof tests[0]};
