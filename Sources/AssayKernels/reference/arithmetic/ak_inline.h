// One-line arithmetic that the reference kernels share.
#ifndef AK_INLINE_H
#define AK_INLINE_H
#include <stdint.h>

/// The 32-bit sum as the device computes it: overflow wraps, which plain `int` leaves undefined.
static inline int32_t ak_wrapping_add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }

static inline int64_t ak_wrapping_add_s64(int64_t a, int64_t b) {
  return (int64_t)((uint64_t)a + (uint64_t)b);
}

static inline int32_t ak_clamp_s32(int32_t x, int32_t min, int32_t max) {
  return x < min ? min : x > max ? max : x;
}

/// Clamps as the device does: a NaN comes through.
static inline float ak_clamp_f32(float x, float min, float max) { return x < min ? min : x > max ? max : x; }

#endif
