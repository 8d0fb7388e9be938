// How every board kernel turns a sum into a code.
#ifndef BOARD_OUTPUT_H
#define BOARD_OUTPUT_H
#include "../reference/fixed_point/ak_rounding.h"
#include "ak_linear.h"

static inline int8_t board_code(int32_t sum, ak_multiplier multiplier, const ak_linear_quantization *q) {
  int32_t code = ak_wrapping_add(ak_scale(sum, multiplier), q->output_zero_point);
  return (int8_t)ak_clamp_s32(code, q->activation_min, q->activation_max);
}

#endif
