// Float operators of ExecuTorch's portable kernels. Where the sums of a case are exact in float32, any
// order gives them, and a kernel of TensorFlow Lite is the expectation.
#include <float.h>
#include <math.h>
#include <string.h>

#include "assay_kernels.h"
#include "case_random.h"
#include "kernel_groups.h"
#include "packed_shapes.h"
#include "portable_windows.h"

enum { ROOM = 1 << 16 };
static float input[ROOM], filter[ROOM], bias[CHANNELS], output[ROOM], expected[ROOM];
static const ak_float_range any_float = {-FLT_MAX, FLT_MAX};

static void fill(case_random *random) {
  case_fill_f32(random, input, ROOM), case_fill_f32(random, filter, ROOM);
  case_fill_f32(random, bias, CHANNELS);
}

static void convolutions_of_any_layout_are_those_of_the_reference(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 60; seed++) {
    case_random random = {seed};
    ak_conv2d_shape s = random_conv2d(&random);
    if (conv2d_largest(&s) > ROOM) continue;
    fill(&random);
    ak_portable_window w = window_of_conv2d(&s);
    const float *given = case_between(&random, 0, 3) ? bias : NULL;
    ak_conv2d_f32(&s, &any_float, input, filter, given, expected);
    ak_portable_convolution_f32(&w, input, filter, given, output);
    assert_memory_equal(output, expected, (size_t)conv2d_outputs(&s) * sizeof(float));
    // One image, channels first.
    ptrdiff_t plane = s.output_height * s.output_width;
    w.batches = 1, w.output = (ak_strides){0, plane, s.output_width, 1};
    ak_portable_convolution_f32(&w, input, filter, given, output);
    for (ptrdiff_t o = 0; o < s.output_channels; o++)
      for (ptrdiff_t i = 0; i < plane; i++)
        assert_true(output[o * plane + i] == expected[i * s.output_channels + o]);
  }
}

static void groups_of_one_channel_are_a_depthwise_convolution(void **state) {
  (void)state;
  case_random random = {3};
  fill(&random);
  const ak_depthwise_conv2d_shape s = {2, 5, 6, 4, 3, 2, 2, 5, 3, 1, 2, 1, 2, 1, 0};
  ak_conv2d_shape plain = {2, 5, 6, 4, 3, 2, 8, 5, 3, 8, 1, 2, 1, 2, 1, 0};
  ak_portable_window w = window_of_conv2d(&plain);
  w.groups = 4, w.input_channels = 1, w.output_channels = 2;
  w.filter = (ak_strides){1, 0, 16, 8};
  ak_depthwise_conv2d_f32(&s, &any_float, input, filter, bias, expected);
  ak_portable_convolution_f32(&w, input, filter, bias, output);
  assert_memory_equal(output, expected, 2 * 5 * 3 * 8 * sizeof(float));
}

static void transposed_convolutions_are_those_of_the_reference(void **state) {
  (void)state;
  case_random random = {4};
  fill(&random);
  const ak_transpose_conv_shape s = {2, 4, 3, 5, 3, 2, 8, 5, 7, 2, 2, 1, 0};
  ak_conv2d_shape plain = {2, 4, 3, 5, 3, 2, 5, 8, 5, 7, 2, 2, 1, 1, 1, 0};
  ak_portable_window w = window_of_conv2d(&plain);
  w.filter = (ak_strides){1, 3 * 2 * 5, 2 * 5, 5};
  ak_transpose_conv_f32(&s, &any_float, input, filter, bias, expected);
  ak_portable_convolution_transposed_f32(&w, input, filter, bias, output);
  assert_memory_equal(output, expected, 2 * 8 * 5 * 7 * sizeof(float));
}

static void the_first_of_equal_maxima_is_found_and_nan_wins(void **state) {
  (void)state;
  const ak_pool2d_shape s = {1, 1, 1, 6, 1, 3, 1, 2, 1, 3, 0, 0};
  ak_portable_window w = window_of_pool2d(&s);
  const float in[] = {2, 7, 7, 1, NAN, 9};
  int64_t places[2];
  ak_portable_max_pool_f32(&w, in, output, places);
  assert_true(output[0] == 7 && places[0] == 1);
  assert_true(isnan(output[1]) && places[1] == 4);
  const float lowest[] = {-INFINITY, -INFINITY, -INFINITY, -FLT_MAX, -INFINITY, -INFINITY};
  ak_portable_max_pool_f32(&w, lowest, output, NULL);
  assert_true(output[0] == -INFINITY && output[1] == -FLT_MAX);
  w.padding_top = 5;
  ak_portable_max_pool_f32(&w, in, output, NULL);
  assert_true(output[0] == 0);
}

static void averages_divide_by_what_they_are_told_to(void **state) {
  (void)state;
  const ak_pool2d_shape s = {1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1};
  ak_portable_window w = window_of_pool2d(&s);
  const float in[] = {8, 1, 1, 1};
  ak_portable_average_pool_f32(&w, in, output, 0, true);
  assert_true(output[0] == 2);
  ak_portable_average_pool_f32(&w, in, output, 0, false);
  assert_true(output[0] == 8);
  ak_portable_average_pool_f32(&w, in, output, 5, true);
  assert_true(output[0] == 8 / 5.0f);
}

static void adaptive_averages_cover_every_cell(void **state) {
  (void)state;
  const ak_pool2d_shape s = {1, 1, 1, 5, 1, 1, 1, 3, 1, 1, 0, 0};
  ak_portable_window w = window_of_pool2d(&s);
  const float in[] = {1, 3, 5, 7, 9}, means[] = {2, 5, 8}; // Parts 0-1, 1-3 and 3-4 overlap.
  ak_portable_adaptive_average_pool_f32(&w, in, output);
  assert_memory_equal(output, means, sizeof means);
}

static void matrix_products_follow_strides_and_scale_their_bias(void **state) {
  (void)state;
  const float a[] = {1, 2, 3, 4, 5, 6}, b[] = {1, 0, 2, 1, 0, 3}, c[] = {10, 20};
  // [2, 3] times the transpose of [2, 3].
  ak_portable_product p = {2, 3, 2, 3, 1, 1, 3, 2, 1, 0, 1, 2, 0.5f};
  const float plain[] = {7, 10, 16, 22}, biased[] = {19, 30, 37, 54};
  ak_portable_matmul_f32(&p, a, b, NULL, output);
  assert_memory_equal(output, plain, sizeof plain);
  ak_portable_matmul_f32(&p, a, b, c, output);
  assert_memory_equal(output, biased, sizeof biased);
}

typedef struct {
  ak_portable_function function;
  float p, q, x, y;
} function_case;

static void functions_meet_their_corners(void **state) {
  (void)state;
  static const function_case cases[] = {
      {AK_PORTABLE_CLAMP, -1, 2, 5, 2},
      {AK_PORTABLE_CLAMP, -1, 2, -INFINITY, -1},
      {AK_PORTABLE_CLAMP, -1, 2, NAN, NAN},
      {AK_PORTABLE_ELU, 2, 3, 4, 12},
      {AK_PORTABLE_ELU, 2, 3, -INFINITY, -2},
      {AK_PORTABLE_GELU, 0, 0, -INFINITY, 0},
      {AK_PORTABLE_GELU, 0, 0, INFINITY, INFINITY},
      {AK_PORTABLE_GELU_TANH, 0, 0, -INFINITY, 0},
      {AK_PORTABLE_HARD_SIGMOID, 0.25f, 0.5f, 1, 0.75f},
      {AK_PORTABLE_HARD_SIGMOID, 0.25f, 0.5f, 100, 1},
      {AK_PORTABLE_HARD_SWISH, 0, 0, 3, 3},
      {AK_PORTABLE_HARD_SWISH, 0, 0, -3, 0},
      {AK_PORTABLE_LEAKY_RELU, 0.5f, 0, -8, -4},
      {AK_PORTABLE_LEAKY_RELU, 0.5f, 0, 8, 8},
      {AK_PORTABLE_POW, 2, 0, -3, 9},
      {AK_PORTABLE_RECIPROCAL, 0, 0, 0, INFINITY},
      {AK_PORTABLE_RELU, 0, 0, NAN, NAN},
      {AK_PORTABLE_RELU, 0, 0, -1, 0},
      {AK_PORTABLE_ROUND, 0, 0, 2.5f, 2},
      {AK_PORTABLE_ROUND, 0, 0, -1.5f, -2},
      {AK_PORTABLE_ROUND, 0, 0, 0x1p30f, 0x1p30f},
      {AK_PORTABLE_SIGMOID, 0, 0, -INFINITY, 0},
      {AK_PORTABLE_SOFTPLUS, 0, 0, 100, 100},
      {AK_PORTABLE_SQRT, 0, 0, -1, NAN},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const function_case *c = &cases[i];
    float y;
    ak_portable_map_f32(c->function, c->p, c->q, &c->x, &y, 1);
    if (!(isnan(c->y) ? isnan(y) : y == c->y)) {
      print_error("function %d of %a is %a, not %a\n", (int)c->function, (double)c->x, (double)y,
                  (double)c->y);
      fail();
    }
  }
}

static int32_t combined_s32(ak_portable_operation operation, int32_t alpha, int32_t a, int32_t b) {
  int32_t out = 0;
  ak_portable_combine_s32(operation, alpha, &a, 1, &b, 1, &out, 1, 1);
  return out;
}

static int64_t combined_s64(ak_portable_operation operation, int64_t alpha, int64_t a, int64_t b) {
  int64_t out = 0;
  ak_portable_combine_s64(operation, alpha, &a, 1, &b, 1, &out, 1, 1);
  return out;
}

static void integers_wrap_and_divide_by_anything(void **state) {
  (void)state;
  assert_int_equal(combined_s32(AK_PORTABLE_ADD, 1, INT32_MAX, 1), INT32_MIN);
  assert_int_equal(combined_s32(AK_PORTABLE_SUB, INT32_MIN, 0, 1), INT32_MIN);
  assert_int_equal(combined_s32(AK_PORTABLE_MUL, 0, 1 << 30, 4), 0);
  assert_int_equal(combined_s32(AK_PORTABLE_DIV, 0, INT32_MIN, -1), INT32_MIN);
  assert_int_equal(combined_s32(AK_PORTABLE_DIV, 0, -7, 2), -3);
  assert_int_equal(combined_s32(AK_PORTABLE_DIV, 0, 5, 0), 0);
  assert_int_equal(combined_s32(AK_PORTABLE_DIV_FLOOR, 0, INT32_MIN, -1), INT32_MIN);
  assert_int_equal(combined_s32(AK_PORTABLE_DIV_FLOOR, 0, -7, 2), -4);
  assert_int_equal(combined_s32(AK_PORTABLE_REMAINDER, 0, -7, 3), 2);
  assert_int_equal(combined_s32(AK_PORTABLE_FMOD, 0, -7, 3), -1);
  assert_true(combined_s64(AK_PORTABLE_FMOD, 0, INT64_MIN, -1) == 0);
  assert_true(combined_s64(AK_PORTABLE_REMAINDER, 0, INT64_MIN, INT64_MAX) == INT64_MAX - 1);
  assert_true(combined_s64(AK_PORTABLE_ADD, 1, INT64_MAX, 1) == INT64_MIN);
  assert_true(combined_s64(AK_PORTABLE_MUL, 0, INT64_MIN, -1) == INT64_MIN);
  assert_true(combined_s64(AK_PORTABLE_DIV, 0, INT64_MIN, -1) == INT64_MIN);
  assert_true(combined_s64(AK_PORTABLE_MINIMUM, 0, INT64_MIN, INT64_MAX) == INT64_MIN);
}

static void floats_combine_with_nan_and_repeated_operands(void **state) {
  (void)state;
  const float a[] = {1, NAN, -2}, b = 3;
  ak_portable_combine_f32(AK_PORTABLE_MAXIMUM, 0, a, 1, &b, 0, output, 2, 3);
  assert_true(output[0] == 3 && isnan(output[2]) && output[4] == 3);
  ak_portable_combine_f32(AK_PORTABLE_SUB, 2, a, 1, &b, 0, output, 1, 3);
  assert_true(output[0] == -5 && isnan(output[1]) && output[2] == -8);
  ak_portable_combine_f32(AK_PORTABLE_PRELU, 0, a, 1, &b, 0, output, 1, 3);
  assert_true(output[0] == 1 && isnan(output[1]) && output[2] == -6);
  uint8_t truth[3];
  ak_portable_combine_f32(AK_PORTABLE_LT, 0, a, 1, &b, 0, truth, 1, 3);
  assert_true(truth[0] == 1 && truth[1] == 0 && truth[2] == 1);
}

static void reductions_take_elements_where_they_are(void **state) {
  (void)state;
  const float in[] = {5, -1, 2, NAN, -0.0f};
  const ptrdiff_t places[] = {2, 0, 1};
  assert_true(ak_portable_reduce_f32(AK_PORTABLE_SUM, in, places, 3) == 6);
  assert_true(ak_portable_reduce_f32(AK_PORTABLE_MEAN, in, places, 3) == 2);
  assert_true(ak_portable_reduce_f32(AK_PORTABLE_PRODUCT, in, places, 3) == -10);
  assert_true(ak_portable_reduce_f32(AK_PORTABLE_PRODUCT, in, places, 0) == 1);
  assert_true(ak_portable_reduce_f32(AK_PORTABLE_SMALLEST, in, places, 3) == -1);
  const ptrdiff_t with_nan[] = {0, 3, 1};
  assert_true(isnan(ak_portable_reduce_f32(AK_PORTABLE_LARGEST, in, with_nan, 3)));
  assert_int_equal(ak_portable_argument_f32(true, in, 3, 1), 0);
  assert_int_equal(ak_portable_argument_f32(false, in, 3, 1), 1);
  assert_int_equal(ak_portable_argument_f32(true, in, 5, 1), 3);
}

static void softmaxes_of_large_numbers_do_not_overflow(void **state) {
  (void)state;
  const float in[] = {1e30f, 0, 1e30f, 0};
  ak_portable_softmax_f32(false, in, 2, output, 1, 2);
  assert_true(output[0] == 0.5f && output[1] == 0.5f);
  ak_portable_softmax_f32(true, in, 1, output, 1, 2);
  assert_true(output[0] == 0 && output[1] == -1e30f);
}

static void rows_are_normalised_by_their_own_mean(void **state) {
  (void)state;
  const float in[] = {1, 3, 10, 14}, scale[] = {2, 3}, shift[] = {0, 1};
  const float plain[] = {-1, 1, -1, 1}, moved[] = {-2, 4, -2, 4};
  ak_portable_layer_norm_f32(in, 2, 2, NULL, NULL, 0, output);
  assert_memory_equal(output, plain, sizeof plain);
  ak_portable_layer_norm_f32(in, 2, 2, scale, shift, 0, output);
  assert_memory_equal(output, moved, sizeof moved);
  const ak_portable_normal by = {.mean = 1, .factor = 0.5f, .scale = 4, .shift = -1};
  ak_portable_normalize_f32(by, in, 1, output, 1, 4);
  assert_true(output[0] == -1 && output[1] == 3 && output[3] == 25);
}

static void interpolation_stays_inside_its_input(void **state) {
  (void)state;
  const float in[] = {0, 4, 8, 12};
  const ak_strides strides = {0, 0, 4, 1};
  const ak_portable_axis one = {1, 1, 1, false}, doubled = {4, 8, 0.5f, false}, corners = {4, 7, 0.5f, true},
                         beyond = {4, 3, 1e4f, false};
  const float halves[] = {0, 1, 3, 5, 7, 9, 11, 12}, aligned[] = {0, 2, 4, 6, 8, 10, 12};
  ak_portable_resize_bilinear_f32(&one, &doubled, in, strides, output, (ak_strides){0, 0, 8, 1});
  assert_memory_equal(output, halves, sizeof halves);
  ak_portable_resize_bilinear_f32(&one, &corners, in, strides, output, (ak_strides){0, 0, 7, 1});
  assert_memory_equal(output, aligned, sizeof aligned);
  ak_portable_resize_bilinear_f32(&one, &beyond, in, strides, output, (ak_strides){0, 0, 3, 1});
  assert_true(output[0] == 12 && output[2] == 12);
}

static void codes_keep_their_distance_from_any_zero_point(void **state) {
  (void)state;
  const int8_t codes[] = {-128, 127};
  ak_portable_dequantize_s8(codes, output, 2, 0.5f, -128);
  assert_true(output[0] == 0 && output[1] == 127.5f);
  // The distance wraps in 64 bits.
  ak_portable_dequantize_s8(codes, output, 2, 1, INT64_MIN);
  assert_true(output[0] == 0x1p63f && output[1] == -0x1p63f);
  const int32_t wide = INT32_MIN;
  ak_portable_dequantize_s32(&wide, output, 1, 1, INT32_MAX);
  assert_true(output[0] == -0x1p32f);
}

static int quantized(float x, float inverse, int32_t zero_point) {
  int8_t out;
  ak_portable_quantize_s8(&x, &out, 1, inverse, zero_point, -128, 127);
  return out;
}

static void floats_become_codes_half_to_even(void **state) {
  (void)state;
  assert_int_equal(quantized(2.5f, 1, 0), 2);
  assert_int_equal(quantized(-3.5f, 1, 0), -4);
  assert_int_equal(quantized(1e30f, 1e30f, -128), 127);
  assert_int_equal(quantized(-INFINITY, 1, 127), -128);
  assert_int_equal(quantized(NAN, 1, 12), 12);
}

static void slices_are_copied_in_the_order_asked_for(void **state) {
  (void)state;
  const uint8_t in[] = {1, 2, 3, 4, 5, 6}, wanted[] = {5, 6, 1, 2, 5, 6};
  const int64_t indices[] = {2, 0, 2};
  uint8_t out[6];
  ak_portable_embedding(in, 2, indices, 3, out);
  assert_memory_equal(out, wanted, 6);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(convolutions_of_any_layout_are_those_of_the_reference),
    cmocka_unit_test(groups_of_one_channel_are_a_depthwise_convolution),
    cmocka_unit_test(transposed_convolutions_are_those_of_the_reference),
    cmocka_unit_test(the_first_of_equal_maxima_is_found_and_nan_wins),
    cmocka_unit_test(averages_divide_by_what_they_are_told_to),
    cmocka_unit_test(adaptive_averages_cover_every_cell),
    cmocka_unit_test(matrix_products_follow_strides_and_scale_their_bias),
    cmocka_unit_test(functions_meet_their_corners),
    cmocka_unit_test(integers_wrap_and_divide_by_anything),
    cmocka_unit_test(floats_combine_with_nan_and_repeated_operands),
    cmocka_unit_test(reductions_take_elements_where_they_are),
    cmocka_unit_test(softmaxes_of_large_numbers_do_not_overflow),
    cmocka_unit_test(rows_are_normalised_by_their_own_mean),
    cmocka_unit_test(interpolation_stays_inside_its_input),
    cmocka_unit_test(codes_keep_their_distance_from_any_zero_point),
    cmocka_unit_test(floats_become_codes_half_to_even),
    cmocka_unit_test(slices_are_copied_in_the_order_asked_for),
};
const kernel_group portable_cases = {"portable", tests, sizeof tests / sizeof tests[0]};
