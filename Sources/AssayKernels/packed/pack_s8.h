// Packing int8 weights, the same for every variant.
#ifndef AK_PACK_S8_H
#define AK_PACK_S8_H
#include "layout.h"

/// What is packed besides the shape.
typedef struct {
  const int8_t *filter;
  ptrdiff_t output_step, element_step; ///< from one output channel, from one product, to the next
  const int32_t *bias;                 ///< or NULL
  const ak_multiplier *multipliers;
  int32_t input_zero_point, output_zero_point;
  ptrdiff_t repeat;            ///< how often all output channels follow each other
  ptrdiff_t outputs, products; ///< output channels, products of each
} pack_source;

/// Fills the scales of a block from position `first` of the repeated output channels on; lanes beyond the
/// last become 0.
///
/// False when a sum or a factor is out of range.
bool pack_scales(const packed_traits *t, const pack_source *source, ptrdiff_t first, int32_t *scales);

/// Stores a weight as element `index` of a vector of elements of the variant's width.
static inline void pack_element(const packed_traits *t, void *to, ptrdiff_t index, int8_t weight) {
  if (t->group == 4) ((int8_t *)to)[index] = weight;
  else ((int16_t *)to)[index] = weight;
}

bool pack_conv2d_s8(const packed_traits *t, const packed_walk *w, const pack_source *source, void *packed);
bool pack_depthwise_conv2d_s8(const packed_traits *t, const depthwise_walk *w,
                              const ak_depthwise_conv2d_shape *shape, const pack_source *source,
                              void *packed);

#endif
