#include <math.h>
#include <stdbool.h>

#include "../arithmetic/ak_inline.h"
#include "ak_pooling.h"
#include "window.h"

// The mean of every window, or the root of the mean square; inlined once for each.
static inline void pool(const ak_pool2d_shape *s, const ak_float_range *activation, const float *input,
                        float *output, bool of_squares) {
  ptrdiff_t row = s->input_width * s->channels;
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t oy = 0; oy < s->output_height; oy++)
      for (ptrdiff_t ox = 0; ox < s->output_width; ox++)
        for (ptrdiff_t c = 0; c < s->channels; c++) {
          pool_span ys =
              pool_span_of(oy, s->stride_height, s->padding_top, s->filter_height, s->input_height);
          pool_span xs = pool_span_of(ox, s->stride_width, s->padding_left, s->filter_width, s->input_width);
          const float *channel = input + b * s->input_height * row + c;
          float sum = 0, cells = (float)((ys.end - ys.begin) * (xs.end - xs.begin));
          for (ptrdiff_t y = ys.begin; y < ys.end; y++)
            for (ptrdiff_t x = xs.begin; x < xs.end; x++) {
              float cell = channel[y * row + x * s->channels];
              sum += of_squares ? cell * cell : cell;
            }
          float mean = sum / cells;
          *output++ = ak_clamp_f32(of_squares ? sqrtf(mean) : mean, activation->min, activation->max);
        }
}

void ak_average_pool2d_f32(const ak_pool2d_shape *s, const ak_float_range *activation, const float *input,
                           float *output) {
  pool(s, activation, input, output, false);
}

void ak_l2_pool2d_f32(const ak_pool2d_shape *s, const ak_float_range *activation, const float *input,
                      float *output) {
  pool(s, activation, input, output, true);
}
