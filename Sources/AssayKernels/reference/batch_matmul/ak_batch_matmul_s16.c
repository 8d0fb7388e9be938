#include "../arithmetic/ak_inline.h"
#include "matrix.h"

void ak_batch_matmul_s16(const ak_batch_matmul_shape *s, const ak_linear_quantization *q,
                         ak_multiplier multiplier, const int16_t *left, const int16_t *right,
                         int16_t *output) {
  for (ptrdiff_t b = 0; b < matrix_count(s); b++)
    for (ptrdiff_t r = 0; r < s->rows; r++)
      for (ptrdiff_t c = 0; c < s->columns; c++) {
        const int16_t *x = left + matrix_offset(s, &s->left, b) + r * s->left.row;
        const int16_t *y = right + matrix_offset(s, &s->right, b) + c * s->right.column;
        int64_t sum = 0;
        for (ptrdiff_t d = 0; d < s->depth; d++) {
          // 2^30 at most: 2^33 terms fit.
          sum += (int64_t)x[d * s->left.column] * y[d * s->right.row];
        }
        int32_t code = ak_requantize_s64(sum, multiplier.mantissa, multiplier.shift);
        *output++ = (int16_t)ak_clamp_s32(code, q->activation_min, q->activation_max);
      }
}
