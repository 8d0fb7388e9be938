#include "ak_row.h"

static inline int32_t multiply_codes(int32_t a, int32_t b, const ak_binary_quantization *p) {
  return ak_output_code((a - p->a_zero_point) * (b - p->b_zero_point), p);
}

static inline int32_t multiply_integers(int32_t a, int32_t b, const ak_binary_range *p) {
  return ak_clamp_s32(ak_wrapping_mul(a, b), p->s32_min, p->s32_max);
}

static inline float multiply_floats(float a, float b, const ak_binary_range *p) {
  return ak_clamp_f32(a * b, p->f32_min, p->f32_max);
}

AK_ROW_S8(ak_mul_s8, multiply_codes)
AK_ROW_S16(ak_mul_s16, multiply_codes)
AK_ROW_S32(ak_mul_s32, multiply_integers)
AK_ROW_F32(ak_mul_f32, multiply_floats)

static inline int32_t prelu_codes(int32_t a, int32_t b, const ak_binary_quantization *p) {
  int32_t x = a - p->a_zero_point;
  int32_t scaled = x >= 0 ? ak_scale(x, p->a_scale) : ak_scale(x * (b - p->b_zero_point), p->out_scale);
  return ak_clamp_s32(ak_wrapping_add(scaled, p->out_zero_point), p->activation_min, p->activation_max);
}

static inline float prelu_floats(float a, float b, const ak_binary_range *p) {
  (void)p;
  return a >= 0 ? a : a * b;
}

AK_ROW_S8(ak_prelu_s8, prelu_codes)
AK_BINARY_ROW(ak_prelu_s16, int16_t, int8_t, ak_binary_quantization, prelu_codes)
AK_ROW_F32(ak_prelu_f32, prelu_floats)
