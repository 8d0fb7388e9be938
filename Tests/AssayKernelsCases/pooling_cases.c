#include <float.h>
#include <math.h>

#include "assay_kernels.h"
#include "kernel_groups.h"

// One window of 1x2 over two cells of one channel.
static const ak_pool2d_shape pair = {1, 1, 1, 2, 1, 2, 1, 1, 1, 1, 0, 0};
static const ak_float_range unbounded = {-FLT_MAX, FLT_MAX};

static int average(int8_t a, int8_t b) {
  const int8_t input[2] = {a, b};
  const int16_t input_s16[2] = {a, b};
  int8_t output;
  int16_t output_s16;
  ak_average_pool2d_s8(&pair, INT8_MIN, INT8_MAX, input, &output);
  ak_average_pool2d_s16(&pair, INT16_MIN, INT16_MAX, input_s16, &output_s16);
  assert_int_equal(output, output_s16);
  return output;
}

static void averages_round_half_away_from_zero(void **state) {
  (void)state;
  assert_int_equal(average(1, 2), 2);
  assert_int_equal(average(-1, -2), -2);
  assert_int_equal(average(0, 1), 1);
  assert_int_equal(average(0, -1), -1);
  assert_int_equal(average(-128, -128), -128);
  assert_int_equal(average(127, 127), 127);
  assert_int_equal(average(-128, 127), -1);
}

static void padding_takes_no_part(void **state) {
  (void)state;
  // A 3x3 window around each of 2x2 cells always sees the same four.
  const ak_pool2d_shape same = {1, 1, 2, 2, 3, 3, 2, 2, 1, 1, 1, 1};
  const int8_t input[4] = {-128, -127, -126, -125};
  const float input_f32[4] = {1, 2, 3, 6};
  int8_t output[4];
  float output_f32[4];
  ak_average_pool2d_s8(&same, INT8_MIN, INT8_MAX, input, output);
  for (size_t i = 0; i < 4; i++) assert_int_equal(output[i], -127);
  ak_max_pool2d_s8(&same, INT8_MIN, INT8_MAX, input, output);
  for (size_t i = 0; i < 4; i++) assert_int_equal(output[i], -125);
  ak_average_pool2d_f32(&same, &unbounded, input_f32, output_f32);
  for (size_t i = 0; i < 4; i++) assert_true(output_f32[i] == 3);
}

static void channels_batches_and_strides_keep_apart(void **state) {
  (void)state;
  const ak_pool2d_shape shape = {2, 2, 1, 5, 1, 2, 1, 2, 1, 3, 0, 0};
  const int8_t input[20] = {1, 10, 2, 20, 3, 30, 4, 40, 5, 50, -1, -10, -2, -20, -3, -30, -4, -40, -5, -50};
  const int8_t expected[8] = {2, 20, 5, 50, -1, -10, -4, -40};
  int16_t input_s16[20], output_s16[8];
  int8_t output[8];
  for (size_t i = 0; i < 20; i++) input_s16[i] = input[i];
  ak_max_pool2d_s8(&shape, INT8_MIN, INT8_MAX, input, output);
  ak_max_pool2d_s16(&shape, INT16_MIN, INT16_MAX, input_s16, output_s16);
  for (size_t i = 0; i < 8; i++) {
    assert_int_equal(output[i], expected[i]);
    assert_int_equal(output_s16[i], expected[i]);
  }
}

static void results_are_clamped(void **state) {
  (void)state;
  const int8_t low[2] = {-100, -100}, high[2] = {100, 100};
  int8_t output;
  ak_average_pool2d_s8(&pair, -10, 20, low, &output);
  assert_int_equal(output, -10);
  ak_average_pool2d_s8(&pair, -10, 20, high, &output);
  assert_int_equal(output, 20);
  ak_max_pool2d_s8(&pair, -10, 20, low, &output);
  assert_int_equal(output, -10);
  ak_max_pool2d_s8(&pair, -10, 20, high, &output);
  assert_int_equal(output, 20);
}

static void the_largest_int16_window_does_not_overflow(void **state) {
  (void)state;
  enum { CELLS = 1 << 15 };
  static int16_t input[CELLS];
  const ak_pool2d_shape shape = {1, 1, CELLS, 1, CELLS, 1, 1, 1, 1, 1, 0, 0};
  int16_t output;
  for (size_t i = 0; i < CELLS; i++) input[i] = INT16_MIN;
  ak_average_pool2d_s16(&shape, INT16_MIN, INT16_MAX, input, &output);
  assert_int_equal(output, INT16_MIN);
}

static void a_maximum_passes_over_nan_and_an_average_does_not(void **state) {
  (void)state;
  const float input[2] = {NAN, -3}, nothing[2] = {NAN, NAN};
  float output;
  ak_max_pool2d_f32(&pair, &unbounded, input, &output);
  assert_true(output == -3);
  ak_max_pool2d_f32(&pair, &unbounded, nothing, &output);
  assert_true(output == -FLT_MAX);
  ak_average_pool2d_f32(&pair, &unbounded, input, &output);
  assert_true(isnan(output));
}

static void root_mean_squares_lose_the_sign(void **state) {
  (void)state;
  const float input[2] = {-7, 1}, huge[2] = {FLT_MAX, FLT_MAX};
  float output;
  ak_l2_pool2d_f32(&pair, &unbounded, input, &output);
  assert_true(output == 5);
  ak_l2_pool2d_f32(&pair, &unbounded, huge, &output);
  assert_true(output == FLT_MAX);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(root_mean_squares_lose_the_sign),
    cmocka_unit_test(averages_round_half_away_from_zero),
    cmocka_unit_test(padding_takes_no_part),
    cmocka_unit_test(channels_batches_and_strides_keep_apart),
    cmocka_unit_test(results_are_clamped),
    cmocka_unit_test(the_largest_int16_window_does_not_overflow),
    cmocka_unit_test(a_maximum_passes_over_nan_and_an_average_does_not),
};
const kernel_group pooling_cases = {"pooling", tests, sizeof tests / sizeof tests[0]};
