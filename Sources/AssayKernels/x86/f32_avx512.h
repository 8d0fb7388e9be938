// Float vectors of AVX-512: 16 lanes. After `vector_avx512vnni.h`.
#ifndef AK_F32_AVX512_H
#define AK_F32_AVX512_H
#include "vector_avx512vnni.h"

typedef __m512 f32_vector;

AK_INLINE __mmask16 f32_mask(ptrdiff_t count) {
  return (__mmask16)(count >= LANES ? 0xFFFF : (1u << count) - 1);
}

AK_INLINE f32_vector f32_zero(void) { return _mm512_setzero_ps(); }
AK_INLINE f32_vector f32_set(float x) { return _mm512_set1_ps(x); }
AK_INLINE f32_vector f32_load(const float *at) { return _mm512_loadu_ps(at); }
AK_INLINE f32_vector f32_load_part(const float *at, ptrdiff_t count) {
  return _mm512_maskz_loadu_ps(f32_mask(count), at);
}
AK_INLINE void f32_store_part(float *to, f32_vector x, ptrdiff_t count) {
  _mm512_mask_storeu_ps(to, f32_mask(count), x);
}

AK_INLINE f32_vector f32_add(f32_vector a, f32_vector b) { return _mm512_add_ps(a, b); }

/// A product that is rounded before it is added.
AK_INLINE f32_vector f32_add_product(f32_vector sum, f32_vector a, f32_vector b) {
  return _mm512_add_ps(sum, _mm512_mul_ps(a, b));
}

/// Where the first is greater the first, else the second: also where one is NaN and for zeros.
AK_INLINE f32_vector f32_greater(f32_vector a, f32_vector b) { return _mm512_max_ps(a, b); }
AK_INLINE f32_vector f32_less(f32_vector a, f32_vector b) { return _mm512_min_ps(a, b); }

#endif
