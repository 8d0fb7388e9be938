// Every variant that this CPU has, over the same cases as the reference kernels, bit for bit.
#include <string.h>

#include "assay_kernels.h"
#include "case_random.h"
#include "kernel_groups.h"
#include "packed_shapes.h"

enum { ROOM = 1 << 17, PACKED_ROOM = 1 << 20 };

static int8_t input[ROOM], filter[ROOM], output[ROOM], expected[ROOM];
static int32_t bias[CHANNELS];
static ak_multiplier multipliers[CHANNELS];
static _Alignas(64) char packed[PACKED_ROOM], scratch[PACKED_ROOM];

typedef struct {
  ak_linear_quantization quantization;
  const int32_t *bias;
} operands;

// Zero points at the ends as often as between, factors over thirty powers of two.
static operands random_operands(case_random *random) {
  static const int32_t ends[] = {-128, 127, 0, -1};
  operands o = {.quantization = {.activation_min = -128, .activation_max = 127}};
  ak_linear_quantization *q = &o.quantization;
  q->input_zero_point =
      case_between(random, 0, 1) ? ends[case_between(random, 0, 3)] : case_between(random, -128, 127);
  q->output_zero_point =
      case_between(random, 0, 1) ? ends[case_between(random, 0, 3)] : case_between(random, -128, 127);
  if (case_between(random, 0, 2) == 0)
    q->activation_min = case_between(random, -128, 0), q->activation_max = case_between(random, 0, 127);
  o.bias = case_between(random, 0, 3) ? bias : NULL;
  case_fill_s8(random, input, ROOM, -128, 127);
  case_fill_s8(random, filter, ROOM, -128, 127);
  int32_t largest_bias = 1 << case_between(random, 4, 24), spread = case_between(random, 2, 24);
  for (int i = 0; i < CHANNELS; i++) {
    bias[i] = case_between(random, -largest_bias, largest_bias);
    int32_t mantissa = (1 << 30) + case_between(random, 0, (1 << 30) - 1);
    switch (case_between(random, 0, 9)) {
    case 0:
      mantissa = 1 << 30;
      break; // Ties are frequent.
    case 1:
      mantissa = INT32_MAX;
      break;
    case 2:
      mantissa = 0;
      break;
    }
    multipliers[i] = (ak_multiplier){mantissa, -case_between(random, 0, spread)};
  }
  return o;
}

static bool conv2d_fits(const ak_conv2d_shape *s) {
  return s->batches * s->input_height * s->input_width * s->input_channels <= ROOM &&
         s->output_channels * s->filter_height * s->filter_width * s->filter_channels <= ROOM &&
         s->batches * s->output_height * s->output_width * s->output_channels <= ROOM;
}

static void expect_equal(ak_variant variant, ptrdiff_t count, uint64_t seed) {
  for (ptrdiff_t i = 0; i < count; i++)
    if (output[i] != expected[i]) {
      print_error("%s, seed %llu: output %td is %d, reference %d\n", ak_variant_name(variant),
                  (unsigned long long)seed, i, output[i], expected[i]);
      fail();
    }
}

// Whether the variant packed it.
static bool compare_conv2d(ak_variant variant, const ak_conv2d_shape *s, const operands *o, uint64_t seed) {
  const ak_linear_quantization *q = &o->quantization;
  ptrdiff_t size = ak_conv2d_s8_packed_size(variant, s);
  if (size == 0 || size > PACKED_ROOM || ak_conv2d_s8_scratch_size(variant, s) > PACKED_ROOM) return false;
  if (!ak_conv2d_s8_pack(variant, s, q, multipliers, filter, o->bias, packed)) return false;
  ak_conv2d_s8(s, q, multipliers, input, filter, o->bias, expected);
  // What scratch holds before must not matter.
  memset(scratch, (int)(seed & 255), PACKED_ROOM);
  ak_conv2d_s8_packed(variant, s, q, packed, input, output, scratch);
  expect_equal(variant, s->batches * s->output_height * s->output_width * s->output_channels, seed);
  return true;
}

static void every_variant_convolves_as_the_reference(void **state) {
  (void)state;
  for (int v = AK_VARIANT_REFERENCE + 1; v < AK_VARIANT_COUNT; v++) {
    if (!ak_variant_runs((ak_variant)v)) continue;
    int compared = 0;
    for (uint64_t seed = 1; seed <= 250; seed++) {
      case_random random = {seed};
      ak_conv2d_shape s = random_conv2d(&random);
      operands o = random_operands(&random);
      if (conv2d_fits(&s)) compared += compare_conv2d((ak_variant)v, &s, &o, seed);
    }
    assert_true(compared > 150);
  }
}

static void every_variant_multiplies_matrices_as_the_reference(void **state) {
  (void)state;
  for (int v = AK_VARIANT_REFERENCE + 1; v < AK_VARIANT_COUNT; v++) {
    if (!ak_variant_runs((ak_variant)v)) continue;
    for (ptrdiff_t outputs = 1; outputs <= 70; outputs++) {
      case_random random = {(uint64_t)outputs};
      ak_fully_connected_shape s = {case_between(&random, 1, 9), case_between(&random, 1, 300), outputs};
      operands o = random_operands(&random);
      for (int i = 0; i < CHANNELS; i++) multipliers[i] = (ak_multiplier){1518500250, -9};
      ak_conv2d_shape as_conv2d = ak_fully_connected_as_conv2d(&s);
      assert_true(compare_conv2d((ak_variant)v, &as_conv2d, &o, (uint64_t)outputs));
      ak_fully_connected_s8(&s, &o.quantization, multipliers[0], input, filter, o.bias, expected);
      expect_equal((ak_variant)v, s.batches * s.outputs, (uint64_t)outputs);
    }
  }
}

static bool compare_depthwise(ak_variant variant, const ak_depthwise_conv2d_shape *s, const operands *o,
                              uint64_t seed) {
  const ak_linear_quantization *q = &o->quantization;
  ptrdiff_t size = ak_depthwise_conv2d_s8_packed_size(variant, s);
  ptrdiff_t count = s->batches * s->output_height * s->output_width * s->input_channels * s->depth_multiplier;
  if (size == 0 || size > PACKED_ROOM || count > ROOM) return false;
  if (ak_depthwise_conv2d_s8_scratch_size(variant, s) > PACKED_ROOM) return false;
  if (!ak_depthwise_conv2d_s8_pack(variant, s, q, multipliers, filter, o->bias, packed)) return false;
  ak_depthwise_conv2d_s8(s, q, multipliers, input, filter, o->bias, expected);
  memset(scratch, (int)(seed & 255), PACKED_ROOM);
  ak_depthwise_conv2d_s8_packed(variant, s, q, packed, input, output, scratch);
  expect_equal(variant, count, seed);
  return true;
}

static void every_variant_convolves_channels_as_the_reference(void **state) {
  (void)state;
  for (int v = AK_VARIANT_REFERENCE + 1; v < AK_VARIANT_COUNT; v++) {
    if (!ak_variant_runs((ak_variant)v)) continue;
    int compared = 0;
    for (uint64_t seed = 1; seed <= 400; seed++) {
      case_random random = {seed};
      ak_depthwise_conv2d_shape s = random_depthwise(&random);
      operands o = random_operands(&random);
      compared += compare_depthwise((ak_variant)v, &s, &o, seed);
    }
    assert_true(compared > 200);
  }
}

// Sums around every tie: one weight of 1, biases that walk through the multiples of half a step.
static void every_variant_rounds_twice_at_every_shift(void **state) {
  (void)state;
  static const int32_t mantissas[] = {1 << 30, (1 << 30) + 1, 1518500250, INT32_MAX - 1, INT32_MAX};
  ak_fully_connected_shape s = {5, 1, CHANNELS};
  ak_conv2d_shape shape = ak_fully_connected_as_conv2d(&s);
  operands o = {{.output_zero_point = -3, .activation_min = -128, .activation_max = 127}, bias};
  case_random random = {7};
  for (int v = AK_VARIANT_REFERENCE + 1; v < AK_VARIANT_COUNT; v++)
    for (int32_t shift = 0; ak_variant_runs((ak_variant)v) && shift <= 31; shift++)
      for (size_t m = 0; m < sizeof mantissas / sizeof mantissas[0]; m++) {
        for (int32_t i = 0; i < CHANNELS; i++) {
          int64_t near = (i - CHANNELS / 2) * (INT64_C(1) << shift) + case_between(&random, -2, 2);
          bias[i] = near > (1 << 29) ? 1 << 29 : near < -(1 << 29) ? -(1 << 29) : (int32_t)near;
          multipliers[i] = (ak_multiplier){mantissas[m], -shift};
          filter[i] = 1;
        }
        for (int8_t i = 0; i < 5; i++) input[i] = (int8_t)(i - 2);
        bool done = compare_conv2d((ak_variant)v, &shape, &o, (uint64_t)shift);
        if (shift <= 20) assert_true(done);
      }
}

// (-128)^2 everywhere: two of these products leave 16 bits, and sums are the largest there are.
static void every_variant_sums_the_largest_products(void **state) {
  (void)state;
  static const int8_t ends[] = {-128, 127};
  operands o = {.quantization = {.activation_min = -128, .activation_max = 127}};
  for (int i = 0; i < CHANNELS; i++) multipliers[i] = (ak_multiplier){1518500250, -13};
  for (int v = AK_VARIANT_REFERENCE + 1; v < AK_VARIANT_COUNT; v++)
    for (uint64_t i = 0; ak_variant_runs((ak_variant)v) && i < 16; i++) {
      memset(input, ends[i & 1], ROOM), memset(filter, ends[i >> 1 & 1], ROOM);
      o.quantization.input_zero_point = ends[i >> 2 & 1], o.quantization.output_zero_point = ends[i >> 3 & 1];
      ak_conv2d_shape s = {1, 4, 5, 9, 3, 2, 9, 2, 4, 21, 1, 1, 1, 1, 0, 0};
      ak_depthwise_conv2d_shape d = {1, 5, 6, 19, 5, 3, 1, 5, 6, 1, 1, 1, 1, 2, 1};
      assert_true(compare_conv2d((ak_variant)v, &s, &o, i));
      assert_true(compare_depthwise((ak_variant)v, &d, &o, i));
    }
}

static void sums_and_factors_out_of_range_are_not_packed(void **state) {
  (void)state;
  ak_fully_connected_shape s = {1, 1, 1};
  ak_conv2d_shape shape = ak_fully_connected_as_conv2d(&s);
  const ak_linear_quantization q = {.activation_min = -128, .activation_max = 127};
  const int8_t weight = 1;
  for (int v = AK_VARIANT_REFERENCE + 1; v < AK_VARIANT_COUNT; v++) {
    if (!ak_variant_runs((ak_variant)v)) continue;
    const ak_multiplier half = {1 << 30, 0}, four = {1 << 30, 3}, negative = {-(1 << 30), 0};
    const int32_t small = 5, large = 1 << 30;
    assert_true(ak_conv2d_s8_pack((ak_variant)v, &shape, &q, &half, &weight, &small, packed));
    assert_false(ak_conv2d_s8_pack((ak_variant)v, &shape, &q, &half, &weight, &large, packed));
    assert_false(ak_conv2d_s8_pack((ak_variant)v, &shape, &q, &four, &weight, &small, packed));
    assert_false(ak_conv2d_s8_pack((ak_variant)v, &shape, &q, &negative, &weight, &small, packed));
  }
}

static void windows_spread_beyond_reason_and_groups_have_no_packed_form(void **state) {
  (void)state;
  ak_conv2d_shape spread = {1, 1, 1, 1, 65536, 65536, 1, 1, 1, 1, 1, 1, 65536, 65536, 0, 0};
  ak_conv2d_shape groups = {1, 1, 1, 4, 1, 1, 2, 1, 1, 2, 1, 1, 1, 1, 0, 0};
  ak_depthwise_conv2d_shape wide = {1, 1, 1, 2, 65536, 65536, 1, 1, 1, 1, 1, 65536, 65536, 0, 0};
  for (int v = 0; v < AK_VARIANT_COUNT; v++) {
    assert_int_equal(ak_conv2d_s8_packed_size((ak_variant)v, &spread), 0);
    assert_int_equal(ak_conv2d_s8_packed_size((ak_variant)v, &groups), 0);
    assert_int_equal(ak_depthwise_conv2d_s8_packed_size((ak_variant)v, &wide), 0);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_variant_convolves_as_the_reference),
    cmocka_unit_test(every_variant_multiplies_matrices_as_the_reference),
    cmocka_unit_test(every_variant_convolves_channels_as_the_reference),
    cmocka_unit_test(every_variant_rounds_twice_at_every_shift),
    cmocka_unit_test(every_variant_sums_the_largest_products),
    cmocka_unit_test(sums_and_factors_out_of_range_are_not_packed),
    cmocka_unit_test(windows_spread_beyond_reason_and_groups_have_no_packed_form),
};
const kernel_group packed_cases = {"packed", tests, sizeof tests / sizeof tests[0]};
