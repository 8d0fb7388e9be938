#include "ak_quantize.h"

#include <math.h>

#include "../fixed_point/ak_rounding.h"

// Half away from zero, saturating at 2^30 as the device's own conversion saturates at 2^31; NaN is 0.
// A truncation and an exact remainder, which compilers turn into vector code where roundf is a call.
static inline int32_t steps_of(float x) {
  float bounded = x == x ? x : 0.0f;
  bounded = bounded < -0x1p30f ? -0x1p30f : bounded > 0x1p30f ? 0x1p30f : bounded;
  int32_t whole = (int32_t)bounded;
  float rest = bounded - (float)whole;
  return whole + (rest >= 0.5f) - (rest <= -0.5f);
}

#define QUANTIZE(name, type, min, max)                                                                       \
  void name(const float *in, type *out, ptrdiff_t count, float scale, int32_t zero_point) {                  \
    for (ptrdiff_t i = 0; i < count; i++)                                                                    \
      out[i] = (type)ak_clamp_s32(steps_of(in[i] / scale) + zero_point, min, max);                           \
  }
QUANTIZE(ak_quantize_s8, int8_t, INT8_MIN, INT8_MAX)
QUANTIZE(ak_quantize_u8, uint8_t, 0, UINT8_MAX)
QUANTIZE(ak_quantize_s16, int16_t, INT16_MIN, INT16_MAX)

void ak_quantize_s32(const float *in, int32_t *out, ptrdiff_t count, float scale, int32_t zero_point) {
  for (ptrdiff_t i = 0; i < count; i++) {
    double code = round((double)(in[i] / scale)) + zero_point;
    out[i] = code != code       ? zero_point
             : code < INT32_MIN ? INT32_MIN
             : code > INT32_MAX ? INT32_MAX
                                : (int32_t)code;
  }
}

#define DEQUANTIZE(name, type)                                                                               \
  void name(const type *in, float *out, ptrdiff_t count, float scale, int32_t zero_point) {                  \
    for (ptrdiff_t i = 0; i < count; i++)                                                                    \
      out[i] = (float)((double)scale * (double)ak_wrapping_sub(in[i], zero_point));                          \
  }
DEQUANTIZE(ak_dequantize_s8, int8_t)
DEQUANTIZE(ak_dequantize_u8, uint8_t)
DEQUANTIZE(ak_dequantize_s16, int16_t)
DEQUANTIZE(ak_dequantize_s32, int32_t)

static int32_t rescaled(int32_t code, const ak_rescale *by) {
  return ak_wrapping_add(ak_scale(ak_wrapping_sub(code, by->in_zero_point), by->scale), by->out_zero_point);
}

#define RESCALE(name, from, to, min, max)                                                                    \
  void name(const from *in, to *out, ptrdiff_t count, const ak_rescale *by) {                                \
    for (ptrdiff_t i = 0; i < count; i++) out[i] = (to)ak_clamp_s32(rescaled(in[i], by), min, max);          \
  }
RESCALE(ak_rescale_s8_to_s8, int8_t, int8_t, INT8_MIN, INT8_MAX)
RESCALE(ak_rescale_s8_to_u8, int8_t, uint8_t, 0, UINT8_MAX)
RESCALE(ak_rescale_s8_to_s16, int8_t, int16_t, INT16_MIN, INT16_MAX)
RESCALE(ak_rescale_s8_to_s32, int8_t, int32_t, INT32_MIN, INT32_MAX)
RESCALE(ak_rescale_u8_to_s8, uint8_t, int8_t, INT8_MIN, INT8_MAX)
RESCALE(ak_rescale_s16_to_s8, int16_t, int8_t, INT8_MIN, INT8_MAX)
RESCALE(ak_rescale_s16_to_s16, int16_t, int16_t, INT16_MIN, INT16_MAX)
RESCALE(ak_rescale_s16_to_s32, int16_t, int32_t, INT32_MIN, INT32_MAX)
RESCALE(ak_rescale_s32_to_s8, int32_t, int8_t, INT8_MIN, INT8_MAX)
RESCALE(ak_rescale_s32_to_s16, int32_t, int16_t, INT16_MIN, INT16_MAX)
