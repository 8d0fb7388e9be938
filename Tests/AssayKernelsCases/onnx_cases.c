#include <math.h>

#include "assay_kernels.h"
#include "case_random.h"
#include "kernel_groups.h"
#include "packed_shapes.h"
#include "portable_windows.h"

enum { ROOM = 1 << 16 };
static uint8_t input[ROOM], filter[ROOM], output[ROOM];
static float real_input[ROOM], real_filter[ROOM], real_output[ROOM];

static int quantized(float x, float scale, int32_t zero_point, int32_t min, int32_t max) {
  uint8_t out;
  ak_onnx_quantize(&x, &out, 1, scale, zero_point, min, max);
  return min < 0 ? (int8_t)out : out;
}

static void quantizing_rounds_half_to_even_and_saturates(void **state) {
  (void)state;
  assert_int_equal(quantized(0.5f, 1, 0, -128, 127), 0);
  assert_int_equal(quantized(1.5f, 1, 0, -128, 127), 2);
  assert_int_equal(quantized(-2.5f, 1, 0, -128, 127), -2);
  assert_int_equal(quantized(1000, 1, 0, -128, 127), 127);
  assert_int_equal(quantized(-1000, 1, 0, -128, 127), -128);
  assert_int_equal(quantized(1000, 1, 0, 0, 255), 255);
  assert_int_equal(quantized(-1, 1, 0, 0, 255), 0);
  assert_int_equal(quantized(-1, 0.5f, 200, 0, 255), 198);
}

static void what_no_integer_holds_is_quantized_to_an_end(void **state) {
  (void)state;
  assert_int_equal(quantized(INFINITY, 1, 5, -128, 127), 127);
  assert_int_equal(quantized(-INFINITY, 1, 5, -128, 127), -128);
  assert_int_equal(quantized(1e30f, 1e-30f, 255, 0, 255), 255);
  assert_int_equal(quantized(NAN, 1, 5, -128, 127), 5);
}

// Codes as floats, which hold sums below 2^24 exactly: the convolution of floats is the expectation.
static void reals_of(const uint8_t *codes, float *reals, ptrdiff_t count, bool is_signed,
                     int32_t zero_point) {
  for (ptrdiff_t i = 0; i < count; i++)
    reals[i] = (float)((is_signed ? (int8_t)codes[i] : codes[i]) - zero_point);
}

static void compare_convolution(const ak_conv2d_shape *s, const ak_onnx_codes *q) {
  const ak_float_range any = {-INFINITY, INFINITY};
  ak_portable_window w = window_of_conv2d(s);
  reals_of(input, real_input, ROOM, q->input_signed, q->input_zero_point);
  reals_of(filter, real_filter, ROOM, q->filter_signed, q->filter_zero_point);
  ak_conv2d_f32(s, &any, real_input, real_filter, NULL, real_output);
  ak_onnx_convolution(&w, q, input, filter, NULL, output);
  int32_t min = q->output_signed ? -128 : 0;
  for (ptrdiff_t i = 0; i < conv2d_outputs(s); i++) {
    float factor = q->factors[i % s->output_channels * q->factor_step];
    int32_t code = (int32_t)rintf(real_output[i] * factor) + q->output_zero_point;
    code = code < min ? min : code > min + 255 ? min + 255 : code;
    assert_int_equal(q->output_signed ? (int8_t)output[i] : output[i], code);
  }
}

static void convolutions_of_all_signs_sum_distances_from_zero_points(void **state) {
  (void)state;
  int compared = 0;
  for (uint64_t seed = 1; seed <= 120; seed++) {
    case_random random = {seed};
    ak_conv2d_shape s = random_conv2d(&random);
    if (conv2d_largest(&s) > ROOM || s.filter_height * s.filter_width * s.filter_channels > 250) continue;
    float factors[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) factors[i] = 1.0f / (float)case_between(&random, 1, 3000);
    ak_onnx_codes q = {.factors = factors, .factor_step = case_between(&random, 0, 1)};
    q.input_signed = case_between(&random, 0, 1), q.filter_signed = case_between(&random, 0, 1);
    q.output_signed = case_between(&random, 0, 1);
    q.input_zero_point = case_between(&random, 0, 127), q.filter_zero_point = case_between(&random, 0, 127);
    q.output_zero_point = case_between(&random, 0, 127);
    case_fill_s8(&random, (int8_t *)input, ROOM, -128, 127);
    case_fill_s8(&random, (int8_t *)filter, ROOM, -128, 127);
    compare_convolution(&s, &q);
    compared++;
  }
  assert_true(compared > 30);
}

static void a_bias_wraps_and_factors_may_be_anything(void **state) {
  (void)state;
  const ak_conv2d_shape s = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0};
  const ak_portable_window w = window_of_conv2d(&s);
  const uint8_t one = 1;
  const int32_t most = INT32_MAX;
  const float huge = INFINITY, none = NAN, tiny = 0x1p-31f;
  ak_onnx_codes q = {.output_zero_point = 9, .output_signed = true, .factors = &tiny};
  uint8_t out;
  ak_onnx_convolution(&w, &q, &one, &one, &most, &out);
  assert_int_equal((int8_t)out, 8); // INT32_MIN * 2^-31
  q.factors = &huge;
  ak_onnx_convolution(&w, &q, &one, &one, &most, &out);
  assert_int_equal((int8_t)out, -128);
  q.factors = &none;
  ak_onnx_convolution(&w, &q, &one, &one, &most, &out);
  assert_int_equal((int8_t)out, 9);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(quantizing_rounds_half_to_even_and_saturates),
    cmocka_unit_test(what_no_integer_holds_is_quantized_to_an_end),
    cmocka_unit_test(convolutions_of_all_signs_sum_distances_from_zero_points),
    cmocka_unit_test(a_bias_wraps_and_factors_may_be_anything),
};
const kernel_group onnx_cases = {"onnx", tests, sizeof tests / sizeof tests[0]};
