#include "ak_portable.h"

// Offset of a channel of a group, counted from the tensor's first element.
static ptrdiff_t channel_offset(const ak_strides *s, ptrdiff_t batch, ptrdiff_t channel) {
  return batch * s->batch + channel * s->channel;
}

// Sum over one window: `image` is the group's first channel, `filter` one output channel.
static float window_sum(const ak_portable_window *w, const float *image, const float *filter, ptrdiff_t top,
                        ptrdiff_t left) {
  float sum = 0;
  for (ptrdiff_t c = 0; c < w->input_channels; c++)
    for (ptrdiff_t fy = 0; fy < w->filter_height; fy++) {
      ptrdiff_t y = top + fy * w->dilation_height;
      if (y < 0 || y >= w->input_height) continue;
      const float *row = image + c * w->input.channel + y * w->input.row;
      const float *weights = filter + c * w->filter.channel + fy * w->filter.row;
      for (ptrdiff_t fx = 0; fx < w->filter_width; fx++) {
        ptrdiff_t x = left + fx * w->dilation_width;
        if (x < 0 || x >= w->input_width) continue;
        sum += row[x * w->input.column] * weights[fx * w->filter.column];
      }
    }
  return sum;
}

void ak_portable_convolution_f32(const ak_portable_window *w, const float *input, const float *filter,
                                 const float *bias, float *output) {
  for (ptrdiff_t b = 0; b < w->batches; b++)
    for (ptrdiff_t o = 0; o < w->groups * w->output_channels; o++) {
      const float *image = input + channel_offset(&w->input, b, o / w->output_channels * w->input_channels);
      float *plane = output + channel_offset(&w->output, b, o);
      for (ptrdiff_t y = 0; y < w->output_height; y++)
        for (ptrdiff_t x = 0; x < w->output_width; x++) {
          float sum =
              window_sum(w, image, filter + o * w->filter.batch, y * w->stride_height - w->padding_top,
                         x * w->stride_width - w->padding_left);
          plane[y * w->output.row + x * w->output.column] = bias ? sum + bias[o] : sum;
        }
    }
}

// Spreads one input element over the output plane, weighted by one filter.
static void scatter(const ak_portable_window *w, float value, const float *filter, float *plane,
                    ptrdiff_t top, ptrdiff_t left) {
  for (ptrdiff_t fy = 0; fy < w->filter_height; fy++) {
    ptrdiff_t y = top + fy * w->dilation_height;
    if (y < 0 || y >= w->output_height) continue;
    for (ptrdiff_t fx = 0; fx < w->filter_width; fx++) {
      ptrdiff_t x = left + fx * w->dilation_width;
      if (x < 0 || x >= w->output_width) continue;
      plane[y * w->output.row + x * w->output.column] +=
          value * filter[fy * w->filter.row + fx * w->filter.column];
    }
  }
}

static void fill(const ak_portable_window *w, float value, float *plane) {
  for (ptrdiff_t y = 0; y < w->output_height; y++)
    for (ptrdiff_t x = 0; x < w->output_width; x++) plane[y * w->output.row + x * w->output.column] = value;
}

void ak_portable_convolution_transposed_f32(const ak_portable_window *w, const float *input,
                                            const float *filter, const float *bias, float *output) {
  for (ptrdiff_t b = 0; b < w->batches; b++)
    for (ptrdiff_t o = 0; o < w->groups * w->output_channels; o++) {
      ptrdiff_t first = o / w->output_channels * w->input_channels;
      float *plane = output + channel_offset(&w->output, b, o);
      fill(w, bias ? bias[o] : 0.0f, plane);
      for (ptrdiff_t y = 0; y < w->input_height; y++)
        for (ptrdiff_t x = 0; x < w->input_width; x++)
          for (ptrdiff_t c = first; c < first + w->input_channels; c++) {
            float value = input[channel_offset(&w->input, b, c) + y * w->input.row + x * w->input.column];
            scatter(w, value, filter + c * w->filter.batch + o % w->output_channels * w->filter.channel,
                    plane, y * w->stride_height - w->padding_top, x * w->stride_width - w->padding_left);
          }
    }
}
