#include "ak_row.h"

static inline int32_t difference(int32_t a, int32_t b, const ak_binary_quantization *p) {
  int32_t scaled_a = ak_scaled_operand(a, p->a_zero_point, p->a_scale, p);
  int32_t scaled_b = ak_scaled_operand(b, p->b_zero_point, p->b_scale, p);
  return ak_wrapping_sub(scaled_a, scaled_b);
}

static inline int32_t subtract_codes(int32_t a, int32_t b, const ak_binary_quantization *p) {
  return ak_output_code(difference(a, b, p), p);
}

static inline int32_t subtract_integers(int32_t a, int32_t b, const ak_binary_range *p) {
  return ak_clamp_s32(ak_wrapping_sub(a, b), p->s32_min, p->s32_max);
}

static inline float subtract_floats(float a, float b, const ak_binary_range *p) {
  return ak_clamp_f32(a - b, p->f32_min, p->f32_max);
}

AK_ROW_S8(ak_sub_s8, subtract_codes)
AK_ROW_S16(ak_sub_s16, subtract_codes)
AK_ROW_S32(ak_sub_s32, subtract_integers)
AK_ROW_F32(ak_sub_f32, subtract_floats)

static inline int32_t squared_codes(int32_t a, int32_t b, const ak_binary_quantization *p) {
  int32_t d = difference(a, b, p);
  return ak_output_code(ak_wrapping_mul(d, d), p);
}

static inline int32_t squared_integers(int32_t a, int32_t b, const ak_binary_range *p) {
  (void)p;
  int32_t d = ak_wrapping_sub(a, b);
  return ak_wrapping_mul(d, d);
}

static inline float squared_floats(float a, float b, const ak_binary_range *p) {
  (void)p;
  return (a - b) * (a - b);
}

AK_ROW_S8(ak_squared_difference_s8, squared_codes)
AK_ROW_S16(ak_squared_difference_s16, squared_codes)
AK_ROW_S32(ak_squared_difference_s32, squared_integers)
AK_ROW_F32(ak_squared_difference_f32, squared_floats)
