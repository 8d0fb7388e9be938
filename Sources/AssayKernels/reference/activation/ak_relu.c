#include "ak_map.h"

static inline int32_t rescale(int32_t code, const ak_map_quantization *q) {
  return ak_map_code(ak_scale(code - q->in_zero_point, q->scale), q);
}

static inline int32_t clamp(int32_t code, const ak_map_quantization *q) {
  return ak_clamp_s32(code, q->min, q->max);
}

// A negative code times a negative factor: the device's runtime rounds such ties toward zero, as if it
// scaled by the magnitude and negated (measured over all codes of int16 and 60 slopes).
static inline int32_t scale_negative(int32_t x, ak_multiplier factor) {
  if (factor.mantissa >= 0) return ak_scale(x, factor);
  ak_multiplier magnitude = {-factor.mantissa, factor.shift};
  return (int32_t)(0U - (uint32_t)ak_scale(x, magnitude));
}

static inline int32_t leaky_relu(int32_t code, const ak_map_quantization *q) {
  int32_t x = code - q->in_zero_point;
  return ak_map_code(x >= 0 ? ak_scale(x, q->scale) : scale_negative(x, q->negative_scale), q);
}

static inline int32_t magnitude(int32_t code, const ak_map_quantization *q) {
  int32_t x = code - q->in_zero_point;
  return ak_map_code(ak_scale(x < 0 ? -x : x, q->scale), q);
}

static inline int32_t inverse_square_root(int32_t code, const ak_map_quantization *q) {
  // Twenty fractional bits keep the root, which is below 1, an integer.
  const int32_t fraction_bits = 20;
  int32_t x = code - q->in_zero_point;
  if (x <= 0) return q->max;
  ak_multiplier root = ak_inverse_square_root(x);
  root.shift += fraction_bits;
  ak_multiplier scale = {q->scale.mantissa, q->scale.shift - fraction_bits};
  return ak_map_code(ak_scale(ak_scale(1, root), scale), q);
}

AK_MAP(ak_rescale_s8, int8_t, rescale)
AK_MAP(ak_rescale_s16, int16_t, rescale)
AK_MAP(ak_clamp_s8, int8_t, clamp)
AK_MAP(ak_clamp_s16, int16_t, clamp)
AK_MAP(ak_leaky_relu_s8, int8_t, leaky_relu)
AK_MAP(ak_leaky_relu_s16, int16_t, leaky_relu)
AK_MAP(ak_abs_s8, int8_t, magnitude)
AK_MAP(ak_abs_s16, int16_t, magnitude)
AK_MAP(ak_rsqrt_s8, int8_t, inverse_square_root)
AK_MAP(ak_rsqrt_s16, int16_t, inverse_square_root)

void ak_lookup_s8(const int8_t table[256], const int8_t *in, int8_t *out, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = table[in[i] + 128];
}
