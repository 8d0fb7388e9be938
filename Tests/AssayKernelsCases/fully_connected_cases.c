#include <float.h>

#include "assay_kernels.h"
#include "kernel_groups.h"

static const ak_multiplier one = {1 << 30, 1};

static const ak_linear_quantization plain = {.activation_min = INT8_MIN, .activation_max = INT8_MAX};

static void both_zero_points_are_subtracted(void **state) {
  (void)state;
  const ak_fully_connected_shape shape = {1, 2, 1};
  ak_linear_quantization quantization = plain;
  quantization.input_zero_point = -128, quantization.filter_zero_point = 127;
  // (127 + 128) * (-128 - 127) + (-128 + 128) * x = -65025.
  const int8_t input[2] = {127, -128}, filter[2] = {-128, 5};
  int8_t output;
  ak_fully_connected_s8(&shape, &quantization, (ak_multiplier){1099511628, -9}, input, filter, NULL, &output);
  assert_int_equal(output, -65);
}

static void rows_and_outputs_keep_their_order(void **state) {
  (void)state;
  const ak_fully_connected_shape shape = {2, 2, 2};
  const int8_t input[4] = {1, 2, 3, 4}, filter[4] = {1, 0, 0, 10};
  const int32_t bias[2] = {100, -100};
  const int8_t expected[4] = {101, -80, 103, -60};
  const ak_multiplier multipliers[2] = {one, one};
  int8_t output[4];
  ak_fully_connected_s8(&shape, &plain, one, input, filter, bias, output);
  assert_memory_equal(output, expected, 4);
  ak_fully_connected_per_channel_s8(&shape, &plain, multipliers, input, filter, bias, output);
  assert_memory_equal(output, expected, 4);
}

static void each_output_scales_by_its_own_multiplier(void **state) {
  (void)state;
  const ak_fully_connected_shape shape = {1, 1, 3};
  const ak_multiplier multipliers[3] = {one, {1 << 30, 0}, {1 << 30, -31}};
  const int8_t input = 100, filter[3] = {1, 1, 127};
  int8_t output[3];
  ak_fully_connected_per_channel_s8(&shape, &plain, multipliers, &input, filter, NULL, output);
  assert_int_equal(output[0], 100);
  assert_int_equal(output[1], 50);
  assert_int_equal(output[2], 0);
}

static void sums_wrap_in_32_bits(void **state) {
  (void)state;
  const ak_fully_connected_shape shape = {1, 1, 1};
  const int8_t input = 1, filter = 1;
  const int32_t bias = INT32_MAX;
  int8_t output;
  ak_fully_connected_s8(&shape, &plain, (ak_multiplier){INT32_MAX, -31}, &input, &filter, &bias, &output);
  assert_int_equal(output, -1);
}

static void float_rows_are_summed_in_order(void **state) {
  (void)state;
  const ak_fully_connected_shape shape = {1, 3, 1};
  // 2^24 + 1 is lost, then -2^24 leaves 0; any other order leaves 1.
  const float input[3] = {0x1p24f, 1, -0x1p24f}, filter[3] = {1, 1, 1}, bias = 0.5f;
  const ak_float_range range = {-FLT_MAX, FLT_MAX};
  float output;
  ak_fully_connected_f32(&shape, &range, input, filter, &bias, &output);
  assert_true(output == 0.5f);
}

static void float_results_are_clamped_after_the_bias(void **state) {
  (void)state;
  const ak_fully_connected_shape shape = {1, 1, 1};
  const ak_float_range relu6 = {0, 6};
  const float filter = 1, low = -3, high = 9, bias = 1;
  float output;
  ak_fully_connected_f32(&shape, &relu6, &low, &filter, &bias, &output);
  assert_true(output == 0);
  ak_fully_connected_f32(&shape, &relu6, &high, &filter, &bias, &output);
  assert_true(output == 6);
}

static void int16_sums_differ_by_their_width(void **state) {
  (void)state;
  const ak_fully_connected_shape shape = {1, 1, 1};
  const ak_linear_quantization quantization = {.activation_min = INT16_MIN, .activation_max = INT16_MAX};
  // -2.5 by a product of -5 and a right shift: half away from zero in 32 bits, half up in 64.
  const ak_multiplier half = {1 << 30, -1};
  const int16_t input = -10;
  const int8_t filter = 1;
  int16_t narrow, wide;
  ak_fully_connected_s16_acc32(&shape, &quantization, &half, &input, &filter, NULL, &narrow);
  ak_fully_connected_s16_acc64(&shape, &quantization, &half, &input, &filter, NULL, &wide);
  assert_int_equal(narrow, -3);
  assert_int_equal(wide, -2);
}

static void int16_filters_keep_their_zero_point(void **state) {
  (void)state;
  const ak_fully_connected_shape shape = {1, 2, 1};
  const ak_linear_quantization quantization = {
      .filter_zero_point = -128, .activation_min = INT16_MIN, .activation_max = INT16_MAX};
  const int16_t input[2] = {INT16_MIN, INT16_MAX};
  const int8_t filter[2] = {127, 127};
  int16_t narrow, wide;
  ak_fully_connected_s16_acc32(&shape, &quantization, &one, input, filter, NULL, &narrow);
  ak_fully_connected_s16_acc64(&shape, &quantization, &one, input, filter, NULL, &wide);
  assert_int_equal(narrow, -255);
  assert_int_equal(wide, -255);
}

static void batched_products_follow_their_strides(void **state) {
  (void)state;
  // [2, 1, 2] x [1, 2, 2]: the right operand is broadcast; transposed it swaps its strides.
  ak_batch_matmul_shape shape = {.batches = {1, 1, 2},
                                 .rows = 1,
                                 .depth = 2,
                                 .columns = 2,
                                 .left = {{0, 0, 2}, 2, 1},
                                 .right = {{0}, 2, 1}};
  const float left[4] = {1, 2, 3, 4}, right[4] = {1, 10, 100, 1000};
  const float plain_product[4] = {201, 2010, 403, 4030}, transposed[4] = {21, 2100, 43, 4300};
  float output[4];
  ak_batch_matmul_f32(&shape, left, right, output);
  assert_memory_equal(output, plain_product, sizeof output);
  shape.right = (ak_matrix_strides){{0}, 1, 2};
  ak_batch_matmul_f32(&shape, left, right, output);
  assert_memory_equal(output, transposed, sizeof output);
}

static void quantised_batched_products_subtract_both_zero_points(void **state) {
  (void)state;
  const ak_batch_matmul_shape shape = {
      .batches = {1, 1, 1}, .rows = 1, .depth = 2, .columns = 1, .left = {{0}, 2, 1}, .right = {{0}, 1, 1}};
  ak_linear_quantization quantization = plain;
  quantization.input_zero_point = 127, quantization.filter_zero_point = -128;
  quantization.output_zero_point = -1;
  const int8_t left[2] = {125, 127}, right[2] = {-118, 127};
  const int16_t left_s16[2] = {3, 4}, right_s16[2] = {5, 6};
  int8_t output;
  int16_t output_s16;
  ak_batch_matmul_s8(&shape, &quantization, one, left, right, &output);
  assert_int_equal(output, -21);
  ak_batch_matmul_s16(&shape, &plain, one, left_s16, right_s16, &output_s16);
  assert_int_equal(output_s16, 39);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(both_zero_points_are_subtracted),
    cmocka_unit_test(rows_and_outputs_keep_their_order),
    cmocka_unit_test(each_output_scales_by_its_own_multiplier),
    cmocka_unit_test(sums_wrap_in_32_bits),
    cmocka_unit_test(float_rows_are_summed_in_order),
    cmocka_unit_test(float_results_are_clamped_after_the_bias),
    cmocka_unit_test(int16_sums_differ_by_their_width),
    cmocka_unit_test(int16_filters_keep_their_zero_point),
    cmocka_unit_test(batched_products_follow_their_strides),
    cmocka_unit_test(quantised_batched_products_subtract_both_zero_points),
};
const kernel_group fully_connected_cases = {"fully connected", tests, sizeof tests / sizeof tests[0]};
