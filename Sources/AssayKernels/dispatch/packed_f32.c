#include "../packed/kernels.h"
#include "../packed/pack_f32.h"

typedef struct {
  packed_traits traits;
  packed_conv2d_f32 *conv2d;
  packed_depthwise_conv2d_f32 *depthwise_conv2d;
} kernels_f32;

static const kernels_f32 table[AK_VARIANT_COUNT] = {
#if defined(__x86_64__)
    [AK_VARIANT_AVX2] = {{8, 1, 0, false}, ak_conv2d_f32_avx2, ak_depthwise_conv2d_f32_avx2},
    [AK_VARIANT_AVX512_VNNI] = {{16, 1, 0, false},
                                ak_conv2d_f32_avx512vnni,
                                ak_depthwise_conv2d_f32_avx512vnni},
#elif defined(AK_HAS_NEON)
    [AK_VARIANT_NEON] = {{8, 1, 0, false}, ak_conv2d_f32_neon, ak_depthwise_conv2d_f32_neon},
    [AK_VARIANT_NEON_DOT] = {{8, 1, 0, false}, ak_conv2d_f32_neon, ak_depthwise_conv2d_f32_neon},
#endif
};

static const kernels_f32 *kernels_of(ak_variant variant) {
  return variant < AK_VARIANT_COUNT && table[variant].conv2d ? &table[variant] : NULL;
}

static ptrdiff_t size_of(const packed_traits *t, ptrdiff_t outputs, ptrdiff_t products) {
  ptrdiff_t size, blocks = packed_round_up(outputs, t->lanes) / t->lanes;
  if (__builtin_mul_overflow(blocks, packed_block_size_f32(t, products), &size)) return 0;
  return size <= PACKED_LIMIT ? size : 0;
}

ptrdiff_t ak_conv2d_f32_packed_size(ak_variant variant, const ak_conv2d_shape *s) {
  const kernels_f32 *k = kernels_of(variant);
  packed_walk w;
  if (!k || !packed_walk_of(&k->traits, s, &w)) return 0;
  return size_of(&k->traits, s->output_channels, s->filter_height * s->filter_width * s->filter_channels);
}

ptrdiff_t ak_conv2d_f32_scratch_size(ak_variant variant, const ak_conv2d_shape *s) {
  const kernels_f32 *k = kernels_of(variant);
  packed_walk w;
  return k && packed_walk_of(&k->traits, s, &w) ? w.image_elements * (ptrdiff_t)sizeof(float) : 0;
}

bool ak_conv2d_f32_pack(ak_variant variant, const ak_conv2d_shape *s, const float *filter, const float *bias,
                        void *packed) {
  const kernels_f32 *k = kernels_of(variant);
  if (!k) return false;
  ptrdiff_t products = s->filter_height * s->filter_width * s->filter_channels;
  pack_source_f32 source = {filter, products, 1, bias, 1, s->output_channels, products};
  return pack_f32(&k->traits, &source, packed);
}

void ak_conv2d_f32_packed(ak_variant variant, const ak_conv2d_shape *s, const ak_float_range *activation,
                          const void *packed, const float *input, float *output, void *scratch) {
  const kernels_f32 *k = kernels_of(variant);
  if (k) k->conv2d(s, activation, packed, input, output, scratch);
}

ptrdiff_t ak_depthwise_conv2d_f32_packed_size(ak_variant variant, const ak_depthwise_conv2d_shape *s) {
  const kernels_f32 *k = kernels_of(variant);
  depthwise_walk w;
  if (!k || !depthwise_walk_of(&k->traits, s, &w)) return 0;
  ptrdiff_t cells;
  if (__builtin_mul_overflow(w.padded_width * s->input_channels, w.padded_height, &cells)) return 0;
  if (cells > PACKED_LIMIT) return 0;
  return size_of(&k->traits, w.repeat * s->input_channels, s->filter_height * s->filter_width);
}

ptrdiff_t ak_depthwise_conv2d_f32_scratch_size(ak_variant variant, const ak_depthwise_conv2d_shape *s) {
  const kernels_f32 *k = kernels_of(variant);
  depthwise_walk w;
  if (!k || !depthwise_walk_of(&k->traits, s, &w)) return 0;
  // Blocks that reach beyond the channels of the last cell read on.
  ptrdiff_t cells = w.padded_width * w.padded_height * s->input_channels + PACKED_REPEATED_CHANNELS;
  return cells * (ptrdiff_t)sizeof(float);
}

bool ak_depthwise_conv2d_f32_pack(ak_variant variant, const ak_depthwise_conv2d_shape *s, const float *filter,
                                  const float *bias, void *packed) {
  const kernels_f32 *k = kernels_of(variant);
  depthwise_walk w;
  if (!k || !depthwise_walk_of(&k->traits, s, &w)) return false;
  pack_source_f32 source = {
      filter, 1, s->input_channels, bias, w.repeat, s->input_channels, s->filter_height * s->filter_width};
  return pack_f32(&k->traits, &source, packed);
}

void ak_depthwise_conv2d_f32_packed(ak_variant variant, const ak_depthwise_conv2d_shape *s,
                                    const ak_float_range *activation, const void *packed, const float *input,
                                    float *output, void *scratch) {
  const kernels_f32 *k = kernels_of(variant);
  if (k) k->depthwise_conv2d(s, activation, packed, input, output, scratch);
}
