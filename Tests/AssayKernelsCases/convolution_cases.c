#include <float.h>
#include <math.h>

#include "assay_kernels.h"
#include "case_random.h"
#include "kernel_groups.h"

static const ak_multiplier one = {1 << 30, 1};
static const ak_float_range unbounded = {-FLT_MAX, FLT_MAX};

static ak_linear_quantization full_range(int32_t input_zero_point, int32_t output_zero_point) {
  return (ak_linear_quantization){.input_zero_point = input_zero_point,
                                  .output_zero_point = output_zero_point,
                                  .activation_min = INT8_MIN,
                                  .activation_max = INT8_MAX};
}

// A shape whose window, stride and dilation are `1` in whatever is not named.
static const ak_conv2d_shape single_cell = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0};

static int8_t single(int8_t input, int8_t weight, int32_t bias, ak_multiplier scale,
                     ak_linear_quantization quantization) {
  int8_t output = 99;
  ak_conv2d_s8(&single_cell, &quantization, &scale, &input, &weight, &bias, &output);
  return output;
}

static void one_cell_multiplies_the_distance_from_the_zero_point(void **state) {
  (void)state;
  const ak_multiplier thousandth = {1099511628, -9}; // 1 / 1000
  assert_int_equal(single(127, 127, 0, thousandth, full_range(-128, 0)), 32);
  assert_int_equal(single(-128, 127, 0, thousandth, full_range(127, 0)), -32);
  assert_int_equal(single(127, -128, 0, thousandth, full_range(-128, 127)), 94);
  assert_int_equal(single(5, 100, 0, one, full_range(5, -7)), -7);
}

static void results_saturate_at_the_activation_range(void **state) {
  (void)state;
  assert_int_equal(single(127, 127, 0, one, full_range(-128, 0)), INT8_MAX);
  assert_int_equal(single(127, -128, 0, one, full_range(-128, 0)), INT8_MIN);
  ak_linear_quantization relu6 = full_range(0, -10);
  relu6.activation_min = -10, relu6.activation_max = 50;
  assert_int_equal(single(10, 10, 0, one, relu6), 50);
  assert_int_equal(single(10, -10, 0, one, relu6), -10);
}

static void sums_and_bias_wrap_in_32_bits(void **state) {
  (void)state;
  // INT32_MAX + 1 * 1 is INT32_MIN; halved 31 times that is -1.
  const ak_multiplier smallest = {INT32_MAX, -31};
  assert_int_equal(single(1, 1, INT32_MAX, smallest, full_range(0, 0)), -1);
  assert_int_equal(single(1, -1, INT32_MIN, smallest, full_range(0, 0)), 1);
}

static void the_output_zero_point_wraps_before_the_clamp(void **state) {
  (void)state;
  const ak_multiplier almost_all = {1 << 30, 1};
  assert_int_equal(single(0, 0, (1 << 30) - 1, almost_all, full_range(0, 127)), INT8_MAX);
}

static void a_missing_bias_is_zero(void **state) {
  (void)state;
  ak_linear_quantization quantization = full_range(0, 3);
  int8_t input = 6, weight = 7, output = 0;
  ak_conv2d_s8(&single_cell, &quantization, &one, &input, &weight, NULL, &output);
  assert_int_equal(output, 45);
}

static void channels_scale_by_their_own_multipliers(void **state) {
  (void)state;
  ak_conv2d_shape shape = single_cell;
  shape.output_channels = 3;
  // Six decades: 1, 2^-10, 2^-20 of 2^16 + bias.
  const ak_multiplier multipliers[3] = {{1 << 30, -11}, {1 << 30, -13}, {0, 0}};
  const int32_t bias[3] = {1 << 16, 1 << 16, 1 << 30};
  const int8_t weights[3] = {0, 0, 127}, input = 1;
  int8_t output[3];
  ak_linear_quantization quantization = full_range(0, 0);
  ak_conv2d_s8(&shape, &quantization, multipliers, &input, weights, bias, output);
  assert_int_equal(output[0], 16);
  assert_int_equal(output[1], 4);
  assert_int_equal(output[2], 0);
}

static void padding_contributes_the_real_value_zero(void **state) {
  (void)state;
  // A row of 3 with zero point 100 under a window of 3: the ends see two cells.
  ak_conv2d_shape shape = single_cell;
  shape.input_width = shape.output_width = shape.filter_width = 3, shape.padding_left = 1;
  const int8_t input[3] = {101, 102, 103}, weights[3] = {1, 1, 1};
  int8_t output[3];
  ak_linear_quantization quantization = full_range(100, 0);
  ak_conv2d_s8(&shape, &quantization, &one, input, weights, NULL, output);
  assert_int_equal(output[0], 3);
  assert_int_equal(output[1], 6);
  assert_int_equal(output[2], 5);
}

static void groups_read_their_own_channels(void **state) {
  (void)state;
  ak_conv2d_shape shape = single_cell;
  shape.input_channels = 4, shape.filter_channels = 2, shape.output_channels = 2;
  const int8_t input[4] = {1, 2, 3, 4}, weights[4] = {10, 1, 10, 1};
  const ak_multiplier multipliers[2] = {one, one};
  int8_t output[2];
  ak_linear_quantization quantization = full_range(0, 0);
  ak_conv2d_s8(&shape, &quantization, multipliers, input, weights, NULL, output);
  assert_int_equal(output[0], 12);
  assert_int_equal(output[1], 34);
}

// Attribute corners, each with SAME-like padding worked out by hand into the shape.
static const ak_conv2d_shape corners[] = {
    // n  ih iw ic  fh fw fc  oh ow oc  sh sw dh dw pt pl
    {2, 5, 6, 3, 3, 3, 3, 5, 6, 2, 1, 1, 1, 1, 1, 1},   // batch 2, SAME
    {1, 5, 16, 2, 1, 4, 2, 5, 4, 3, 1, 4, 1, 1, 0, 0},  // stride 1x4
    {1, 30, 2, 1, 23, 1, 1, 8, 2, 2, 1, 1, 1, 1, 0, 0}, // window 23x1, VALID
    {1, 4, 2, 2, 23, 1, 2, 4, 2, 1, 1, 1, 1, 1, 11, 0}, // window far larger than the image
    {1, 9, 9, 1, 3, 3, 1, 5, 5, 2, 1, 1, 2, 2, 0, 0},   // dilation 2
    {1, 7, 8, 2, 2, 3, 2, 4, 4, 2, 2, 2, 1, 3, 0, 3},   // even window, dilation 1x3
    {1, 1, 1, 8, 1, 1, 8, 1, 1, 16, 1, 1, 1, 1, 0, 0},  // 1x1 image
};
enum { CORNERS = sizeof corners / sizeof corners[0], ROOM = 4096 };

// The same convolution by scattering: every input cell is added to the outputs that see it.
static void scatter(const ak_conv2d_shape *s, const float *input, const float *filter, float *output) {
  for (ptrdiff_t i = 0; i < s->batches * s->input_height * s->input_width * s->input_channels; i++) {
    ptrdiff_t c = i % s->input_channels, x = i / s->input_channels % s->input_width;
    ptrdiff_t y = i / s->input_channels / s->input_width % s->input_height;
    ptrdiff_t b = i / s->input_channels / s->input_width / s->input_height;
    for (ptrdiff_t oy = 0; oy < s->output_height; oy++)
      for (ptrdiff_t ox = 0; ox < s->output_width; ox++) {
        ptrdiff_t dy = y + s->padding_top - oy * s->stride_height;
        ptrdiff_t dx = x + s->padding_left - ox * s->stride_width;
        if (dy < 0 || dx < 0 || dy % s->dilation_height != 0 || dx % s->dilation_width != 0) continue;
        ptrdiff_t fy = dy / s->dilation_height, fx = dx / s->dilation_width;
        if (fy >= s->filter_height || fx >= s->filter_width) continue;
        for (ptrdiff_t o = 0; o < s->output_channels; o++)
          output[((b * s->output_height + oy) * s->output_width + ox) * s->output_channels + o] +=
              input[i] * filter[((o * s->filter_height + fy) * s->filter_width + fx) * s->input_channels + c];
      }
  }
}

static ptrdiff_t input_count(const ak_conv2d_shape *s) {
  return s->batches * s->input_height * s->input_width * s->input_channels;
}

static ptrdiff_t output_count(const ak_conv2d_shape *s) {
  return s->batches * s->output_height * s->output_width * s->output_channels;
}

static void every_window_corner_equals_scattering(void **state) {
  (void)state;
  case_random random = {20};
  for (size_t k = 0; k < CORNERS; k++) {
    const ak_conv2d_shape *s = &corners[k];
    static float input[ROOM], filter[ROOM], output[ROOM], expected[ROOM];
    case_fill_f32(&random, input, input_count(s));
    case_fill_f32(&random, filter,
                  s->output_channels * s->filter_height * s->filter_width * s->filter_channels);
    for (ptrdiff_t i = 0; i < output_count(s); i++) expected[i] = 0;
    scatter(s, input, filter, expected);
    ak_conv2d_f32(s, &unbounded, input, filter, NULL, output);
    assert_memory_equal(output, expected, (size_t)output_count(s) * sizeof *output);
  }
}

static void integer_kernels_agree_with_float_where_both_are_exact(void **state) {
  (void)state;
  case_random random = {21};
  for (size_t k = 0; k < CORNERS; k++) {
    const ak_conv2d_shape *s = &corners[k];
    static float input[ROOM], filter[ROOM], expected[ROOM];
    static int8_t input_s8[ROOM], filter_s8[ROOM], output_s8[ROOM];
    static int16_t input_s16[ROOM], narrow[ROOM], wide[ROOM];
    ptrdiff_t weights = s->output_channels * s->filter_height * s->filter_width * s->filter_channels;
    case_fill_s8(&random, input_s8, input_count(s), -3, 3);
    case_fill_s8(&random, filter_s8, weights, -1, 1);
    for (ptrdiff_t i = 0; i < input_count(s); i++) {
      input[i] = (float)(input_s8[i] - 2);
      input_s16[i] = (int16_t)(input_s8[i] - 2);
    }
    for (ptrdiff_t i = 0; i < weights; i++) filter[i] = filter_s8[i];
    ak_multiplier multipliers[16];
    for (size_t i = 0; i < 16; i++) multipliers[i] = one;
    ak_linear_quantization quantization = full_range(2, 0), symmetric = full_range(0, 0);
    ak_conv2d_f32(s, &(ak_float_range){-128, 127}, input, filter, NULL, expected);
    ak_conv2d_s8(s, &quantization, multipliers, input_s8, filter_s8, NULL, output_s8);
    ak_conv2d_s16_acc32(s, &symmetric, multipliers, input_s16, filter_s8, NULL, narrow);
    ak_conv2d_s16_acc64(s, &symmetric, multipliers, input_s16, filter_s8, NULL, wide);
    for (ptrdiff_t i = 0; i < output_count(s); i++) {
      assert_int_equal(output_s8[i], (int)expected[i]);
      assert_int_equal(narrow[i], (int)expected[i]);
      assert_int_equal(wide[i], (int)expected[i]);
    }
  }
}

static void wide_sums_take_a_bias_beyond_32_bits(void **state) {
  (void)state;
  const int16_t input = 1;
  const int8_t weight = 1;
  const int64_t bias = INT64_C(1) << 40;
  int16_t output;
  ak_linear_quantization quantization = {.activation_min = INT16_MIN, .activation_max = INT16_MAX};
  const ak_multiplier scale = {1 << 30, -29};
  ak_conv2d_s16_acc64(&single_cell, &quantization, &scale, &input, &weight, &bias, &output);
  assert_int_equal(output, 1 << 10);
}

static void float_products_are_not_fused(void **state) {
  (void)state;
  // (1 + 2^-12)^2 loses its last bit when it is rounded before -1 is added; fused, it is kept.
  ak_conv2d_shape shape = single_cell;
  shape.input_channels = shape.filter_channels = 2;
  const float a = 1 + 0x1p-12f, input[2] = {-1, a}, filter[2] = {1, a};
  float output;
  ak_conv2d_f32(&shape, &unbounded, input, filter, NULL, &output);
  assert_true(output == 0x1p-11f);
}

static void a_float_sum_of_minus_zero_becomes_plus_zero(void **state) {
  (void)state;
  const float input = -1, filter = 0;
  float output = 1;
  ak_conv2d_f32(&single_cell, &unbounded, &input, &filter, NULL, &output);
  assert_false(signbit(output));
}

static void a_float_overflow_is_clamped_and_a_nan_comes_through(void **state) {
  (void)state;
  const float filter = FLT_MAX, large = 2, nan = NAN;
  float output;
  ak_conv2d_f32(&single_cell, &unbounded, &large, &filter, NULL, &output);
  assert_true(output == FLT_MAX);
  ak_conv2d_f32(&single_cell, &unbounded, &nan, &filter, NULL, &output);
  assert_true(isnan(output));
}

static void depthwise_multipliers_spread_each_channel(void **state) {
  (void)state;
  for (ptrdiff_t multiplier = 1; multiplier <= 8; multiplier *= 2) {
    ak_depthwise_conv2d_shape s = {1, 1, 1, 2, 1, 1, multiplier, 1, 1, 1, 1, 1, 1, 0, 0};
    const int8_t input[2] = {3, -5};
    int8_t filter[16], output[16];
    ak_multiplier multipliers[16];
    for (int8_t i = 0; i < 16; i++) filter[i] = i, multipliers[i] = one;
    ak_linear_quantization quantization = full_range(0, 0);
    ak_depthwise_conv2d_s8(&s, &quantization, multipliers, input, filter, NULL, output);
    for (ptrdiff_t i = 0; i < 2 * multiplier; i++)
      assert_int_equal(output[i], (i < multiplier ? 3 : -5) * (int)i);
  }
}

static void depthwise_equals_one_convolution_per_channel(void **state) {
  (void)state;
  case_random random = {22};
  for (size_t k = 0; k < CORNERS; k++) {
    ak_conv2d_shape plain = corners[k];
    enum { CHANNELS = 3 };
    static float input[ROOM * CHANNELS], filter[ROOM], output[ROOM * CHANNELS];
    static float one_input[ROOM], one_filter[ROOM], one_output[ROOM];
    plain.input_channels = plain.filter_channels = plain.output_channels = 1;
    ak_depthwise_conv2d_shape s = {plain.batches,
                                   plain.input_height,
                                   plain.input_width,
                                   CHANNELS,
                                   plain.filter_height,
                                   plain.filter_width,
                                   1,
                                   plain.output_height,
                                   plain.output_width,
                                   plain.stride_height,
                                   plain.stride_width,
                                   plain.dilation_height,
                                   plain.dilation_width,
                                   plain.padding_top,
                                   plain.padding_left};
    ptrdiff_t taps = plain.filter_height * plain.filter_width;
    case_fill_f32(&random, input, input_count(&plain) * CHANNELS);
    case_fill_f32(&random, filter, taps * CHANNELS);
    ak_depthwise_conv2d_f32(&s, &unbounded, input, filter, NULL, output);
    for (ptrdiff_t c = 0; c < CHANNELS; c++) {
      for (ptrdiff_t i = 0; i < input_count(&plain); i++) one_input[i] = input[i * CHANNELS + c];
      for (ptrdiff_t i = 0; i < taps; i++) one_filter[i] = filter[i * CHANNELS + c];
      ak_conv2d_f32(&plain, &unbounded, one_input, one_filter, NULL, one_output);
      for (ptrdiff_t i = 0; i < output_count(&plain); i++)
        assert_true(output[i * CHANNELS + c] == one_output[i]);
    }
  }
}

static void wide_depthwise_agrees_with_int8_where_both_are_exact(void **state) {
  (void)state;
  case_random random = {23};
  ak_depthwise_conv2d_shape s = {2, 5, 4, 2, 3, 2, 4, 3, 3, 2, 1, 1, 1, 1, 0};
  static int8_t input[80], filter[48], output[144];
  static int16_t input_s16[80], output_s16[144];
  ak_multiplier multipliers[8];
  case_fill_s8(&random, input, 80, -4, 4);
  case_fill_s8(&random, filter, 48, -4, 4);
  for (size_t i = 0; i < 80; i++) input_s16[i] = input[i];
  for (size_t i = 0; i < 8; i++) multipliers[i] = one;
  ak_linear_quantization quantization = full_range(0, 0);
  ak_depthwise_conv2d_s8(&s, &quantization, multipliers, input, filter, NULL, output);
  ak_depthwise_conv2d_s16_acc64(&s, &quantization, multipliers, input_s16, filter, NULL, output_s16);
  for (size_t i = 0; i < 144; i++) assert_int_equal(output_s16[i], output[i]);
}

static void a_transposed_convolution_overlaps_its_windows(void **state) {
  (void)state;
  // Two cells, stride 2, window 3: 1 1 1+10 10 10.
  ak_transpose_conv_shape s = {1, 1, 2, 1, 1, 3, 1, 5, 1, 1, 2, 0, 0};
  const float input[2] = {1, 10}, filter[3] = {1, 1, 1}, expected[5] = {1, 1, 11, 10, 10};
  const int8_t input_s8[2] = {-127, -118}, filter_s8[3] = {1, 1, 1};
  const int16_t input_s16[2] = {1, 10};
  const int64_t bias[1] = {100};
  float output[5];
  int8_t output_s8[5];
  int16_t output_s16[5];
  ak_linear_quantization quantization = full_range(-128, 0);
  ak_transpose_conv_f32(&s, &unbounded, input, filter, NULL, output);
  ak_transpose_conv_s8(&s, &quantization, &one, input_s8, filter_s8, NULL, output_s8);
  ak_transpose_conv_s16_acc64(&s, &quantization, &one, input_s16, filter_s8, bias, output_s16);
  for (size_t i = 0; i < 5; i++) {
    assert_true(output[i] == expected[i]);
    assert_int_equal(output_s8[i], (int)expected[i]);
    assert_int_equal(output_s16[i], (int)expected[i] + 100);
  }
}

static void a_transposed_convolution_undoes_the_geometry_of_every_corner(void **state) {
  (void)state;
  case_random random = {24};
  for (size_t k = 0; k < CORNERS; k++) {
    const ak_conv2d_shape *c = &corners[k];
    if (c->dilation_height != 1 || c->dilation_width != 1) continue;
    // What scattering does for a convolution with one channel each way, with input and output swapped.
    ak_transpose_conv_shape s = {c->batches,      c->output_height, c->output_width, 1, c->filter_height,
                                 c->filter_width, c->input_height,  c->input_width,  1, c->stride_height,
                                 c->stride_width, c->padding_top,   c->padding_left};
    static float input[ROOM], filter[ROOM], output[ROOM], expected[ROOM];
    ptrdiff_t cells = s.batches * s.output_height * s.output_width;
    case_fill_f32(&random, input, s.batches * s.input_height * s.input_width);
    case_fill_f32(&random, filter, s.filter_height * s.filter_width);
    for (ptrdiff_t i = 0; i < cells; i++) expected[i] = 0;
    for (ptrdiff_t i = 0; i < s.batches * s.input_height * s.input_width; i++)
      for (ptrdiff_t t = 0; t < s.filter_height * s.filter_width; t++) {
        ptrdiff_t x = i % s.input_width * s.stride_width - s.padding_left + t % s.filter_width;
        ptrdiff_t y =
            i / s.input_width % s.input_height * s.stride_height - s.padding_top + t / s.filter_width;
        if (x < 0 || y < 0 || x >= s.output_width || y >= s.output_height) continue;
        ptrdiff_t b = i / s.input_width / s.input_height;
        expected[(b * s.output_height + y) * s.output_width + x] += input[i] * filter[t];
      }
    ak_transpose_conv_f32(&s, &unbounded, input, filter, NULL, output);
    assert_memory_equal(output, expected, (size_t)cells * sizeof *output);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(one_cell_multiplies_the_distance_from_the_zero_point),
    cmocka_unit_test(results_saturate_at_the_activation_range),
    cmocka_unit_test(sums_and_bias_wrap_in_32_bits),
    cmocka_unit_test(the_output_zero_point_wraps_before_the_clamp),
    cmocka_unit_test(a_missing_bias_is_zero),
    cmocka_unit_test(channels_scale_by_their_own_multipliers),
    cmocka_unit_test(padding_contributes_the_real_value_zero),
    cmocka_unit_test(groups_read_their_own_channels),
    cmocka_unit_test(every_window_corner_equals_scattering),
    cmocka_unit_test(integer_kernels_agree_with_float_where_both_are_exact),
    cmocka_unit_test(wide_sums_take_a_bias_beyond_32_bits),
    cmocka_unit_test(float_products_are_not_fused),
    cmocka_unit_test(a_float_sum_of_minus_zero_becomes_plus_zero),
    cmocka_unit_test(a_float_overflow_is_clamped_and_a_nan_comes_through),
    cmocka_unit_test(depthwise_multipliers_spread_each_channel),
    cmocka_unit_test(depthwise_equals_one_convolution_per_channel),
    cmocka_unit_test(wide_depthwise_agrees_with_int8_where_both_are_exact),
    cmocka_unit_test(a_transposed_convolution_overlaps_its_windows),
    cmocka_unit_test(a_transposed_convolution_undoes_the_geometry_of_every_corner),
};
const kernel_group convolution_cases = {"convolution", tests, sizeof tests / sizeof tests[0]};
