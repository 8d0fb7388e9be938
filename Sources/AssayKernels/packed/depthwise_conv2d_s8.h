// DEPTHWISE_CONV_2D on int8 over packed weights, for whichever vectors were included before this file.
//
// A dot product sums GROUP rows of the filter at once: for every output row the rows of the input that it
// sees are interleaved by GROUP, once for all columns of the window, and rows outside the image are
// rows of padding.

/// A depthwise convolution while it runs.
typedef struct {
  const ak_depthwise_conv2d_shape *shape;
  depthwise_walk walk;
  vector_range range;
  int32_t zero_point;
  ptrdiff_t cell;            ///< elements of a cell of the output, repeated as the walk says
  ptrdiff_t across;          ///< elements from its window to the next
  const int8_t *padding_row; ///< codes of the real value zero
  image_code *rows;          ///< [row_groups][row_elements]
  const char *packed;
} depthwise_run;

/// Interleaves what output row `y` sees. Columns of padding are there from the start.
static AK_TARGET void depthwise_rows(const depthwise_run *r, const int8_t *image, ptrdiff_t y) {
  const ak_depthwise_conv2d_shape *s = r->shape;
  ptrdiff_t row = s->input_width * s->input_channels, left = s->padding_left * s->input_channels;
  ptrdiff_t room = r->walk.padded_width * s->input_channels - left;
  for (ptrdiff_t g = 0; g < r->walk.row_groups; g++) {
    const int8_t *rows[GROUP];
    for (ptrdiff_t i = 0; i < GROUP; i++) {
      ptrdiff_t from = y * s->stride_height - s->padding_top + (g * GROUP + i) * s->dilation_height;
      bool inside = from >= 0 && from < s->input_height && g * GROUP + i < s->filter_height;
      rows[i] = inside ? image + from * row : r->padding_row;
    }
    image_interleave(r->rows + g * r->walk.row_elements + left * GROUP, rows, row < room ? row : room,
                     r->zero_point);
  }
}

/// `pixels` cells (of `repeat` cells each) of one block of channels, from element `first` of the row on.
AK_INLINE void depthwise_tile(const int pixels, const depthwise_run *r, const char *block, ptrdiff_t first,
                              ptrdiff_t count, const vector_scale *scale, int8_t *output) {
  const ak_depthwise_conv2d_shape *s = r->shape;
  const image_code *windows[TILE_PIXELS];
  AK_UNROLL for (int i = 0; i < pixels; i++) windows[i] = r->rows + (first + i * r->across) * GROUP;
  vector sums[TILE_PIXELS];
  AK_UNROLL for (int i = 0; i < pixels; i++) sums[i] = vector_load(block);
  const char *weights = block + LANES * 4 * PACKED_SCALE_ARRAYS;
  for (ptrdiff_t g = 0; g < r->walk.row_groups; g++) {
    ptrdiff_t at = g * r->walk.row_elements;
    for (ptrdiff_t fx = 0; fx < s->filter_width; fx++, weights += LANES * 4) {
      vector weight = vector_load(weights);
      AK_UNROLL for (int i = 0; i < pixels; i++) sums[i] =
          vector_dot(sums[i], vector_load(windows[i] + at), weight);
      at += s->dilation_width * s->input_channels * GROUP;
    }
  }
  AK_UNROLL for (int i = 0; i < pixels; i++)
      vector_store_codes(output + i * r->cell, vector_requantize(sums[i], scale), &r->range, count);
}

/// Where a block of channels of an output row has got to.
typedef struct {
  ptrdiff_t first; ///< element of the interleaved row
  ptrdiff_t at;    ///< element of the output row
  ptrdiff_t row;   ///< elements of the output row
  int8_t *output;
} depthwise_cursor;

/// As many tiles of `pixels` cells as there is room for.
AK_INLINE void depthwise_tiles(const int pixels, const depthwise_run *r, const char *block,
                               const vector_scale *scale, ptrdiff_t count, depthwise_cursor *c) {
  for (; c->row - c->at >= (pixels - 1) * r->cell + LANES; c->at += pixels * r->cell) {
    depthwise_tile(pixels, r, block, c->first, count, scale, c->output + c->at);
    c->first += pixels * r->across;
  }
}

/// One block of channels of one output row of `row` elements.
static AK_TARGET void depthwise_block(const depthwise_run *r, ptrdiff_t channel, ptrdiff_t row,
                                      int8_t *output) {
  const char *block = r->packed + channel / LANES * r->walk.block_size;
  vector_scale scale = vector_scale_load((const int32_t *)(const void *)block);
  ptrdiff_t count = r->cell - channel;
  depthwise_cursor c = {channel, channel, row, output};
  depthwise_tiles(TILE_PIXELS / 2, r, block, &scale, count, &c);
  if (TILE_PIXELS > 4) depthwise_tiles(2, r, block, &scale, count, &c);
  for (; c.at < row; c.at += r->cell, c.first += r->across)
    depthwise_tile(1, r, block, c.first, row - c.at < count ? row - c.at : count, &scale, output + c.at);
}

AK_TARGET void AK_VARIANT_NAME(depthwise_conv2d_s8)(const ak_depthwise_conv2d_shape *s,
                                                    const ak_linear_quantization *q, const void *packed,
                                                    const int8_t *input, int8_t *output, void *scratch) {
  depthwise_run run = {.shape = s,
                       .range = vector_range_of(q->activation_min, q->activation_max),
                       .zero_point = q->input_zero_point,
                       .rows = scratch,
                       .packed = packed};
  if (!depthwise_walk_of(&traits, s, &run.walk)) return;
  run.cell = run.walk.repeat * s->input_channels;
  run.across = run.cell * s->stride_width;
  ptrdiff_t output_row = s->output_width * s->input_channels;
  size_t row = (size_t)(s->input_width * s->input_channels);
  ptrdiff_t elements = run.walk.row_groups * run.walk.row_elements;
  int8_t *padding_row = (int8_t *)(run.rows + elements);
  memset(padding_row, q->input_zero_point, row);
  memset(run.rows, image_padding(q->input_zero_point), (size_t)elements * sizeof *run.rows);
  run.padding_row = padding_row;
  for (ptrdiff_t b = 0; b < s->batches; b++) {
    for (ptrdiff_t y = 0; y < s->output_height; y++) {
      depthwise_rows(&run, input, y);
      for (ptrdiff_t c = 0; c < run.cell; c += LANES) depthwise_block(&run, c, output_row, output);
      output += output_row;
    }
    input += s->input_height * (ptrdiff_t)row;
  }
}
