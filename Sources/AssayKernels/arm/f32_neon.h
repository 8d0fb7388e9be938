// Float vectors of Advanced SIMD: two registers make 8 lanes. After `vector_neon.h`.
//
// Nothing here is fused: the compiler is told not to contract (`-ffp-contract=off`), and a case checks it.
#ifndef AK_F32_NEON_H
#define AK_F32_NEON_H
#include "vector_neon.h"

static const packed_traits traits_f32 = {LANES, 1, 0, false};

typedef struct {
  float32x4_t low, high;
} f32_vector;

AK_INLINE f32_vector f32_set(float x) { return (f32_vector){vdupq_n_f32(x), vdupq_n_f32(x)}; }
AK_INLINE f32_vector f32_zero(void) { return f32_set(0); }

AK_INLINE f32_vector f32_load(const float *at) {
  vector bits = vector_load(at);
  return (f32_vector){vreinterpretq_f32_s32(bits.low), vreinterpretq_f32_s32(bits.high)};
}

AK_INLINE void f32_store(float *to, f32_vector x) { vst1q_f32(to, x.low), vst1q_f32(to + 4, x.high); }

AK_INLINE f32_vector f32_load_part(const float *at, ptrdiff_t count) {
  if (count >= LANES) return f32_load(at);
  float room[LANES] = {0};
  copy_part(sizeof room, room, at, (size_t)count * sizeof *at);
  return f32_load(room);
}

AK_INLINE void f32_store_part(float *to, f32_vector x, ptrdiff_t count) {
  if (count >= LANES) return f32_store(to, x);
  float room[LANES];
  f32_store(room, x);
  copy_part(sizeof room, to, room, (size_t)count * sizeof *to);
}

AK_INLINE f32_vector f32_add(f32_vector a, f32_vector b) {
  return (f32_vector){vaddq_f32(a.low, b.low), vaddq_f32(a.high, b.high)};
}

/// A product that is rounded before it is added.
AK_INLINE f32_vector f32_add_product(f32_vector sum, f32_vector a, f32_vector b) {
  return (f32_vector){vaddq_f32(sum.low, vmulq_f32(a.low, b.low)),
                      vaddq_f32(sum.high, vmulq_f32(a.high, b.high))};
}

AK_INLINE float32x4_t f32_greater_half(float32x4_t a, float32x4_t b) {
  return vbslq_f32(vcgtq_f32(a, b), a, b);
}

/// Where the first is greater the first, else the second: also where one is NaN and for zeros, unlike
/// `vmaxq_f32`.
AK_INLINE f32_vector f32_greater(f32_vector a, f32_vector b) {
  return (f32_vector){f32_greater_half(a.low, b.low), f32_greater_half(a.high, b.high)};
}
AK_INLINE f32_vector f32_less(f32_vector a, f32_vector b) {
  return (f32_vector){vbslq_f32(vcltq_f32(a.low, b.low), a.low, b.low),
                      vbslq_f32(vcltq_f32(a.high, b.high), a.high, b.high)};
}

#endif
