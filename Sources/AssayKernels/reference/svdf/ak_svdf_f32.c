#include <string.h>

#include "../arithmetic/ak_inline.h"
#include "ak_svdf.h"

static float dot(const float *a, const float *b, ptrdiff_t count) {
  float sum = 0;
  for (ptrdiff_t i = 0; i < count; i++) sum += a[i] * b[i];
  return sum;
}

// Drops the oldest value of every filter and appends the projection of this step's input.
static void push(const ak_svdf_shape *s, const float *input, const float *feature_weights, float *state) {
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t f = 0; f < s->units * s->rank; f++, state += s->memory) {
      memmove(state, state + 1, (size_t)(s->memory - 1) * sizeof *state);
      state[s->memory - 1] = dot(feature_weights + f * s->depth, input + b * s->depth, s->depth);
    }
}

void ak_svdf_f32(const ak_svdf_shape *s, const ak_float_range *activation, const float *input,
                 const float *feature_weights, const float *time_weights, const float *bias, float *state,
                 float *output) {
  push(s, input, feature_weights, state);
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t u = 0; u < s->units; u++) {
      float sum = bias ? bias[u] : 0;
      for (ptrdiff_t f = u * s->rank; f < (u + 1) * s->rank; f++, state += s->memory)
        sum += dot(time_weights + f * s->memory, state, s->memory);
      *output++ = ak_clamp_f32(sum, activation->min, activation->max);
    }
}
