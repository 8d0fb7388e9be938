#include "../fixed_point/ak_rounding.h"
#include "ak_reduction.h"

#define REDUCE(name, type, result, fold)                                                                     \
  void name(const type *in, ptrdiff_t count, result *out, ptrdiff_t out_step) {                              \
    for (ptrdiff_t i = 0; i < count; i++, out += out_step) *out = fold(*out, in[i]);                         \
  }

#define FLOAT_SUM(sum, x) ((sum) + (x))
#define LARGER(best, x) ((x) > (best) ? (x) : (best))
#define SMALLER(best, x) ((x) < (best) ? (x) : (best))
#define BOTH(all, x) ((all) && (x))

REDUCE(ak_reduce_sum_f32, float, float, FLOAT_SUM)
REDUCE(ak_reduce_sum_s32, int32_t, int32_t, ak_wrapping_add)
REDUCE(ak_reduce_sum_s16, int16_t, int32_t, ak_wrapping_add)
REDUCE(ak_reduce_sum_s8, int8_t, int32_t, ak_wrapping_add)
REDUCE(ak_reduce_max_f32, float, float, LARGER)
REDUCE(ak_reduce_max_s16, int16_t, int16_t, LARGER)
REDUCE(ak_reduce_max_s8, int8_t, int8_t, LARGER)
REDUCE(ak_reduce_min_f32, float, float, SMALLER)
REDUCE(ak_reduce_min_s16, int16_t, int16_t, SMALLER)
REDUCE(ak_reduce_min_s8, int8_t, int8_t, SMALLER)
REDUCE(ak_reduce_all, uint8_t, uint8_t, BOTH)

void ak_divide_f32(float *sums, ptrdiff_t count, float divisor) {
  for (ptrdiff_t i = 0; i < count; i++) sums[i] /= divisor;
}

static int32_t code_of(int32_t sum, int32_t min, int32_t max, const ak_sum_quantization *q) {
  int32_t scaled = ak_scale(ak_wrapping_sub(sum, q->sum_zero_point), q->scale);
  return ak_clamp_s32(ak_wrapping_add(scaled, q->out_zero_point), min, max);
}

void ak_sums_to_s8(const int32_t *sums, int8_t *out, ptrdiff_t count, const ak_sum_quantization *q) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = (int8_t)code_of(sums[i], INT8_MIN, INT8_MAX, q);
}

void ak_sums_to_s16(const int32_t *sums, int16_t *out, ptrdiff_t count, const ak_sum_quantization *q) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = (int16_t)code_of(sums[i], INT16_MIN, INT16_MAX, q);
}
