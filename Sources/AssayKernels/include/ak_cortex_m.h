// int8 operators of ExecuTorch: `cortex_m::*` and `quantized_decomposed::*`.
#ifndef AK_CORTEX_M_H
#define AK_CORTEX_M_H
#include "ak_portable.h"
#include "ak_requantize.h"

/// `zero_point + round(x * inverse)` half to even, clamped; the product is single precision. NaN counts
/// as 0, and what leaves 32 bits saturates.
///
/// @param inverse  1 / scale, rounded to single.
/// @param min      [-128, 127], at most `max`.
void ak_portable_quantize_s8(const float *in, int8_t *out, ptrdiff_t count, float inverse, int32_t zero_point,
                             int32_t min, int32_t max);
void ak_portable_quantize_u8(const float *in, uint8_t *out, ptrdiff_t count, float inverse,
                             int32_t zero_point, int32_t min, int32_t max);

/// `(code - zero_point) * scale`, the product in single precision; the difference wraps in 64 bits.
void ak_portable_dequantize_s8(const int8_t *in, float *out, ptrdiff_t count, float scale,
                               int64_t zero_point);
void ak_portable_dequantize_u8(const uint8_t *in, float *out, ptrdiff_t count, float scale,
                               int64_t zero_point);
void ak_portable_dequantize_s32(const int32_t *in, float *out, ptrdiff_t count, float scale,
                                int64_t zero_point);

/// Offsets and clamp of a sum of products.
typedef struct {
  int32_t input_offset;  ///< [-127, 128], added to every input code
  int32_t filter_offset; ///< [-127, 128], added to every weight; convolutions do not read it
  int32_t output_offset; ///< [-128, 127]
  int32_t min, max;      ///< codes, min at most max
} ak_cortex_m_linear;

/// Convolution with a factor for each output channel. Padding contributes nothing. Sums wrap.
///
/// @param bias  `[groups * output_channels]`, or NULL.
void ak_cortex_m_convolution_s8(const ak_portable_window *w, const ak_cortex_m_linear *q,
                                const ak_multiplier *factors, const int8_t *input, const int8_t *filter,
                                const int32_t *bias, int8_t *output);

/// Matrix product `[rows, depth] x [columns, depth]` with one factor.
///
/// @param kernel_sums  `[columns]` sums of weights times the input offset, bias included: then the raw
///                     codes are multiplied, and offsets and bias are not read. Or NULL.
void ak_cortex_m_linear_s8(ptrdiff_t rows, ptrdiff_t depth, ptrdiff_t columns, const ak_cortex_m_linear *q,
                           ak_multiplier factor, const int8_t *input, const int8_t *filter,
                           const int32_t *bias, const int32_t *kernel_sums, int8_t *output);

/// Each operand, less its zero point and shifted left by 20 bits, is scaled; their sum is scaled again.
typedef struct {
  int32_t a_zero_point, b_zero_point, out_offset; ///< codes
  ak_multiplier a_factor, b_factor, out_factor;
  int32_t min, max;
} ak_cortex_m_sum;
void ak_cortex_m_add_s8(const ak_cortex_m_sum *q, const int8_t *a, const int8_t *b, int8_t *out,
                        ptrdiff_t count);

/// `(a - a_zero_point) * (b - b_zero_point)` scaled by `out_factor`, plus `out_offset`.
void ak_cortex_m_mul_s8(const ak_cortex_m_sum *q, const int8_t *a, const int8_t *b, int8_t *out,
                        ptrdiff_t count);

/// Averages raw codes, half away from zero; cells outside do not count.
void ak_cortex_m_average_pool_s8(const ak_portable_window *w, const int8_t *input, int8_t *output);

/// Largest code, clamped; a window outside gives `min`.
void ak_cortex_m_max_pool_s8(const ak_portable_window *w, const int8_t *input, int8_t *output, int32_t min,
                             int32_t max);

/// Clamps codes.
void ak_portable_clamp_s8(const int8_t *in, int8_t *out, ptrdiff_t count, int32_t min, int32_t max);
#endif
