#include <string.h>

#include "../arithmetic/ak_inline.h"
#include "ak_svdf.h"

// Drops the oldest value of every filter and appends the projection of this step's input.
static void push(const ak_svdf_shape *s, const ak_svdf_quantization *q, const int8_t *input,
                 const int8_t *feature_weights, int8_t *state) {
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t f = 0; f < s->units * s->rank; f++, state += s->memory) {
      const int8_t *row = input + b * s->depth, *weights = feature_weights + f * s->depth;
      int32_t sum = 0;
      for (ptrdiff_t d = 0; d < s->depth; d++)
        sum = ak_wrapping_add(sum, weights[d] * (row[d] - q->input_zero_point));
      int32_t code = ak_requantize(sum, q->input_scale.mantissa, q->input_scale.shift);
      // The zero point comes after the clamp, and what leaves the range wraps, as on the device.
      code = ak_clamp_s32(code, INT8_MIN, INT8_MAX) + q->state_zero_point;
      memmove(state, state + 1, (size_t)(s->memory - 1) * sizeof *state);
      state[s->memory - 1] = (int8_t)(uint8_t)code;
    }
}

static int32_t over_time(const ak_svdf_shape *s, int32_t zero_point, const int8_t *weights,
                         const int8_t *state) {
  int32_t sum = 0;
  for (ptrdiff_t m = 0; m < s->memory; m++) sum = ak_wrapping_add(sum, weights[m] * (state[m] - zero_point));
  return sum;
}

void ak_svdf_s8_s8(const ak_svdf_shape *s, const ak_svdf_quantization *q, const int8_t *input,
                   const int8_t *feature_weights, const int8_t *time_weights, const int32_t *bias,
                   int8_t *state, int8_t *output) {
  push(s, q, input, feature_weights, state);
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t u = 0; u < s->units; u++) {
      int32_t sum = bias ? bias[u] : 0;
      for (ptrdiff_t f = u * s->rank; f < (u + 1) * s->rank; f++, state += s->memory)
        sum = ak_wrapping_add(sum, over_time(s, q->state_zero_point, time_weights + f * s->memory, state));
      int32_t code = ak_requantize(sum, q->output_scale.mantissa, q->output_scale.shift);
      code = ak_wrapping_add(code, q->output_zero_point);
      *output++ = (int8_t)ak_clamp_s32(code, INT8_MIN, INT8_MAX);
    }
}
