// Every variant that this CPU has of the float kernels, to the last bit of the reference.
#include <float.h>
#include <math.h>
#include <string.h>

#include "assay_kernels.h"
#include "case_random.h"
#include "kernel_groups.h"

enum { ROOM = 1 << 16, PACKED_ROOM = 1 << 22 };
static float input[ROOM], filter[ROOM], bias[256], output[ROOM], expected[ROOM];
static _Alignas(64) char packed[PACKED_ROOM], scratch[PACKED_ROOM];

// Numbers of all sizes, so that another order of sums gives other bits.
static void fill(case_random *random, float *out, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++)
    out[i] = ldexpf((float)case_between(random, -8388607, 8388607), case_between(random, -30, -20));
}

typedef struct {
  ptrdiff_t input, window, output, stride, dilation, padding;
} axis;

static axis random_axis(case_random *random, int32_t room) {
  axis a = {.input = case_between(random, 1, room),
            .window = case_between(random, 1, 5),
            .stride = case_between(random, 1, 3),
            .dilation = case_between(random, 0, 3) ? 1 : 2};
  ptrdiff_t reach = (a.window - 1) * a.dilation + 1;
  if (case_between(random, 0, 1)) { // SAME
    a.output = (a.input + a.stride - 1) / a.stride;
    ptrdiff_t missing = (a.output - 1) * a.stride + reach - a.input;
    a.padding = missing > 0 ? missing / 2 : 0;
  } else {
    a.input += reach - 1;
    a.output = (a.input - reach) / a.stride + 1;
  }
  return a;
}

static ak_float_range random_range(case_random *random) {
  return case_between(random, 0, 1) ? (ak_float_range){-FLT_MAX, FLT_MAX} : (ak_float_range){0, 6};
}

static void expect_same_bits(ak_variant variant, ptrdiff_t count, uint64_t seed) {
  for (ptrdiff_t i = 0; i < count; i++)
    if (memcmp(&output[i], &expected[i], sizeof output[i]) != 0) {
      print_error("%s, seed %llu: output %td is %a, reference %a\n", ak_variant_name(variant),
                  (unsigned long long)seed, i, (double)output[i], (double)expected[i]);
      fail();
    }
}

static bool compare_conv2d(ak_variant variant, const ak_conv2d_shape *s, uint64_t seed) {
  case_random random = {seed};
  ptrdiff_t count = s->batches * s->output_height * s->output_width * s->output_channels;
  ptrdiff_t inputs = s->batches * s->input_height * s->input_width * s->input_channels;
  ptrdiff_t weights = s->output_channels * s->filter_height * s->filter_width * s->filter_channels;
  if (count > ROOM || inputs > ROOM || weights > ROOM) return false;
  fill(&random, input, inputs), fill(&random, filter, weights), fill(&random, bias, 256);
  ak_float_range range = random_range(&random);
  const float *given = case_between(&random, 0, 3) ? bias : NULL;
  assert_in_range(ak_conv2d_f32_packed_size(variant, s), 1, PACKED_ROOM);
  assert_in_range(ak_conv2d_f32_scratch_size(variant, s), 1, PACKED_ROOM);
  assert_true(ak_conv2d_f32_pack(variant, s, filter, given, packed));
  memset(scratch, 0xff, PACKED_ROOM); // NaN everywhere.
  ak_conv2d_f32(s, &range, input, filter, given, expected);
  ak_conv2d_f32_packed(variant, s, &range, packed, input, output, scratch);
  expect_same_bits(variant, count, seed);
  return true;
}

static void every_variant_sums_convolutions_in_order(void **state) {
  (void)state;
  for (int v = AK_VARIANT_REFERENCE + 1; v < AK_VARIANT_COUNT; v++) {
    int compared = 0;
    for (uint64_t seed = 1; ak_variant_runs((ak_variant)v) && seed <= 200; seed++) {
      case_random random = {seed};
      axis y = random_axis(&random, 7), x = random_axis(&random, 19);
      ptrdiff_t channels = case_between(&random, 1, 20), outputs = case_between(&random, 1, 70);
      ak_conv2d_shape s = {case_between(&random, 1, 2),
                           y.input,
                           x.input,
                           channels,
                           y.window,
                           x.window,
                           channels,
                           y.output,
                           x.output,
                           outputs,
                           y.stride,
                           x.stride,
                           y.dilation,
                           x.dilation,
                           y.padding,
                           x.padding};
      compared += compare_conv2d((ak_variant)v, &s, seed);
    }
    assert_true(compared > 150 || !ak_variant_runs((ak_variant)v));
  }
}

static void every_variant_sums_matrix_products_in_order(void **state) {
  (void)state;
  for (int v = AK_VARIANT_REFERENCE + 1; v < AK_VARIANT_COUNT; v++)
    for (ptrdiff_t outputs = 1; ak_variant_runs((ak_variant)v) && outputs <= 200; outputs += 3) {
      ak_fully_connected_shape s = {1 + outputs % 5, 1 + outputs % 90, outputs};
      ak_conv2d_shape as_conv2d = ak_fully_connected_as_conv2d(&s);
      assert_true(compare_conv2d((ak_variant)v, &as_conv2d, (uint64_t)outputs));
    }
}

static void every_variant_sums_channels_in_order(void **state) {
  (void)state;
  for (int v = AK_VARIANT_REFERENCE + 1; v < AK_VARIANT_COUNT; v++)
    for (uint64_t seed = 1; ak_variant_runs((ak_variant)v) && seed <= 250; seed++) {
      case_random random = {seed};
      axis y = random_axis(&random, 7), x = random_axis(&random, 19);
      ak_depthwise_conv2d_shape s = {case_between(&random, 1, 2),
                                     y.input,
                                     x.input,
                                     case_between(&random, 1, 70),
                                     y.window,
                                     x.window,
                                     1,
                                     y.output,
                                     x.output,
                                     y.stride,
                                     x.stride,
                                     y.dilation,
                                     x.dilation,
                                     y.padding,
                                     x.padding};
      ptrdiff_t inputs = s.batches * s.input_height * s.input_width * s.input_channels;
      if (inputs > ROOM) continue;
      fill(&random, input, inputs), fill(&random, filter, ROOM), fill(&random, bias, 256);
      ak_float_range range = random_range(&random);
      assert_in_range(ak_depthwise_conv2d_f32_packed_size((ak_variant)v, &s), 1, PACKED_ROOM);
      assert_in_range(ak_depthwise_conv2d_f32_scratch_size((ak_variant)v, &s), 1, PACKED_ROOM);
      assert_true(ak_depthwise_conv2d_f32_pack((ak_variant)v, &s, filter, bias, packed));
      memset(scratch, 0xff, PACKED_ROOM);
      ak_depthwise_conv2d_f32(&s, &range, input, filter, bias, expected);
      ak_depthwise_conv2d_f32_packed((ak_variant)v, &s, &range, packed, input, output, scratch);
      expect_same_bits((ak_variant)v, s.batches * s.output_height * s.output_width * s.input_channels, seed);
    }
}

static void products_are_rounded_before_they_are_added(void **state) {
  (void)state;
  // (1 + 2^-12)^2 loses its last bit when it is rounded before -1 is added; fused, it is kept.
  ak_fully_connected_shape s = {1, 2, 1};
  ak_conv2d_shape shape = ak_fully_connected_as_conv2d(&s);
  const float a = 1 + 0x1p-12f, values[2] = {-1, a}, weights[2] = {1, a};
  const ak_float_range range = {-FLT_MAX, FLT_MAX};
  for (int v = AK_VARIANT_REFERENCE + 1; v < AK_VARIANT_COUNT; v++) {
    if (!ak_variant_runs((ak_variant)v)) continue;
    assert_true(ak_conv2d_f32_pack((ak_variant)v, &shape, weights, NULL, packed));
    ak_conv2d_f32_packed((ak_variant)v, &shape, &range, packed, values, output, scratch);
    assert_true(output[0] == 0x1p-11f);
  }
}

static void infinite_weights_are_not_packed(void **state) {
  (void)state;
  ak_fully_connected_shape s = {1, 1, 1};
  ak_conv2d_shape shape = ak_fully_connected_as_conv2d(&s);
  const float infinite = INFINITY, nan = NAN;
  for (int v = AK_VARIANT_REFERENCE + 1; v < AK_VARIANT_COUNT; v++) {
    if (!ak_variant_runs((ak_variant)v)) continue;
    assert_false(ak_conv2d_f32_pack((ak_variant)v, &shape, &infinite, NULL, packed));
    assert_false(ak_conv2d_f32_pack((ak_variant)v, &shape, &nan, NULL, packed));
  }
}

// Zeros of both signs, infinities and NaN among ordinary numbers.
static void fill_wild(case_random *random, float *out, ptrdiff_t count) {
  static const float wild[] = {0, -0.0f, INFINITY, -INFINITY, NAN, FLT_MAX, -FLT_MAX, FLT_MIN};
  fill(random, out, count);
  for (ptrdiff_t i = 0; i < count; i += case_between(random, 1, 6)) out[i] = wild[case_between(random, 0, 7)];
}

static void expect_same_values(ak_variant variant, ptrdiff_t count, uint64_t seed) {
  // Which NaN comes of two is nobody's promise.
  for (ptrdiff_t i = 0; i < count; i++)
    if (isnan(output[i]) && isnan(expected[i])) output[i] = expected[i];
  expect_same_bits(variant, count, seed);
}

static void every_variant_adds_and_pools_wild_values_as_the_reference(void **state) {
  (void)state;
  for (int v = 0; v < AK_VARIANT_COUNT; v++)
    for (uint64_t seed = 1; ak_variant_runs((ak_variant)v) && seed <= 200; seed++) {
      case_random random = {seed};
      fill_wild(&random, input, 4096), fill_wild(&random, filter, 100);
      ak_float_range range = random_range(&random);
      ak_binary_range both = {.f32_min = range.min, .f32_max = range.max};
      ptrdiff_t count = case_between(&random, 0, 100), step = case_between(&random, 0, 4) > 0;
      ak_add_f32(input, 1, filter, step, expected, count, &both);
      ak_add_f32_vectorized((ak_variant)v, input, 1, filter, step, output, count, &both);
      expect_same_values((ak_variant)v, count, seed);
      ak_pool2d_shape s = {1, case_between(&random, 1, 60), 4, 9, 2, 3, 2, 3, 2, 3, 0, 0};
      ak_max_pool2d_f32(&s, &range, input, expected);
      ak_max_pool2d_f32_vectorized((ak_variant)v, &s, &range, input, output);
      expect_same_values((ak_variant)v, 6 * s.channels, seed);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_variant_sums_convolutions_in_order),
    cmocka_unit_test(every_variant_sums_matrix_products_in_order),
    cmocka_unit_test(every_variant_sums_channels_in_order),
    cmocka_unit_test(products_are_rounded_before_they_are_added),
    cmocka_unit_test(infinite_weights_are_not_packed),
    cmocka_unit_test(every_variant_adds_and_pools_wild_values_as_the_reference),
};
const kernel_group packed_float_cases = {"packed_float", tests, sizeof tests / sizeof tests[0]};
