// UNIDIRECTIONAL_SEQUENCE_LSTM in its standard form: four gates, no peephole, projection or
// normalisation.
//
//     gate(u) = activation(input_weights[u] . input + bias[u] + recurrent_weights[u] . hidden)
//     cell    = forget * cell + input * candidate, clipped
//     hidden  = tanh(cell) * output
#ifndef AK_LSTM_H
#define AK_LSTM_H
#include <stdbool.h>

#include "ak_linear.h"

/// Sizes of a sequence, in elements, all at least 1.
///
/// - input   `[batches, steps, depth]`, or `[steps, batches, depth]` when `time_major`
/// - output  `[batches, steps, units]`, or `[steps, batches, units]`
/// - hidden  `[batches, units]`, read and written
/// - cell    `[batches, units]`, read and written
typedef struct {
  ptrdiff_t batches, steps, depth, units;
  bool time_major;
} ak_lstm_shape;

/// Weights of one gate: input `[units, depth]`, recurrent `[units, units]`, bias `[units]`.
typedef struct {
  const float *input_weights, *recurrent_weights, *bias;
} ak_lstm_gate_f32;

typedef struct {
  const int8_t *input_weights, *recurrent_weights;
  const int32_t *bias;
} ak_lstm_gate_s8;

typedef struct {
  const int8_t *input_weights, *recurrent_weights;
  const int64_t *bias;
} ak_lstm_gate_s16;

typedef struct {
  ak_lstm_gate_f32 input, forget, candidate, output;
} ak_lstm_weights_f32;

typedef struct {
  ak_lstm_gate_s8 input, forget, candidate, output;
} ak_lstm_weights_s8;

typedef struct {
  ak_lstm_gate_s16 input, forget, candidate, output;
} ak_lstm_weights_s16;

/// What both sums of a gate are scaled by, to units of 2^-12.
typedef struct {
  ak_multiplier input, recurrent;
} ak_lstm_gate_scale;

/// Scales of a quantised sequence. Gates are int16 in units of 2^-15, the cell is int16.
typedef struct {
  int32_t input_zero_point;  ///< a code of the input's type; 0 for s16
  int32_t hidden_zero_point; ///< a code of the output's type; 0 for s16
  ak_lstm_gate_scale input_gate, forget_gate, candidate_gate, output_gate;
  ak_multiplier keep;  ///< 2^-15: forget gate times cell, to the cell's units
  ak_multiplier admit; ///< 2^-30 over cell scale: input gate times candidate, to the cell's units
  ak_multiplier emit;  ///< 2^-30 over hidden scale: tanh(cell) times output gate, to the output's units
  int32_t cell_power;  ///< the cell's unit is 2^cell_power; [-30, 0]
  int32_t cell_clip;   ///< bound of the cell's magnitude in its units, [1, 32767]; 0 for none
} ak_lstm_quantization;

/// A sequence on float32: sums in order without fused multiply-add, bias before the recurrent sum.
///
/// @param cell_clip  bound of the cell's magnitude; 0 for none.
void ak_lstm_f32(const ak_lstm_shape *shape, const ak_lstm_weights_f32 *weights, float cell_clip,
                 const float *input, float *hidden, float *cell, float *output);

/// A sequence on int8 with 32-bit sums that wrap.
void ak_lstm_s8(const ak_lstm_shape *shape, const ak_lstm_quantization *quantization,
                const ak_lstm_weights_s8 *weights, const int8_t *input, int8_t *hidden, int16_t *cell,
                int8_t *output);

/// A sequence on int16 with int8 weights and 64-bit sums, scaled with `ak_requantize_s64`.
void ak_lstm_s16(const ak_lstm_shape *shape, const ak_lstm_quantization *quantization,
                 const ak_lstm_weights_s16 *weights, const int16_t *input, int16_t *hidden, int16_t *cell,
                 int16_t *output);

#endif
