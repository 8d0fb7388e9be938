#include "ak_cortex_m.h"

static int8_t clamped(int64_t code, const ak_cortex_m_sum *q) {
  return (int8_t)(code < q->min ? q->min : code > q->max ? q->max : code);
}

static int32_t scaled(int32_t x, ak_multiplier factor) {
  return ak_requantize(x, factor.mantissa, factor.shift);
}

void ak_cortex_m_add_s8(const ak_cortex_m_sum *q, const int8_t *a, const int8_t *b, int8_t *out,
                        ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    int32_t left = scaled((a[i] - q->a_zero_point) * (1 << 20), q->a_factor);
    int32_t right = scaled((b[i] - q->b_zero_point) * (1 << 20), q->b_factor);
    int32_t sum = (int32_t)((uint32_t)left + (uint32_t)right);
    out[i] = clamped((int64_t)scaled(sum, q->out_factor) + q->out_offset, q);
  }
}

void ak_cortex_m_mul_s8(const ak_cortex_m_sum *q, const int8_t *a, const int8_t *b, int8_t *out,
                        ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    int32_t product = (a[i] - q->a_zero_point) * (b[i] - q->b_zero_point);
    out[i] = clamped((int64_t)scaled(product, q->out_factor) + q->out_offset, q);
  }
}
