#include "../arithmetic/ak_inline.h"
#include "ak_convolution.h"

// Sum of what reaches output cell (oy, ox) of one channel. Inputs come in (row, column, channel)
// order: falling filter taps are rising input cells.
static int64_t gather(const ak_transpose_conv_shape *s, const int16_t *image, const int8_t *filter,
                      ptrdiff_t oy, ptrdiff_t ox) {
  int64_t sum = 0;
  for (ptrdiff_t fy = s->filter_height - 1; fy >= 0; fy--) {
    ptrdiff_t y = oy + s->padding_top - fy;
    if (y < 0 || y % s->stride_height != 0 || y / s->stride_height >= s->input_height) continue;
    for (ptrdiff_t fx = s->filter_width - 1; fx >= 0; fx--) {
      ptrdiff_t x = ox + s->padding_left - fx;
      if (x < 0 || x % s->stride_width != 0 || x / s->stride_width >= s->input_width) continue;
      const int16_t *cell =
          image + (y / s->stride_height * s->input_width + x / s->stride_width) * s->input_channels;
      const int8_t *weights = filter + (fy * s->filter_width + fx) * s->input_channels;
      for (ptrdiff_t c = 0; c < s->input_channels; c++) sum += cell[c] * weights[c];
    }
  }
  return sum;
}

void ak_transpose_conv_s16_acc64(const ak_transpose_conv_shape *s, const ak_linear_quantization *q,
                                 const ak_multiplier *multipliers, const int16_t *input, const int8_t *filter,
                                 const int64_t *bias, int16_t *output) {
  ptrdiff_t image_size = s->input_height * s->input_width * s->input_channels;
  ptrdiff_t filter_size = s->filter_height * s->filter_width * s->input_channels;
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t y = 0; y < s->output_height; y++)
      for (ptrdiff_t x = 0; x < s->output_width; x++)
        for (ptrdiff_t o = 0; o < s->output_channels; o++) {
          const int16_t *image = input + b * image_size;
          const int8_t *weights = filter + o * filter_size;
          int64_t sum = gather(s, image, weights, y, x);
          sum = ak_wrapping_add_s64(sum, bias ? bias[o] : 0);
          int32_t code = ak_requantize_s64(sum, multipliers[o].mantissa, multipliers[o].shift);
          *output++ = (int16_t)ak_clamp_s32(code, q->activation_min, q->activation_max);
        }
}
