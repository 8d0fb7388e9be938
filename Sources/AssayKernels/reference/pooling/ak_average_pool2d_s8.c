#include "../arithmetic/ak_inline.h"
#include "ak_pooling.h"
#include "window.h"

void ak_average_pool2d_s8(const ak_pool2d_shape *s, int32_t activation_min, int32_t activation_max,
                          const int8_t *input, int8_t *output) {
  ptrdiff_t row = s->input_width * s->channels;
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t oy = 0; oy < s->output_height; oy++)
      for (ptrdiff_t ox = 0; ox < s->output_width; ox++)
        for (ptrdiff_t c = 0; c < s->channels; c++) {
          pool_span ys =
              pool_span_of(oy, s->stride_height, s->padding_top, s->filter_height, s->input_height);
          pool_span xs = pool_span_of(ox, s->stride_width, s->padding_left, s->filter_width, s->input_width);
          const int8_t *channel = input + b * s->input_height * row + c;
          int32_t sum = 0, cells = (int32_t)((ys.end - ys.begin) * (xs.end - xs.begin));
          for (ptrdiff_t y = ys.begin; y < ys.end; y++)
            for (ptrdiff_t x = xs.begin; x < xs.end; x++) sum += channel[y * row + x * s->channels];
          int32_t average = (sum > 0 ? sum + cells / 2 : sum - cells / 2) / cells;
          *output++ = (int8_t)ak_clamp_s32(average, activation_min, activation_max);
        }
}
