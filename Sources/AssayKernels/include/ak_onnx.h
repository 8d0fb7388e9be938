// int8 operators of ONNX: QuantizeLinear, QLinearConv and matrix products by it.
#ifndef AK_ONNX_H
#define AK_ONNX_H
#include "ak_portable.h"

/// `zero_point + round(x / scale)` half to even, clamped to [min, max]; the division is single precision.
///
/// @param out  int8 or uint8 codes, as `min` says: below 0 they are signed.
void ak_onnx_quantize(const float *in, uint8_t *out, ptrdiff_t count, float scale, int32_t zero_point,
                      int32_t min, int32_t max);

/// What a convolution of codes computes with.
typedef struct {
  int32_t input_zero_point, filter_zero_point, output_zero_point;
  bool input_signed, filter_signed, output_signed; ///< int8 or uint8
  const float *factors;                            ///< input scale * filter scale / output scale
  ptrdiff_t factor_step;                           ///< 1 for one factor per channel, 0 for one in all
} ak_onnx_codes;

/// `round(sum * factor) + zero point`, half to even, clamped to the type. Padding is the zero point.
///
/// @param bias  `[channels]` of int32, or NULL. Sums wrap.
void ak_onnx_convolution(const ak_portable_window *w, const ak_onnx_codes *codes, const uint8_t *input,
                         const uint8_t *filter, const int32_t *bias, uint8_t *output);

/// Sums of products as they are, int32: ConvInteger and MatMulInteger. Factors are not read.
void ak_onnx_convolution_integer(const ak_portable_window *w, const ak_onnx_codes *codes,
                                 const uint8_t *input, const uint8_t *filter, int32_t *output);

/// Two operands of codes and their result.
typedef struct {
  float a_scale, b_scale, out_scale; ///< finite, above 0
  int32_t a_zero_point, b_zero_point, out_zero_point;
  bool is_signed; ///< int8 or uint8, all three
} ak_onnx_operands;

/// QLinearAdd as MLAS computes it: two fused multiply-adds and one rounding, half to even.
///
/// Steps are in elements, 0 for a repeated operand.
void ak_onnx_add(const ak_onnx_operands *q, const uint8_t *a, ptrdiff_t a_step, const uint8_t *b,
                 ptrdiff_t b_step, uint8_t *out, ptrdiff_t out_step, ptrdiff_t count);
/// QLinearMul.
void ak_onnx_mul(const ak_onnx_operands *q, const uint8_t *a, ptrdiff_t a_step, const uint8_t *b,
                 ptrdiff_t b_step, uint8_t *out, ptrdiff_t out_step, ptrdiff_t count);

/// A layer of LSTM, GRU or RNN cells in one direction, weights in ONNX's order.
typedef enum { AK_ONNX_LSTM, AK_ONNX_GRU, AK_ONNX_RNN } ak_onnx_cell;

typedef struct {
  ak_onnx_cell cell;
  ptrdiff_t steps, batches, inputs, units;
  bool reverse;
  bool linear_before_reset; ///< GRU
  const float *weights;     ///< `[gates * units, inputs]`: iofc, zrh or one gate
  const float *recurrence;  ///< `[gates * units, units]`
  const float *bias;        ///< `[2 * gates * units]`, of both products, or NULL
  const float *peepholes;   ///< `[3 * units]`, of i, o and f, or NULL
} ak_onnx_layer;

/// Runs a layer over `input` `[steps, batches, inputs]`.
///
/// @param hidden   `[batches, units]`: the state before the first step, then behind the last.
/// @param cell     as `hidden`, LSTM only; otherwise NULL.
/// @param gates    working memory, `[5 * units]`.
/// @param out      step `t` of batch `b` at `t * step_stride + b * units`; or NULL.
void ak_onnx_recurrent_f32(const ak_onnx_layer *layer, const float *input, float *hidden, float *cell,
                           float *gates, float *out, ptrdiff_t step_stride);

/// Where an output pixel comes from along one axis, and with which weights.
typedef struct {
  ptrdiff_t taps;         ///< sources of each pixel: 1, 2 or 4
  ptrdiff_t extent;       ///< output pixels
  const ptrdiff_t *place; ///< `[extent * taps]` element offsets
  const float *weight;    ///< `[extent * taps]`
} ak_onnx_axis;

/// Interpolates one plane: sums over the rows' taps of sums over the columns' taps.
void ak_onnx_resize_f32(const ak_onnx_axis *rows, const ak_onnx_axis *columns, const float *in, float *out,
                        ptrdiff_t row_stride, ptrdiff_t column_stride);
#endif
