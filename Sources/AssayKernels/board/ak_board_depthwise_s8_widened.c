#include <string.h>

#include "ak_board.h"
#include "board_output.h"

enum { lanes = 8, taps = 9 };

// The widened filter and the gap behind it, in elements of 16 bits.
static ptrdiff_t filter_elements(const ak_depthwise_conv2d_shape *s) {
  ptrdiff_t size = taps * s->input_channels;
  return size + 16 - size % 16;
}

ptrdiff_t ak_board_widened_scratch(const ak_depthwise_conv2d_shape *s) {
  return 2 * (filter_elements(s) + s->input_height * s->input_width * s->input_channels);
}

// Upwards, eight at a time: source and destination may overlap.
static void widen(const int8_t *source, int8_t *target, ptrdiff_t count, int32_t zero_point) {
  for (ptrdiff_t i = 0; i < count; i += lanes) {
    int16_t group[lanes];
    ptrdiff_t size = count - i < lanes ? count - i : lanes;
    for (ptrdiff_t j = 0; j < size; j++) group[j] = (int16_t)(source[i + j] - zero_point);
    memcpy(target + 2 * i, group, (size_t)(2 * size));
  }
}

static int32_t wide(const int8_t *elements, ptrdiff_t index) {
  int16_t value;
  memcpy(&value, elements + 2 * index, sizeof value);
  return value;
}

static int32_t window_sum(const ak_depthwise_conv2d_shape *s, const int8_t *image, const int8_t *filter,
                          ptrdiff_t top, ptrdiff_t left, ptrdiff_t channel) {
  int32_t sum = 0;
  for (ptrdiff_t tap = 0; tap < taps; tap++) {
    ptrdiff_t y = top + tap / 3, x = left + tap % 3;
    if (y < 0 || y >= s->input_height || x < 0 || x >= s->input_width) continue;
    ptrdiff_t cell = (y * s->input_width + x) * s->input_channels + channel;
    sum = ak_wrapping_add(sum, wide(image, cell) * wide(filter, tap * s->input_channels + channel));
  }
  return sum;
}

// Eight channels of one pixel. All of them are read before any is stored.
static void group(const ak_depthwise_conv2d_shape *s, const ak_linear_quantization *q,
                  const ak_multiplier *multipliers, const int8_t *scratch, const int32_t *bias, ptrdiff_t y,
                  ptrdiff_t x, ptrdiff_t channel, int8_t *output) {
  const int8_t *image = scratch + 2 * filter_elements(s);
  int8_t codes[lanes];
  for (ptrdiff_t c = channel; c < channel + lanes; c++) {
    int32_t sum = window_sum(s, image, scratch, y * s->stride_height - s->padding_top,
                             x * s->stride_width - s->padding_left, c);
    codes[c - channel] = board_code(ak_wrapping_add(sum, bias ? bias[c] : 0), multipliers[c], q);
  }
  memcpy(output, codes, lanes);
}

void ak_board_depthwise_s8_widened(const ak_depthwise_conv2d_shape *s, const ak_linear_quantization *q,
                                   const ak_multiplier *multipliers, const int8_t *input,
                                   const int8_t *filter, const int32_t *bias, int8_t *output,
                                   int8_t *scratch) {
  ptrdiff_t channels = s->input_channels, size = s->input_height * s->input_width * channels;
  for (ptrdiff_t b = 0; b < s->batches; b++) {
    widen(filter, scratch, taps * channels, 0);
    widen(input + b * size, scratch + 2 * filter_elements(s), size, q->input_zero_point);
    for (ptrdiff_t y = 0; y < s->output_height; y++)
      for (ptrdiff_t x = 0; x < s->output_width; x++)
        for (ptrdiff_t c = 0; c < channels; c += lanes, output += lanes)
          group(s, q, multipliers, scratch, bias, y, x, c, output);
  }
}
