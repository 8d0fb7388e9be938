#include "../packed/kernels.h"
#include "../packed/pack_s8.h"

// How a variant packs, and what it runs.
typedef struct {
  packed_traits traits;
  packed_conv2d_s8 *conv2d;
  packed_depthwise_conv2d_s8 *depthwise_conv2d;
} kernels_s8;

static const kernels_s8 table[AK_VARIANT_COUNT] = {
#if defined(__x86_64__)
    [AK_VARIANT_AVX2] = {{8, 2, 0, true}, ak_conv2d_s8_avx2, ak_depthwise_conv2d_s8_avx2},
    [AK_VARIANT_AVX512_VNNI] = {{16, 4, 128, false},
                                ak_conv2d_s8_avx512vnni,
                                ak_depthwise_conv2d_s8_avx512vnni},
#elif defined(AK_HAS_NEON)
    [AK_VARIANT_NEON] = {{8, 4, 0, false}, ak_conv2d_s8_neon, ak_depthwise_conv2d_s8_neon},
    [AK_VARIANT_NEON_DOT] = {{8, 4, 0, false}, ak_conv2d_s8_neondot, ak_depthwise_conv2d_s8_neondot},
#endif
};

static const kernels_s8 *kernels_of(ak_variant variant) {
  return variant < AK_VARIANT_COUNT && table[variant].conv2d ? &table[variant] : NULL;
}

ak_conv2d_shape ak_fully_connected_as_conv2d(const ak_fully_connected_shape *s) {
  return (ak_conv2d_shape){.batches = 1,
                           .input_height = 1,
                           .input_width = s->batches,
                           .input_channels = s->depth,
                           .filter_height = 1,
                           .filter_width = 1,
                           .filter_channels = s->depth,
                           .output_height = 1,
                           .output_width = s->batches,
                           .output_channels = s->outputs,
                           .stride_height = 1,
                           .stride_width = 1,
                           .dilation_height = 1,
                           .dilation_width = 1};
}

static ptrdiff_t conv2d_size(const packed_traits *t, const packed_walk *w, ptrdiff_t outputs) {
  ptrdiff_t size;
  if (__builtin_mul_overflow(packed_round_up(outputs, t->lanes) / t->lanes, packed_block_size(t, w), &size))
    return 0;
  return size <= PACKED_LIMIT ? size : 0;
}

ptrdiff_t ak_conv2d_s8_packed_size(ak_variant variant, const ak_conv2d_shape *s) {
  const kernels_s8 *k = kernels_of(variant);
  packed_walk w;
  return k && packed_walk_of(&k->traits, s, &w) ? conv2d_size(&k->traits, &w, s->output_channels) : 0;
}

ptrdiff_t ak_conv2d_s8_scratch_size(ak_variant variant, const ak_conv2d_shape *s) {
  const kernels_s8 *k = kernels_of(variant);
  packed_walk w;
  if (!k || !packed_walk_of(&k->traits, s, &w)) return 0;
  return (w.image_elements + PACKED_SLACK) * packed_element_size(&k->traits);
}

bool ak_conv2d_s8_pack(ak_variant variant, const ak_conv2d_shape *s, const ak_linear_quantization *q,
                       const ak_multiplier *multipliers, const int8_t *filter, const int32_t *bias,
                       void *packed) {
  const kernels_s8 *k = kernels_of(variant);
  packed_walk w;
  if (!k || !packed_walk_of(&k->traits, s, &w)) return false;
  ptrdiff_t products = s->filter_height * s->filter_width * s->filter_channels;
  pack_source source = {
      filter, products,           1,       bias, multipliers, q->input_zero_point, q->output_zero_point,
      1,      s->output_channels, products};
  return pack_conv2d_s8(&k->traits, &w, &source, packed);
}

void ak_conv2d_s8_packed(ak_variant variant, const ak_conv2d_shape *s, const ak_linear_quantization *q,
                         const void *packed, const int8_t *input, int8_t *output, void *scratch) {
  const kernels_s8 *k = kernels_of(variant);
  if (k) k->conv2d(s, q, packed, input, output, scratch);
}

// With one input channel every output channel sees the same image: an ordinary convolution.
static bool is_conv2d(const ak_depthwise_conv2d_shape *s) { return s->input_channels == 1; }

static ak_conv2d_shape as_conv2d(const ak_depthwise_conv2d_shape *s) {
  return (ak_conv2d_shape){s->batches,
                           s->input_height,
                           s->input_width,
                           1,
                           s->filter_height,
                           s->filter_width,
                           1,
                           s->output_height,
                           s->output_width,
                           s->depth_multiplier,
                           s->stride_height,
                           s->stride_width,
                           s->dilation_height,
                           s->dilation_width,
                           s->padding_top,
                           s->padding_left};
}

ptrdiff_t ak_depthwise_conv2d_s8_packed_size(ak_variant variant, const ak_depthwise_conv2d_shape *s) {
  const kernels_s8 *k = kernels_of(variant);
  if (is_conv2d(s)) {
    ak_conv2d_shape plain = as_conv2d(s);
    return ak_conv2d_s8_packed_size(variant, &plain);
  }
  depthwise_walk w;
  if (!k || !depthwise_walk_of(&k->traits, s, &w)) return 0;
  ptrdiff_t size;
  ptrdiff_t blocks = packed_round_up(w.repeat * s->input_channels, k->traits.lanes) / k->traits.lanes;
  return !__builtin_mul_overflow(blocks, w.block_size, &size) && size <= PACKED_LIMIT ? size : 0;
}

ptrdiff_t ak_depthwise_conv2d_s8_scratch_size(ak_variant variant, const ak_depthwise_conv2d_shape *s) {
  const kernels_s8 *k = kernels_of(variant);
  if (is_conv2d(s)) {
    ak_conv2d_shape plain = as_conv2d(s);
    return ak_conv2d_s8_scratch_size(variant, &plain);
  }
  depthwise_walk w;
  if (!k || !depthwise_walk_of(&k->traits, s, &w)) return 0;
  return w.row_groups * w.row_elements * packed_element_size(&k->traits) + s->input_width * s->input_channels;
}

bool ak_depthwise_conv2d_s8_pack(ak_variant variant, const ak_depthwise_conv2d_shape *s,
                                 const ak_linear_quantization *q, const ak_multiplier *multipliers,
                                 const int8_t *filter, const int32_t *bias, void *packed) {
  const kernels_s8 *k = kernels_of(variant);
  if (!k) return false;
  ptrdiff_t outputs = s->input_channels * s->depth_multiplier, products = s->filter_height * s->filter_width;
  pack_source source = {
      filter, 1, outputs, bias, multipliers, q->input_zero_point, q->output_zero_point, 1, outputs, products};
  if (is_conv2d(s)) {
    ak_conv2d_shape plain = as_conv2d(s);
    packed_walk w;
    return packed_walk_of(&k->traits, &plain, &w) && pack_conv2d_s8(&k->traits, &w, &source, packed);
  }
  depthwise_walk w;
  if (!depthwise_walk_of(&k->traits, s, &w)) return false;
  source.repeat = w.repeat;
  return pack_depthwise_conv2d_s8(&k->traits, &w, s, &source, packed);
}

void ak_depthwise_conv2d_s8_packed(ak_variant variant, const ak_depthwise_conv2d_shape *s,
                                   const ak_linear_quantization *q, const void *packed, const int8_t *input,
                                   int8_t *output, void *scratch) {
  const kernels_s8 *k = kernels_of(variant);
  if (!k) return;
  if (is_conv2d(s)) {
    ak_conv2d_shape plain = as_conv2d(s);
    k->conv2d(&plain, q, packed, input, output, scratch);
  } else {
    k->depthwise_conv2d(s, q, packed, input, output, scratch);
  }
}
