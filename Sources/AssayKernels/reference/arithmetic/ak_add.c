#include "ak_row.h"

static inline int32_t add_codes(int32_t a, int32_t b, const ak_binary_quantization *p) {
  int32_t scaled_a = ak_scaled_operand(a, p->a_zero_point, p->a_scale, p);
  int32_t scaled_b = ak_scaled_operand(b, p->b_zero_point, p->b_scale, p);
  return ak_output_code(ak_wrapping_add(scaled_a, scaled_b), p);
}

static inline int32_t add_integers(int32_t a, int32_t b, const ak_binary_range *p) {
  return ak_clamp_s32(ak_wrapping_add(a, b), p->s32_min, p->s32_max);
}

static inline float add_floats(float a, float b, const ak_binary_range *p) {
  return ak_clamp_f32(a + b, p->f32_min, p->f32_max);
}

AK_ROW_S8(ak_add_s8, add_codes)
AK_ROW_S16(ak_add_s16, add_codes)
AK_ROW_S32(ak_add_s32, add_integers)
AK_ROW_F32(ak_add_f32, add_floats)

void ak_accumulate_s8(const int8_t *in, int32_t *sums, ptrdiff_t count, const ak_binary_quantization *p) {
  for (ptrdiff_t i = 0; i < count; i++)
    sums[i] = ak_wrapping_add(sums[i], ak_scaled_operand(in[i], p->a_zero_point, p->a_scale, p));
}

void ak_accumulated_s8(const int32_t *sums, int8_t *out, ptrdiff_t count, const ak_binary_quantization *p) {
  // The device starts its sums with the scaled code 0, not with the zero point.
  int32_t start = ak_scaled_operand(0, p->a_zero_point, p->a_scale, p);
  for (ptrdiff_t i = 0; i < count; i++) out[i] = (int8_t)ak_output_code(ak_wrapping_add(sums[i], start), p);
}
