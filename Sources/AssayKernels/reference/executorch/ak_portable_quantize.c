#include <math.h>

#include "ak_cortex_m.h"

// Steps of a code, half to even, inside 32 bits.
static int64_t steps(float x, float inverse) {
  float scaled = inverse * x;
  if (isnan(scaled)) return 0;
  if (scaled >= 2147483648.0f) return 2147483647;
  if (scaled <= -2147483648.0f) return -2147483648LL;
  float below = floorf(scaled);
  float fraction = scaled - below;
  bool up = fraction > 0.5f || (fraction == 0.5f && fmodf(below, 2.0f) != 0.0f);
  return (int64_t)below + up;
}

#define QUANTIZE(name, type)                                                                                 \
  void name(const float *in, type *out, ptrdiff_t count, float inverse, int32_t zero_point, int32_t min,     \
            int32_t max) {                                                                                   \
    for (ptrdiff_t i = 0; i < count; i++) {                                                                  \
      int64_t code = zero_point + steps(in[i], inverse);                                                     \
      out[i] = (type)(code < min ? min : code > max ? max : code);                                           \
    }                                                                                                        \
  }

QUANTIZE(ak_portable_quantize_s8, int8_t)
QUANTIZE(ak_portable_quantize_u8, uint8_t)

// Zero points of single channels are read from a tensor: any 64 bits, and the difference wraps.
static int64_t distance(int64_t code, int64_t zero_point) {
  return (int64_t)((uint64_t)code - (uint64_t)zero_point);
}

#define DEQUANTIZE(name, type)                                                                               \
  void name(const type *in, float *out, ptrdiff_t count, float scale, int64_t zero_point) {                  \
    for (ptrdiff_t i = 0; i < count; i++) out[i] = (float)distance(in[i], zero_point) * scale;               \
  }

DEQUANTIZE(ak_portable_dequantize_s8, int8_t)
DEQUANTIZE(ak_portable_dequantize_u8, uint8_t)
DEQUANTIZE(ak_portable_dequantize_s32, int32_t)

void ak_portable_clamp_s8(const int8_t *in, int8_t *out, ptrdiff_t count, int32_t min, int32_t max) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = (int8_t)(in[i] < min ? min : in[i] > max ? max : in[i]);
}
