// Vectors of AVX-512 with VNNI: 16 lanes, four products of unsigned codes and signed weights per lane.
#ifndef AK_VECTOR_AVX512VNNI_H
#define AK_VECTOR_AVX512VNNI_H
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "../packed/layout.h"

#define AK_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define AK_NOINLINE __attribute__((noinline)) AK_TARGET
#define AK_INLINE static inline __attribute__((always_inline)) AK_TARGET

enum { LANES = 16, GROUP = 4 };
/// Sums that registers hold: pixels times blocks of output channels, and cells of a depthwise convolution.
enum { TILE_BLOCKS = 2, WIDE_PIXELS = 8, NARROW_PIXELS = 12, SINGLE_BLOCKS = 8, TILE_PIXELS = 8 };
static const packed_traits traits = {LANES, GROUP, 128, false};
static const packed_traits traits_f32 = {LANES, 1, 0, false};

typedef uint8_t image_code; ///< code + 128
typedef __m512i vector;

AK_INLINE int image_padding(int32_t zero_point) { return zero_point + 128; }

/// Hides from the compiler that a vector stays what it is.
#define VECTOR_OPAQUE(v) __asm__ volatile("" : "+v"(v))

AK_INLINE vector vector_zero(void) { return _mm512_setzero_si512(); }

AK_INLINE vector vector_load(const void *at) { return _mm512_loadu_si512(at); }

/// The same group of codes in every lane.
AK_INLINE vector vector_broadcast(const image_code *at) {
  int32_t group;
  memcpy(&group, at, sizeof group);
  return _mm512_set1_epi32(group);
}

AK_INLINE vector vector_dot(vector sums, vector codes, vector weights) {
  return _mm512_dpbusd_epi32(sums, codes, weights);
}

/// Adds products of 2 LANES weights and elements to as many sums.
AK_INLINE vector vector_dot_row(vector sums, const int8_t *weights, const int16_t *x) {
  vector wide = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const void *)weights));
  return _mm512_dpwssd_epi32(sums, wide, _mm512_loadu_si512(x));
}

AK_INLINE int32_t vector_total(vector sums) { return _mm512_reduce_add_epi32(sums); }

AK_INLINE vector vector_add(vector a, vector b) { return _mm512_add_epi32(a, b); }

/// `packed_scale` of every lane, spread over the products of even and odd lanes.
typedef struct {
  vector even_multiplier, odd_multiplier, even_nudge, odd_nudge, correction, shift;
} vector_scale;

AK_INLINE vector_scale vector_scale_load(const int32_t *scales) {
  const vector rounding = _mm512_set1_epi64(INT64_C(1) << 31);
  vector multiplier = vector_load(scales + PACKED_MULTIPLIER * LANES);
  vector half = vector_load(scales + PACKED_HALF * LANES);
  return (vector_scale){
      .even_multiplier = multiplier,
      .odd_multiplier = _mm512_srli_epi64(multiplier, 32),
      .even_nudge = _mm512_add_epi64(_mm512_slli_epi64(half, 32), rounding),
      .odd_nudge = _mm512_mask_mov_epi32(rounding, 0xAAAA, half),
      .correction = vector_load(scales + PACKED_CORRECTION * LANES),
      .shift = vector_load(scales + PACKED_SHIFT * LANES),
  };
}

AK_INLINE vector vector_requantize(vector sums, const vector_scale *s) {
  vector even = _mm512_add_epi64(_mm512_mul_epu32(sums, s->even_multiplier), s->even_nudge);
  vector odd = _mm512_mul_epu32(_mm512_srli_epi64(sums, 32), s->odd_multiplier);
  odd = _mm512_add_epi64(odd, s->odd_nudge);
  vector high = _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_DDBB);
  high = _mm512_mask_sub_epi32(high, _mm512_movepi32_mask(sums), high, s->correction);
  return _mm512_srav_epi32(high, s->shift);
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
  __m128i codes = _mm512_cvtsepi32_epi8(scaled);
  codes = _mm_min_epi8(_mm_max_epi8(codes, r->min), r->max);
  if (count >= LANES) _mm_storeu_si128((void *)to, codes);
  else _mm_mask_storeu_epi8(to, (__mmask16)((1u << count) - 1), codes);
}

/// LANES codes, or the first `count` and zeros.
AK_INLINE vector vector_load_codes(const int8_t *from, ptrdiff_t count) {
  __mmask16 mask = (__mmask16)(count >= LANES ? 0xFFFF : (1u << count) - 1);
  return _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(mask, from));
}

AK_INLINE vector vector_set(int32_t x) { return _mm512_set1_epi32(x); }
AK_INLINE vector vector_subtract(vector a, vector b) { return _mm512_sub_epi32(a, b); }
AK_INLINE vector vector_multiply(vector a, vector b) { return _mm512_mullo_epi32(a, b); }
AK_INLINE vector vector_shift_left(vector a, int32_t bits) {
  return _mm512_sll_epi32(a, _mm_cvtsi32_si128(bits));
}

/// Sums of at most 2^15 codes over their number, half away from zero. The quotient of two integers below
/// 2^24 is never rounded up to the next integer.
AK_INLINE vector vector_average(vector sums, int32_t cells) {
  vector half = _mm512_set1_epi32(cells / 2);
  vector nudged = _mm512_mask_sub_epi32(_mm512_add_epi32(sums, half),
                                        _mm512_cmple_epi32_mask(sums, _mm512_setzero_si512()), sums, half);
  return _mm512_cvttps_epi32(_mm512_div_ps(_mm512_cvtepi32_ps(nudged), _mm512_set1_ps((float)cells)));
}

typedef vector code_vector;
enum { CODES = 64 };

/// CODES codes, or the first `count`.
AK_INLINE code_vector code_vector_load(const int8_t *from, ptrdiff_t count) {
  return _mm512_maskz_loadu_epi8(_cvtu64_mask64(count >= CODES ? ~UINT64_C(0) : (UINT64_C(1) << count) - 1),
                                 from);
}

AK_INLINE code_vector code_vector_max(code_vector a, code_vector b) { return _mm512_max_epi8(a, b); }
AK_INLINE code_vector code_vector_min(code_vector a, code_vector b) { return _mm512_min_epi8(a, b); }
AK_INLINE code_vector code_vector_set(int32_t code) { return _mm512_set1_epi8((char)code); }

AK_INLINE void code_vector_store(int8_t *to, code_vector codes, ptrdiff_t count) {
  _mm512_mask_storeu_epi8(to, _cvtu64_mask64(count >= CODES ? ~UINT64_C(0) : (UINT64_C(1) << count) - 1),
                          codes);
}

/// Copies codes into an image.
AK_INLINE void image_copy(image_code *to, const int8_t *from, ptrdiff_t count, int32_t zero_point) {
  (void)zero_point;
  const vector flip = _mm512_set1_epi8(-128);
  for (; count >= 64; count -= 64, to += 64, from += 64)
    _mm512_storeu_si512(to, _mm512_xor_si512(_mm512_loadu_si512(from), flip));
  __mmask64 mask = _cvtu64_mask64((UINT64_C(1) << count) - 1);
  _mm512_mask_storeu_epi8(to, mask, _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, from), flip));
}

/// Interleaves `count` codes of GROUP rows: group i holds code i of each row, in order.
AK_INLINE void image_interleave(image_code *to, const int8_t *const rows[GROUP], ptrdiff_t count,
                                int32_t zero_point) {
  // What follows the row in the same vector is padding, too.
  const vector padding = _mm512_set1_epi8((char)zero_point);
  // Spreads a vector so that unpacking within 128-bit parts leaves the groups in order.
  const vector spread = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const vector flip = _mm512_set1_epi8(-128);
  for (ptrdiff_t at = 0; at < count; at += 64, to += 256) {
    ptrdiff_t rest = count - at;
    __mmask64 mask = _cvtu64_mask64(rest >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << rest) - 1);
    vector codes[GROUP];
    for (int i = 0; i < GROUP; i++) {
      vector row = _mm512_xor_si512(_mm512_mask_loadu_epi8(padding, mask, rows[i] + at), flip);
      codes[i] = _mm512_permutexvar_epi32(spread, row);
    }
    vector low01 = _mm512_unpacklo_epi8(codes[0], codes[1]), low23 = _mm512_unpacklo_epi8(codes[2], codes[3]);
    vector high01 = _mm512_unpackhi_epi8(codes[0], codes[1]),
           high23 = _mm512_unpackhi_epi8(codes[2], codes[3]);
    _mm512_storeu_si512(to, _mm512_unpacklo_epi16(low01, low23));
    _mm512_storeu_si512(to + 64, _mm512_unpackhi_epi16(low01, low23));
    _mm512_storeu_si512(to + 128, _mm512_unpacklo_epi16(high01, high23));
    _mm512_storeu_si512(to + 192, _mm512_unpackhi_epi16(high01, high23));
  }
}

#endif
