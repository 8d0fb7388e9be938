#include "../fixed_point/ak_rounding.h"
#include "ak_elementwise.h"

#define COMPARE_WITH(operator, value)                                                                        \
  for (ptrdiff_t i = 0; i < count; i++) out[i] = value(a[i * a_step], A) operator value(b[i * b_step], B);   \
  break

// The body of every comparison; `value(x, A)` and `value(x, B)` are what is compared of each operand.
#define COMPARE_ROW(value)                                                                                   \
  switch (is) {                                                                                              \
  case AK_EQUAL:                                                                                             \
    COMPARE_WITH(==, value);                                                                                 \
  case AK_NOT_EQUAL:                                                                                         \
    COMPARE_WITH(!=, value);                                                                                 \
  case AK_LESS:                                                                                              \
    COMPARE_WITH(<, value);                                                                                  \
  case AK_LESS_EQUAL:                                                                                        \
    COMPARE_WITH(<=, value);                                                                                 \
  case AK_GREATER:                                                                                           \
    COMPARE_WITH(>, value);                                                                                  \
  case AK_GREATER_EQUAL:                                                                                     \
    COMPARE_WITH(>=, value);                                                                                 \
  }

#define ITSELF(x, side) (x)
#define TRUTH(x, side) ((x) != 0)

void ak_compare_f32(ak_comparison is, const float *a, ptrdiff_t a_step, const float *b, ptrdiff_t b_step,
                    uint8_t *out, ptrdiff_t count) {
  COMPARE_ROW(ITSELF)
}

void ak_compare_s32(ak_comparison is, const int32_t *a, ptrdiff_t a_step, const int32_t *b, ptrdiff_t b_step,
                    uint8_t *out, ptrdiff_t count) {
  COMPARE_ROW(ITSELF)
}

void ak_compare_s64(ak_comparison is, const int64_t *a, ptrdiff_t a_step, const int64_t *b, ptrdiff_t b_step,
                    uint8_t *out, ptrdiff_t count) {
  COMPARE_ROW(ITSELF)
}

void ak_compare_bool(ak_comparison is, const uint8_t *a, ptrdiff_t a_step, const uint8_t *b, ptrdiff_t b_step,
                     uint8_t *out, ptrdiff_t count) {
  COMPARE_ROW(TRUTH)
}

static inline int32_t scaled(int32_t code, int32_t zero_point, ak_multiplier scale) {
  return ak_scale((code - zero_point) * (1 << 8), scale);
}

#define SCALED_A(x) scaled(x, q->a_zero_point, q->a_scale)
#define SCALED_B(x) scaled(x, q->b_zero_point, q->b_scale)
#define SCALED(x, side) SCALED_##side(x)

void ak_compare_s8(ak_comparison is, const int8_t *a, ptrdiff_t a_step, const int8_t *b, ptrdiff_t b_step,
                   uint8_t *out, ptrdiff_t count, const ak_comparison_quantization *q) {
  COMPARE_ROW(SCALED)
}
