// The part of a quantised LSTM that does not depend on the type of its activations.
#ifndef AK_LSTM_CELL_H
#define AK_LSTM_CELL_H
#include "../arithmetic/ak_inline.h"
#include "ak_activation.h"
#include "ak_lstm.h"

static inline int32_t lstm_saturate(int32_t x) { return ak_clamp_s32(x, INT16_MIN, INT16_MAX); }

/// The sigmoid, in units of 2^-15, of a sum in units of 2^-12.
static inline int16_t lstm_sigmoid(int32_t sum) {
  int16_t in = (int16_t)lstm_saturate(sum), out;
  ak_logistic_s16(&in, &out, 1, &(ak_map_quantization){0});
  return out;
}

/// How codes in units of 2^power reach the table of the hyperbolic tangent, which wants units of 2^-12; a
/// right shift comes with the factor 3 that a left one implies.
static inline ak_map_quantization lstm_tanh_units(int32_t power) {
  ak_map_quantization q = {0};
  q.scale.mantissa = power < -12 ? 3 : 0;
  q.scale.shift = power < -12 ? -12 - power : power + 12;
  return q;
}

/// The hyperbolic tangent, in units of 2^-15, of `x` in units of 2^power.
static inline int16_t lstm_tanh(int32_t x, int32_t power) {
  int16_t in = (int16_t)lstm_saturate(x), out;
  ak_map_quantization q = lstm_tanh_units(power);
  ak_tanh_s16(&in, &out, 1, &q);
  return out;
}

/// A product of two codes in the units that `scale` leads to.
static inline int32_t lstm_product(int32_t a, int32_t b, ak_multiplier scale) {
  return ak_requantize(a * b, scale.mantissa, scale.shift);
}

/// The cell after a step. Every product saturates before it is added.
static inline int16_t lstm_next_cell(const ak_lstm_quantization *q, int32_t cell, int32_t input,
                                     int32_t forget, int32_t candidate) {
  int32_t kept = lstm_saturate(lstm_product(forget, cell, q->keep));
  int32_t admitted = lstm_saturate(lstm_product(input, candidate, q->admit));
  int32_t next = lstm_saturate(kept + admitted);
  return (int16_t)(q->cell_clip > 0 ? ak_clamp_s32(next, -q->cell_clip, q->cell_clip) : next);
}

/// Where the row of `batch` at `step` starts, in rows.
static inline ptrdiff_t lstm_row(const ak_lstm_shape *s, ptrdiff_t batch, ptrdiff_t step) {
  return s->time_major ? step * s->batches + batch : batch * s->steps + step;
}

#endif
