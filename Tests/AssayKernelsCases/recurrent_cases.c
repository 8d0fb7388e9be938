#include <float.h>
#include <string.h>

#include "assay_kernels.h"
#include "case_random.h"
#include "kernel_groups.h"

static const ak_multiplier one = {1 << 30, 1};

static void an_svdf_step_remembers_earlier_inputs(void **state) {
  (void)state;
  const ak_svdf_shape shape = {1, 1, 1, 1, 3};
  const ak_float_range unbounded = {-FLT_MAX, FLT_MAX};
  const float feature = 2, time[3] = {100, 10, 1}, bias = 0.5f;
  float memory[3] = {0}, output;
  const float inputs[4] = {1, 2, 3, 4}, expected[4] = {2.5f, 24.5f, 246.5f, 468.5f};
  for (size_t t = 0; t < 4; t++) {
    ak_svdf_f32(&shape, &unbounded, &inputs[t], &feature, time, &bias, memory, &output);
    assert_true(output == expected[t]);
  }
}

static void an_svdf_sums_over_ranks_units_and_batches(void **state) {
  (void)state;
  const ak_svdf_shape shape = {2, 1, 2, 2, 1};
  const ak_svdf_quantization quantization = {0, 0, 0, one, one};
  const int8_t input[2] = {1, 2}, feature[4] = {1, 2, 3, 4}, time_s8[4] = {1, 10, 1, 10};
  const int16_t time_s16[4] = {1, 10, 1, 10};
  const int32_t bias[2] = {0, -3};
  const int8_t expected[4] = {21, 40, 42, 83};
  int8_t memory_s8[8] = {0}, output[4];
  int16_t memory_s16[8] = {0};
  ak_svdf_s8_s8(&shape, &quantization, input, feature, time_s8, bias, memory_s8, output);
  assert_memory_equal(output, expected, 4);
  ak_svdf_s8_s16(&shape, &quantization, input, feature, time_s16, bias, memory_s16, output);
  assert_memory_equal(output, expected, 4);
}

static void an_svdf_state_saturates_and_its_zero_point_wraps(void **state) {
  (void)state;
  const ak_svdf_shape shape = {1, 1, 1, 1, 1};
  const int8_t input = 127, feature = 127, time_s8 = 0;
  const int16_t time_s16 = 0;
  const ak_svdf_quantization quantization = {-128, 0, 5, one, one};
  ak_svdf_quantization shifted = quantization;
  shifted.state_zero_point = 1;
  int8_t memory_s8 = 0, output;
  int16_t memory_s16 = 0;
  ak_svdf_s8_s16(&shape, &quantization, &input, &feature, &time_s16, NULL, &memory_s16, &output);
  assert_int_equal(memory_s16, 255 * 127);
  assert_int_equal(output, 5);
  ak_svdf_s8_s8(&shape, &quantization, &input, &feature, &time_s8, NULL, &memory_s8, &output);
  assert_int_equal(memory_s8, INT8_MAX);
  ak_svdf_s8_s8(&shape, &shifted, &input, &feature, &time_s8, NULL, &memory_s8, &output);
  assert_int_equal(memory_s8, INT8_MIN);
}

// Weights of `UNITS` units over `DEPTH` inputs, the same for all four gates.
enum { DEPTH = 2, UNITS = 2, STEPS = 3, BATCHES = 2 };

static const ak_lstm_quantization unit_scales = {
    .input_gate = {{1 << 30, 1}, {1 << 30, 1}},
    .forget_gate = {{1 << 30, 1}, {1 << 30, 1}},
    .candidate_gate = {{1 << 30, 1}, {1 << 30, 1}},
    .output_gate = {{1 << 30, 1}, {1 << 30, 1}},
    .keep = {1 << 30, -14},
    .admit = {1 << 30, -18},
    .emit = {1 << 30, -22},
    .cell_power = -11,
};

static void gates_of_zero_halve_the_cell(void **state) {
  (void)state;
  const ak_lstm_shape shape = {1, 1, 1, 1, false};
  const int8_t zero = 0, input = 55;
  const int32_t bias = 0;
  const ak_lstm_gate_s8 gate = {&zero, &zero, &bias};
  const ak_lstm_weights_s8 weights = {gate, gate, gate, gate};
  int8_t hidden = 0, output = 99;
  int16_t cell = 1000;
  ak_lstm_s8(&shape, &unit_scales, &weights, &input, &hidden, &cell, &output);
  // sigmoid(0) is 16384 of 32768 and the candidate tanh(0) = 0.
  assert_int_equal(cell, 500);
  assert_int_equal(output, hidden);
}

static void the_cell_is_clipped_and_saturates(void **state) {
  (void)state;
  const ak_lstm_shape shape = {1, 4, 1, 1, false};
  const int8_t weight = 127, zero = 0, input[4] = {127, 127, 127, 127};
  const int32_t bias = 30000;
  const ak_lstm_gate_s8 gate = {&weight, &zero, &bias};
  const ak_lstm_weights_s8 weights = {gate, gate, gate, gate};
  ak_lstm_quantization clipped = unit_scales;
  clipped.cell_clip = 1500;
  int8_t hidden = 0, output[4];
  int16_t cell = 0;
  ak_lstm_s8(&shape, &clipped, &weights, input, &hidden, &cell, output);
  assert_int_equal(cell, 1500);
  cell = INT16_MAX;
  ak_lstm_s8(&shape, &unit_scales, &weights, input, &hidden, &cell, output);
  assert_true(cell > 32000);
}

static void time_major_is_batch_major_with_rows_swapped(void **state) {
  (void)state;
  case_random random = {30};
  static int8_t own[UNITS * DEPTH], recurrent[UNITS * UNITS];
  static int8_t by_batch[BATCHES][STEPS][DEPTH], by_time[STEPS][BATCHES][DEPTH];
  const int32_t bias[UNITS] = {300, -700};
  case_fill_s8(&random, own, UNITS * DEPTH, -127, 127);
  case_fill_s8(&random, recurrent, UNITS * UNITS, -127, 127);
  case_fill_s8(&random, &by_batch[0][0][0], sizeof by_batch, -128, 127);
  for (size_t b = 0; b < BATCHES; b++)
    for (size_t t = 0; t < STEPS; t++) memcpy(by_time[t][b], by_batch[b][t], DEPTH);
  const ak_lstm_gate_s8 gate = {own, recurrent, bias};
  const ak_lstm_weights_s8 weights = {gate, gate, gate, gate};
  ak_lstm_shape shape = {BATCHES, STEPS, DEPTH, UNITS, false};
  int8_t hidden[2][BATCHES * UNITS] = {{0}}, a[BATCHES][STEPS][UNITS], b[STEPS][BATCHES][UNITS];
  int16_t cell[2][BATCHES * UNITS] = {{0}};
  ak_lstm_s8(&shape, &unit_scales, &weights, &by_batch[0][0][0], hidden[0], cell[0], &a[0][0][0]);
  shape.time_major = true;
  ak_lstm_s8(&shape, &unit_scales, &weights, &by_time[0][0][0], hidden[1], cell[1], &b[0][0][0]);
  assert_memory_equal(hidden[0], hidden[1], sizeof hidden[0]);
  assert_memory_equal(cell[0], cell[1], sizeof cell[0]);
  for (size_t i = 0; i < BATCHES; i++)
    for (size_t t = 0; t < STEPS; t++) assert_memory_equal(a[i][t], b[t][i], UNITS);
}

static void a_sequence_in_two_halves_equals_the_whole(void **state) {
  (void)state;
  case_random random = {31};
  static float own[UNITS * DEPTH], recurrent[UNITS * UNITS], input[STEPS * DEPTH];
  const float bias[UNITS] = {0.25f, -1};
  case_fill_f32(&random, own, UNITS * DEPTH);
  case_fill_f32(&random, recurrent, UNITS * UNITS);
  case_fill_f32(&random, input, STEPS * DEPTH);
  const ak_lstm_gate_f32 gate = {own, recurrent, bias};
  const ak_lstm_weights_f32 weights = {gate, gate, gate, gate};
  const ak_lstm_shape whole = {1, STEPS, DEPTH, UNITS, false};
  const ak_lstm_shape first = {1, 1, DEPTH, UNITS, false}, rest = {1, STEPS - 1, DEPTH, UNITS, false};
  float hidden[2][UNITS] = {{0}}, cell[2][UNITS] = {{0}}, a[STEPS * UNITS], b[STEPS * UNITS];
  ak_lstm_f32(&whole, &weights, 0, input, hidden[0], cell[0], a);
  ak_lstm_f32(&first, &weights, 0, input, hidden[1], cell[1], b);
  ak_lstm_f32(&rest, &weights, 0, input + DEPTH, hidden[1], cell[1], b + UNITS);
  assert_memory_equal(a, b, sizeof a);
  assert_memory_equal(hidden[0], hidden[1], sizeof hidden[0]);
}

static void int16_activations_agree_with_int8_where_both_are_exact(void **state) {
  (void)state;
  const ak_lstm_shape shape = {1, 1, 1, 1, false};
  const int8_t weight = 100, zero = 0, input = 20;
  const int16_t input_s16 = 20;
  const int32_t bias = 500;
  const int64_t wide_bias = 500;
  const ak_lstm_gate_s8 gate = {&weight, &zero, &bias};
  const ak_lstm_gate_s16 wide_gate = {&weight, &zero, &wide_bias};
  const ak_lstm_weights_s8 weights = {gate, gate, gate, gate};
  const ak_lstm_weights_s16 wide_weights = {wide_gate, wide_gate, wide_gate, wide_gate};
  int8_t hidden = 0, output;
  int16_t hidden_s16 = 0, output_s16, cell = 77, cell_s16 = 77;
  ak_lstm_s8(&shape, &unit_scales, &weights, &input, &hidden, &cell, &output);
  ak_lstm_s16(&shape, &unit_scales, &wide_weights, &input_s16, &hidden_s16, &cell_s16, &output_s16);
  assert_int_equal(cell, cell_s16);
  assert_int_equal(output, output_s16);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_svdf_step_remembers_earlier_inputs),
    cmocka_unit_test(an_svdf_sums_over_ranks_units_and_batches),
    cmocka_unit_test(an_svdf_state_saturates_and_its_zero_point_wraps),
    cmocka_unit_test(gates_of_zero_halve_the_cell),
    cmocka_unit_test(the_cell_is_clipped_and_saturates),
    cmocka_unit_test(time_major_is_batch_major_with_rows_swapped),
    cmocka_unit_test(a_sequence_in_two_halves_equals_the_whole),
    cmocka_unit_test(int16_activations_agree_with_int8_where_both_are_exact),
};
const kernel_group recurrent_cases = {"recurrent", tests, sizeof tests / sizeof tests[0]};
