#include <float.h>
#include <math.h>
#include <string.h>

#include "cell.h"

static float finite(float x) { return ak_clamp_f32(x, -FLT_MAX, FLT_MAX); }

static float sigmoid(float x) {
  // Where the device's runtime stops computing the quotient: past it, one term is below half a ULP.
  if (x > 16.619047164916992188f) return 1;
  if (x < -9) return expf(x);
  return 1.0f / (1.0f + expf(-x));
}

static float dot(const float *weights, const float *x, ptrdiff_t count) {
  float sum = 0;
  for (ptrdiff_t i = 0; i < count; i++) sum += weights[i] * x[i];
  return sum;
}

static float gate(const ak_lstm_shape *s, const ak_lstm_gate_f32 *w, ptrdiff_t u, const float *x,
                  const float *hidden) {
  float a = finite(dot(w->input_weights + u * s->depth, x, s->depth) + w->bias[u]);
  float b = finite(dot(w->recurrent_weights + u * s->units, hidden, s->units) + 0.0f);
  return a + b;
}

// One step of one sequence: reads `hidden`, updates `cell`, writes `output`.
static void step(const ak_lstm_shape *s, const ak_lstm_weights_f32 *w, float clip, const float *x,
                 const float *hidden, float *cell, float *output) {
  for (ptrdiff_t u = 0; u < s->units; u++) {
    float input = sigmoid(gate(s, &w->input, u, x, hidden));
    float forget = sigmoid(gate(s, &w->forget, u, x, hidden));
    float candidate = tanhf(gate(s, &w->candidate, u, x, hidden));
    float emitted = sigmoid(gate(s, &w->output, u, x, hidden));
    cell[u] = finite(forget * cell[u]) + finite(input * candidate);
    if (clip > 0) cell[u] = ak_clamp_f32(cell[u], -clip, clip);
    output[u] = finite(tanhf(cell[u]) * emitted);
  }
}

void ak_lstm_f32(const ak_lstm_shape *s, const ak_lstm_weights_f32 *weights, float cell_clip,
                 const float *input, float *hidden, float *cell, float *output) {
  size_t row_size = (size_t)s->units * sizeof *hidden;
  for (ptrdiff_t b = 0; b < s->batches; b++, hidden += s->units, cell += s->units)
    for (ptrdiff_t t = 0; t < s->steps; t++) {
      ptrdiff_t row = lstm_row(s, b, t);
      step(s, weights, cell_clip, input + row * s->depth, hidden, cell, output + row * s->units);
      memcpy(hidden, output + row * s->units, row_size);
    }
}
