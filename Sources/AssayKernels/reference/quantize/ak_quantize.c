#include "ak_quantize.h"

#include <math.h>

#include "../fixed_point/ak_rounding.h"

// Saturating, as the device's own conversion instruction is; x86's is not.
static int32_t steps_of(float x) {
  float steps = roundf(x);
  if (steps >= 0x1p31f) return INT32_MAX;
  if (steps < -0x1p31f) return INT32_MIN;
  return steps == steps ? (int32_t)steps : 0;
}

static int32_t code_of(float x, float scale, int32_t zero_point, int32_t min, int32_t max) {
  int64_t code = (int64_t)steps_of(x / scale) + zero_point;
  return code < min ? min : code > max ? max : (int32_t)code;
}

#define QUANTIZE(name, type, min, max)                                                                       \
  void name(const float *in, type *out, ptrdiff_t count, float scale, int32_t zero_point) {                  \
    for (ptrdiff_t i = 0; i < count; i++) out[i] = (type)code_of(in[i], scale, zero_point, min, max);        \
  }
QUANTIZE(ak_quantize_s8, int8_t, INT8_MIN, INT8_MAX)
QUANTIZE(ak_quantize_u8, uint8_t, 0, UINT8_MAX)
QUANTIZE(ak_quantize_s16, int16_t, INT16_MIN, INT16_MAX)
QUANTIZE(ak_quantize_s32, int32_t, INT32_MIN, INT32_MAX)

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
