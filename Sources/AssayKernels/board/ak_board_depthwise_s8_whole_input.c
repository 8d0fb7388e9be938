#include <string.h>

#include "ak_board.h"
#include "board_output.h"

enum { lanes = 16, taps = 9 };

typedef struct {
  ptrdiff_t height, width;
} extent;

// The copy is large enough for one window more than there are.
static extent copied_extent(const ak_depthwise_conv2d_shape *s) {
  return (extent){s->output_height * s->stride_height + 2, s->output_width * s->stride_width + 2};
}

static ptrdiff_t filter_area(const ak_depthwise_conv2d_shape *s) {
  ptrdiff_t size = taps * s->input_channels;
  return size + lanes - size % lanes;
}

ptrdiff_t ak_board_whole_input_scratch(const ak_depthwise_conv2d_shape *s) {
  extent e = copied_extent(s);
  return filter_area(s) + e.height * e.width * s->input_channels;
}

// Byte by byte upwards: source and destination may overlap.
static void copy_padded_after(const ak_depthwise_conv2d_shape *s, int32_t zero_point, const int8_t *image,
                              int8_t *copy) {
  extent e = copied_extent(s);
  for (ptrdiff_t y = 0; y < s->input_height; y++) {
    for (ptrdiff_t i = 0; i < s->input_width * s->input_channels; i++) *copy++ = *image++;
    for (ptrdiff_t i = 0; i < (e.width - s->input_width) * s->input_channels; i++)
      *copy++ = (int8_t)zero_point;
  }
  ptrdiff_t below = (e.height - s->input_height) * e.width * s->input_channels;
  if (below > 0) memset(copy, (uint8_t)zero_point, (size_t)below);
}

// One pixel of sixteen channels. All of it is read before any of it is stored.
static void pixel(const ak_depthwise_conv2d_shape *s, const ak_linear_quantization *q,
                  const ak_multiplier *multipliers, const int32_t *corrections, const int8_t *window,
                  const int8_t *filter, int8_t *output) {
  ptrdiff_t channels = s->input_channels, pitch = copied_extent(s).width * channels;
  int8_t codes[lanes];
  for (ptrdiff_t c = 0; c < lanes; c++) {
    int32_t sum = corrections[c];
    for (ptrdiff_t tap = 0; tap < taps; tap++)
      sum =
          ak_wrapping_add(sum, window[tap / 3 * pitch + tap % 3 * channels + c] * filter[tap * channels + c]);
    codes[c] = board_code(sum, multipliers[c], q);
  }
  memcpy(output, codes, lanes);
}

// Sixteen channels of the whole image: the filter is summed up once, before the first pixel.
static void channel_group(const ak_depthwise_conv2d_shape *s, const ak_linear_quantization *q,
                          const ak_multiplier *multipliers, const int8_t *image, const int8_t *filter,
                          const int32_t *bias, int8_t *output) {
  ptrdiff_t channels = s->input_channels, pitch = copied_extent(s).width * channels;
  int32_t corrections[lanes];
  for (ptrdiff_t c = 0; c < lanes; c++) {
    int32_t sum = 0;
    for (ptrdiff_t tap = 0; tap < taps; tap++) sum += filter[tap * channels + c];
    corrections[c] = ak_wrapping_add(-q->input_zero_point * sum, bias ? bias[c] : 0);
  }
  for (ptrdiff_t y = 0; y < s->output_height; y++)
    for (ptrdiff_t x = 0; x < s->output_width; x++)
      pixel(s, q, multipliers, corrections,
            image + y * s->stride_height * pitch + x * s->stride_width * channels, filter,
            output + (y * s->output_width + x) * channels);
}

void ak_board_depthwise_s8_whole_input(const ak_depthwise_conv2d_shape *s, const ak_linear_quantization *q,
                                       const ak_multiplier *multipliers, const int8_t *input,
                                       const int8_t *filter, const int32_t *bias, int8_t *output,
                                       int8_t *scratch) {
  ptrdiff_t channels = s->input_channels;
  int8_t *copy = scratch + filter_area(s);
  for (ptrdiff_t b = 0; b < s->batches; b++) {
    copy_padded_after(s, q->input_zero_point, input + b * s->input_height * s->input_width * channels, copy);
    memcpy(scratch, filter, (size_t)(taps * channels));
    int8_t *image = output + b * s->output_height * s->output_width * channels;
    for (ptrdiff_t c = 0; c < channels; c += lanes)
      channel_group(s, q, multipliers + c, copy + c, scratch + c, bias ? bias + c : NULL, image + c);
  }
}
