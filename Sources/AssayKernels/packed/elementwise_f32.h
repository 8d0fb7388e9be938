// Small kernels on float32, for whichever vectors were included before this file.
#include <float.h>

/// Clamps as `ak_clamp_f32`: a NaN comes through.
AK_INLINE f32_vector f32_clamp(f32_vector x, f32_vector min, f32_vector max) {
  return f32_less(max, f32_greater(min, x));
}

AK_TARGET void AK_VARIANT_NAME(add_f32)(const float *a, const float *b, float *out, ptrdiff_t count,
                                        const ak_binary_range *range) {
  const f32_vector min = f32_set(range->f32_min), max = f32_set(range->f32_max);
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    f32_vector sum = f32_add(f32_load_part(a + i, count - i), f32_load_part(b + i, count - i));
    f32_store_part(out + i, f32_clamp(sum, min, max), count - i);
  }
}

AK_TARGET void AK_VARIANT_NAME(max_pool2d_f32)(const ak_pool2d_shape *s, const ak_float_range *activation,
                                               const float *input, float *output) {
  const f32_vector low = f32_set(activation->min), high = f32_set(activation->max);
  ptrdiff_t row = s->input_width * s->channels;
  for (ptrdiff_t b = 0; b < s->batches; b++, input += s->input_height * row)
    for (ptrdiff_t oy = 0; oy < s->output_height; oy++)
      for (ptrdiff_t ox = 0; ox < s->output_width; ox++, output += s->channels) {
        pool_span ys = pool_span_of(oy, s->stride_height, s->padding_top, s->filter_height, s->input_height);
        pool_span xs = pool_span_of(ox, s->stride_width, s->padding_left, s->filter_width, s->input_width);
        for (ptrdiff_t c = 0; c < s->channels; c += LANES) {
          f32_vector max = f32_set(-FLT_MAX);
          for (ptrdiff_t y = ys.begin; y < ys.end; y++)
            for (ptrdiff_t x = xs.begin; x < xs.end; x++)
              max = f32_greater(f32_load_part(input + y * row + x * s->channels + c, s->channels - c), max);
          f32_store_part(output + c, f32_clamp(max, low, high), s->channels - c);
        }
      }
}
