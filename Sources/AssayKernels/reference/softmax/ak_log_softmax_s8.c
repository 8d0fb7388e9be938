#include "../fixed_point/ak_rounding.h"
#include "ak_fixed_point.h"
#include "ak_softmax.h"
#include "row_maximum.h"

void ak_log_softmax_s8(const int8_t *in, int8_t *out, ptrdiff_t rows, ptrdiff_t depth,
                       const ak_softmax_quantization *q, ak_multiplier reverse_scale) {
  for (; rows > 0; rows--, in += depth, out += depth) {
    int32_t max = row_maximum_s8(in, depth);
    int32_t sum = 0; // Q12.19
    for (ptrdiff_t c = 0; c < depth; c++)
      if (in[c] - max >= q->smallest_difference)
        sum += ak_rounding_shift_right(ak_exp_of_nonpositive(ak_scale(in[c] - max, q->scale), 5), 12);
    int32_t log_sum = ak_log_q12(sum); // Q5.26
    // The least difference that stays representable once the logarithm is subtracted.
    int32_t least = ak_scale(ak_wrapping_add(log_sum, INT32_MIN), reverse_scale);
    if (least < q->smallest_difference - 1) least = q->smallest_difference - 1;
    for (ptrdiff_t c = 0; c < depth; c++) {
      int32_t difference = in[c] - max;
      int32_t log = ak_wrapping_sub(ak_scale(difference, q->scale), log_sum);
      int32_t code = ak_rounding_shift_right(log, 31 - 5 - 4) + INT8_MAX;
      out[c] = difference > least ? (int8_t)ak_clamp_s32(code, INT8_MIN, INT8_MAX) : INT8_MIN;
    }
  }
}
