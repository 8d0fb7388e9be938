// SVDF: a rank-limited filter over time, one step at a time.
#ifndef AK_SVDF_H
#define AK_SVDF_H
#include "ak_linear.h"

/// Sizes of an SVDF step, in elements, all at least 1.
///
/// - input           `[batches, depth]`
/// - feature_weights `[units * rank, depth]`
/// - time_weights    `[units * rank, memory]`
/// - bias            `[units]`, or NULL for none
/// - state           `[batches, units * rank, memory]`, read and written; newest last
/// - output          `[batches, units]`
typedef struct {
  ptrdiff_t batches, depth, units, rank, memory;
} ak_svdf_shape;

/// What an int8 step scales by.
typedef struct {
  int32_t input_zero_point;   ///< a code of int8
  int32_t state_zero_point;   ///< a code of the state's type
  int32_t output_zero_point;  ///< a code of int8
  ak_multiplier input_scale;  ///< input scale times feature scale over state scale
  ak_multiplier output_scale; ///< state scale times time scale over output scale
} ak_svdf_quantization;

/// One step on float32: products are summed in order without fused multiply-add, starting from the
/// bias (0 without one) for the sum over ranks; the clamp comes last.
void ak_svdf_f32(const ak_svdf_shape *shape, const ak_float_range *activation, const float *input,
                 const float *feature_weights, const float *time_weights, const float *bias, float *state,
                 float *output);

/// One step on int8 with int16 state and time weights. The output is clamped to int8 only.
void ak_svdf_s8_s16(const ak_svdf_shape *shape, const ak_svdf_quantization *quantization, const int8_t *input,
                    const int8_t *feature_weights, const int16_t *time_weights, const int32_t *bias,
                    int16_t *state, int8_t *output);

/// One step on int8 with int8 state and time weights.
void ak_svdf_s8_s8(const ak_svdf_shape *shape, const ak_svdf_quantization *quantization, const int8_t *input,
                   const int8_t *feature_weights, const int8_t *time_weights, const int32_t *bias,
                   int8_t *state, int8_t *output);

#endif
