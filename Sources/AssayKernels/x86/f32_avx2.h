// Float vectors of AVX2: 8 lanes. After `vector_avx2.h`.
#ifndef AK_F32_AVX2_H
#define AK_F32_AVX2_H
#include "vector_avx2.h"

typedef __m256 f32_vector;

/// All ones in the first `count` lanes.
AK_INLINE __m256i f32_mask(ptrdiff_t count) {
  __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count >= LANES ? LANES : (int32_t)count), lanes);
}

AK_INLINE f32_vector f32_zero(void) { return _mm256_setzero_ps(); }
AK_INLINE f32_vector f32_set(float x) { return _mm256_set1_ps(x); }
AK_INLINE f32_vector f32_load(const float *at) { return _mm256_loadu_ps(at); }
AK_INLINE f32_vector f32_load_part(const float *at, ptrdiff_t count) {
  return _mm256_maskload_ps(at, f32_mask(count));
}
AK_INLINE void f32_store_part(float *to, f32_vector x, ptrdiff_t count) {
  _mm256_maskstore_ps(to, f32_mask(count), x);
}

AK_INLINE f32_vector f32_add(f32_vector a, f32_vector b) { return _mm256_add_ps(a, b); }

/// A product that is rounded before it is added.
AK_INLINE f32_vector f32_add_product(f32_vector sum, f32_vector a, f32_vector b) {
  return _mm256_add_ps(sum, _mm256_mul_ps(a, b));
}

/// Where the first is greater the first, else the second: also where one is NaN and for zeros.
AK_INLINE f32_vector f32_greater(f32_vector a, f32_vector b) { return _mm256_max_ps(a, b); }
AK_INLINE f32_vector f32_less(f32_vector a, f32_vector b) { return _mm256_min_ps(a, b); }

#endif
