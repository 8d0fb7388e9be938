#include "ak_map.h"

static inline int32_t saturate_s16(int32_t x) { return ak_clamp_s32(x, INT16_MIN, INT16_MAX); }

// 16-bit a * b / 2^15, rounded half away from zero.
static inline int32_t rounding_multiply_s16(int32_t a, int32_t b) {
  int32_t product = a * b;
  return (product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15);
}

// x / 2^exponent, rounded half away from zero. The device's mask is 16 bits wide: beyond them it
// rounds every number away from zero.
static inline int32_t rounding_shift_right_s16(int32_t x, int32_t exponent) {
  return exponent < 16 ? ak_rounding_shift_right(x, exponent) : x < 0 ? -1 : 1;
}

// Codes in [0, 2^15): how far x is from -3 (0) to 3 (1), clamped.
static inline int32_t relu_of(int32_t x, ak_multiplier scale) {
  int32_t left = scale.shift > 0 ? scale.shift - 1 : 0;
  if (left > 0) x = left > 15 ? (x > 0) * INT16_MAX + (x < 0) * INT16_MIN : saturate_s16(x * (1 << left));
  x = rounding_multiply_s16(x, scale.mantissa);
  // The last bit of a left shift comes after the product, so that saturation happens here only.
  if (scale.shift > 0) x = saturate_s16(x * 2);
  if (scale.shift < 0) x = rounding_shift_right_s16(x, -scale.shift);
  return (x + (1 << 15)) >> 1;
}

static inline int32_t hard_swish(int32_t code, const ak_map_quantization *q) {
  // Seven bits of headroom make 16-bit numbers of the nine-bit differences; beyond that they wrap.
  int32_t x = (int16_t)((code - q->in_zero_point) * (1 << 7));
  int32_t in_output_units = rounding_multiply_s16(x, q->scale.mantissa);
  // This product truncates on purpose: it cancels the bias of the one above.
  int32_t product = relu_of(x, q->negative_scale) * in_output_units / (1 << 15);
  return ak_map_code(rounding_shift_right_s16(product, -q->scale.shift), q);
}

AK_MAP(ak_hard_swish_s8, int8_t, hard_swish)
