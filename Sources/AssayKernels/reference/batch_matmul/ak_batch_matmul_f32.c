#include "matrix.h"

void ak_batch_matmul_f32(const ak_batch_matmul_shape *s, const float *left, const float *right,
                         float *output) {
  for (ptrdiff_t b = 0; b < matrix_count(s); b++)
    for (ptrdiff_t r = 0; r < s->rows; r++)
      for (ptrdiff_t c = 0; c < s->columns; c++) {
        const float *x = left + matrix_offset(s, &s->left, b) + r * s->left.row;
        const float *y = right + matrix_offset(s, &s->right, b) + c * s->right.column;
        float sum = 0;
        for (ptrdiff_t d = 0; d < s->depth; d++) {
          sum += x[d * s->left.column] * y[d * s->right.row];
        }
        *output++ = sum;
      }
}
