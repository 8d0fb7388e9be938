// CONV_2D on int8 over packed weights, for whichever vectors were included before this file.
//
// The input is copied into a padded image, so that windows need no bounds. A tile keeps the sums of
// several output pixels times one or two blocks of output channels in registers and walks the window
// once; a load of weights serves all pixels, a broadcast of codes all blocks.

/// One batch of a convolution while it runs.
typedef struct {
  const ak_conv2d_shape *shape;
  packed_walk walk;
  vector_range range;
  ptrdiff_t pixels;       ///< of the output
  ptrdiff_t across, down; ///< elements from a window to the next, from a row of windows to the next
  ptrdiff_t block_size;
  const image_code *image;
  const char *packed;
  int8_t *output;
} conv2d_run;

/// The next output pixel, and the first elements of its window and of its row of windows.
typedef struct {
  ptrdiff_t pixel, x;
  const image_code *row, *window;
} conv2d_cursor;

static AK_TARGET void conv2d_image(const ak_conv2d_shape *s, const packed_walk *w, int32_t zero_point,
                                   const int8_t *input, image_code *image) {
  ptrdiff_t pitch = w->padded_width * s->input_channels, row = s->input_width * s->input_channels;
  ptrdiff_t left = s->padding_left * s->input_channels;
  ptrdiff_t copied = left + row <= pitch ? row : pitch - left;
  if (left > 0 || copied < pitch || s->padding_top > 0 || s->padding_top + s->input_height < w->padded_height)
    memset(image, image_padding(zero_point), (size_t)w->image_elements * sizeof *image);
  if (copied == pitch) { // Rows follow each other in both.
    ptrdiff_t rows = w->padded_height - s->padding_top;
    if (rows > s->input_height) rows = s->input_height;
    if (row == pitch && rows > 0)
      return image_copy(image + s->padding_top * pitch, input, rows * row, zero_point);
  }
  for (ptrdiff_t y = 0; y < s->input_height && y + s->padding_top < w->padded_height && copied > 0; y++)
    image_copy(image + (y + s->padding_top) * pitch + left, input + y * row, copied, zero_point);
}

/// First elements of the windows of the next `count` pixels; the last one is repeated up to `tile`.
AK_INLINE void conv2d_windows(const conv2d_run *r, conv2d_cursor *c, ptrdiff_t count, const int tile,
                              const image_code **windows) {
  for (int i = 0; i < tile; i++) {
    windows[i] = c->window;
    if (i + 1 >= count) continue;
    c->window += r->across;
    if (++c->x == r->shape->output_width) c->x = 0, c->window = c->row += r->down;
  }
}

/// Where a segment starts, in elements from the first of a window.
typedef struct {
  ptrdiff_t row, column, row_start, start;
} conv2d_segment;

AK_INLINE void conv2d_next_segment(const packed_walk *w, conv2d_segment *s) {
  s->start += w->across;
  if (++s->column == w->columns) s->row++, s->column = 0, s->start = s->row_start += w->down;
}

/// Requantizes and stores one block of output channels of one pixel.
AK_INLINE void conv2d_store(const conv2d_run *r, vector sums, const vector_scale *scale, ptrdiff_t pixel,
                            ptrdiff_t output) {
  ptrdiff_t outputs = r->shape->output_channels;
  vector_store_codes(r->output + pixel * outputs + output, vector_requantize(sums, scale), &r->range,
                     outputs - output);
}

AK_INLINE void conv2d_tile(const int pixels, const int blocks, const conv2d_run *r, conv2d_cursor *c,
                           ptrdiff_t output) {
  const packed_walk *w = &r->walk;
  const char *block = r->packed + output / LANES * r->block_size;
  const image_code *windows[NARROW_PIXELS];
  ptrdiff_t count = r->pixels - c->pixel;
  conv2d_windows(r, c, count, pixels, windows);
  vector sums[NARROW_PIXELS][TILE_BLOCKS];
  AK_UNROLL for (int i = 0; i < pixels; i++) AK_UNROLL for (int j = 0; j < blocks; j++) sums[i][j] =
      vector_load(block + j * r->block_size);
  const char *weights = block + LANES * 4 * PACKED_SCALE_ARRAYS;
  for (conv2d_segment segment = {0}; segment.row < w->rows; conv2d_next_segment(w, &segment)) {
    ptrdiff_t at = segment.start;
    for (ptrdiff_t left = w->groups; left > 0; left--, at += GROUP, weights += LANES * 4) {
      AK_OPAQUE(at);
      vector weight[TILE_BLOCKS];
      AK_UNROLL for (int j = 0; j < blocks; j++) weight[j] = vector_load(weights + j * r->block_size);
      AK_UNROLL for (int i = 0; i < pixels; i++) {
        vector codes = vector_broadcast(windows[i] + at);
        AK_UNROLL for (int j = 0; j < blocks; j++) sums[i][j] = vector_dot(sums[i][j], codes, weight[j]);
      }
    }
  }
  AK_UNROLL for (int j = 0; j < blocks; j++) {
    vector_scale scale = vector_scale_load((const int32_t *)(const void *)(block + j * r->block_size));
    AK_UNROLL for (int i = 0; i < pixels; i++) {
      if (i >= count) break;
      conv2d_store(r, sums[i][j], &scale, c->pixel + i, output + j * LANES);
    }
  }
  c->pixel += pixels;
}

/// A single pixel: as many sums as keep the multipliers busy are taken over parts of the window.
AK_INLINE void conv2d_single(const int blocks, const conv2d_run *r, conv2d_cursor *c, ptrdiff_t output) {
  enum { PARTS = 4 };
  const packed_walk *w = &r->walk;
  const char *block = r->packed + output / LANES * r->block_size;
  const char *weights = block + LANES * 4 * PACKED_SCALE_ARRAYS;
  vector sums[PARTS][TILE_BLOCKS];
  AK_UNROLL for (int j = 0; j < blocks; j++) {
    sums[0][j] = vector_load(block + j * r->block_size);
    AK_UNROLL for (int p = 1; p < PARTS; p++) sums[p][j] = vector_zero();
  }
  for (conv2d_segment segment = {0}; segment.row < w->rows; conv2d_next_segment(w, &segment)) {
    const image_code *codes = c->window + segment.start;
    ptrdiff_t left = w->groups;
    for (; left >= PARTS; left -= PARTS, codes += PARTS * GROUP, weights += PARTS * LANES * 4)
      AK_UNROLL for (int p = 0; p < PARTS; p++) AK_UNROLL for (int j = 0; j < blocks; j++) sums[p][j] =
          vector_dot(sums[p][j], vector_broadcast(codes + p * GROUP),
                     vector_load(weights + p * LANES * 4 + j * r->block_size));
    for (; left > 0; left--, codes += GROUP, weights += LANES * 4)
      AK_UNROLL for (int j = 0; j < blocks; j++) sums[0][j] =
          vector_dot(sums[0][j], vector_broadcast(codes), vector_load(weights + j * r->block_size));
  }
  AK_UNROLL for (int j = 0; j < blocks; j++) {
    vector_scale scale = vector_scale_load((const int32_t *)(const void *)(block + j * r->block_size));
    vector sum = vector_add(vector_add(sums[0][j], sums[1][j]), vector_add(sums[2][j], sums[3][j]));
    conv2d_store(r, sum, &scale, c->pixel, output + j * LANES);
  }
  c->pixel++;
}

/// All pixels of some blocks of output channels, whose weights stay in the nearest cache meanwhile: tiles
/// of `pixels`, and at the end of what fits best.
AK_INLINE void conv2d_blocks(const int pixels, const int blocks, const conv2d_run *r, ptrdiff_t output) {
  conv2d_cursor c = {0, 0, r->image, r->image};
  for (ptrdiff_t rest = r->pixels; rest > 0; rest = r->pixels - c.pixel) {
    if (rest == 1) conv2d_single(blocks, r, &c, output);
    else if (rest > pixels / 2 + pixels / 4) conv2d_tile(pixels, blocks, r, &c, output);
    else if (rest > pixels / 4) conv2d_tile(pixels / 2, blocks, r, &c, output);
    else conv2d_tile(pixels / 4, blocks, r, &c, output);
  }
}

// Not inlined further: the registers of a tile are all there are.
static AK_NOINLINE void conv2d_wide(const conv2d_run *r, ptrdiff_t output) {
  conv2d_blocks(WIDE_PIXELS, TILE_BLOCKS, r, output);
}

static AK_NOINLINE void conv2d_narrow(const conv2d_run *r, ptrdiff_t output) {
  conv2d_blocks(NARROW_PIXELS, 1, r, output);
}

AK_TARGET void AK_VARIANT_NAME(conv2d_s8)(const ak_conv2d_shape *s, const ak_linear_quantization *q,
                                          const void *packed, const int8_t *input, int8_t *output,
                                          void *scratch) {
  conv2d_run run = {.shape = s,
                    .range = vector_range_of(q->activation_min, q->activation_max),
                    .pixels = s->output_height * s->output_width,
                    .across = s->stride_width * s->input_channels,
                    .image = scratch,
                    .packed = packed};
  if (!packed_walk_of(&traits, s, &run.walk)) return;
  run.block_size = packed_block_size(&traits, &run.walk);
  run.down = s->stride_height * run.walk.padded_width * s->input_channels;
  for (ptrdiff_t b = 0; b < s->batches; b++) {
    run.output = output + b * run.pixels * s->output_channels;
    conv2d_image(s, &run.walk, q->input_zero_point, input, scratch);
    input += s->input_height * s->input_width * s->input_channels;
    ptrdiff_t o = 0;
    for (; s->output_channels - o > LANES; o += TILE_BLOCKS * LANES) conv2d_wide(&run, o);
    if (o < s->output_channels) conv2d_narrow(&run, o);
  }
}
