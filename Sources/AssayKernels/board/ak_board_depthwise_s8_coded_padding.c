#include "ak_board.h"
#include "board_output.h"

static int32_t window_sum(const ak_depthwise_conv2d_shape *s, int32_t zero_point, const int8_t *image,
                          const int8_t *filter, ptrdiff_t top, ptrdiff_t left) {
  int32_t sum = 0;
  for (ptrdiff_t fy = 0; fy < s->filter_height; fy++)
    for (ptrdiff_t fx = 0; fx < s->filter_width; fx++) {
      ptrdiff_t y = top + fy, x = left + fx;
      if (x < 0 || x >= s->input_width) continue;
      bool is_inside = y >= 0 && y < s->input_height;
      int32_t code = is_inside ? image[(y * s->input_width + x) * s->input_channels] : 0;
      sum =
          ak_wrapping_add(sum, (code - zero_point) * filter[(fy * s->filter_width + fx) * s->input_channels]);
    }
  return sum;
}

void ak_board_depthwise_s8_coded_padding(const ak_depthwise_conv2d_shape *s, const ak_linear_quantization *q,
                                         const ak_multiplier *multipliers, const int8_t *input,
                                         const int8_t *filter, const int32_t *bias, int8_t *output) {
  ptrdiff_t channels = s->input_channels;
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t y = 0; y < s->output_height; y++)
      for (ptrdiff_t x = 0; x < s->output_width; x++)
        for (ptrdiff_t c = 0; c < channels; c++) {
          const int8_t *image = input + b * s->input_height * s->input_width * channels + c;
          int32_t sum =
              window_sum(s, q->input_zero_point, image, filter + c, y * s->stride_height - s->padding_top,
                         x * s->stride_width - s->padding_left);
          *output++ = board_code(ak_wrapping_add(sum, bias ? bias[c] : 0), multipliers[c], q);
        }
}
