#include "ak_portable.h"

void ak_portable_matmul_f32(const ak_portable_product *p, const float *a, const float *b, const float *bias,
                            float *out) {
  for (ptrdiff_t i = 0; i < p->rows; i++)
    for (ptrdiff_t j = 0; j < p->columns; j++) {
      float sum = 0;
      for (ptrdiff_t k = 0; k < p->depth; k++)
        sum += a[i * p->a_row + k * p->a_depth] * b[k * p->b_depth + j * p->b_column];
      if (bias) sum = sum * p->alpha + bias[i * p->bias_row + j * p->bias_column] * p->beta;
      out[i * p->out_row + j * p->out_column] = sum;
    }
}
