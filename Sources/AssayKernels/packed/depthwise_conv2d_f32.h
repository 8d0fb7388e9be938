// DEPTHWISE_CONV_2D on float32 over packed weights, for whichever vectors were included before this file.

/// One batch of a depthwise convolution while it runs.
typedef struct {
  const ak_depthwise_conv2d_shape *shape;
  depthwise_walk walk;
  f32_vector min, max;
  ptrdiff_t pitch;  ///< elements of a row of the padded image
  ptrdiff_t cell;   ///< elements of a cell of the output, repeated as the walk says
  ptrdiff_t across; ///< elements from its window to the next
} depthwise_f32_run;

/// `pixels` cells of one block of channels; `windows` at the first channel of the block.
AK_INLINE void depthwise_f32_tile(const int pixels, const depthwise_f32_run *r, const float *block,
                                  const float *window, ptrdiff_t count, float *output) {
  const ak_depthwise_conv2d_shape *s = r->shape;
  f32_vector sums[TILE_PIXELS];
  AK_UNROLL for (int i = 0; i < pixels; i++) sums[i] = f32_zero();
  const float *weights = block + LANES;
  for (ptrdiff_t fy = 0; fy < s->filter_height; fy++) {
    const float *row = window + fy * s->dilation_height * r->pitch;
    for (ptrdiff_t fx = 0; fx < s->filter_width; fx++, weights += LANES) {
      f32_vector weight = f32_load(weights);
      AK_UNROLL for (int i = 0; i < pixels; i++) sums[i] =
          f32_add_product(sums[i], f32_load(row + i * r->across), weight);
      row += s->dilation_width * s->input_channels;
    }
  }
  f32_vector bias = f32_load(block);
  AK_UNROLL for (int i = 0; i < pixels; i++)
      f32_store_part(output + i * r->cell, f32_clamp(f32_add(sums[i], bias), r->min, r->max), count);
}

/// Where a block of channels of an output row has got to.
typedef struct {
  const float *window;
  ptrdiff_t at, row; ///< of `row` elements of the output
  float *output;
} depthwise_f32_cursor;

/// As many tiles of `pixels` cells as there is room for.
AK_INLINE void depthwise_f32_tiles(const int pixels, const depthwise_f32_run *r, const float *block,
                                   ptrdiff_t count, depthwise_f32_cursor *c) {
  for (; c->row - c->at >= (pixels - 1) * r->cell + LANES; c->at += pixels * r->cell) {
    depthwise_f32_tile(pixels, r, block, c->window, count, c->output + c->at);
    c->window += pixels * r->across;
  }
}

/// One block of channels of one output row.
static AK_TARGET void depthwise_f32_block(const depthwise_f32_run *r, const float *block, ptrdiff_t channel,
                                          depthwise_f32_cursor c) {
  ptrdiff_t count = r->cell - channel;
  c.at = channel, c.window += channel;
  depthwise_f32_tiles(TILE_PIXELS, r, block, count, &c);
  depthwise_f32_tiles(TILE_PIXELS / 2, r, block, count, &c);
  depthwise_f32_tiles(2, r, block, count, &c);
  for (; c.at < c.row; c.at += r->cell, c.window += r->across)
    depthwise_f32_tile(1, r, block, c.window, c.row - c.at < count ? c.row - c.at : count, c.output + c.at);
}

static AK_TARGET void depthwise_f32_image(const ak_depthwise_conv2d_shape *s, const depthwise_walk *w,
                                          const float *input, float *image) {
  ak_conv2d_shape plain = {.input_height = s->input_height,
                           .input_width = s->input_width,
                           .input_channels = s->input_channels,
                           .padding_top = s->padding_top,
                           .padding_left = s->padding_left};
  packed_walk walk = {.padded_height = w->padded_height,
                      .padded_width = w->padded_width,
                      .image_elements = w->padded_height * w->padded_width * s->input_channels};
  conv2d_f32_image(&plain, &walk, input, image);
}

AK_TARGET void AK_VARIANT_NAME(depthwise_conv2d_f32)(const ak_depthwise_conv2d_shape *s,
                                                     const ak_float_range *activation, const void *packed,
                                                     const float *input, float *output, void *scratch) {
  depthwise_f32_run run = {.shape = s, .min = f32_set(activation->min), .max = f32_set(activation->max)};
  if (!depthwise_walk_of(&traits_f32, s, &run.walk)) return;
  run.pitch = run.walk.padded_width * s->input_channels;
  run.cell = run.walk.repeat * s->input_channels, run.across = run.cell * s->stride_width;
  ptrdiff_t row = s->output_width * s->input_channels;
  ptrdiff_t block_size = packed_block_size_f32(&traits_f32, s->filter_height * s->filter_width);
  for (ptrdiff_t b = 0; b < s->batches; b++) {
    depthwise_f32_image(s, &run.walk, input, scratch);
    for (ptrdiff_t y = 0; y < s->output_height; y++, output += row) {
      depthwise_f32_cursor start = {(const float *)scratch + y * s->stride_height * run.pitch, 0, row,
                                    output};
      const char *block = packed;
      for (ptrdiff_t c = 0; c < run.cell; c += LANES, block += block_size)
        depthwise_f32_block(&run, (const float *)(const void *)block, c, start);
    }
    input += s->input_height * s->input_width * s->input_channels;
  }
}
