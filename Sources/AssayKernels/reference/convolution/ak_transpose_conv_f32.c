#include "../arithmetic/ak_inline.h"
#include "ak_convolution.h"

// Sum of what reaches output cell (oy, ox) of one channel. Inputs come in (row, column, channel)
// order: falling filter taps are rising input cells.
static float gather(const ak_transpose_conv_shape *s, const float *image, const float *filter, ptrdiff_t oy,
                    ptrdiff_t ox) {
  float sum = 0;
  for (ptrdiff_t fy = s->filter_height - 1; fy >= 0; fy--) {
    ptrdiff_t y = oy + s->padding_top - fy;
    if (y < 0 || y % s->stride_height != 0 || y / s->stride_height >= s->input_height) continue;
    for (ptrdiff_t fx = s->filter_width - 1; fx >= 0; fx--) {
      ptrdiff_t x = ox + s->padding_left - fx;
      if (x < 0 || x % s->stride_width != 0 || x / s->stride_width >= s->input_width) continue;
      const float *cell =
          image + (y / s->stride_height * s->input_width + x / s->stride_width) * s->input_channels;
      const float *weights = filter + (fy * s->filter_width + fx) * s->input_channels;
      for (ptrdiff_t c = 0; c < s->input_channels; c++) sum += cell[c] * weights[c];
    }
  }
  return sum;
}

void ak_transpose_conv_f32(const ak_transpose_conv_shape *s, const ak_float_range *activation,
                           const float *input, const float *filter, const float *bias, float *output) {
  ptrdiff_t image_size = s->input_height * s->input_width * s->input_channels;
  ptrdiff_t filter_size = s->filter_height * s->filter_width * s->input_channels;
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t y = 0; y < s->output_height; y++)
      for (ptrdiff_t x = 0; x < s->output_width; x++)
        for (ptrdiff_t o = 0; o < s->output_channels; o++) {
          const float *image = input + b * image_size;
          const float *weights = filter + o * filter_size;
          float sum = gather(s, image, weights, y, x);
          // Unlike a convolution, a missing bias is not added.
          if (bias) sum += bias[o];
          *output++ = ak_clamp_f32(sum, activation->min, activation->max);
        }
}
