#include "ak_cortex_m.h"

// Sums are taken in unsigned arithmetic: they wrap as on the device.
static int8_t output_code(uint32_t sum, ak_multiplier factor, const ak_cortex_m_linear *q) {
  int32_t code = ak_requantize((int32_t)sum, factor.mantissa, factor.shift);
  int64_t moved = (int64_t)code + q->output_offset;
  return (int8_t)(moved < q->min ? q->min : moved > q->max ? q->max : moved);
}

static uint32_t window_sum(const ak_portable_window *w, int32_t offset, const int8_t *image,
                           const int8_t *filter, ptrdiff_t top, ptrdiff_t left) {
  uint32_t sum = 0;
  for (ptrdiff_t fy = 0; fy < w->filter_height; fy++) {
    ptrdiff_t y = top + fy * w->dilation_height;
    if (y < 0 || y >= w->input_height) continue;
    for (ptrdiff_t fx = 0; fx < w->filter_width; fx++) {
      ptrdiff_t x = left + fx * w->dilation_width;
      if (x < 0 || x >= w->input_width) continue;
      const int8_t *cell = image + y * w->input.row + x * w->input.column;
      const int8_t *weights = filter + fy * w->filter.row + fx * w->filter.column;
      for (ptrdiff_t c = 0; c < w->input_channels; c++)
        sum += (uint32_t)((cell[c * w->input.channel] + offset) * weights[c * w->filter.channel]);
    }
  }
  return sum;
}

void ak_cortex_m_convolution_s8(const ak_portable_window *w, const ak_cortex_m_linear *q,
                                const ak_multiplier *factors, const int8_t *input, const int8_t *filter,
                                const int32_t *bias, int8_t *output) {
  for (ptrdiff_t b = 0; b < w->batches; b++)
    for (ptrdiff_t o = 0; o < w->groups * w->output_channels; o++) {
      ptrdiff_t first = o / w->output_channels * w->input_channels;
      const int8_t *image = input + b * w->input.batch + first * w->input.channel;
      int8_t *plane = output + b * w->output.batch + o * w->output.channel;
      for (ptrdiff_t y = 0; y < w->output_height; y++)
        for (ptrdiff_t x = 0; x < w->output_width; x++) {
          uint32_t sum =
              window_sum(w, q->input_offset, image, filter + o * w->filter.batch,
                         y * w->stride_height - w->padding_top, x * w->stride_width - w->padding_left);
          if (bias) sum += (uint32_t)bias[o];
          plane[y * w->output.row + x * w->output.column] = output_code(sum, factors[o], q);
        }
    }
}

void ak_cortex_m_linear_s8(ptrdiff_t rows, ptrdiff_t depth, ptrdiff_t columns, const ak_cortex_m_linear *q,
                           ak_multiplier factor, const int8_t *input, const int8_t *filter,
                           const int32_t *bias, const int32_t *kernel_sums, int8_t *output) {
  int32_t input_offset = kernel_sums ? 0 : q->input_offset;
  int32_t filter_offset = kernel_sums ? 0 : q->filter_offset;
  const int32_t *start = kernel_sums ? kernel_sums : bias;
  for (ptrdiff_t i = 0; i < rows; i++)
    for (ptrdiff_t j = 0; j < columns; j++) {
      uint32_t sum = start ? (uint32_t)start[j] : 0;
      for (ptrdiff_t k = 0; k < depth; k++)
        sum += (uint32_t)((input[i * depth + k] + input_offset) * (filter[j * depth + k] + filter_offset));
      output[i * columns + j] = output_code(sum, factor, q);
    }
}
