#include "../packed/kernels.h"

typedef struct {
  int64_t (*s8)(ptrdiff_t rounds, int32_t *sink);
  int64_t (*f32)(ptrdiff_t rounds, float *sink);
} peak_loops;

static const peak_loops table[AK_VARIANT_COUNT] = {
#if defined(__x86_64__)
    [AK_VARIANT_AVX2] = {ak_peak_s8_avx2, ak_peak_f32_avx2},
    [AK_VARIANT_AVX512_VNNI] = {ak_peak_s8_avx512vnni, ak_peak_f32_avx512vnni},
#endif
    [AK_VARIANT_REFERENCE] = {NULL, NULL},
};

int64_t ak_peak_s8(ak_variant variant, ptrdiff_t rounds) {
  int32_t sink;
  return table[variant].s8 ? table[variant].s8(rounds, &sink) : 0;
}

int64_t ak_peak_f32(ak_variant variant, ptrdiff_t rounds) {
  float sink;
  return table[variant].f32 ? table[variant].f32(rounds, &sink) : 0;
}
