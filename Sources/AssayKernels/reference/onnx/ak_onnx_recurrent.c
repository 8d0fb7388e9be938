#include <math.h>

#include "ak_onnx.h"

static float logistic(float x) { return 1.0f / (1.0f + expf(-x)); }

// `bias + sum over k of row[k] * x[k]`.
static float dot(float start, const float *row, const float *x, ptrdiff_t count) {
  float sum = 0;
  for (ptrdiff_t k = 0; k < count; k++) sum += row[k] * x[k];
  return sum + start;
}

// Product of the input with one gate, and with the state, each with its bias.
static float from_input(const ak_onnx_layer *l, ptrdiff_t row, const float *x) {
  return dot(l->bias ? l->bias[row] : 0.0f, l->weights + row * l->inputs, x, l->inputs);
}

static float from_state(const ak_onnx_layer *l, ptrdiff_t gates, ptrdiff_t row, const float *h) {
  float start = l->bias ? l->bias[gates * l->units + row] : 0.0f;
  return dot(start, l->recurrence + row * l->units, h, l->units);
}

static float peephole(const ak_onnx_layer *l, ptrdiff_t gate, ptrdiff_t unit, float cell) {
  return l->peepholes ? l->peepholes[gate * l->units + unit] * cell : 0.0f;
}

static void lstm_step(const ak_onnx_layer *l, const float *x, float *h, float *c, float *gates) {
  ptrdiff_t n = l->units;
  for (ptrdiff_t row = 0; row < 4 * n; row++) gates[row] = from_input(l, row, x) + from_state(l, 4, row, h);
  for (ptrdiff_t u = 0; u < n; u++) {
    float input = logistic(gates[u] + peephole(l, 0, u, c[u]));
    float forget = logistic(gates[2 * n + u] + peephole(l, 2, u, c[u]));
    c[u] = forget * c[u] + input * tanhf(gates[3 * n + u]);
    h[u] = logistic(gates[n + u] + peephole(l, 1, u, c[u])) * tanhf(c[u]);
  }
}

// The candidate takes the state through the reset gate, before its product or behind it.
static float candidate(const ak_onnx_layer *l, ptrdiff_t u, const float *x, const float *h, float *reset) {
  ptrdiff_t row = 2 * l->units + u;
  if (l->linear_before_reset) return tanhf(from_input(l, row, x) + reset[u] * from_state(l, 3, row, h));
  float sum = 0;
  for (ptrdiff_t k = 0; k < l->units; k++) sum += l->recurrence[row * l->units + k] * (reset[k] * h[k]);
  return tanhf(from_input(l, row, x) + (sum + (l->bias ? l->bias[3 * l->units + row] : 0.0f)));
}

static void gru_step(const ak_onnx_layer *l, const float *x, float *h, float *gates) {
  ptrdiff_t n = l->units;
  for (ptrdiff_t row = 0; row < 2 * n; row++)
    gates[row] = logistic(from_input(l, row, x) + from_state(l, 3, row, h));
  for (ptrdiff_t u = 0; u < n; u++) {
    float fresh = candidate(l, u, x, h, gates + n);
    gates[2 * n + u] = (1.0f - gates[u]) * fresh + gates[u] * h[u];
  }
  for (ptrdiff_t u = 0; u < n; u++) h[u] = gates[2 * n + u];
}

static void rnn_step(const ak_onnx_layer *l, const float *x, float *h, float *gates) {
  for (ptrdiff_t u = 0; u < l->units; u++) gates[u] = tanhf(from_input(l, u, x) + from_state(l, 1, u, h));
  for (ptrdiff_t u = 0; u < l->units; u++) h[u] = gates[u];
}

void ak_onnx_recurrent_f32(const ak_onnx_layer *l, const float *input, float *hidden, float *cell,
                           float *gates, float *out, ptrdiff_t step_stride) {
  for (ptrdiff_t s = 0; s < l->steps; s++) {
    ptrdiff_t step = l->reverse ? l->steps - 1 - s : s;
    for (ptrdiff_t b = 0; b < l->batches; b++) {
      const float *x = input + (step * l->batches + b) * l->inputs;
      float *h = hidden + b * l->units;
      if (l->cell == AK_ONNX_LSTM) lstm_step(l, x, h, cell + b * l->units, gates);
      if (l->cell == AK_ONNX_GRU) gru_step(l, x, h, gates);
      if (l->cell == AK_ONNX_RNN) rnn_step(l, x, h, gates);
      for (ptrdiff_t u = 0; out && u < l->units; u++) out[step * step_stride + b * l->units + u] = h[u];
    }
  }
}
