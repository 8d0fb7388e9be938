// Vectors of Advanced SIMD: two registers make 8 lanes, four products of signed bytes per lane.
//
// Every 64-bit Arm core has these instructions. `AK_NEON_DOT` says that those with dot products are
// there as well; nothing but `vector_dot` and the sizes of tiles depends on it.
#ifndef AK_VECTOR_NEON_H
#define AK_VECTOR_NEON_H
#include <arm_neon.h>
#include <stdint.h>
#include <string.h>

#include "../packed/layout.h"

#if defined(AK_NEON_DOT) && defined(__clang__)
#define AK_TARGET __attribute__((target("+dotprod")))
#elif defined(AK_NEON_DOT)
#define AK_TARGET __attribute__((target("arch=armv8.2-a+dotprod")))
#else
#define AK_TARGET
#endif
#define AK_NOINLINE __attribute__((noinline)) AK_TARGET
#define AK_INLINE static inline __attribute__((always_inline)) AK_TARGET

enum { LANES = 8, GROUP = 4 };
/// Sums that the 32 registers hold: pixels times blocks of output channels, and cells of a depthwise
/// convolution. Products without dot products need registers of their own on the way to a sum.
#if defined(AK_NEON_DOT)
enum { TILE_BLOCKS = 2, WIDE_PIXELS = 6, NARROW_PIXELS = 12, SINGLE_BLOCKS = 6, TILE_PIXELS = 8 };
#else
enum { TILE_BLOCKS = 2, WIDE_PIXELS = 4, NARROW_PIXELS = 8, SINGLE_BLOCKS = 6, TILE_PIXELS = 8 };
#endif
static const packed_traits traits = {LANES, GROUP, 0, false};

typedef int8_t image_code; ///< the code itself
typedef struct {
  int32x4_t low, high;
} vector;

/// Fewer than `whole` bytes (8, 16 or 32) in pieces of halves. A call would put the sums of a tile into
/// memory.
AK_INLINE void copy_part(const size_t whole, void *to, const void *from, size_t bytes) {
  char *t = to;
  const char *f = from;
  if (whole > 16 && bytes & 16) memcpy(t, f, 16), t += 16, f += 16;
  if (whole > 8 && bytes & 8) memcpy(t, f, 8), t += 8, f += 8;
  if (bytes & 4) memcpy(t, f, 4), t += 4, f += 4;
  if (bytes & 2) memcpy(t, f, 2), t += 2, f += 2;
  if (bytes & 1) *t = *f;
}

AK_INLINE int image_padding(int32_t zero_point) { return zero_point; }

AK_INLINE vector vector_set(int32_t x) { return (vector){vdupq_n_s32(x), vdupq_n_s32(x)}; }

AK_INLINE vector vector_zero(void) { return vector_set(0); }

/// Packed weights may lie anywhere: bytes, which need no alignment.
AK_INLINE int32x4_t vector_load_half(const char *at) {
  return vreinterpretq_s32_u8(vld1q_u8((const uint8_t *)at));
}

AK_INLINE vector vector_load(const void *at) {
  return (vector){vector_load_half(at), vector_load_half((const char *)at + 16)};
}

/// The same group of codes in every lane.
AK_INLINE vector vector_broadcast(const image_code *at) {
  int32_t group;
  memcpy(&group, at, sizeof group);
  return vector_set(group);
}

#if defined(AK_NEON_DOT)
AK_INLINE int32x4_t vector_dot_half(int32x4_t sums, int32x4_t codes, int32x4_t weights) {
  return vdotq_s32(sums, vreinterpretq_s8_s32(codes), vreinterpretq_s8_s32(weights));
}

AK_INLINE vector vector_dot(vector sums, vector codes, vector weights) {
  return (vector){vector_dot_half(sums.low, codes.low, weights.low),
                  vector_dot_half(sums.high, codes.high, weights.high)};
}
#else
/// The first two bytes of every lane, and the last two.
typedef struct {
  int8x16_t first, last;
} vector_pairs;

AK_INLINE vector_pairs vector_pairs_of(vector x) {
  int16x8_t low = vreinterpretq_s16_s32(x.low), high = vreinterpretq_s16_s32(x.high);
  return (vector_pairs){vreinterpretq_s8_s16(vuzp1q_s16(low, high)),
                        vreinterpretq_s8_s16(vuzp2q_s16(low, high))};
}

/// Byte products fit 16 bits, (-128)^2 included, but two of them together do not: they are widened as
/// they are added.
AK_INLINE vector vector_dot_pairs(vector sums, int8x16_t codes, int8x16_t weights) {
  int16x8_t low = vmull_s8(vget_low_s8(codes), vget_low_s8(weights));
  int16x8_t high = vmull_high_s8(codes, weights);
  return (vector){vpadalq_s16(sums.low, low), vpadalq_s16(sums.high, high)};
}

AK_INLINE vector vector_dot(vector sums, vector codes, vector weights) {
  vector_pairs c = vector_pairs_of(codes), w = vector_pairs_of(weights);
  return vector_dot_pairs(vector_dot_pairs(sums, c.first, w.first), c.last, w.last);
}
#endif

/// Adds products of 2 LANES weights and elements to as many sums as there are lanes.
AK_INLINE vector vector_dot_row(vector sums, const int8_t *weights, const int16_t *x) {
  int8x16_t codes = vld1q_s8(weights);
  int16x8_t first = vmovl_s8(vget_low_s8(codes)), last = vmovl_high_s8(codes);
  int16x8_t x_first = vld1q_s16(x), x_last = vld1q_s16(x + 8);
  int32x4_t low = vmlal_s16(sums.low, vget_low_s16(first), vget_low_s16(x_first));
  int32x4_t high = vmlal_high_s16(sums.high, first, x_first);
  low = vmlal_s16(low, vget_low_s16(last), vget_low_s16(x_last));
  return (vector){low, vmlal_high_s16(high, last, x_last)};
}

AK_INLINE int32_t vector_total(vector sums) { return vaddvq_s32(vaddq_s32(sums.low, sums.high)); }

AK_INLINE vector vector_add(vector a, vector b) {
  return (vector){vaddq_s32(a.low, b.low), vaddq_s32(a.high, b.high)};
}
AK_INLINE vector vector_subtract(vector a, vector b) {
  return (vector){vsubq_s32(a.low, b.low), vsubq_s32(a.high, b.high)};
}
AK_INLINE vector vector_multiply(vector a, vector b) {
  return (vector){vmulq_s32(a.low, b.low), vmulq_s32(a.high, b.high)};
}
AK_INLINE vector vector_shift_left(vector a, int32_t bits) {
  int32x4_t by = vdupq_n_s32(bits);
  return (vector){vshlq_s32(a.low, by), vshlq_s32(a.high, by)};
}

#include "scale_neon.h"

/// Clamp of every output.
typedef struct {
  int8x8_t min, max;
} vector_range;

AK_INLINE vector_range vector_range_of(int32_t min, int32_t max) {
  return (vector_range){vdup_n_s8((int8_t)min), vdup_n_s8((int8_t)max)};
}

/// Stores the first `count` codes of a block.
AK_INLINE void vector_store_codes(int8_t *to, vector scaled, const vector_range *r, ptrdiff_t count) {
  int16x8_t wide = vqmovn_high_s32(vqmovn_s32(scaled.low), scaled.high);
  int8x8_t codes = vmin_s8(vmax_s8(vqmovn_s16(wide), r->min), r->max);
  if (count >= LANES) return vst1_s8(to, codes);
  int8_t room[LANES];
  vst1_s8(room, codes);
  copy_part(sizeof room, to, room, (size_t)count);
}

/// LANES codes, or the first `count` and zeros.
AK_INLINE vector vector_load_codes(const int8_t *from, ptrdiff_t count) {
  int8_t room[LANES] = {0};
  if (count < LANES) copy_part(sizeof room, room, from, (size_t)count), from = room;
  int16x8_t codes = vmovl_s8(vld1_s8(from));
  return (vector){vmovl_s16(vget_low_s16(codes)), vmovl_high_s16(codes)};
}

typedef int8x16_t code_vector;
enum { CODES = 16 };

/// CODES codes, or the first `count`.
AK_INLINE code_vector code_vector_load(const int8_t *from, ptrdiff_t count) {
  if (count >= CODES) return vld1q_s8(from);
  int8_t codes[CODES] = {0};
  copy_part(sizeof codes, codes, from, (size_t)count);
  return vld1q_s8(codes);
}

AK_INLINE code_vector code_vector_max(code_vector a, code_vector b) { return vmaxq_s8(a, b); }
AK_INLINE code_vector code_vector_min(code_vector a, code_vector b) { return vminq_s8(a, b); }
AK_INLINE code_vector code_vector_set(int32_t code) { return vdupq_n_s8((int8_t)code); }

AK_INLINE void code_vector_store(int8_t *to, code_vector codes, ptrdiff_t count) {
  if (count >= CODES) return vst1q_s8(to, codes);
  int8_t room[CODES];
  vst1q_s8(room, codes);
  copy_part(sizeof room, to, room, (size_t)count);
}

/// Copies codes into an image.
AK_INLINE void image_copy(image_code *to, const int8_t *from, ptrdiff_t count, int32_t zero_point) {
  (void)zero_point;
  memcpy(to, from, (size_t)count);
}

/// Interleaves `count` codes of GROUP rows: group i holds code i of each row, in order.
AK_INLINE void image_interleave(image_code *to, const int8_t *const rows[GROUP], ptrdiff_t count,
                                int32_t zero_point) {
  (void)zero_point;
  ptrdiff_t at = 0;
  for (; at + CODES <= count; at += CODES) {
    int8x16x4_t codes = {
        {vld1q_s8(rows[0] + at), vld1q_s8(rows[1] + at), vld1q_s8(rows[2] + at), vld1q_s8(rows[3] + at)}};
    vst4q_s8(to + at * GROUP, codes);
  }
  for (; at < count; at++)
    for (int i = 0; i < GROUP; i++) to[at * GROUP + i] = rows[i][at];
}

#endif
