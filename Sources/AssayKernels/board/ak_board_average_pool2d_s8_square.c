#include "../reference/pooling/window.h"
#include "ak_board.h"
#include "board_output.h"

void ak_board_average_pool2d_s8_square(const ak_pool2d_shape *s, int32_t activation_min,
                                       int32_t activation_max, const int8_t *input, int8_t *output) {
  ptrdiff_t input_size = s->input_height * s->input_width * s->channels;
  ptrdiff_t output_size = s->output_height * s->output_width * s->channels;
  for (ptrdiff_t b = 0; b < s->batches; b++)
    for (ptrdiff_t y = 0; y < s->output_height; y++) {
      pool_span ys = pool_span_of(y, s->stride_height, s->padding_top, s->filter_height, s->input_height);
      // One row of the reference's output, stored where the board stores it.
      ak_pool2d_shape row = *s;
      row.batches = 1;
      row.output_height = 1;
      row.input_height = row.filter_height = ys.end - ys.begin;
      row.padding_top = 0;
      const int8_t *image = input + b * input_size + ys.begin * s->input_width * s->channels;
      int8_t *codes = output + b * output_size + y * s->output_height * s->channels;
      ak_average_pool2d_s8(&row, activation_min, activation_max, image, codes);
    }
}
