#include "../packed/kernels.h"

typedef struct {
  vectorized_pool2d_s8 *max_pool2d, *average_pool2d;
  vectorized_binary_s8 *add, *mul;
  vectorized_sum_s8 *sum;
} kernels_s8;

static const kernels_s8 table[AK_VARIANT_COUNT] = {
    [AK_VARIANT_REFERENCE] = {ak_max_pool2d_s8, ak_average_pool2d_s8, NULL, NULL, NULL},
#if defined(__x86_64__)
    [AK_VARIANT_AVX2] = {ak_max_pool2d_s8_avx2, ak_average_pool2d_s8_avx2, ak_add_s8_avx2, ak_mul_s8_avx2,
                         ak_reduce_sum_s8_avx2},
    [AK_VARIANT_AVX512_VNNI] = {ak_max_pool2d_s8_avx512vnni, ak_average_pool2d_s8_avx512vnni,
                                ak_add_s8_avx512vnni, ak_mul_s8_avx512vnni, ak_reduce_sum_s8_avx512vnni},
#elif defined(AK_HAS_NEON)
    [AK_VARIANT_NEON] = {ak_max_pool2d_s8_neon, ak_average_pool2d_s8_neon, ak_add_s8_neon, ak_mul_s8_neon,
                         ak_reduce_sum_s8_neon},
    [AK_VARIANT_NEON_DOT] = {ak_max_pool2d_s8_neon, ak_average_pool2d_s8_neon, ak_add_s8_neon, ak_mul_s8_neon,
                             ak_reduce_sum_s8_neon},
#endif
};

void ak_max_pool2d_s8_vectorized(ak_variant variant, const ak_pool2d_shape *s, int32_t min, int32_t max,
                                 const int8_t *input, int8_t *output) {
  table[variant].max_pool2d(s, min, max, input, output);
}

void ak_average_pool2d_s8_vectorized(ak_variant variant, const ak_pool2d_shape *s, int32_t min, int32_t max,
                                     const int8_t *input, int8_t *output) {
  table[variant].average_pool2d(s, min, max, input, output);
}

// The distance between two codes, and the product of two distances.
enum { CODE_DISTANCE = 255, CODE_PRODUCT = 255 * 255 };

void ak_add_s8_vectorized(ak_variant variant, const int8_t *a, ptrdiff_t a_step, const int8_t *b,
                          ptrdiff_t b_step, int8_t *out, ptrdiff_t count, const ak_binary_quantization *q) {
  packed_scale scales[3];
  int64_t bound = (int64_t)CODE_DISTANCE << q->left_shift;
  // Factors below 1 make nothing larger: two operands add up to at most twice the bound.
  bool fits = table[variant].add && a_step == 1 && b_step == 1 &&
              packed_scale_of(q->a_scale, bound, 0, &scales[0]) &&
              packed_scale_of(q->b_scale, bound, 0, &scales[1]) &&
              packed_scale_of(q->out_scale, 2 * bound, q->out_zero_point, &scales[2]);
  if (fits) table[variant].add(a, b, out, count, q, scales);
  else ak_add_s8(a, a_step, b, b_step, out, count, q);
}

void ak_mul_s8_vectorized(ak_variant variant, const int8_t *a, ptrdiff_t a_step, const int8_t *b,
                          ptrdiff_t b_step, int8_t *out, ptrdiff_t count, const ak_binary_quantization *q) {
  packed_scale scales[3];
  bool fits = table[variant].mul && a_step == 1 && b_step == 1 &&
              packed_scale_of(q->out_scale, CODE_PRODUCT, q->out_zero_point, &scales[2]);
  if (fits) table[variant].mul(a, b, out, count, q, scales);
  else ak_mul_s8(a, a_step, b, b_step, out, count, q);
}

void ak_reduce_sum_s8_vectorized(ak_variant variant, const int8_t *in, ptrdiff_t count, int32_t *out,
                                 ptrdiff_t out_step) {
  if (table[variant].sum && out_step == 1) table[variant].sum(in, count, out);
  else ak_reduce_sum_s8(in, count, out, out_step);
}
