// Comparisons, logic, SELECT_V2 and element-wise mathematics.
//
// Operands with a step are rows of a broadcast, as in `ak_arithmetic.h`: 1, or 0 for a repeated
// element. Booleans are bytes: 0 is false, anything else true; results are 0 or 1. `count` may be 0.
#ifndef AK_ELEMENTWISE_H
#define AK_ELEMENTWISE_H
#include <stddef.h>
#include <stdint.h>

#include "ak_requantize.h"

typedef enum {
  AK_EQUAL,
  AK_NOT_EQUAL,
  AK_LESS,
  AK_LESS_EQUAL,
  AK_GREATER,
  AK_GREATER_EQUAL,
} ak_comparison;

/// Compares unscaled elements; on floats a NaN is unequal to everything.
void ak_compare_f32(ak_comparison is, const float *a, ptrdiff_t a_step, const float *b, ptrdiff_t b_step,
                    uint8_t *out, ptrdiff_t count);
void ak_compare_s32(ak_comparison is, const int32_t *a, ptrdiff_t a_step, const int32_t *b, ptrdiff_t b_step,
                    uint8_t *out, ptrdiff_t count);
void ak_compare_s64(ak_comparison is, const int64_t *a, ptrdiff_t a_step, const int64_t *b, ptrdiff_t b_step,
                    uint8_t *out, ptrdiff_t count);
void ak_compare_bool(ak_comparison is, const uint8_t *a, ptrdiff_t a_step, const uint8_t *b, ptrdiff_t b_step,
                     uint8_t *out, ptrdiff_t count);

/// How codes become comparable: each is scaled by its own factor, below 1, after 8 bits of shift.
typedef struct {
  int32_t a_zero_point; ///< a code of the operand's type
  int32_t b_zero_point; ///< a code of the operand's type
  ak_multiplier a_scale;
  ak_multiplier b_scale;
} ak_comparison_quantization;

void ak_compare_s8(ak_comparison is, const int8_t *a, ptrdiff_t a_step, const int8_t *b, ptrdiff_t b_step,
                   uint8_t *out, ptrdiff_t count, const ak_comparison_quantization *quantization);

/// LOGICAL_AND and LOGICAL_OR.
void ak_logical_and(const uint8_t *a, ptrdiff_t a_step, const uint8_t *b, ptrdiff_t b_step, uint8_t *out,
                    ptrdiff_t count);
void ak_logical_or(const uint8_t *a, ptrdiff_t a_step, const uint8_t *b, ptrdiff_t b_step, uint8_t *out,
                   ptrdiff_t count);
void ak_logical_not(const uint8_t *in, uint8_t *out, ptrdiff_t count);

/// SELECT_V2: elements of `a` where `condition` is true, of `b` elsewhere.
///
/// @param element_bytes  bytes of one element of `a`, `b` and `out`, 1 to 8.
void ak_select(const uint8_t *condition, ptrdiff_t condition_step, const void *a, ptrdiff_t a_step,
               const void *b, ptrdiff_t b_step, void *out, ptrdiff_t count, ptrdiff_t element_bytes);

typedef enum {
  AK_ABS,
  AK_CEIL,
  AK_COS,
  AK_ELU,
  AK_EXP,
  AK_FLOOR,
  AK_HARD_SWISH,
  AK_LOG,
  AK_LOGISTIC,
  AK_NEG,
  AK_RELU,
  AK_RELU6,
  AK_ROUND, ///< half to even
  AK_RSQRT,
  AK_SIN,
  AK_SQRT,
  AK_SQUARE,
  AK_TANH,
} ak_function;

/// Applies a function of one float to each element; `out` may be `in`.
void ak_map_f32(ak_function function, const float *in, float *out, ptrdiff_t count);

/// Multiplies elements that are not above 0 by `alpha`, of any size and sign; copies the others.
void ak_leaky_relu_f32(float alpha, const float *in, float *out, ptrdiff_t count);

#endif
