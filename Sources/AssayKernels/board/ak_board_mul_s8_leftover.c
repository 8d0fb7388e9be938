#include "ak_board.h"
#include "board_output.h"

// Scales with the sign of a negative result added where it should be taken off before rounding.
static int32_t scale_leftover(int32_t x, ak_multiplier by) {
  if (by.shift >= 0) return ak_scale(x, by);
  int32_t right = -by.shift;
  int32_t high = ak_high_multiply(x, by.mantissa);
  return (int32_t)(((int64_t)high + (high < 0 ? 1 : 0) + (INT64_C(1) << (right - 1))) >> right);
}

void ak_board_mul_s8_leftover(const int8_t *a, ptrdiff_t a_step, const int8_t *b, ptrdiff_t b_step,
                              int8_t *out, ptrdiff_t count, const ak_binary_quantization *q) {
  ptrdiff_t whole = count / 8 * 8;
  ak_mul_s8(a, a_step, b, b_step, out, whole, q);
  for (ptrdiff_t i = whole; i < count; i++) {
    int32_t product = (a[i * a_step] - q->a_zero_point) * (b[i * b_step] - q->b_zero_point);
    int32_t code = ak_wrapping_add(scale_leftover(product, q->out_scale), q->out_zero_point);
    out[i] = (int8_t)ak_clamp_s32(code, q->activation_min, q->activation_max);
  }
}
