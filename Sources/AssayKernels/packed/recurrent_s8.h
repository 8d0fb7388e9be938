// LSTM and SVDF on int8, for whichever vectors were included before this file.
//
// Nearly all the time goes into rows of weights times one row of activations. The activations are widened
// to int16 with their zero point taken off, once per step; sums wrap in 32 bits, so their order is free.
#include "recurrent.h"

enum { ROWS_AT_ONCE = 4 };

AK_INLINE void rows_dot(const int rows, const int8_t *weights, const int16_t *x, ptrdiff_t depth,
                        int32_t *sums) {
  vector totals[ROWS_AT_ONCE];
  AK_UNROLL for (int r = 0; r < rows; r++) totals[r] = vector_zero();
  ptrdiff_t i = 0;
  for (; depth - i >= 2 * LANES; i += 2 * LANES)
    AK_UNROLL for (int r = 0; r < rows; r++) totals[r] =
        vector_dot_row(totals[r], weights + r * depth + i, x + i);
  for (int r = 0; r < rows; r++) {
    uint32_t sum = (uint32_t)vector_total(totals[r]);
    for (ptrdiff_t j = i; j < depth; j++) sum += (uint32_t)(weights[r * depth + j] * x[j]);
    sums[r] = (int32_t)sum;
  }
}

/// `sums[r]` = row r of `weights`, `[rows, depth]`, times `x`, `[depth]`.
static AK_TARGET void rows_times(const int8_t *weights, const int16_t *x, ptrdiff_t rows, ptrdiff_t depth,
                                 int32_t *sums) {
  ptrdiff_t r = 0;
  for (; rows - r >= ROWS_AT_ONCE; r += ROWS_AT_ONCE)
    rows_dot(ROWS_AT_ONCE, weights + r * depth, x, depth, sums + r);
  for (; r < rows; r++) rows_dot(1, weights + r * depth, x, depth, sums + r);
}

static AK_TARGET void widen(const int8_t *from, int16_t *to, ptrdiff_t count, int32_t zero_point) {
  for (ptrdiff_t i = 0; i < count; i++) to[i] = (int16_t)(from[i] - zero_point);
}

/// `ak_requantize`, inlined, in the form that the compiler makes vectors of.
AK_INLINE int32_t scaled(int32_t x, ak_multiplier by) {
  int32_t left = by.shift > 0 ? by.shift : 0, right = by.shift > 0 ? 0 : -by.shift;
  int64_t product = (int64_t)ak_wrapping_shift_left(x, left) * by.mantissa;
  return ak_rounding_shift_right((int32_t)((product + (INT64_C(1) << 30)) >> 31), right);
}

/// The saturated sums of one gate, in units of 2^-12.
static AK_TARGET void lstm_gate_row(const lstm_s8_step *p, const ak_lstm_gate_s8 *w,
                                    const ak_lstm_gate_scale *scale, int16_t *sums) {
  const ak_lstm_shape *s = p->shape;
  rows_times(w->input_weights, p->input, s->units, s->depth, p->own);
  rows_times(w->recurrent_weights, p->hidden, s->units, s->units, p->recurrent);
  for (ptrdiff_t u = 0; u < s->units; u++) {
    int32_t a = lstm_saturate(scaled(ak_wrapping_add(p->own[u], w->bias[u]), scale->input));
    int32_t b = lstm_saturate(scaled(p->recurrent[u], scale->recurrent));
    sums[u] = (int16_t)lstm_saturate(a + b);
  }
}

/// One step of one sequence: `p->input` and `p->hidden` are widened, `cell` is updated.
AK_TARGET void AK_VARIANT_NAME(lstm_s8_step)(const lstm_s8_step *p, const ak_lstm_weights_s8 *w,
                                             int16_t *cell, int8_t *output) {
  const ak_lstm_quantization *q = p->quantization;
  ptrdiff_t units = p->shape->units;
  const ak_map_quantization plain = {0}, gate_units = lstm_tanh_units(-12),
                            cell_units = lstm_tanh_units(q->cell_power);
  int16_t *input = p->gates, *forget = input + units, *candidate = forget + units,
          *emitted = candidate + units;
  lstm_gate_row(p, &w->input, &q->input_gate, input);
  lstm_gate_row(p, &w->forget, &q->forget_gate, forget);
  lstm_gate_row(p, &w->candidate, &q->candidate_gate, candidate);
  lstm_gate_row(p, &w->output, &q->output_gate, emitted);
  // Input and forget gate follow each other.
  ak_logistic_s16(input, input, 2 * units, &plain);
  ak_logistic_s16(emitted, emitted, units, &plain);
  ak_tanh_s16(candidate, candidate, units, &gate_units);
  for (ptrdiff_t u = 0; u < units; u++)
    cell[u] = lstm_next_cell(q, cell[u], input[u], forget[u], candidate[u]);
  ak_tanh_s16(cell, candidate, units, &cell_units);
  for (ptrdiff_t u = 0; u < units; u++) {
    int32_t code = lstm_product(candidate[u], emitted[u], q->emit);
    output[u] = (int8_t)ak_clamp_s32(ak_wrapping_add(code, q->hidden_zero_point), INT8_MIN, INT8_MAX);
  }
}

/// The projections of one row of input, scaled to the state's units and clamped, without zero point.
AK_TARGET void AK_VARIANT_NAME(svdf_s8_project)(const ak_svdf_shape *s, const ak_svdf_quantization *q,
                                                const int8_t *input, const int8_t *feature_weights,
                                                int32_t min, int32_t max, int16_t *wide, int32_t *codes) {
  ptrdiff_t filters = s->units * s->rank;
  widen(input, wide, s->depth, q->input_zero_point);
  rows_times(feature_weights, wide, filters, s->depth, codes);
  for (ptrdiff_t f = 0; f < filters; f++) codes[f] = ak_clamp_s32(scaled(codes[f], q->input_scale), min, max);
}
