#include "../arithmetic/ak_inline.h"
#include "ak_convolution.h"

// Sum over one window of one channel: image points at input channel `i` of the first cell, filter
// at output channel `i * depth_multiplier + m` of the first tap; (top, left) may be outside.
static int64_t window_sum(const ak_depthwise_conv2d_shape *s, const int16_t *image, const int8_t *filter,
                          ptrdiff_t top, ptrdiff_t left) {
  ptrdiff_t output_channels = s->input_channels * s->depth_multiplier;
  int64_t sum = 0;
  for (ptrdiff_t fy = 0; fy < s->filter_height; fy++) {
    ptrdiff_t y = top + fy * s->dilation_height;
    if (y < 0 || y >= s->input_height) continue;
    for (ptrdiff_t fx = 0; fx < s->filter_width; fx++) {
      ptrdiff_t x = left + fx * s->dilation_width;
      if (x < 0 || x >= s->input_width) continue;
      int32_t value = image[(y * s->input_width + x) * s->input_channels];
      sum += value * filter[(fy * s->filter_width + fx) * output_channels];
    }
  }
  return sum;
}

void ak_depthwise_conv2d_s16_acc64(const ak_depthwise_conv2d_shape *s, const ak_linear_quantization *q,
                                   const ak_multiplier *multipliers, const int16_t *input,
                                   const int8_t *filter, const int64_t *bias, int16_t *output) {
  ptrdiff_t image_size = s->input_height * s->input_width * s->input_channels;
  ptrdiff_t output_channels = s->input_channels * s->depth_multiplier;
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t y = 0; y < s->output_height; y++)
      for (ptrdiff_t x = 0; x < s->output_width; x++)
        for (ptrdiff_t o = 0; o < output_channels; o++) {
          const int16_t *image = input + b * image_size + o / s->depth_multiplier;
          int64_t sum = window_sum(s, image, filter + o, y * s->stride_height - s->padding_top,
                                   x * s->stride_width - s->padding_left);
          sum = ak_wrapping_add_s64(sum, bias ? bias[o] : 0);
          int32_t code = ak_requantize_s64(sum, multipliers[o].mantissa, multipliers[o].shift);
          *output++ = (int16_t)ak_clamp_s32(code, q->activation_min, q->activation_max);
        }
}
