// SOFTMAX, LOG_SOFTMAX, L2_NORMALIZATION: each row of `depth` elements by itself.
//
// `in` and `out` are `[rows, depth]`, both at least 1; `out` does not overlap `in`.
#ifndef AK_SOFTMAX_H
#define AK_SOFTMAX_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ak_requantize.h"

/// `exp(beta * (x - max)) / sum`; the sum runs in order.
void ak_softmax_f32(const float *in, float *out, ptrdiff_t rows, ptrdiff_t depth, float beta);

/// How differences of codes become Q5.26 numbers.
typedef struct {
  ak_multiplier scale;         ///< beta * input scale * 2^26, the shift in [1, 31]
  int32_t smallest_difference; ///< differences below this one are exp -> 0; at most 0
} ak_softmax_quantization;

/// Fills `exps[d]` with exp of `d` codes below the maximum, in Q0.31.
void ak_softmax_fill_exps(const ak_softmax_quantization *quantization, int32_t exps[256]);

/// SOFTMAX of codes: output scale 2^-8 and zero point -128 (s8), 2^-16 and -32768 (s8 to s16).
///
/// @param exps  as `ak_softmax_fill_exps` fills them.
/// @returns     false, with `out` unspecified, when a row's sum of exponentials reaches 512 (s8) or 4096
///              (s16): the device's library then shifts by more than it has bits and aborts.
bool ak_softmax_s8(const int8_t *in, int8_t *out, ptrdiff_t rows, ptrdiff_t depth, const int32_t exps[256]);
bool ak_softmax_s8_s16(const int8_t *in, int16_t *out, ptrdiff_t rows, ptrdiff_t depth,
                       const int32_t exps[256]);

/// Tables of exp on [-10, 0] and of 1 / (1 + x) on [0, 1], in Q0.15.
typedef struct {
  int16_t exp[513];
  int16_t reciprocal[513];
} ak_softmax_tables;

void ak_softmax_fill_tables(ak_softmax_tables *tables);

/// SOFTMAX of int16 codes, output scale 2^-15 and zero point 0; interpolates in tables.
///
/// @param scale  beta * input scale / (10 / 65535).
/// @param depth  at most 65536.
void ak_softmax_s16(const int16_t *in, int16_t *out, ptrdiff_t rows, ptrdiff_t depth, ak_multiplier scale,
                    const ak_softmax_tables *tables);

/// `x - max - log(sum of exp(x - max))`.
void ak_log_softmax_f32(const float *in, float *out, ptrdiff_t rows, ptrdiff_t depth);

/// LOG_SOFTMAX of codes: output scale 1/16, zero point 127.
///
/// @param reverse_scale  Q5.26 numbers back to differences of codes: 1 / `quantization->scale`.
/// @param depth          at most 4095, so that the sum stays in Q12.19.
void ak_log_softmax_s8(const int8_t *in, int8_t *out, ptrdiff_t rows, ptrdiff_t depth,
                       const ak_softmax_quantization *quantization, ak_multiplier reverse_scale);

/// `x / max(sqrt(sum of squares), 1e-6)`.
void ak_l2_normalize_f32(const float *in, float *out, ptrdiff_t rows, ptrdiff_t depth);

/// L2_NORMALIZATION of codes: output scale 1/128, zero point 0.
///
/// @param depth  at most 33025, so that the sum of squares fits 31 bits.
void ak_l2_normalize_s8(const int8_t *in, int8_t *out, ptrdiff_t rows, ptrdiff_t depth,
                        int32_t in_zero_point);

#endif
