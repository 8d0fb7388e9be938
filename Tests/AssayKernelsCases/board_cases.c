// What the board's kernels compute otherwise than the reference, and that nothing else differs. Scratch
// has exactly the stated size. Outputs of the board itself are compared in Swift.
#include "fenced_memory.h"

#include <string.h>

#include "ak_board.h"
#include "assay_kernels.h"
#include "case_random.h"

enum { ROOM = 1 << 14, CHANNELS = 64 };
static int8_t input[ROOM], filter[ROOM], output[ROOM], expected[ROOM];
static int32_t bias[CHANNELS];
static ak_multiplier multipliers[CHANNELS];
static const ak_linear_quantization quantization = {
    .input_zero_point = -9, .output_zero_point = 4, .activation_min = -128, .activation_max = 127};

static void fill(uint64_t seed) {
  case_random random = {seed};
  case_fill_s8(&random, input, ROOM, -128, 127), case_fill_s8(&random, filter, ROOM, -128, 127);
  for (int i = 0; i < CHANNELS; i++) {
    bias[i] = case_between(&random, -5000, 5000);
    multipliers[i] = (ak_multiplier){1518500250 + i, -case_between(&random, 6, 9)};
  }
}

static void padding_of_equal_sides_is_not_short(void **state) {
  (void)state;
  fill(1);
  const ak_conv2d_shape s = {2, 5, 6, 3, 3, 3, 3, 5, 6, 7, 1, 1, 1, 1, 1, 1};
  assert_int_equal(ak_board_short_padding_overrun(&s), 0);
  ptrdiff_t filter_copy = 16 * 3 * 7, padded = 7 * 8 * 3, corrections = 7 * 4;
  for (int at_end = 0; at_end < 2; at_end++) {
    int8_t *scratch = fenced(SCRATCH, filter_copy + padded + corrections, at_end);
    ak_conv2d_s8(&s, &quantization, multipliers, input, filter, bias, expected);
    ak_board_conv2d_s8_short_padding(&s, &quantization, multipliers, input, filter, bias, output, scratch,
                                     filter_copy);
    assert_memory_equal(output, expected, 2 * 5 * 6 * 7);
  }
}

static void windows_over_the_right_edge_go_on_in_the_next_row(void **state) {
  (void)state;
  // One row of filter, two columns: the last window of a row sees the first cell of the next.
  const ak_conv2d_shape s = {1, 2, 2, 1, 1, 2, 1, 2, 2, 1, 1, 1, 1, 1, 0, 0};
  const ak_linear_quantization plain = {.activation_min = -128, .activation_max = 127};
  const ak_multiplier one = {1 << 30, 1};
  assert_int_equal(ak_board_short_padding_overrun(&s), 1);
  const int8_t cells[5] = {1, 2, 3, 4, 9}, ones[2] = {1, 1}, sums[4] = {3, 5, 7, 13};
  int8_t scratch[4];
  ak_board_conv2d_s8_short_padding(&s, &plain, &one, cells, ones, NULL, output, scratch, 0);
  assert_memory_equal(output, sums, 4);
}

static void the_last_pixel_is_overwritten_from_the_last_block_of_eight(void **state) {
  (void)state;
  fill(2);
  const ak_conv2d_shape s = {1, 3, 6, 20, 1, 1, 20, 3, 6, 5, 1, 1, 1, 1, 0, 0};
  ak_board_conv2d_s8_clobbered_pixel(&s, &quantization, multipliers, input, filter, bias, output);
  // Channels 16 to 19 hold two pixels of the second block, widened.
  int8_t *pixel = input + 17 * 20;
  for (int i = 0; i < 2; i++) {
    int32_t wide = input[(8 + i) * 20] - quantization.input_zero_point;
    pixel[16 + 2 * i] = (int8_t)(uint8_t)wide, pixel[17 + 2 * i] = (int8_t)(uint8_t)(wide >> 8);
  }
  ak_conv2d_s8(&s, &quantization, multipliers, input, filter, bias, expected);
  assert_memory_equal(output, expected, 3 * 6 * 5);
}

static void fewer_than_eight_pixels_are_left_alone(void **state) {
  (void)state;
  fill(3);
  const ak_conv2d_shape s = {2, 1, 7, 12, 1, 1, 12, 1, 7, 5, 1, 1, 1, 1, 0, 0};
  ak_conv2d_s8(&s, &quantization, multipliers, input, filter, bias, expected);
  ak_board_conv2d_s8_clobbered_pixel(&s, &quantization, multipliers, input, filter, bias, output);
  assert_memory_equal(output, expected, 2 * 7 * 5);
}

static void odd_sixteens_read_what_lies_behind_the_row(void **state) {
  (void)state;
  fill(4);
  const ak_fully_connected_shape s = {1, 48, 3};
  memset(filter, 3, ROOM); // From wherever a weight is taken, it is the same.
  for (ptrdiff_t phase = 0; phase < 16; phase++) {
    ak_board_fully_connected_s8_odd_sixteens(&s, &quantization, multipliers, input, filter, bias, output,
                                             phase, 4 * 48);
    int8_t row[48];
    memcpy(row, input, 32), memcpy(row + 32, input + 48, 16);
    ak_fully_connected_per_channel_s8(&s, &quantization, multipliers, row, filter, bias, expected);
    // The zero point and the bias are summed apart from the sixteen that is skipped.
    assert_memory_equal(output, expected, 3);
  }
}

static void square_averages_are_those_of_the_reference(void **state) {
  (void)state;
  fill(5);
  const ak_pool2d_shape square = {2, 3, 6, 6, 2, 2, 3, 3, 2, 2, 0, 0},
                        wide = {1, 3, 4, 8, 2, 2, 2, 4, 2, 2, 0, 0};
  ak_average_pool2d_s8(&square, -100, 100, input, expected);
  ak_board_average_pool2d_s8_square(&square, -100, 100, input, output);
  assert_memory_equal(output, expected, 2 * 3 * 3 * 3);
  // The second row stands two cells behind the first, not four.
  ak_average_pool2d_s8(&wide, -100, 100, input, expected);
  ak_board_average_pool2d_s8_square(&wide, -100, 100, input, output);
  assert_memory_equal(output, expected, 2 * 3);
  assert_memory_equal(output + 2 * 3, expected + 4 * 3, 4 * 3);
}

static void rows_that_start_at_a_sixteen_have_the_reference_softmax(void **state) {
  (void)state;
  fill(6);
  const ak_softmax_quantization q = {{1 << 30, 24}, -124};
  int32_t exps[256];
  ak_softmax_fill_exps(&q, exps);
  assert_true(ak_softmax_s8(input, expected, 4, 32, exps));
  ak_board_softmax_s8_shifted_maximum(input, output, 4, 32, &q);
  assert_memory_equal(output, expected, 4 * 32);
}

static void whole_inputs_stay_within_their_scratch(void **state) {
  (void)state;
  const ak_depthwise_conv2d_shape shapes[] = {{2, 8, 6, 16, 3, 3, 1, 4, 3, 2, 2, 1, 1, 0, 0},
                                              {1, 5, 7, 32, 3, 3, 1, 3, 5, 1, 1, 1, 1, 0, 0}};
  for (int i = 0; i < 4; i++) {
    const ak_depthwise_conv2d_shape *s = &shapes[i / 2];
    fill((uint64_t)i);
    int8_t *scratch = fenced(SCRATCH, ak_board_whole_input_scratch(s), i % 2);
    ak_depthwise_conv2d_s8(s, &quantization, multipliers, input, filter, bias, expected);
    ak_board_depthwise_s8_whole_input(s, &quantization, multipliers, input, filter, bias, output, scratch);
    assert_memory_equal(output, expected,
                        (size_t)(s->batches * s->output_height * s->output_width * s->input_channels));
  }
}

static void widened_inputs_stay_within_their_scratch(void **state) {
  (void)state;
  const ak_depthwise_conv2d_shape s = {2, 5, 6, 8, 3, 3, 1, 5, 4, 1, 1, 1, 1, 1, 0};
  fill(7);
  for (int at_end = 0; at_end < 2; at_end++) {
    int8_t *scratch = fenced(SCRATCH, ak_board_widened_scratch(&s), at_end);
    ak_depthwise_conv2d_s8(&s, &quantization, multipliers, input, filter, bias, expected);
    ak_board_depthwise_s8_widened(&s, &quantization, multipliers, input, filter, bias, output, scratch);
    assert_memory_equal(output, expected, 2 * 5 * 4 * 8);
  }
}

static void negative_ties_of_the_last_elements_round_up(void **state) {
  (void)state;
  const ak_binary_quantization q = {
      .out_scale = {1 << 30, -1}, .activation_min = -128, .activation_max = 127}; // A quarter.
  const int8_t a[10] = {-2, -2, 2, 3, 4, -6, -5, -3, -2, 2}, b = 1;
  const int8_t quarters[10] = {-1, -1, 1, 1, 1, -2, -1, -1, 0, 1};
  ak_board_mul_s8_leftover(a, 1, &b, 0, output, 10, &q);
  assert_memory_equal(output, quarters, 10);
}

static void rows_above_and_below_hold_code_zero(void **state) {
  (void)state;
  fill(8);
  const ak_depthwise_conv2d_shape s = {1, 4, 5, 6, 3, 3, 1, 4, 5, 1, 1, 1, 1, 1, 1};
  ak_board_depthwise_s8_coded_padding(&s, &quantization, multipliers, input, filter, bias, output);
  ak_depthwise_conv2d_shape taller = s;
  taller.input_height = 6, taller.padding_top = 0;
  static int8_t image[6 * 5 * 6];
  memcpy(image + 5 * 6, input, 4 * 5 * 6);
  ak_depthwise_conv2d_s8(&taller, &quantization, multipliers, image, filter, bias, expected);
  assert_memory_equal(output, expected, 4 * 5 * 6);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(padding_of_equal_sides_is_not_short),
    cmocka_unit_test(windows_over_the_right_edge_go_on_in_the_next_row),
    cmocka_unit_test(the_last_pixel_is_overwritten_from_the_last_block_of_eight),
    cmocka_unit_test(fewer_than_eight_pixels_are_left_alone),
    cmocka_unit_test(odd_sixteens_read_what_lies_behind_the_row),
    cmocka_unit_test(square_averages_are_those_of_the_reference),
    cmocka_unit_test(rows_that_start_at_a_sixteen_have_the_reference_softmax),
    cmocka_unit_test(whole_inputs_stay_within_their_scratch),
    cmocka_unit_test(widened_inputs_stay_within_their_scratch),
    cmocka_unit_test(negative_ties_of_the_last_elements_round_up),
    cmocka_unit_test(rows_above_and_below_hold_code_zero),
};
const kernel_group board_cases = {"board", tests, sizeof tests / sizeof tests[0]};
