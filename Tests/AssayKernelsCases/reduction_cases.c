#include <float.h>
#include <math.h>

#include "assay_kernels.h"
#include "kernel_groups.h"

static void rows_fold_into_one_element_or_into_as_many(void **state) {
  (void)state;
  const int8_t in[3] = {-128, 127, 5};
  int32_t one = 10, many[3] = {1, 2, 3};
  ak_reduce_sum_s8(in, 3, &one, 0);
  assert_int_equal(one, 14);
  ak_reduce_sum_s8(in, 3, many, 1);
  assert_int_equal(many[0], -127);
  assert_int_equal(many[2], 8);
  ak_reduce_sum_s8(in, 0, &one, 0);
  assert_int_equal(one, 14);
}

static void sums_of_integers_wrap(void **state) {
  (void)state;
  const int32_t in[2] = {INT32_MAX, 1};
  const int16_t narrow[1] = {INT16_MIN};
  int32_t sum = 0, low = INT32_MIN;
  ak_reduce_sum_s32(in, 2, &sum, 0);
  assert_int_equal(sum, INT32_MIN);
  ak_reduce_sum_s16(narrow, 1, &low, 0);
  assert_int_equal(low, INT32_MAX - 32767);
}

static void sums_of_floats_keep_their_order(void **state) {
  (void)state;
  // 1 is lost in 2^24 when it is added second, and counts when the large terms cancel first.
  const float lost[3] = {16777216, 1, -16777216}, kept[3] = {16777216, -16777216, 1};
  float a = 0, b = 0;
  ak_reduce_sum_f32(lost, 3, &a, 0);
  ak_reduce_sum_f32(kept, 3, &b, 0);
  assert_true(a == 0 && b == 1);
  ak_divide_f32(&b, 1, 4);
  assert_true(b == 0.25f);
}

static void extremes_pass_over_nan(void **state) {
  (void)state;
  const float in[3] = {NAN, -3, 2};
  const int8_t codes[2] = {-128, 127};
  float high = -FLT_MAX, low = FLT_MAX;
  int8_t high_code = INT8_MIN, low_code = INT8_MAX;
  ak_reduce_max_f32(in, 3, &high, 0);
  ak_reduce_min_f32(in, 3, &low, 0);
  assert_true(high == 2 && low == -3);
  ak_reduce_max_s8(codes, 2, &high_code, 0);
  ak_reduce_min_s8(codes, 2, &low_code, 0);
  assert_int_equal(high_code, 127);
  assert_int_equal(low_code, -128);
}

static void a_conjunction_takes_any_true_byte(void **state) {
  (void)state;
  const uint8_t in[3] = {1, 255, 2}, with_false[2] = {1, 0};
  uint8_t all = 1;
  ak_reduce_all(in, 3, &all, 0);
  assert_int_equal(all, 1);
  ak_reduce_all(with_false, 2, &all, 0);
  assert_int_equal(all, 0);
}

static void sums_become_codes_of_their_type(void **state) {
  (void)state;
  const ak_sum_quantization one = {0, -128, {1 << 30, 1}};
  const int32_t sums[3] = {INT32_MIN, 100, INT32_MAX / 2};
  int8_t out[3];
  int16_t wide[3];
  ak_sums_to_s8(sums, out, 3, &one);
  assert_int_equal(out[1], -28);
  assert_int_equal(out[2], 127);
  ak_sums_to_s16(sums, wide, 3, &one);
  assert_int_equal(wide[1], -28);
  assert_int_equal(wide[2], INT16_MAX);
}

static void the_first_of_equal_elements_wins(void **state) {
  (void)state;
  // [1, 3, 2]: along the middle axis.
  const float in[6] = {1, 9, 5, -1, 5, 9};
  const int8_t codes[6] = {-128, 127, -128, 127, -128, -128};
  int32_t out[2];
  ak_arg_max_f32(in, out, 1, 3, 2);
  assert_true(out[0] == 1 && out[1] == 0);
  ak_arg_min_f32(in, out, 1, 3, 2);
  assert_true(out[0] == 0 && out[1] == 1);
  ak_arg_max_s8(codes, out, 1, 3, 2);
  assert_true(out[0] == 0 && out[1] == 0);
  ak_arg_min_s8(codes, out, 1, 3, 2);
  assert_true(out[0] == 0 && out[1] == 2);
}

static void running_sums_go_both_ways(void **state) {
  (void)state;
  const float in[3] = {1, 2, 4};
  float out[3];
  ak_cumsum_f32(in, out, 1, 3, 1, (ak_cumsum_order){false, false});
  assert_true(out[0] == 1 && out[1] == 3 && out[2] == 7);
  ak_cumsum_f32(in, out, 1, 3, 1, (ak_cumsum_order){true, false});
  assert_true(out[0] == 0 && out[1] == 1 && out[2] == 3);
  ak_cumsum_f32(in, out, 1, 3, 1, (ak_cumsum_order){false, true});
  assert_true(out[0] == 7 && out[1] == 6 && out[2] == 4);
  ak_cumsum_f32(in, out, 1, 3, 1, (ak_cumsum_order){true, true});
  assert_true(out[0] == 6 && out[1] == 4 && out[2] == 0);
}

static void running_sums_of_codes_saturate(void **state) {
  (void)state;
  const int8_t in[3] = {100, 100, -128};
  int8_t out[3];
  ak_cumsum_s8(in, out, 1, 3, 1, (ak_cumsum_order){false, false}, 0, 0, (ak_multiplier){1 << 30, -18});
  assert_true(out[0] == 100 && out[1] == 127 && out[2] == 72);
  // The device's sum starts with the zero point.
  ak_cumsum_s8(in, out, 1, 1, 1, (ak_cumsum_order){true, false}, 3, 0, (ak_multiplier){1 << 30, -18});
  assert_int_equal(out[0], -3);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(rows_fold_into_one_element_or_into_as_many),
    cmocka_unit_test(sums_of_integers_wrap),
    cmocka_unit_test(sums_of_floats_keep_their_order),
    cmocka_unit_test(extremes_pass_over_nan),
    cmocka_unit_test(a_conjunction_takes_any_true_byte),
    cmocka_unit_test(sums_become_codes_of_their_type),
    cmocka_unit_test(the_first_of_equal_elements_wins),
    cmocka_unit_test(running_sums_go_both_ways),
    cmocka_unit_test(running_sums_of_codes_saturate),
};
const kernel_group reduction_cases = {"reduction", tests, sizeof tests / sizeof tests[0]};
