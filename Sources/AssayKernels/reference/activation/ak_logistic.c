#include "ak_map.h"

// A sigmoid of Q0.31 fixed point, as the code of an output with `bits` fractional bits.
static inline int32_t narrowed(int32_t q31, int32_t bits, int32_t zero_point) {
  return ak_clamp_s32(ak_rounding_shift_right(q31, 31 - bits) + zero_point, INT8_MIN, INT8_MAX);
}

static inline int32_t logistic(int32_t code, const ak_map_quantization *q) {
  int32_t x = code - q->in_zero_point;
  if (x <= -q->range_radius) return INT8_MIN;
  if (x >= q->range_radius) return INT8_MAX;
  return narrowed(ak_logistic_q4(ak_scale(x, q->scale)), 8, -128);
}

static inline int32_t tanh_of(int32_t code, const ak_map_quantization *q) {
  int32_t x = code - q->in_zero_point;
  if (x <= -q->range_radius) return INT8_MIN;
  if (x >= q->range_radius) return INT8_MAX;
  return narrowed(ak_tanh_q4(ak_scale(x, q->scale)), 7, 0);
}

AK_MAP(ak_logistic_s8, int8_t, logistic)
AK_MAP(ak_tanh_s8, int8_t, tanh_of)
