#include <math.h>

#include "ak_fixed_point.h"
#include "ak_row.h"

// Sign bits above the first significant one: how far x can shift left without overflow.
static inline int32_t headroom(int32_t x) { return x == 0 ? 31 : __builtin_clrsb(x); }

// x / 2^bits as the device computes it. A numerator near zero asks for more than 31 bits, where its
// shift instruction takes the count modulo 32 and the result is large instead of zero.
static inline int32_t shift_right(int32_t x, int32_t bits) {
  if (bits < 0) return ak_saturating_shift_left(x, bits < -31 ? 31 : -bits);
  if (bits <= 31) return ak_rounding_shift_right(x, bits);
  return (x >> (bits & 31)) + (x > (x < 0 ? 0 : -1));
}

static inline int32_t divide_codes(int32_t a, int32_t b, const ak_binary_quantization *p) {
  int32_t numerator = a - p->a_zero_point;
  int32_t denominator = b - p->b_zero_point;
  if (denominator == 0) return ak_output_code(0, p);
  if (denominator < 0) numerator = -numerator, denominator = -denominator;
  int32_t bits;
  int32_t inverse = ak_reciprocal(denominator, 31, &bits);
  int32_t left = headroom(numerator);
  int32_t quotient = ak_high_multiply(ak_wrapping_shift_left(numerator, left), inverse);
  int32_t right = bits + left - p->out_scale.shift;
  int32_t scaled = shift_right(ak_high_multiply(quotient, p->out_scale.mantissa), right);
  return ak_clamp_s32(ak_wrapping_add(scaled, p->out_zero_point), p->activation_min, p->activation_max);
}

static inline int32_t divide_integers(int32_t a, int32_t b, const ak_binary_range *p) {
  int32_t quotient = b == 0 ? 0 : b == -1 ? ak_wrapping_sub(0, a) : a / b;
  return ak_clamp_s32(quotient, p->s32_min, p->s32_max);
}

static inline float divide_floats(float a, float b, const ak_binary_range *p) {
  return ak_clamp_f32(a / b, p->f32_min, p->f32_max);
}

AK_ROW_S8(ak_div_s8, divide_codes)
AK_ROW_S32(ak_div_s32, divide_integers)
AK_ROW_F32(ak_div_f32, divide_floats)

static inline float floor_divide(float a, float b, const ak_binary_range *p) {
  (void)p;
  return floorf(a / b);
}

// The remainder with the sign of the divisor.
static inline float floor_modulo(float a, float b, const ak_binary_range *p) {
  (void)p;
  float remainder = fmodf(a, b);
  return remainder != 0 && (b < 0) != (remainder < 0) ? remainder + b : remainder;
}

AK_ROW_F32(ak_floor_div_f32, floor_divide)
AK_ROW_F32(ak_floor_mod_f32, floor_modulo)
