// ADD, SUB, MUL, DIV, MAXIMUM, MINIMUM, SQUARED_DIFFERENCE, FLOOR_DIV, FLOOR_MOD, PRELU: one row of
// elements of two operands.
//
// A row is what is left of a broadcast when the outer dimensions are walked by the caller: operand
// `a` is read at `a[0], a[a_step], a[2 * a_step], ...` with a step of 1, or 0 for an operand that is
// repeated along the row; `b` likewise; `out` is dense. `out` may be `a` or `b` itself, not overlap
// them otherwise. `count` may be 0.
#ifndef AK_ARITHMETIC_H
#define AK_ARITHMETIC_H
#include <stddef.h>
#include <stdint.h>

#include "ak_requantize.h"

/// How codes of two quantised operands combine into a code; each kernel says which fields it reads.
typedef struct {
  int32_t a_zero_point;   ///< a code of the operand's type
  int32_t b_zero_point;   ///< a code of the operand's type
  int32_t out_zero_point; ///< a code of the output's type
  int32_t left_shift;     ///< bits of headroom before scaling, [0, 20]
  ak_multiplier a_scale;  ///< below 1
  ak_multiplier b_scale;  ///< below 1
  ak_multiplier out_scale;
  int32_t activation_min; ///< a code of the output's type, at most `activation_max`
  int32_t activation_max; ///< a code of the output's type
} ak_binary_quantization;

/// Clamp of an unquantised result; `min <= max`, not NaN. A NaN result comes through.
typedef struct {
  float f32_min, f32_max;
  int32_t s32_min, s32_max;
} ak_binary_range;

typedef void ak_binary_s8(const int8_t *a, ptrdiff_t a_step, const int8_t *b, ptrdiff_t b_step, int8_t *out,
                          ptrdiff_t count, const ak_binary_quantization *quantization);
typedef void ak_binary_s16(const int16_t *a, ptrdiff_t a_step, const int16_t *b, ptrdiff_t b_step,
                           int16_t *out, ptrdiff_t count, const ak_binary_quantization *quantization);
typedef void ak_binary_s32(const int32_t *a, ptrdiff_t a_step, const int32_t *b, ptrdiff_t b_step,
                           int32_t *out, ptrdiff_t count, const ak_binary_range *range);
typedef void ak_binary_f32(const float *a, ptrdiff_t a_step, const float *b, ptrdiff_t b_step, float *out,
                           ptrdiff_t count, const ak_binary_range *range);

/// Scales each operand by its own factor after `left_shift`, adds or subtracts, scales by `out_scale`.
ak_binary_s8 ak_add_s8, ak_sub_s8;
ak_binary_s16 ak_add_s16, ak_sub_s16;

/// `(a - a_zero_point) * (b - b_zero_point) * out_scale + out_zero_point`. Zero points of s16 are 0.
ak_binary_s8 ak_mul_s8;
ak_binary_s16 ak_mul_s16;

/// `(a - a_zero_point) / (b - b_zero_point) * out_scale + out_zero_point`; where `b` is its zero
/// point the quotient is taken for 0.
ak_binary_s8 ak_div_s8;

/// As `ak_sub_s8`, squared before `out_scale`. `left_shift` is 7 for s8 and 0 for s16.
ak_binary_s8 ak_squared_difference_s8;
ak_binary_s16 ak_squared_difference_s16;

/// `a` itself scaled by `a_scale` where `a >= a_zero_point`, else the product with `b` by `out_scale`.
ak_binary_s8 ak_prelu_s8;

/// The same on int16 codes with int8 factors. Zero points of `a` and `out` are 0.
void ak_prelu_s16(const int16_t *a, ptrdiff_t a_step, const int8_t *b, ptrdiff_t b_step, int16_t *out,
                  ptrdiff_t count, const ak_binary_quantization *quantization);

/// The larger or smaller code; nothing of `quantization` is read.
ak_binary_s8 ak_maximum_s8, ak_minimum_s8;
ak_binary_s16 ak_maximum_s16, ak_minimum_s16;

/// Overflow wraps. Division truncates; by 0 it gives 0. Only `s32_min` and `s32_max` are read, and by
/// MAXIMUM, MINIMUM and SQUARED_DIFFERENCE nothing.
ak_binary_s32 ak_add_s32, ak_sub_s32, ak_mul_s32, ak_div_s32, ak_maximum_s32, ak_minimum_s32;
ak_binary_s32 ak_squared_difference_s32;

/// Only `f32_min` and `f32_max` are read, and by the last line nothing.
ak_binary_f32 ak_add_f32, ak_sub_f32, ak_mul_f32, ak_div_f32;
ak_binary_f32 ak_maximum_f32, ak_minimum_f32, ak_squared_difference_f32, ak_floor_div_f32, ak_floor_mod_f32;
ak_binary_f32 ak_prelu_f32;

/// The larger or smaller of 64-bit integers.
void ak_maximum_s64(const int64_t *a, ptrdiff_t a_step, const int64_t *b, ptrdiff_t b_step, int64_t *out,
                    ptrdiff_t count);
void ak_minimum_s64(const int64_t *a, ptrdiff_t a_step, const int64_t *b, ptrdiff_t b_step, int64_t *out,
                    ptrdiff_t count);

/// ADD_N: adds one more operand to a running sum of codes scaled as ADD scales its operands. `sums`
/// holds `count` elements, zero before the first operand.
void ak_accumulate_s8(const int8_t *in, int32_t *sums, ptrdiff_t count,
                      const ak_binary_quantization *quantization);
/// ADD_N: the codes of the sums, by `out_scale`. As on the device, a sum counts one more code 0.
void ak_accumulated_s8(const int32_t *sums, int8_t *out, ptrdiff_t count,
                       const ak_binary_quantization *quantization);

#endif
