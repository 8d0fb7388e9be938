// What each variant provides.
#ifndef AK_PACKED_KERNELS_H
#define AK_PACKED_KERNELS_H
#include "ak_vectorized.h"
#include "scale.h"

/// Vectors of 64-bit Arm, whose bytes have to lie as the interleaving of rows expects.
#if defined(__aarch64__) && defined(__ARM_NEON) && !defined(__AARCH64EB__)
#define AK_HAS_NEON 1
#endif

typedef void packed_conv2d_s8(const ak_conv2d_shape *shape, const ak_linear_quantization *quantization,
                              const void *packed, const int8_t *input, int8_t *output, void *scratch);
typedef void packed_depthwise_conv2d_s8(const ak_depthwise_conv2d_shape *shape,
                                        const ak_linear_quantization *quantization, const void *packed,
                                        const int8_t *input, int8_t *output, void *scratch);

packed_conv2d_s8 ak_conv2d_s8_avx2, ak_conv2d_s8_avx512vnni, ak_conv2d_s8_neon, ak_conv2d_s8_neondot;
packed_depthwise_conv2d_s8 ak_depthwise_conv2d_s8_avx2, ak_depthwise_conv2d_s8_avx512vnni,
    ak_depthwise_conv2d_s8_neon, ak_depthwise_conv2d_s8_neondot;

typedef void vectorized_pool2d_s8(const ak_pool2d_shape *shape, int32_t activation_min,
                                  int32_t activation_max, const int8_t *input, int8_t *output);
/// `scales`: of the operands and of the output, with its zero point.
typedef void vectorized_binary_s8(const int8_t *a, const int8_t *b, int8_t *out, ptrdiff_t count,
                                  const ak_binary_quantization *quantization, const packed_scale scales[3]);

/// Adds `count` codes to as many sums.
typedef void vectorized_sum_s8(const int8_t *in, ptrdiff_t count, int32_t *sums);

vectorized_sum_s8 ak_reduce_sum_s8_avx2, ak_reduce_sum_s8_avx512vnni, ak_reduce_sum_s8_neon;
vectorized_pool2d_s8 ak_max_pool2d_s8_avx2, ak_max_pool2d_s8_avx512vnni, ak_max_pool2d_s8_neon;
vectorized_pool2d_s8 ak_average_pool2d_s8_avx2, ak_average_pool2d_s8_avx512vnni, ak_average_pool2d_s8_neon;
vectorized_binary_s8 ak_add_s8_avx2, ak_add_s8_avx512vnni, ak_add_s8_neon;
vectorized_binary_s8 ak_mul_s8_avx2, ak_mul_s8_avx512vnni, ak_mul_s8_neon;

/// Loops of `ak_peak_s8` and `ak_peak_f32`; `sink` keeps them from being dropped.
int64_t ak_peak_s8_avx2(ptrdiff_t rounds, int32_t *sink),
    ak_peak_s8_avx512vnni(ptrdiff_t rounds, int32_t *sink);
int64_t ak_peak_f32_avx2(ptrdiff_t rounds, float *sink),
    ak_peak_f32_avx512vnni(ptrdiff_t rounds, float *sink);

typedef void packed_conv2d_f32(const ak_conv2d_shape *shape, const ak_float_range *activation,
                               const void *packed, const float *input, float *output, void *scratch);
typedef void packed_depthwise_conv2d_f32(const ak_depthwise_conv2d_shape *shape,
                                         const ak_float_range *activation, const void *packed,
                                         const float *input, float *output, void *scratch);
typedef void vectorized_pool2d_f32(const ak_pool2d_shape *shape, const ak_float_range *activation,
                                   const float *input, float *output);
typedef void vectorized_binary_f32(const float *a, const float *b, float *out, ptrdiff_t count,
                                   const ak_binary_range *range);

packed_conv2d_f32 ak_conv2d_f32_avx2, ak_conv2d_f32_avx512vnni, ak_conv2d_f32_neon;
packed_depthwise_conv2d_f32 ak_depthwise_conv2d_f32_avx2, ak_depthwise_conv2d_f32_avx512vnni,
    ak_depthwise_conv2d_f32_neon;
vectorized_pool2d_f32 ak_max_pool2d_f32_avx2, ak_max_pool2d_f32_avx512vnni, ak_max_pool2d_f32_neon;
vectorized_binary_f32 ak_add_f32_avx2, ak_add_f32_avx512vnni, ak_add_f32_neon;

#endif
