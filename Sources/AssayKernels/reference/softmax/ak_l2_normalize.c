#include <math.h>

#include "../fixed_point/ak_rounding.h"
#include "ak_fixed_point.h"
#include "ak_softmax.h"

void ak_l2_normalize_f32(const float *in, float *out, ptrdiff_t rows, ptrdiff_t depth) {
  for (; rows > 0; rows--, in += depth, out += depth) {
    float squares = 0;
    for (ptrdiff_t c = 0; c < depth; c++) squares += in[c] * in[c];
    float norm = sqrtf(squares);
    norm = norm < 1e-6f ? 1e-6f : norm;
    for (ptrdiff_t c = 0; c < depth; c++) out[c] = in[c] / norm;
  }
}

void ak_l2_normalize_s8(const int8_t *in, int8_t *out, ptrdiff_t rows, ptrdiff_t depth,
                        int32_t in_zero_point) {
  for (; rows > 0; rows--, in += depth, out += depth) {
    int32_t squares = 0;
    for (ptrdiff_t c = 0; c < depth; c++) {
      int32_t x = in[c] - in_zero_point;
      squares += x * x;
    }
    ak_multiplier inverse = ak_inverse_square_root(squares);
    inverse.shift += 7; // output scale 1/128
    for (ptrdiff_t c = 0; c < depth; c++)
      out[c] = (int8_t)ak_clamp_s32(ak_scale(in[c] - in_zero_point, inverse), INT8_MIN, INT8_MAX);
  }
}
