#include <math.h>

#include "ak_softmax.h"
#include "row_maximum.h"

void ak_softmax_f32(const float *in, float *out, ptrdiff_t rows, ptrdiff_t depth, float beta) {
  for (; rows > 0; rows--, in += depth, out += depth) {
    float max = row_maximum_f32(in, depth);
    float sum = 0;
    for (ptrdiff_t c = 0; c < depth; c++) sum += out[c] = expf((in[c] - max) * beta);
    for (ptrdiff_t c = 0; c < depth; c++) out[c] /= sum;
  }
}

void ak_log_softmax_f32(const float *in, float *out, ptrdiff_t rows, ptrdiff_t depth) {
  for (; rows > 0; rows--, in += depth, out += depth) {
    float max = row_maximum_f32(in, depth);
    float sum = 0;
    for (ptrdiff_t c = 0; c < depth; c++) sum += expf(in[c] - max);
    float log_sum = logf(sum);
    for (ptrdiff_t c = 0; c < depth; c++) out[c] = in[c] - max - log_sum;
  }
}
