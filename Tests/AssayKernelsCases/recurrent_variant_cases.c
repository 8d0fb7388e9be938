// Every variant that this CPU has of LSTM, SVDF and repeated channels, against the reference.
#include <string.h>

#include "assay_kernels.h"
#include "case_random.h"
#include "kernel_groups.h"

enum { ROOM = 1 << 14, UNITS = 70, DEPTH = 150, GATES = 4 };

static int8_t input[ROOM], weights[GATES][UNITS * DEPTH], recurrent[GATES][UNITS * UNITS], output[ROOM];
static int8_t expected[ROOM], hidden[2 * UNITS], expected_hidden[2 * UNITS];
static int16_t cell[2 * UNITS], expected_cell[2 * UNITS], past[ROOM], expected_past[ROOM], time_weights[ROOM];
static int32_t bias[GATES][UNITS];
static _Alignas(64) char scratch[ROOM];

static ak_multiplier factor(case_random *random, int32_t low, int32_t high) {
  return (ak_multiplier){(1 << 30) + case_between(random, 0, (1 << 30) - 1), case_between(random, low, high)};
}

static ak_lstm_gate_scale gate_scale(case_random *random) {
  return (ak_lstm_gate_scale){factor(random, -9, 1), factor(random, -9, 1)};
}

static ak_lstm_quantization random_scales(case_random *random) {
  return (ak_lstm_quantization){.input_zero_point = case_between(random, -128, 127),
                                .hidden_zero_point = case_between(random, -128, 127),
                                .input_gate = gate_scale(random),
                                .forget_gate = gate_scale(random),
                                .candidate_gate = gate_scale(random),
                                .output_gate = gate_scale(random),
                                .keep = {1 << 30, -14},
                                .admit = factor(random, -20, -16),
                                .emit = factor(random, -24, -20),
                                .cell_power = case_between(random, -14, -9),
                                .cell_clip = case_between(random, 0, 1) ? 20000 : 0};
}

static ak_lstm_gate_s8 random_gate(case_random *random, int gate) {
  case_fill_s8(random, weights[gate], UNITS * DEPTH, -127, 127);
  case_fill_s8(random, recurrent[gate], UNITS * UNITS, -127, 127);
  for (int u = 0; u < UNITS; u++) bias[gate][u] = case_between(random, -30000, 30000);
  return (ak_lstm_gate_s8){weights[gate], recurrent[gate], bias[gate]};
}

static void every_variant_of_an_lstm_gives_the_bits_of_the_reference(void **state) {
  (void)state;
  for (int v = 0; v < AK_VARIANT_COUNT; v++)
    for (uint64_t seed = 1; ak_variant_runs((ak_variant)v) && seed <= 60; seed++) {
      case_random random = {seed};
      ak_lstm_shape s = {case_between(&random, 1, 2), case_between(&random, 1, 3),
                         case_between(&random, 1, DEPTH), case_between(&random, 1, UNITS),
                         case_between(&random, 0, 1)};
      ak_lstm_quantization q = random_scales(&random);
      ak_lstm_weights_s8 w = {random_gate(&random, 0), random_gate(&random, 1), random_gate(&random, 2),
                              random_gate(&random, 3)};
      case_fill_s8(&random, input, ROOM, -128, 127);
      memset(hidden, 3, sizeof hidden), memset(expected_hidden, 3, sizeof hidden);
      memset(cell, 1, sizeof cell), memset(expected_cell, 1, sizeof cell);
      assert_true(ak_lstm_s8_scratch_size((ak_variant)v, &s) <= ROOM);
      ak_lstm_s8(&s, &q, &w, input, expected_hidden, expected_cell, expected);
      ak_lstm_s8_vectorized((ak_variant)v, &s, &q, &w, input, hidden, cell, output, scratch);
      assert_memory_equal(output, expected, (size_t)(s.batches * s.steps * s.units));
      assert_memory_equal(hidden, expected_hidden, sizeof hidden);
      assert_memory_equal(cell, expected_cell, sizeof cell);
    }
}

static void every_variant_of_an_svdf_gives_the_bits_of_the_reference(void **state) {
  (void)state;
  for (int v = 0; v < AK_VARIANT_COUNT; v++)
    for (uint64_t seed = 1; ak_variant_runs((ak_variant)v) && seed <= 100; seed++) {
      case_random random = {seed};
      ak_svdf_shape s = {case_between(&random, 1, 2), case_between(&random, 1, DEPTH),
                         case_between(&random, 1, 20), case_between(&random, 1, 3),
                         case_between(&random, 1, 12)};
      ak_svdf_quantization q = {case_between(&random, -128, 127), case_between(&random, -3, 3),
                                case_between(&random, -128, 127), factor(&random, -6, 2),
                                factor(&random, -20, -8)};
      case_fill_s8(&random, input, ROOM, -128, 127);
      case_fill_s8(&random, weights[0], UNITS * DEPTH, -127, 127);
      for (int i = 0; i < ROOM; i++) {
        time_weights[i] = (int16_t)case_between(&random, -32767, 32767);
        past[i] = expected_past[i] = (int16_t)case_between(&random, -32768, 32767);
      }
      const int32_t *biases = case_between(&random, 0, 1) ? bias[0] : NULL;
      ak_svdf_s8_s16(&s, &q, input, weights[0], time_weights, biases, expected_past, expected);
      ak_svdf_s8_s16_vectorized((ak_variant)v, &s, &q, input, weights[0], time_weights, biases, past, output,
                                scratch);
      assert_memory_equal(output, expected, (size_t)(s.batches * s.units));
      assert_memory_equal(past, expected_past, sizeof past);
    }
}

static void channels_repeat_in_place_of_a_multiplier(void **state) {
  (void)state;
  const int8_t codes[3] = {1, -2, 3}, twice[6] = {1, 1, -2, -2, 3, 3}, thrice[6] = {1, 1, 1, -2, -2, -2};
  ak_repeat_channels_s8(codes, 3, 2, output);
  assert_memory_equal(output, twice, 6);
  ak_repeat_channels_s8(codes, 2, 3, output);
  assert_memory_equal(output, thrice, 6);
  const float numbers[2] = {0.5f, -1}, repeated[4] = {0.5f, 0.5f, -1, -1};
  float found[4];
  ak_repeat_channels_f32(numbers, 2, 2, found);
  assert_memory_equal(found, repeated, sizeof found);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_variant_of_an_lstm_gives_the_bits_of_the_reference),
    cmocka_unit_test(every_variant_of_an_svdf_gives_the_bits_of_the_reference),
    cmocka_unit_test(channels_repeat_in_place_of_a_multiplier),
};
const kernel_group recurrent_variant_cases = {"recurrent_variants", tests, sizeof tests / sizeof tests[0]};
