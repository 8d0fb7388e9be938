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
#endif
