// int8 operators of ExecuTorch's cortex_m: where they compute what a kernel of TensorFlow Lite Micro does,
// that kernel is the expectation.
#include "assay_kernels.h"
#include "case_random.h"
#include "kernel_groups.h"
#include "packed_shapes.h"
#include "portable_windows.h"

enum { ROOM = 1 << 16 };
static int8_t input[ROOM], filter[ROOM], output[ROOM], expected[ROOM];
static int32_t bias[CHANNELS];
static ak_multiplier factors[CHANNELS];

static ak_multiplier random_factor(case_random *random) {
  return (ak_multiplier){(1 << 30) + case_between(random, 0, (1 << 30) - 1), -case_between(random, 0, 14)};
}

static void fill(case_random *random) {
  case_fill_s8(random, input, ROOM, -128, 127);
  case_fill_s8(random, filter, ROOM, -128, 127);
  for (int i = 0; i < CHANNELS; i++) {
    bias[i] = case_between(random, INT32_MIN / 4, INT32_MAX / 4);
    factors[i] = random_factor(random);
  }
}

static ak_linear_quantization random_quantization(case_random *random) {
  return (ak_linear_quantization){.input_zero_point = case_between(random, -128, 127),
                                  .output_zero_point = case_between(random, -128, 127),
                                  .activation_min = case_between(random, -128, 0),
                                  .activation_max = case_between(random, 0, 127)};
}

// The same with offsets, which are zero points taken off.
static ak_cortex_m_linear linear_of(const ak_linear_quantization *q) {
  return (ak_cortex_m_linear){.input_offset = -q->input_zero_point,
                              .filter_offset = -q->filter_zero_point,
                              .output_offset = q->output_zero_point,
                              .min = q->activation_min,
                              .max = q->activation_max};
}

static void convolutions_are_those_of_the_reference(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 60; seed++) {
    case_random random = {seed};
    ak_conv2d_shape s = random_conv2d(&random);
    if (conv2d_largest(&s) > ROOM) continue;
    fill(&random);
    ak_linear_quantization q = random_quantization(&random);
    ak_cortex_m_linear linear = linear_of(&q);
    ak_portable_window w = window_of_conv2d(&s);
    const int32_t *given = case_between(&random, 0, 3) ? bias : NULL;
    ak_conv2d_s8(&s, &q, factors, input, filter, given, expected);
    ak_cortex_m_convolution_s8(&w, &linear, factors, input, filter, given, output);
    assert_memory_equal(output, expected, (size_t)conv2d_outputs(&s));
  }
}

static void matrix_products_are_those_of_the_reference(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 60; seed++) {
    case_random random = {seed};
    ak_fully_connected_shape s = {case_between(&random, 1, 5), case_between(&random, 1, 70),
                                  case_between(&random, 1, 70)};
    fill(&random);
    ak_linear_quantization q = random_quantization(&random);
    q.filter_zero_point = case_between(&random, -128, 127);
    ak_cortex_m_linear linear = linear_of(&q);
    ak_fully_connected_s8(&s, &q, factors[0], input, filter, bias, expected);
    ak_cortex_m_linear_s8(s.batches, s.depth, s.outputs, &linear, factors[0], input, filter, bias, NULL,
                          output);
    assert_memory_equal(output, expected, (size_t)(s.batches * s.outputs));
  }
}

static void sums_of_a_kernel_stand_for_offsets_and_bias(void **state) {
  (void)state;
  case_random random = {5};
  fill(&random);
  ak_cortex_m_linear q = {.input_offset = 128, .output_offset = -3, .min = -128, .max = 127};
  int32_t sums[4];
  for (int j = 0; j < 4; j++) {
    sums[j] = bias[j] /= 1 << 10;
    for (int k = 0; k < 9; k++) sums[j] += 128 * filter[j * 9 + k];
  }
  ak_cortex_m_linear_s8(3, 9, 4, &q, factors[0], input, filter, bias, NULL, expected);
  ak_cortex_m_linear_s8(3, 9, 4, &q, factors[0], input, filter, bias, sums, output);
  assert_memory_equal(output, expected, 12);
}

static void sums_and_products_are_those_of_the_reference(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 40; seed++) {
    case_random random = {seed};
    fill(&random);
    const ak_cortex_m_sum q = {.a_zero_point = case_between(&random, -128, 127),
                               .b_zero_point = case_between(&random, 0, 1) ? -128 : 127,
                               .out_offset = case_between(&random, -128, 127),
                               .a_factor = random_factor(&random),
                               .b_factor = random_factor(&random),
                               .out_factor = random_factor(&random),
                               .min = -120,
                               .max = 110};
    const ak_binary_quantization reference = {q.a_zero_point, q.b_zero_point, q.out_offset, 20, q.a_factor,
                                              q.b_factor,     q.out_factor,   -120,         110};
    ak_add_s8(input, 1, filter, 1, expected, 300, &reference);
    ak_cortex_m_add_s8(&q, input, filter, output, 300);
    assert_memory_equal(output, expected, 300);
    ak_mul_s8(input, 1, filter, 1, expected, 300, &reference);
    ak_cortex_m_mul_s8(&q, input, filter, output, 300);
    assert_memory_equal(output, expected, 300);
  }
}

static void pools_are_those_of_the_reference(void **state) {
  (void)state;
  case_random random = {9};
  fill(&random);
  const ak_pool2d_shape s = {2, 7, 6, 5, 3, 2, 3, 5, 2, 1, 1, 0};
  ak_portable_window w = window_of_pool2d(&s);
  size_t count = 2 * 3 * 5 * 7;
  ak_average_pool2d_s8(&s, -128, 127, input, expected);
  ak_cortex_m_average_pool_s8(&w, input, output);
  assert_memory_equal(output, expected, count);
  ak_max_pool2d_s8(&s, -90, 90, input, expected);
  ak_cortex_m_max_pool_s8(&w, input, output, -90, 90);
  assert_memory_equal(output, expected, count);
}

static void windows_outside_the_input_are_empty(void **state) {
  (void)state;
  ak_pool2d_shape s = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5, 5};
  ak_portable_window w = window_of_pool2d(&s);
  const int8_t in = 77;
  ak_cortex_m_average_pool_s8(&w, &in, output);
  assert_int_equal(output[0], 0);
  ak_cortex_m_max_pool_s8(&w, &in, output, -50, 50);
  assert_int_equal(output[0], -50);
}

static void codes_are_clamped(void **state) {
  (void)state;
  const int8_t in[] = {-128, -3, 0, 4, 127}, clamped[] = {-3, -3, 0, 4, 4};
  ak_portable_clamp_s8(in, output, 5, -3, 4);
  assert_memory_equal(output, clamped, 5);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(convolutions_are_those_of_the_reference),
    cmocka_unit_test(matrix_products_are_those_of_the_reference),
    cmocka_unit_test(sums_of_a_kernel_stand_for_offsets_and_bias),
    cmocka_unit_test(sums_and_products_are_those_of_the_reference),
    cmocka_unit_test(pools_are_those_of_the_reference),
    cmocka_unit_test(windows_outside_the_input_are_empty),
    cmocka_unit_test(codes_are_clamped),
};
const kernel_group cortex_m_cases = {"cortex_m", tests, sizeof tests / sizeof tests[0]};
