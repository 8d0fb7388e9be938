// Every variant that this CPU has, in memory of exactly the size that it asked for: a read or a write
// beyond either end meets a page that nobody may touch.
#include "fenced_memory.h"

#include <float.h>
#include <string.h>

#include "assay_kernels.h"
#include "case_random.h"
#include "kernel_groups.h"
#include "packed_shapes.h"

enum { ROOM = 1 << 17, CASES = 60 };

static union {
  int8_t s8[ROOM];
  int32_t s32[ROOM / 4];
  float f32[ROOM / 4];
} filter, expected;
static const ak_linear_quantization quantization = {
    .input_zero_point = -7, .output_zero_point = 3, .activation_min = -128, .activation_max = 127};
static const ak_float_range any_float = {-FLT_MAX, FLT_MAX};

static const ak_multiplier *multipliers(void) {
  static ak_multiplier all[CHANNELS];
  for (int i = 0; i < CHANNELS; i++) all[i] = (ak_multiplier){1518500250, -9};
  return all;
}

static int8_t *random_codes(case_random *random, fence f, ptrdiff_t count, bool at_end) {
  int8_t *codes = fenced(f, count, at_end);
  case_fill_s8(random, codes, count, -128, 127);
  return codes;
}

static float *random_floats(case_random *random, fence f, ptrdiff_t count, bool at_end) {
  float *floats = fenced(f, count * (ptrdiff_t)sizeof(float), at_end);
  case_fill_f32(random, floats, count);
  return floats;
}

static ptrdiff_t inputs_of(const ak_conv2d_shape *s) {
  return s->batches * s->input_height * s->input_width * s->input_channels;
}
static ptrdiff_t outputs_of(const ak_conv2d_shape *s) {
  return s->batches * s->output_height * s->output_width * s->output_channels;
}
static ptrdiff_t weights_of(const ak_conv2d_shape *s) {
  return s->output_channels * s->filter_height * s->filter_width * s->filter_channels;
}

static bool fits(ptrdiff_t inputs, ptrdiff_t outputs, ptrdiff_t weights, ptrdiff_t packed,
                 ptrdiff_t scratch) {
  return inputs <= ROOM / 4 && outputs <= ROOM / 4 && weights <= ROOM / 4 && packed > 0 &&
         packed <= FENCE_ROOM - 4 && scratch <= FENCE_ROOM - 4;
}

static void convolve(ak_variant v, uint64_t seed, bool at_end) {
  case_random random = {seed};
  ak_conv2d_shape s = random_conv2d(&random);
  ptrdiff_t size = ak_conv2d_s8_packed_size(v, &s), scratch_size = ak_conv2d_s8_scratch_size(v, &s);
  if (!fits(inputs_of(&s), outputs_of(&s), weights_of(&s), size, scratch_size)) return;
  case_fill_s8(&random, filter.s8, weights_of(&s), -128, 127);
  int8_t *input = random_codes(&random, INPUT, inputs_of(&s), at_end);
  int8_t *output = fenced(OUTPUT, outputs_of(&s), at_end);
  void *packed = fenced_words(PACKED, size, at_end), *scratch = fenced_words(SCRATCH, scratch_size, at_end);
  assert_true(ak_conv2d_s8_pack(v, &s, &quantization, multipliers(), filter.s8, NULL, packed));
  ak_conv2d_s8_packed(v, &s, &quantization, packed, input, output, scratch);
  ak_conv2d_s8(&s, &quantization, multipliers(), input, filter.s8, NULL, expected.s8);
  assert_memory_equal(output, expected.s8, (size_t)outputs_of(&s));
}

static void convolve_floats(ak_variant v, uint64_t seed, bool at_end) {
  case_random random = {seed};
  ak_conv2d_shape s = random_conv2d(&random);
  ptrdiff_t size = ak_conv2d_f32_packed_size(v, &s), scratch_size = ak_conv2d_f32_scratch_size(v, &s);
  if (!fits(inputs_of(&s), outputs_of(&s), weights_of(&s), size, scratch_size)) return;
  case_fill_f32(&random, filter.f32, weights_of(&s));
  float *input = random_floats(&random, INPUT, inputs_of(&s), at_end);
  float *output = random_floats(&random, OUTPUT, outputs_of(&s), at_end);
  void *packed = fenced_words(PACKED, size, at_end), *scratch = fenced_words(SCRATCH, scratch_size, at_end);
  assert_true(ak_conv2d_f32_pack(v, &s, filter.f32, NULL, packed));
  ak_conv2d_f32_packed(v, &s, &any_float, packed, input, output, scratch);
  ak_conv2d_f32(&s, &any_float, input, filter.f32, NULL, expected.f32);
  assert_memory_equal(output, expected.f32, (size_t)outputs_of(&s) * sizeof(float));
}

static void convolve_channels(ak_variant v, uint64_t seed, bool at_end) {
  case_random random = {seed};
  ak_depthwise_conv2d_shape s = random_depthwise(&random);
  ptrdiff_t inputs = s.batches * s.input_height * s.input_width * s.input_channels;
  ptrdiff_t channels = s.input_channels * s.depth_multiplier;
  ptrdiff_t outputs = s.batches * s.output_height * s.output_width * channels;
  ptrdiff_t weights = s.filter_height * s.filter_width * channels;
  ptrdiff_t size = ak_depthwise_conv2d_s8_packed_size(v, &s);
  ptrdiff_t scratch_size = ak_depthwise_conv2d_s8_scratch_size(v, &s);
  if (!fits(inputs, outputs, weights, size, scratch_size)) return;
  case_fill_s8(&random, filter.s8, weights, -128, 127);
  int8_t *input = random_codes(&random, INPUT, inputs, at_end), *output = fenced(OUTPUT, outputs, at_end);
  void *packed = fenced_words(PACKED, size, at_end), *scratch = fenced_words(SCRATCH, scratch_size, at_end);
  assert_true(ak_depthwise_conv2d_s8_pack(v, &s, &quantization, multipliers(), filter.s8, NULL, packed));
  ak_depthwise_conv2d_s8_packed(v, &s, &quantization, packed, input, output, scratch);
  ak_depthwise_conv2d_s8(&s, &quantization, multipliers(), input, filter.s8, NULL, expected.s8);
  assert_memory_equal(output, expected.s8, (size_t)outputs);
}

static void convolve_channels_of_floats(ak_variant v, uint64_t seed, bool at_end) {
  case_random random = {seed};
  ak_depthwise_conv2d_shape s = random_depthwise(&random);
  s.depth_multiplier = 1;
  ptrdiff_t inputs = s.batches * s.input_height * s.input_width * s.input_channels;
  ptrdiff_t outputs = s.batches * s.output_height * s.output_width * s.input_channels;
  ptrdiff_t weights = s.filter_height * s.filter_width * s.input_channels;
  ptrdiff_t size = ak_depthwise_conv2d_f32_packed_size(v, &s);
  ptrdiff_t scratch_size = ak_depthwise_conv2d_f32_scratch_size(v, &s);
  if (!fits(inputs, outputs, weights, size, scratch_size)) return;
  case_fill_f32(&random, filter.f32, weights);
  float *input = random_floats(&random, INPUT, inputs, at_end);
  float *output = random_floats(&random, OUTPUT, outputs, at_end);
  void *packed = fenced_words(PACKED, size, at_end), *scratch = fenced_words(SCRATCH, scratch_size, at_end);
  assert_true(ak_depthwise_conv2d_f32_pack(v, &s, filter.f32, NULL, packed));
  ak_depthwise_conv2d_f32_packed(v, &s, &any_float, packed, input, output, scratch);
  ak_depthwise_conv2d_f32(&s, &any_float, input, filter.f32, NULL, expected.f32);
  assert_memory_equal(output, expected.f32, (size_t)outputs * sizeof(float));
}

static void add_and_multiply(ak_variant v, uint64_t seed, bool at_end) {
  case_random random = {seed};
  ptrdiff_t count = case_between(&random, 1, 150);
  const ak_binary_quantization q = {.left_shift = 20,
                                    .a_scale = {1 << 30, 0},
                                    .b_scale = {1518500250, -1},
                                    .out_scale = {1518500250, -18},
                                    .activation_min = -128,
                                    .activation_max = 127};
  const ak_binary_range range = {.f32_min = -3, .f32_max = 3};
  int8_t *a = random_codes(&random, INPUT, count, at_end), *b = random_codes(&random, SECOND, count, at_end);
  int8_t *output = fenced(OUTPUT, count, at_end);
  ak_add_s8(a, 1, b, 1, expected.s8, count, &q);
  ak_add_s8_vectorized(v, a, 1, b, 1, output, count, &q);
  assert_memory_equal(output, expected.s8, (size_t)count);
  ak_mul_s8(a, 1, b, 1, expected.s8, count, &q);
  ak_mul_s8_vectorized(v, a, 1, b, 1, output, count, &q);
  assert_memory_equal(output, expected.s8, (size_t)count);
  float *c = random_floats(&random, INPUT, count, at_end), *d = random_floats(&random, SECOND, count, at_end);
  float *sums = random_floats(&random, OUTPUT, count, at_end);
  ak_add_f32(c, 1, d, 1, expected.f32, count, &range);
  ak_add_f32_vectorized(v, c, 1, d, 1, sums, count, &range);
  assert_memory_equal(sums, expected.f32, (size_t)count * sizeof(float));
}

static void pool_and_sum(ak_variant v, uint64_t seed, bool at_end) {
  case_random random = {seed};
  ak_pool2d_shape s = {2, case_between(&random, 1, 70), 4, 3, 2, 3, 2, 2, 2, 2, 0, 1};
  ptrdiff_t inputs = 2 * 4 * 3 * s.channels, outputs = 2 * 2 * 2 * s.channels;
  int8_t *input = random_codes(&random, INPUT, inputs, at_end), *output = fenced(OUTPUT, outputs, at_end);
  ak_max_pool2d_s8(&s, -100, 100, input, expected.s8);
  ak_max_pool2d_s8_vectorized(v, &s, -100, 100, input, output);
  assert_memory_equal(output, expected.s8, (size_t)outputs);
  ak_average_pool2d_s8(&s, -100, 100, input, expected.s8);
  ak_average_pool2d_s8_vectorized(v, &s, -100, 100, input, output);
  assert_memory_equal(output, expected.s8, (size_t)outputs);
  int32_t *sums = fenced(SECOND, inputs * 4, at_end);
  for (ptrdiff_t i = 0; i < inputs; i++) sums[i] = expected.s32[i] = INT32_MAX - (int32_t)i; // Sums wrap.
  ak_reduce_sum_s8(input, inputs, expected.s32, 1);
  ak_reduce_sum_s8_vectorized(v, input, inputs, sums, 1);
  assert_memory_equal(sums, expected.s32, (size_t)inputs * 4);
  float *floats = random_floats(&random, INPUT, inputs, at_end);
  float *largest = random_floats(&random, OUTPUT, outputs, at_end);
  ak_max_pool2d_f32(&s, &any_float, floats, expected.f32);
  ak_max_pool2d_f32_vectorized(v, &s, &any_float, floats, largest);
  assert_memory_equal(largest, expected.f32, (size_t)outputs * sizeof(float));
}

static void remember(ak_variant v, uint64_t seed, bool at_end) {
  case_random random = {seed};
  const ak_lstm_shape s = {2, 3, case_between(&random, 1, 40), case_between(&random, 1, 40), seed % 2};
  ptrdiff_t inputs = 6 * s.depth, outputs = 6 * s.units;
  int8_t *input = random_codes(&random, INPUT, inputs, at_end), *output = fenced(OUTPUT, outputs, at_end);
  // The weights of a gate end where the memory does: `[units, depth]` and, apart, `[units, units]`.
  int8_t *own = random_codes(&random, PACKED, s.units * s.depth, at_end);
  int8_t *recurrent = random_codes(&random, SECOND, s.units * s.units, at_end);
  static int32_t bias[40];
  const ak_lstm_gate_s8 gate = {own, recurrent, bias};
  const ak_lstm_weights_s8 weights = {gate, gate, gate, gate};
  const ak_lstm_gate_scale scale = {{1518500250, -5}, {1518500250, -6}};
  const ak_lstm_quantization q = {
      5, -3, scale, scale, scale, scale, {1 << 30, -14}, {1 << 30, -17}, {1 << 30, -21}, -11, 0};
  int8_t hidden[2][80] = {0};
  int16_t cell[2][80] = {0};
  void *scratch = fenced_words(SCRATCH, ak_lstm_s8_scratch_size(v, &s), at_end);
  ak_lstm_s8(&s, &q, &weights, input, hidden[0], cell[0], expected.s8);
  ak_lstm_s8_vectorized(v, &s, &q, &weights, input, hidden[1], cell[1], output, scratch);
  assert_memory_equal(output, expected.s8, (size_t)outputs);
  assert_memory_equal(cell[1], cell[0], sizeof cell[0]);
}

static void filter_over_time(ak_variant v, uint64_t seed, bool at_end) {
  case_random random = {seed};
  const ak_svdf_shape s = {2, case_between(&random, 1, 40), case_between(&random, 1, 9),
                           case_between(&random, 1, 3), case_between(&random, 1, 7)};
  const ak_svdf_quantization q = {4, 0, -2, {1518500250, -2}, {1518500250, -12}};
  ptrdiff_t filters = s.units * s.rank, cells = filters * s.memory;
  int8_t *input = random_codes(&random, INPUT, 2 * s.depth, at_end),
         *output = fenced(OUTPUT, 2 * s.units, at_end);
  int8_t *features = random_codes(&random, PACKED, filters * s.depth, at_end);
  int16_t *state = fenced(SECOND, 2 * cells * 2, at_end);
  int16_t *time_weights = (int16_t *)filter.s32, *expected_state = time_weights + cells;
  case_fill_s8(&random, (int8_t *)time_weights, 2 * cells, -128, 127);
  memset(state, 1, (size_t)cells * 4), memset(expected_state, 1, (size_t)cells * 4);
  void *scratch = fenced_words(SCRATCH, ak_svdf_s8_scratch_size(v, &s), at_end);
  ak_svdf_s8_s16(&s, &q, input, features, time_weights, NULL, expected_state, expected.s8);
  ak_svdf_s8_s16_vectorized(v, &s, &q, input, features, time_weights, NULL, state, output, scratch);
  assert_memory_equal(output, expected.s8, (size_t)(2 * s.units));
  assert_memory_equal(state, expected_state, (size_t)cells * 4);
}

static void every_variant_stays_within_its_memory(void (*run)(ak_variant, uint64_t, bool)) {
  for (int v = AK_VARIANT_REFERENCE + 1; v < AK_VARIANT_COUNT; v++)
    for (uint64_t seed = 1; ak_variant_runs((ak_variant)v) && seed <= CASES; seed++)
      run((ak_variant)v, seed, false), run((ak_variant)v, seed, true);
}

static void convolutions_stay_within_their_memory(void **state) {
  (void)state;
  every_variant_stays_within_its_memory(convolve);
}
static void float_convolutions_stay_within_their_memory(void **state) {
  (void)state;
  every_variant_stays_within_its_memory(convolve_floats);
}
static void depthwise_convolutions_stay_within_their_memory(void **state) {
  (void)state;
  every_variant_stays_within_its_memory(convolve_channels);
}
static void float_depthwise_convolutions_stay_within_their_memory(void **state) {
  (void)state;
  every_variant_stays_within_its_memory(convolve_channels_of_floats);
}
static void additions_and_products_stay_within_their_memory(void **state) {
  (void)state;
  every_variant_stays_within_its_memory(add_and_multiply);
}
static void pools_and_sums_stay_within_their_memory(void **state) {
  (void)state;
  every_variant_stays_within_its_memory(pool_and_sum);
}
static void recurrent_layers_stay_within_their_memory(void **state) {
  (void)state;
  every_variant_stays_within_its_memory(remember);
  every_variant_stays_within_its_memory(filter_over_time);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(convolutions_stay_within_their_memory),
    cmocka_unit_test(float_convolutions_stay_within_their_memory),
    cmocka_unit_test(depthwise_convolutions_stay_within_their_memory),
    cmocka_unit_test(float_depthwise_convolutions_stay_within_their_memory),
    cmocka_unit_test(additions_and_products_stay_within_their_memory),
    cmocka_unit_test(pools_and_sums_stay_within_their_memory),
    cmocka_unit_test(recurrent_layers_stay_within_their_memory),
};
const kernel_group packed_memory_cases = {"packed_memory", tests, sizeof tests / sizeof tests[0]};
