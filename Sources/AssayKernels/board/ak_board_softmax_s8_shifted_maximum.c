#include "ak_board.h"
#include "ak_fixed_point.h"
#include "board_output.h"

enum { sixteen = 16, accumulator_bits = 12 };

static int32_t maximum(const int8_t *from, const int8_t *to, int32_t max) {
  for (; from < to; from++) max = max < *from ? *from : max;
  return max;
}

// Whole sixteens are searched from the aligned address at or before the row, the rest from the row.
static int32_t board_maximum(const int8_t *row, ptrdiff_t depth, ptrdiff_t misalignment) {
  ptrdiff_t whole = depth / sixteen * sixteen;
  int32_t max = maximum(row - misalignment, row - misalignment + whole, INT8_MIN);
  return maximum(row + whole, row + depth, max);
}

// exp of a difference that, unlike the reference's, may be positive.
static int32_t exp_of(int32_t difference, const ak_softmax_quantization *q) {
  int32_t q5 = ak_high_multiply(ak_wrapping_shift_left(difference, q->scale.shift), q->scale.mantissa);
  return ak_exp_of_nonpositive(q5, 5);
}

static int32_t sum_of_exps(const int8_t *row, ptrdiff_t depth, int32_t max,
                           const ak_softmax_quantization *q) {
  int32_t sum = 0;
  for (ptrdiff_t c = 0; c < depth; c++)
    if (row[c] - max >= q->smallest_difference)
      sum = ak_wrapping_add(sum, ak_rounding_shift_right(exp_of(row[c] - max, q), accumulator_bits));
  return sum;
}

static void board_row(const int8_t *in, int8_t *out, ptrdiff_t depth, int32_t max,
                      const ak_softmax_quantization *q) {
  uint32_t sum = (uint32_t)sum_of_exps(in, depth, max, q);
  int32_t headroom = sum ? __builtin_clz(sum) : 31;
  int32_t reciprocal = ak_one_over_one_plus((int32_t)((sum << headroom) - (UINT32_C(1) << 31)));
  // The shifter takes five bits of its amount.
  int32_t shift = (accumulator_bits - headroom + 31 - 8) & 31;
  for (ptrdiff_t c = 0; c < depth; c++) {
    int32_t difference = in[c] - max;
    int32_t share = ak_rounding_shift_right(ak_high_multiply(reciprocal, exp_of(difference, q)), shift);
    out[c] = (int8_t)(difference < q->smallest_difference ? INT8_MIN
                                                          : ak_clamp_s32(share - 128, INT8_MIN, INT8_MAX));
  }
}

void ak_board_softmax_s8_shifted_maximum(const int8_t *in, int8_t *out, ptrdiff_t rows, ptrdiff_t depth,
                                         const ak_softmax_quantization *q) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const int8_t *row = in + r * depth;
    board_row(row, out + r * depth, depth, board_maximum(row, depth, r * depth % sixteen), q);
  }
}
