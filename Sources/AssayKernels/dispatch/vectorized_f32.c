#include "../packed/kernels.h"

typedef struct {
  vectorized_pool2d_f32 *max_pool2d;
  vectorized_binary_f32 *add;
} kernels_f32;

static const kernels_f32 table[AK_VARIANT_COUNT] = {
    [AK_VARIANT_REFERENCE] = {ak_max_pool2d_f32, NULL},
#if defined(__x86_64__)
    [AK_VARIANT_AVX2] = {ak_max_pool2d_f32_avx2, ak_add_f32_avx2},
    [AK_VARIANT_AVX512_VNNI] = {ak_max_pool2d_f32_avx512vnni, ak_add_f32_avx512vnni},
#elif defined(AK_HAS_NEON)
    [AK_VARIANT_NEON] = {ak_max_pool2d_f32_neon, ak_add_f32_neon},
    [AK_VARIANT_NEON_DOT] = {ak_max_pool2d_f32_neon, ak_add_f32_neon},
#endif
};

void ak_max_pool2d_f32_vectorized(ak_variant variant, const ak_pool2d_shape *s,
                                  const ak_float_range *activation, const float *input, float *output) {
  table[variant].max_pool2d(s, activation, input, output);
}

void ak_add_f32_vectorized(ak_variant variant, const float *a, ptrdiff_t a_step, const float *b,
                           ptrdiff_t b_step, float *out, ptrdiff_t count, const ak_binary_range *range) {
  if (table[variant].add && a_step == 1 && b_step == 1) table[variant].add(a, b, out, count, range);
  else ak_add_f32(a, a_step, b, b_step, out, count, range);
}
