#include <string.h>

#include "ak_board.h"
#include "board_output.h"

// The rows that windows walk over: the input itself, or its padded copy.
typedef struct {
  ptrdiff_t height, width;
} extent;

static extent padded_extent(const ak_conv2d_shape *s) {
  return (extent){s->input_height + 2 * s->padding_top, s->input_width + 2 * s->padding_left};
}

ptrdiff_t ak_board_short_padding_overrun(const ak_conv2d_shape *s) {
  extent e = padded_extent(s);
  ptrdiff_t row = (s->output_height - 1) * s->stride_height + s->filter_height - 1;
  ptrdiff_t column = (s->output_width - 1) * s->stride_width + s->filter_width;
  ptrdiff_t beyond = (row * e.width + column - e.height * e.width) * s->input_channels;
  return beyond > 0 ? beyond : 0;
}

static void copy_padded(const ak_conv2d_shape *s, int32_t zero_point, const int8_t *image, int8_t *copy) {
  extent e = padded_extent(s);
  ptrdiff_t row = s->input_width * s->input_channels;
  memset(copy, (uint8_t)zero_point, (size_t)(e.height * e.width * s->input_channels));
  for (ptrdiff_t y = 0; y < s->input_height; y++)
    memmove(copy + ((y + s->padding_top) * e.width + s->padding_left) * s->input_channels, image + y * row,
            (size_t)row);
}

// Filter rows, each filled up with zeros to a multiple of 16.
static void copy_filter(const ak_conv2d_shape *s, const int8_t *filter, int8_t *copy) {
  ptrdiff_t row = s->filter_width * s->input_channels, rows = s->filter_height * s->output_channels;
  ptrdiff_t padded = (row + 15) / 16 * 16;
  for (ptrdiff_t i = 0; i < rows; i++) {
    memcpy(copy + i * padded, filter + i * row, (size_t)row);
    memset(copy + i * padded + row, 0, (size_t)(padded - row));
  }
}

// What the zero point and the bias contribute to every window of output channel `o`.
static int32_t correction_of(const ak_conv2d_shape *s, int32_t zero_point, const int8_t *filter,
                             const int32_t *bias, ptrdiff_t o) {
  ptrdiff_t size = s->filter_height * s->filter_width * s->input_channels;
  int32_t sum = 0;
  for (ptrdiff_t i = 0; i < size; i++) sum = ak_wrapping_add(sum, filter[o * size + i]);
  return ak_wrapping_add(ak_wrapping_mul(sum, -zero_point), bias ? bias[o] : 0);
}

static void store_corrections(const ak_conv2d_shape *s, int32_t zero_point, const int8_t *filter,
                              const int32_t *bias, int8_t *behind) {
  for (ptrdiff_t o = 0; o < s->output_channels; o++) {
    uint32_t word = (uint32_t)correction_of(s, zero_point, filter, bias, o);
    for (int byte = 0; byte < 4; byte++) *behind++ = (int8_t)(uint8_t)(word >> (8 * byte));
  }
}

static int32_t window_sum(const ak_conv2d_shape *s, const int8_t *window, const int8_t *filter,
                          ptrdiff_t pitch) {
  ptrdiff_t row = s->filter_width * s->input_channels;
  int32_t sum = 0;
  for (ptrdiff_t fy = 0; fy < s->filter_height; fy++)
    for (ptrdiff_t i = 0; i < row; i++)
      sum = ak_wrapping_add(sum, window[fy * pitch + i] * filter[fy * row + i]);
  return sum;
}

void ak_board_conv2d_s8_short_padding(const ak_conv2d_shape *s, const ak_linear_quantization *q,
                                      const ak_multiplier *multipliers, const int8_t *input,
                                      const int8_t *filter, const int32_t *bias, int8_t *output,
                                      int8_t *scratch, ptrdiff_t copied_filter_bytes) {
  extent e = padded_extent(s);
  ptrdiff_t pitch = e.width * s->input_channels;
  ptrdiff_t filter_size = s->filter_height * s->filter_width * s->input_channels;
  bool is_copied = s->padding_top > 0 || s->padding_left > 0;
  for (ptrdiff_t b = 0; b < s->batches; b++) {
    const int8_t *image = input + b * s->input_height * s->input_width * s->input_channels;
    int8_t *copy = scratch + copied_filter_bytes;
    if (copied_filter_bytes > 0) copy_filter(s, filter, scratch);
    if (is_copied) copy_padded(s, q->input_zero_point, image, copy);
    store_corrections(s, q->input_zero_point, filter, bias, is_copied ? copy + e.height * pitch : copy);
    if (is_copied) image = copy;
    for (ptrdiff_t y = 0; y < s->output_height; y++)
      for (ptrdiff_t x = 0; x < s->output_width; x++)
        for (ptrdiff_t o = 0; o < s->output_channels; o++) {
          const int8_t *window =
              image + y * s->stride_height * pitch + x * s->stride_width * s->input_channels;
          int32_t sum = window_sum(s, window, filter + o * filter_size, pitch);
          sum = ak_wrapping_add(sum, correction_of(s, q->input_zero_point, filter, bias, o));
          *output++ = board_code(sum, multipliers[o], q);
        }
  }
}
