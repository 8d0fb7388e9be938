#include "../arithmetic/ak_inline.h"
#include "matrix.h"

void ak_batch_matmul_s8(const ak_batch_matmul_shape *s, const ak_linear_quantization *q,
                        ak_multiplier multiplier, const int8_t *left, const int8_t *right, int8_t *output) {
  for (ptrdiff_t b = 0; b < matrix_count(s); b++)
    for (ptrdiff_t r = 0; r < s->rows; r++)
      for (ptrdiff_t c = 0; c < s->columns; c++) {
        const int8_t *x = left + matrix_offset(s, &s->left, b) + r * s->left.row;
        const int8_t *y = right + matrix_offset(s, &s->right, b) + c * s->right.column;
        int32_t sum = 0;
        for (ptrdiff_t d = 0; d < s->depth; d++) {
          int32_t a = x[d * s->left.column] - q->input_zero_point;
          int32_t w = y[d * s->right.row] - q->filter_zero_point;
          sum = ak_wrapping_add(sum, a * w);
        }
        int32_t code = ak_requantize(sum, multiplier.mantissa, multiplier.shift);
        code = ak_wrapping_add(code, q->output_zero_point);
        *output++ = (int8_t)ak_clamp_s32(code, q->activation_min, q->activation_max);
      }
}
