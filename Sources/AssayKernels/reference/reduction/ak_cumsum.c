#include "../fixed_point/ak_rounding.h"
#include "ak_reduction.h"

// Where step `a` along the axis is, from the chosen end.
static ptrdiff_t place(ptrdiff_t a, ptrdiff_t axis, ak_cumsum_order order) {
  return order.reverse ? axis - 1 - a : a;
}

void ak_cumsum_f32(const float *in, float *out, ptrdiff_t outer, ptrdiff_t axis, ptrdiff_t inner,
                   ak_cumsum_order order) {
  for (ptrdiff_t o = 0; o < outer; o++)
    for (ptrdiff_t i = 0; i < inner; i++) {
      float sum = 0;
      for (ptrdiff_t a = 0; a < axis; a++) {
        ptrdiff_t at = (o * axis + place(a, axis, order)) * inner + i;
        float before = sum;
        sum += in[at];
        out[at] = order.exclusive ? before : sum;
      }
    }
}

void ak_cumsum_s8(const int8_t *in, int8_t *out, ptrdiff_t outer, ptrdiff_t axis, ptrdiff_t inner,
                  ak_cumsum_order order, int32_t in_zero_point, int32_t out_zero_point,
                  ak_multiplier out_scale) {
  // Twenty bits of headroom halved by the input's own scale of 1/2, as ADD has.
  const int32_t unit = 1 << 19;
  for (ptrdiff_t o = 0; o < outer; o++)
    for (ptrdiff_t i = 0; i < inner; i++) {
      int32_t sum = -in_zero_point * unit;
      for (ptrdiff_t a = 0; a < axis; a++) {
        ptrdiff_t at = (o * axis + place(a, axis, order)) * inner + i;
        int32_t before = sum;
        sum = ak_wrapping_add(sum, (in[at] - in_zero_point) * unit);
        int32_t code = ak_wrapping_add(ak_scale(order.exclusive ? before : sum, out_scale), out_zero_point);
        out[at] = (int8_t)ak_clamp_s32(code, INT8_MIN, INT8_MAX);
      }
    }
}
