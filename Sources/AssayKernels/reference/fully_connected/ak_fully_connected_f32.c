#include "../arithmetic/ak_inline.h"
#include "ak_fully_connected.h"

void ak_fully_connected_f32(const ak_fully_connected_shape *s, const ak_float_range *activation,
                            const float *input, const float *filter, const float *bias, float *output) {
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t o = 0; o < s->outputs; o++) {
      const float *row = input + b * s->depth, *weights = filter + o * s->depth;
      float sum = 0;
      for (ptrdiff_t d = 0; d < s->depth; d++) sum += row[d] * weights[d];
      // A missing bias is still added: 0 turns a sum of -0 into +0.
      *output++ = ak_clamp_f32(sum + (bias ? bias[o] : 0.0f), activation->min, activation->max);
    }
}
