// Packing float weights, the same for every variant.
#ifndef AK_PACK_F32_H
#define AK_PACK_F32_H
#include "layout.h"

/// What is packed besides the shape.
typedef struct {
  const float *filter;
  ptrdiff_t output_step, element_step; ///< from one output channel, from one product, to the next
  const float *bias;                   ///< or NULL
  ptrdiff_t repeat;                    ///< how often all output channels follow each other
  ptrdiff_t outputs, products;         ///< output channels, products of each
} pack_source_f32;

/// Bytes of one block of output channels: its biases and its weights, [products][lanes].
static inline ptrdiff_t packed_block_size_f32(const packed_traits *t, ptrdiff_t products) {
  return t->lanes * (ptrdiff_t)sizeof(float) * (1 + products);
}

/// False when a weight is infinite or NaN: it would meet the zeros of padding.
bool pack_f32(const packed_traits *t, const pack_source_f32 *source, void *packed);

#endif
