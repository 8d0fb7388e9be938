#include "../arithmetic/ak_inline.h"
#include "ak_fully_connected.h"

void ak_fully_connected_s16_acc64(const ak_fully_connected_shape *s, const ak_linear_quantization *q,
                                  const ak_multiplier *multipliers, const int16_t *input,
                                  const int8_t *filter, const int64_t *bias, int16_t *output) {
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t o = 0; o < s->outputs; o++) {
      const int16_t *row = input + b * s->depth;
      const int8_t *weights = filter + o * s->depth;
      int64_t sum = 0;
      for (ptrdiff_t d = 0; d < s->depth; d++) sum += row[d] * (weights[d] - q->filter_zero_point);
      sum = ak_wrapping_add_s64(sum, bias ? bias[o] : 0);
      int32_t code = ak_requantize_s64(sum, multipliers[o].mantissa, multipliers[o].shift);
      *output++ = (int16_t)ak_clamp_s32(code, q->activation_min, q->activation_max);
    }
}
