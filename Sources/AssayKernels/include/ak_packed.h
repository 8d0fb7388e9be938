// Convolutions over weights that were packed once, for the vector units of this CPU.
//
// A packed kernel gives the bits of its reference kernel (`ak_conv2d_s8`, ...) and differs in time only.
// The caller asks for a size, owns the memory, packs when a model is loaded, and runs as often as it
// likes. Where a variant has no packed form the size is 0 and the reference kernel is the answer.
#ifndef AK_PACKED_H
#define AK_PACKED_H
#include <stdbool.h>

#include "ak_convolution.h"
#include "ak_fully_connected.h"

/// Which instructions the packed kernels use.
typedef enum {
  AK_VARIANT_REFERENCE,   ///< packs nothing: every size is 0
  AK_VARIANT_AVX2,        ///< pairs of int16 products
  AK_VARIANT_AVX512_VNNI, ///< dot products of four bytes
  AK_VARIANT_NEON,        ///< products of bytes, widened as they are added: every 64-bit Arm core
  AK_VARIANT_NEON_DOT,    ///< dot products of four bytes: Arm cores since about 2018
  AK_VARIANT_COUNT
} ak_variant;

/// Whether this CPU, and the system that saves its registers, can run a variant.
bool ak_variant_runs(ak_variant variant);

/// The fastest variant that runs here.
ak_variant ak_best_variant(void);

/// "avx2", as tests and reports name it.
const char *ak_variant_name(ak_variant variant);

/// A fully connected layer as the convolution it is: a 1x1 window over a row of `batches` cells.
ak_conv2d_shape ak_fully_connected_as_conv2d(const ak_fully_connected_shape *shape);

// Each family has four functions.
//
// - `_packed_size`: bytes of the packed weights, or 0 where there is no packed form.
// - `_scratch_size`: bytes that running needs beside them.
// - `_pack`: false when it cannot be shown from weights, bias and multipliers that every sum keeps
//   within the range of the fast arithmetic; then the packed memory is not to be used.
// - `_packed`: runs. Memory of both kinds starts at a multiple of 4 bytes; of 64 is fastest.
//
// Shapes and quantization are those of packing; multipliers and bias are part of the packed weights.

ptrdiff_t ak_conv2d_s8_packed_size(ak_variant variant, const ak_conv2d_shape *shape);
ptrdiff_t ak_conv2d_s8_scratch_size(ak_variant variant, const ak_conv2d_shape *shape);
bool ak_conv2d_s8_pack(ak_variant variant, const ak_conv2d_shape *shape,
                       const ak_linear_quantization *quantization, const ak_multiplier *multipliers,
                       const int8_t *filter, const int32_t *bias, void *packed);
void ak_conv2d_s8_packed(ak_variant variant, const ak_conv2d_shape *shape,
                         const ak_linear_quantization *quantization, const void *packed, const int8_t *input,
                         int8_t *output, void *scratch);

ptrdiff_t ak_depthwise_conv2d_s8_packed_size(ak_variant variant, const ak_depthwise_conv2d_shape *shape);
ptrdiff_t ak_depthwise_conv2d_s8_scratch_size(ak_variant variant, const ak_depthwise_conv2d_shape *shape);
bool ak_depthwise_conv2d_s8_pack(ak_variant variant, const ak_depthwise_conv2d_shape *shape,
                                 const ak_linear_quantization *quantization, const ak_multiplier *multipliers,
                                 const int8_t *filter, const int32_t *bias, void *packed);
void ak_depthwise_conv2d_s8_packed(ak_variant variant, const ak_depthwise_conv2d_shape *shape,
                                   const ak_linear_quantization *quantization, const void *packed,
                                   const int8_t *input, int8_t *output, void *scratch);

// On float32 sums keep the order of the reference, and `_pack` is false for weights that are not finite.

ptrdiff_t ak_conv2d_f32_packed_size(ak_variant variant, const ak_conv2d_shape *shape);
ptrdiff_t ak_conv2d_f32_scratch_size(ak_variant variant, const ak_conv2d_shape *shape);
bool ak_conv2d_f32_pack(ak_variant variant, const ak_conv2d_shape *shape, const float *filter,
                        const float *bias, void *packed);
void ak_conv2d_f32_packed(ak_variant variant, const ak_conv2d_shape *shape, const ak_float_range *activation,
                          const void *packed, const float *input, float *output, void *scratch);

ptrdiff_t ak_depthwise_conv2d_f32_packed_size(ak_variant variant, const ak_depthwise_conv2d_shape *shape);
ptrdiff_t ak_depthwise_conv2d_f32_scratch_size(ak_variant variant, const ak_depthwise_conv2d_shape *shape);
bool ak_depthwise_conv2d_f32_pack(ak_variant variant, const ak_depthwise_conv2d_shape *shape,
                                  const float *filter, const float *bias, void *packed);
void ak_depthwise_conv2d_f32_packed(ak_variant variant, const ak_depthwise_conv2d_shape *shape,
                                    const ak_float_range *activation, const void *packed, const float *input,
                                    float *output, void *scratch);

#endif
