#include "ak_board.h"
#include "board_output.h"

enum { sixteen = 16 };

// Byte `index` of the filter; the board reads on behind its end.
static int32_t weight(const int8_t *filter, ptrdiff_t index, ptrdiff_t readable) {
  return index < readable ? filter[index] : 0;
}

// The kernel works in pairs of sixteens and loads one pair ahead; with a single one left over it loads
// again and so takes input sixteen `n` instead of `n - 1`. Its weights are put together from aligned
// blocks `n - 1` and `n + 1` of the row where `n - 1` and `n` belong.
static int32_t last_sixteen(const int8_t *row, const int8_t *filter, ptrdiff_t start, ptrdiff_t n,
                            ptrdiff_t phase, ptrdiff_t readable) {
  int32_t sum = 0;
  for (ptrdiff_t i = 0; i < sixteen; i++) {
    ptrdiff_t block = i < sixteen - phase ? n - 1 : n;
    sum = ak_wrapping_add(sum, row[n * sixteen + i] * weight(filter, start + block * sixteen + i, readable));
  }
  return sum;
}

static int32_t row_sum(const ak_fully_connected_shape *s, int32_t zero_point, const int8_t *row,
                       const int8_t *filter, ptrdiff_t start, ptrdiff_t phase, ptrdiff_t readable) {
  ptrdiff_t n = s->depth / sixteen;
  int32_t sum = last_sixteen(row, filter, start, n, phase, readable);
  for (ptrdiff_t d = 0; d < s->depth; d++) {
    bool is_skipped = d >= (n - 1) * sixteen && d < n * sixteen;
    int32_t product = (is_skipped ? 0 : row[d]) * filter[start + d];
    sum = ak_wrapping_add(sum, product - zero_point * filter[start + d]);
  }
  return sum;
}

static int32_t plain_sum(const ak_fully_connected_shape *s, int32_t zero_point, const int8_t *row,
                         const int8_t *filter) {
  int32_t sum = 0;
  for (ptrdiff_t d = 0; d < s->depth; d++) sum = ak_wrapping_add(sum, (row[d] - zero_point) * filter[d]);
  return sum;
}

void ak_board_fully_connected_s8_odd_sixteens(const ak_fully_connected_shape *s,
                                              const ak_linear_quantization *q,
                                              const ak_multiplier *multipliers, const int8_t *input,
                                              const int8_t *filter, const int32_t *bias, int8_t *output,
                                              ptrdiff_t filter_phase, ptrdiff_t readable_filter) {
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t o = 0; o < s->outputs; o++) {
      ptrdiff_t start = o * s->depth;
      ptrdiff_t phase = (filter_phase + start) % sixteen;
      const int8_t *row = input + b * s->depth;
      // Rows of a batch that start off a sixteen go to an older kernel, which is right.
      bool is_aligned = b * s->depth % sixteen == 0;
      int32_t sum = is_aligned ? row_sum(s, q->input_zero_point, row, filter, start, phase, readable_filter)
                               : plain_sum(s, q->input_zero_point, row, filter + start);
      *output++ = board_code(ak_wrapping_add(sum, bias ? bias[o] : 0), multipliers[o], q);
    }
}
