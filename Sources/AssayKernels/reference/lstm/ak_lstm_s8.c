#include <string.h>

#include "cell.h"

static int32_t dot(const int8_t *weights, const int8_t *x, int32_t zero_point, ptrdiff_t count) {
  int32_t sum = 0;
  for (ptrdiff_t i = 0; i < count; i++) sum = ak_wrapping_add(sum, weights[i] * (x[i] - zero_point));
  return sum;
}

// The sum of gate unit `u`, in units of 2^-12; each part saturates to int16 by itself.
static int32_t gate(const ak_lstm_shape *s, const ak_lstm_quantization *q, const ak_lstm_gate_s8 *w,
                    const ak_lstm_gate_scale *scale, ptrdiff_t u, const int8_t *x, const int8_t *hidden) {
  int32_t a = dot(w->input_weights + u * s->depth, x, q->input_zero_point, s->depth);
  int32_t b = dot(w->recurrent_weights + u * s->units, hidden, q->hidden_zero_point, s->units);
  a = ak_requantize(ak_wrapping_add(a, w->bias[u]), scale->input.mantissa, scale->input.shift);
  b = ak_requantize(b, scale->recurrent.mantissa, scale->recurrent.shift);
  return lstm_saturate(a) + lstm_saturate(b);
}

// One step of one sequence: reads `hidden`, updates `cell`, writes `output`.
static void step(const ak_lstm_shape *s, const ak_lstm_quantization *q, const ak_lstm_weights_s8 *w,
                 const int8_t *x, const int8_t *hidden, int16_t *cell, int8_t *output) {
  for (ptrdiff_t u = 0; u < s->units; u++) {
    int32_t input = lstm_sigmoid(gate(s, q, &w->input, &q->input_gate, u, x, hidden));
    int32_t forget = lstm_sigmoid(gate(s, q, &w->forget, &q->forget_gate, u, x, hidden));
    int32_t candidate = lstm_tanh(gate(s, q, &w->candidate, &q->candidate_gate, u, x, hidden), -12);
    int32_t emitted = lstm_sigmoid(gate(s, q, &w->output, &q->output_gate, u, x, hidden));
    cell[u] = lstm_next_cell(q, cell[u], input, forget, candidate);
    int32_t code = lstm_product(lstm_tanh(cell[u], q->cell_power), emitted, q->emit);
    output[u] = (int8_t)ak_clamp_s32(ak_wrapping_add(code, q->hidden_zero_point), INT8_MIN, INT8_MAX);
  }
}

void ak_lstm_s8(const ak_lstm_shape *s, const ak_lstm_quantization *q, const ak_lstm_weights_s8 *weights,
                const int8_t *input, int8_t *hidden, int16_t *cell, int8_t *output) {
  size_t row_size = (size_t)s->units * sizeof *hidden;
  for (ptrdiff_t b = 0; b < s->batches; b++, hidden += s->units, cell += s->units)
    for (ptrdiff_t t = 0; t < s->steps; t++) {
      ptrdiff_t row = lstm_row(s, b, t);
      step(s, q, weights, input + row * s->depth, hidden, cell, output + row * s->units);
      memcpy(hidden, output + row * s->units, row_size);
    }
}
