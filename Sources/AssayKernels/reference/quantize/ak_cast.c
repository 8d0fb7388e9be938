#include <string.h>

#include "ak_quantize.h"

// Bytes of one element, and one element read as an integer.
static ptrdiff_t size_of(ak_type type) {
  switch (type) {
  case AK_BOOL:
  case AK_S8:
  case AK_U8:
    return 1;
  case AK_S16:
    return 2;
  case AK_S64:
    return 8;
  default:
    return 4;
  }
}

static int64_t saturated(float x, float above, int64_t min, int64_t max) {
  if (x != x) return 0;
  return x >= above ? max : x < -above ? min : (int64_t)x;
}

static int64_t integer_of(ak_type type, const void *in) {
  switch (type) {
  case AK_BOOL:
    return *(const uint8_t *)in != 0;
  case AK_S8:
    return *(const int8_t *)in;
  case AK_U8:
    return *(const uint8_t *)in;
  case AK_S16:
    return *(const int16_t *)in;
  case AK_S32:
    return *(const int32_t *)in;
  case AK_U32:
    return *(const uint32_t *)in;
  case AK_S64:
    return *(const int64_t *)in;
  case AK_F32:
    return saturated(*(const float *)in, 0x1p63f, INT64_MIN, INT64_MAX);
  }
  return 0;
}

static float float_of(ak_type type, const void *in) {
  return type == AK_F32 ? *(const float *)in : (float)integer_of(type, in);
}

// A float goes to narrow integers by way of 32 bits, which saturate.
static int64_t narrowed(ak_type from, const void *in, ak_type to) {
  if (from != AK_F32 || to == AK_S64 || to == AK_U32) return integer_of(from, in);
  return saturated(*(const float *)in, 0x1p31f, INT32_MIN, INT32_MAX);
}

void ak_cast(ak_type from, const void *in, ak_type to, void *out, ptrdiff_t count) {
  const uint8_t *source = in;
  uint8_t *target = out;
  for (; count > 0; count--, source += size_of(from), target += size_of(to)) {
    int64_t integer = narrowed(from, source, to);
    switch (to) {
    case AK_BOOL:
      *target = float_of(from, source) != 0;
      break;
    case AK_F32:
      *(float *)(void *)target = float_of(from, source);
      break;
    // Little-endian: the low bytes of an integer are the narrower integer.
    default:
      memcpy(target, &integer, (size_t)size_of(to));
    }
  }
}
