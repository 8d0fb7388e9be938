// What each variant provides.
#ifndef AK_PACKED_KERNELS_H
#define AK_PACKED_KERNELS_H
#include "layout.h"

typedef void packed_conv2d_s8(const ak_conv2d_shape *shape, const ak_linear_quantization *quantization,
                              const void *packed, const int8_t *input, int8_t *output, void *scratch);
typedef void packed_depthwise_conv2d_s8(const ak_depthwise_conv2d_shape *shape,
                                        const ak_linear_quantization *quantization, const void *packed,
                                        const int8_t *input, int8_t *output, void *scratch);

packed_conv2d_s8 ak_conv2d_s8_avx2, ak_conv2d_s8_avx512vnni;
packed_depthwise_conv2d_s8 ak_depthwise_conv2d_s8_avx2, ak_depthwise_conv2d_s8_avx512vnni;

#endif
