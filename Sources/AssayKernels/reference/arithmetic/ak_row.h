// The loop of every elementwise kernel on two operands, written once.
#ifndef AK_ROW_H
#define AK_ROW_H
#include "../fixed_point/ak_rounding.h"
#include "ak_arithmetic.h"

/// Defines `name`: each output element is `element(a, b, p)`.
#define AK_BINARY_ROW(name, a_type, b_type, params, element)                                                 \
  void name(const a_type *a, ptrdiff_t a_step, const b_type *b, ptrdiff_t b_step, a_type *out,               \
            ptrdiff_t count, const params *p) {                                                              \
    for (ptrdiff_t i = 0; i < count; i++) out[i] = (a_type)element(a[i * a_step], b[i * b_step], p);         \
  }
#define AK_ROW_S8(name, element) AK_BINARY_ROW(name, int8_t, int8_t, ak_binary_quantization, element)
#define AK_ROW_S16(name, element) AK_BINARY_ROW(name, int16_t, int16_t, ak_binary_quantization, element)
#define AK_ROW_S32(name, element) AK_BINARY_ROW(name, int32_t, int32_t, ak_binary_range, element)
#define AK_ROW_F32(name, element) AK_BINARY_ROW(name, float, float, ak_binary_range, element)

// What ADD, SUB and SQUARED_DIFFERENCE do to an operand before they combine the two.
static inline int32_t ak_scaled_operand(int32_t code, int32_t zero_point, ak_multiplier scale,
                                        const ak_binary_quantization *p) {
  return ak_scale(ak_wrapping_shift_left(code - zero_point, p->left_shift), scale);
}

// The code of a result that is still to be scaled.
static inline int32_t ak_output_code(int32_t x, const ak_binary_quantization *p) {
  int32_t code = ak_wrapping_add(ak_scale(x, p->out_scale), p->out_zero_point);
  return ak_clamp_s32(code, p->activation_min, p->activation_max);
}

#endif
