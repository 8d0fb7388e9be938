// Vectors of AVX2: 8 lanes, two products of int16 codes and weights per lane. (The byte products of
// AVX2 saturate, which is not the device's arithmetic.)
#ifndef AK_VECTOR_AVX2_H
#define AK_VECTOR_AVX2_H
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "../packed/layout.h"

#define AK_TARGET __attribute__((target("avx2")))
#define AK_NOINLINE __attribute__((noinline)) AK_TARGET
#define AK_INLINE static inline __attribute__((always_inline)) AK_TARGET

enum { LANES = 8, GROUP = 2 };
/// Sums that registers hold: pixels times blocks of output channels, and cells of a depthwise convolution.
enum { TILE_BLOCKS = 2, WIDE_PIXELS = 4, NARROW_PIXELS = 8, SINGLE_BLOCKS = 8, TILE_PIXELS = 4 };
static const packed_traits traits = {LANES, GROUP, 0, true};
static const packed_traits traits_f32 = {LANES, 1, 0, false};

typedef int16_t image_code; ///< code - zero point
typedef __m256i vector;

AK_INLINE int image_padding(int32_t zero_point) {
  (void)zero_point;
  return 0;
}

/// Hides from the compiler that a vector stays what it is.
#define VECTOR_OPAQUE(v) __asm__ volatile("" : "+v"(v))

AK_INLINE vector vector_zero(void) { return _mm256_setzero_si256(); }

AK_INLINE vector vector_load(const void *at) { return _mm256_loadu_si256(at); }

/// The same group of codes in every lane.
AK_INLINE vector vector_broadcast(const image_code *at) {
  int32_t group;
  memcpy(&group, at, sizeof group);
  return _mm256_set1_epi32(group);
}

AK_INLINE vector vector_dot(vector sums, vector codes, vector weights) {
  return _mm256_add_epi32(sums, _mm256_madd_epi16(codes, weights));
}

/// Adds products of 2 LANES weights and elements to as many sums.
AK_INLINE vector vector_dot_row(vector sums, const int8_t *weights, const int16_t *x) {
  vector wide = _mm256_cvtepi8_epi16(_mm_loadu_si128((const void *)weights));
  return _mm256_add_epi32(sums, _mm256_madd_epi16(wide, vector_load(x)));
}

AK_INLINE int32_t vector_total(vector sums) {
  __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4E));
  return _mm_cvtsi128_si32(_mm_add_epi32(half, _mm_shuffle_epi32(half, 0xB1)));
}

AK_INLINE vector vector_add(vector a, vector b) { return _mm256_add_epi32(a, b); }

/// `packed_scale` of every lane, spread over the products of even and odd lanes.
typedef struct {
  vector even_multiplier, odd_multiplier, even_nudge, odd_nudge, correction, shift;
} vector_scale;

AK_INLINE vector_scale vector_scale_load(const int32_t *scales) {
  const vector rounding = _mm256_set1_epi64x(INT64_C(1) << 31);
  vector multiplier = vector_load(scales + PACKED_MULTIPLIER * LANES);
  vector half = vector_load(scales + PACKED_HALF * LANES);
  return (vector_scale){
      .even_multiplier = multiplier,
      .odd_multiplier = _mm256_srli_epi64(multiplier, 32),
      .even_nudge = _mm256_add_epi64(_mm256_slli_epi64(half, 32), rounding),
      .odd_nudge = _mm256_blend_epi32(rounding, half, 0xAA),
      .correction = vector_load(scales + PACKED_CORRECTION * LANES),
      .shift = vector_load(scales + PACKED_SHIFT * LANES),
  };
}

AK_INLINE vector vector_requantize(vector sums, const vector_scale *s) {
  vector even = _mm256_add_epi64(_mm256_mul_epu32(sums, s->even_multiplier), s->even_nudge);
  vector odd = _mm256_mul_epu32(_mm256_srli_epi64(sums, 32), s->odd_multiplier);
  odd = _mm256_add_epi64(odd, s->odd_nudge);
  vector high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
  high = _mm256_sub_epi32(high, _mm256_and_si256(_mm256_srai_epi32(sums, 31), s->correction));
  return _mm256_srav_epi32(high, s->shift);
}

/// Clamp of every output.
typedef struct {
  __m128i min, max;
} vector_range;

AK_INLINE vector_range vector_range_of(int32_t min, int32_t max) {
  return (vector_range){_mm_set1_epi8((char)min), _mm_set1_epi8((char)max)};
}

/// Stores the first `count` codes of a block.
AK_INLINE void vector_store_codes(int8_t *to, vector scaled, const vector_range *r, ptrdiff_t count) {
  __m128i codes = _mm_packs_epi32(_mm256_castsi256_si128(scaled), _mm256_extracti128_si256(scaled, 1));
  codes = _mm_packs_epi16(codes, codes);
  codes = _mm_min_epi8(_mm_max_epi8(codes, r->min), r->max);
  int64_t bytes = _mm_cvtsi128_si64(codes);
  memcpy(to, &bytes, count >= LANES ? LANES : (size_t)count);
}

/// LANES codes, or the first `count` and zeros.
AK_INLINE vector vector_load_codes(const int8_t *from, ptrdiff_t count) {
  int64_t codes = 0;
  if (count >= LANES) memcpy(&codes, from, LANES);
  else memcpy(&codes, from, (size_t)count);
  return _mm256_cvtepi8_epi32(_mm_cvtsi64_si128(codes));
}

AK_INLINE vector vector_set(int32_t x) { return _mm256_set1_epi32(x); }
AK_INLINE vector vector_subtract(vector a, vector b) { return _mm256_sub_epi32(a, b); }
AK_INLINE vector vector_multiply(vector a, vector b) { return _mm256_mullo_epi32(a, b); }
AK_INLINE vector vector_shift_left(vector a, int32_t bits) {
  return _mm256_sll_epi32(a, _mm_cvtsi32_si128(bits));
}

/// Sums of at most 2^15 codes over their number, half away from zero. The quotient of two integers below
/// 2^24 is never rounded up to the next integer.
AK_INLINE vector vector_average(vector sums, int32_t cells) {
  vector half = _mm256_set1_epi32(cells / 2), positive = _mm256_cmpgt_epi32(sums, _mm256_setzero_si256());
  vector nudged = _mm256_blendv_epi8(_mm256_sub_epi32(sums, half), _mm256_add_epi32(sums, half), positive);
  return _mm256_cvttps_epi32(_mm256_div_ps(_mm256_cvtepi32_ps(nudged), _mm256_set1_ps((float)cells)));
}

typedef vector code_vector;
enum { CODES = 32 };

/// CODES codes, or the first `count`.
AK_INLINE code_vector code_vector_load(const int8_t *from, ptrdiff_t count) {
  if (count >= CODES) return vector_load(from);
  int8_t codes[CODES] = {0};
  memcpy(codes, from, (size_t)count);
  return vector_load(codes);
}

AK_INLINE code_vector code_vector_max(code_vector a, code_vector b) { return _mm256_max_epi8(a, b); }
AK_INLINE code_vector code_vector_min(code_vector a, code_vector b) { return _mm256_min_epi8(a, b); }
AK_INLINE code_vector code_vector_set(int32_t code) { return _mm256_set1_epi8((char)code); }

AK_INLINE void code_vector_store(int8_t *to, code_vector codes, ptrdiff_t count) {
  if (count >= CODES) return _mm256_storeu_si256((void *)to, codes);
  int8_t room[CODES];
  _mm256_storeu_si256((void *)room, codes);
  memcpy(to, room, (size_t)count);
}

/// 16 codes less the zero point.
AK_INLINE vector vector_codes(const int8_t *from, vector zero_point) {
  return _mm256_sub_epi16(_mm256_cvtepi8_epi16(_mm_loadu_si128((const void *)from)), zero_point);
}

/// Copies codes into an image.
AK_INLINE void image_copy(image_code *to, const int8_t *from, ptrdiff_t count, int32_t zero_point) {
  const vector zero = _mm256_set1_epi16((short)zero_point);
  ptrdiff_t i = 0;
  for (; i + 16 <= count; i += 16) _mm256_storeu_si256((void *)(to + i), vector_codes(from + i, zero));
  for (; i < count; i++) to[i] = (image_code)(from[i] - zero_point);
}

/// Interleaves `count` codes of GROUP rows: group i holds code i of each row, in order.
AK_INLINE void image_interleave(image_code *to, const int8_t *const rows[GROUP], ptrdiff_t count,
                                int32_t zero_point) {
  const vector zero = _mm256_set1_epi16((short)zero_point);
  ptrdiff_t at = 0;
  for (; at + 16 <= count; at += 16) {
    vector first = vector_codes(rows[0] + at, zero), second = vector_codes(rows[1] + at, zero);
    vector low = _mm256_unpacklo_epi16(first, second), high = _mm256_unpackhi_epi16(first, second);
    _mm256_storeu_si256((void *)(to + at * 2), _mm256_permute2x128_si256(low, high, 0x20));
    _mm256_storeu_si256((void *)(to + at * 2 + 16), _mm256_permute2x128_si256(low, high, 0x31));
  }
  for (; at < count; at++)
    for (int i = 0; i < GROUP; i++) to[at * GROUP + i] = (image_code)(rows[i][at] - zero_point);
}

#endif
