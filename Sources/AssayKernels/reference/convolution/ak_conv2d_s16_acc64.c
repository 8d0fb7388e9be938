#include "../arithmetic/ak_inline.h"
#include "ak_convolution.h"

// Sum over one window: image is [input_height, input_width, input_channels] from the group's first
// channel on, filter is [filter_height, filter_width, filter_channels]; (top, left) may be outside.
static int64_t window_sum(const ak_conv2d_shape *s, const int16_t *image, const int8_t *filter, ptrdiff_t top,
                          ptrdiff_t left) {
  int64_t sum = 0;
  for (ptrdiff_t fy = 0; fy < s->filter_height; fy++) {
    ptrdiff_t y = top + fy * s->dilation_height;
    if (y < 0 || y >= s->input_height) continue;
    for (ptrdiff_t fx = 0; fx < s->filter_width; fx++) {
      ptrdiff_t x = left + fx * s->dilation_width;
      if (x < 0 || x >= s->input_width) continue;
      const int16_t *cell = image + (y * s->input_width + x) * s->input_channels;
      const int8_t *weights = filter + (fy * s->filter_width + fx) * s->filter_channels;
      for (ptrdiff_t c = 0; c < s->filter_channels; c++) sum += cell[c] * weights[c];
    }
  }
  return sum;
}

void ak_conv2d_s16_acc64(const ak_conv2d_shape *s, const ak_linear_quantization *q,
                         const ak_multiplier *multipliers, const int16_t *input, const int8_t *filter,
                         const int64_t *bias, int16_t *output) {
  ptrdiff_t image_size = s->input_height * s->input_width * s->input_channels;
  ptrdiff_t filter_size = s->filter_height * s->filter_width * s->filter_channels;
  ptrdiff_t groups = s->input_channels / s->filter_channels;
  ptrdiff_t outputs_per_group = s->output_channels / groups;
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t y = 0; y < s->output_height; y++)
      for (ptrdiff_t x = 0; x < s->output_width; x++)
        for (ptrdiff_t o = 0; o < s->output_channels; o++) {
          const int16_t *image = input + b * image_size + o / outputs_per_group * s->filter_channels;
          int64_t sum = window_sum(s, image, filter + o * filter_size, y * s->stride_height - s->padding_top,
                                   x * s->stride_width - s->padding_left);
          sum = ak_wrapping_add_s64(sum, bias ? bias[o] : 0);
          int32_t code = ak_requantize_s64(sum, multipliers[o].mantissa, multipliers[o].shift);
          *output++ = (int16_t)ak_clamp_s32(code, q->activation_min, q->activation_max);
        }
}
