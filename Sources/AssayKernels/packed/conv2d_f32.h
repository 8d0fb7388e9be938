// CONV_2D on float32 over packed weights, for whichever vectors were included before this file.
//
// As on int8 a tile keeps pixels times blocks of output channels in registers. Every sum goes through the
// window in the order of the reference; zeros of padding change no sum, since none is ever -0.

/// One batch of a convolution while it runs.
typedef struct {
  const ak_conv2d_shape *shape;
  packed_walk walk;
  f32_vector min, max;
  ptrdiff_t pixels;       ///< of the output
  ptrdiff_t across, down; ///< elements from a window to the next, from a row of windows to the next
  ptrdiff_t block_size;
  const float *image;
  const char *packed;
  float *output;
} conv2d_f32_run;

/// The next output pixel, and the first elements of its window and of its row of windows.
typedef struct {
  ptrdiff_t pixel, x;
  const float *row, *window;
} conv2d_f32_cursor;

/// First elements of the windows of the next `count` pixels; the last one is repeated up to `tile`.
AK_INLINE void conv2d_f32_windows(const conv2d_f32_run *r, conv2d_f32_cursor *c, ptrdiff_t count,
                                  const int tile, const float **windows) {
  for (int i = 0; i < tile; i++) {
    windows[i] = c->window;
    if (i + 1 >= count) continue;
    c->window += r->across;
    if (++c->x == r->shape->output_width) c->x = 0, c->window = c->row += r->down;
  }
}

AK_INLINE void conv2d_f32_tile(const int pixels, const int blocks, const conv2d_f32_run *r,
                               conv2d_f32_cursor *c, ptrdiff_t output) {
  const packed_walk *w = &r->walk;
  const char *block = r->packed + output / LANES * r->block_size;
  const float *windows[NARROW_PIXELS];
  ptrdiff_t count = r->pixels - c->pixel, outputs = r->shape->output_channels;
  conv2d_f32_windows(r, c, count, pixels, windows);
  f32_vector sums[NARROW_PIXELS][SINGLE_BLOCKS];
  AK_UNROLL for (int i = 0; i < pixels; i++) AK_UNROLL for (int j = 0; j < blocks; j++) sums[i][j] =
      f32_zero();
  const char *weights = block + LANES * sizeof(float);
  for (conv2d_segment segment = {0}; segment.row < w->rows; conv2d_next_segment(w, &segment)) {
    ptrdiff_t at = segment.start;
    for (ptrdiff_t left = w->segment_length; left > 0; left--, at++, weights += LANES * sizeof(float)) {
      AK_OPAQUE(at);
      f32_vector weight[SINGLE_BLOCKS];
      AK_UNROLL for (int j = 0; j < blocks; j++) weight[j] =
          f32_load((const float *)(const void *)(weights + j * r->block_size));
      AK_UNROLL for (int i = 0; i < pixels; i++) {
        f32_vector value = f32_set(windows[i][at]);
        AK_UNROLL for (int j = 0; j < blocks; j++) sums[i][j] = f32_add_product(sums[i][j], value, weight[j]);
      }
    }
  }
  AK_UNROLL for (int j = 0; j < blocks; j++) {
    f32_vector bias = f32_load((const float *)(const void *)(block + j * r->block_size));
    ptrdiff_t first = output + j * LANES;
    AK_UNROLL for (int i = 0; i < pixels; i++) {
      if (i >= count) break;
      f32_vector sum = f32_clamp(f32_add(sums[i][j], bias), r->min, r->max);
      f32_store_part(r->output + (c->pixel + i) * outputs + first, sum, outputs - first);
    }
  }
  c->pixel += pixels;
}

/// All pixels of some blocks of output channels, as on int8.
AK_INLINE void conv2d_f32_blocks(const int pixels, const int blocks, const conv2d_f32_run *r,
                                 ptrdiff_t output) {
  conv2d_f32_cursor c = {0, 0, r->image, r->image};
  for (ptrdiff_t rest = r->pixels; rest > 0; rest = r->pixels - c.pixel) {
    if (rest > pixels / 2 + pixels / 4) conv2d_f32_tile(pixels, blocks, r, &c, output);
    else if (rest > pixels / 4) conv2d_f32_tile(pixels / 2, blocks, r, &c, output);
    else if (pixels / 4 > 0) conv2d_f32_tile(pixels / 4, blocks, r, &c, output);
  }
}

static AK_NOINLINE void conv2d_f32_wide(const conv2d_f32_run *r, ptrdiff_t output) {
  conv2d_f32_blocks(WIDE_PIXELS, TILE_BLOCKS, r, output);
}
static AK_NOINLINE void conv2d_f32_narrow(const conv2d_f32_run *r, ptrdiff_t output) {
  conv2d_f32_blocks(NARROW_PIXELS, 1, r, output);
}
/// One or two pixels: several blocks at once keep the adders busy.
static AK_NOINLINE void conv2d_f32_single(const conv2d_f32_run *r, ptrdiff_t output) {
  conv2d_f32_blocks(1, SINGLE_BLOCKS, r, output);
}
static AK_NOINLINE void conv2d_f32_last_single(const conv2d_f32_run *r, ptrdiff_t output) {
  conv2d_f32_blocks(1, 1, r, output);
}

static AK_TARGET void conv2d_f32_outputs(const conv2d_f32_run *r) {
  ptrdiff_t outputs = r->shape->output_channels, o = 0;
  if (r->pixels < 3) {
    for (; outputs - o > (SINGLE_BLOCKS - 1) * LANES; o += SINGLE_BLOCKS * LANES) conv2d_f32_single(r, o);
    for (; o < outputs; o += LANES) conv2d_f32_last_single(r, o);
    return;
  }
  for (; outputs - o > LANES; o += TILE_BLOCKS * LANES) conv2d_f32_wide(r, o);
  if (o < outputs) conv2d_f32_narrow(r, o);
}

/// Copies a batch into the middle of a padded image.
static AK_TARGET void conv2d_f32_image(const ak_conv2d_shape *s, const packed_walk *w, const float *input,
                                       float *image) {
  ptrdiff_t pitch = w->padded_width * s->input_channels, row = s->input_width * s->input_channels;
  ptrdiff_t left = s->padding_left * s->input_channels;
  ptrdiff_t copied = left + row <= pitch ? row : pitch - left;
  memset(image, 0, (size_t)w->image_elements * sizeof *image);
  for (ptrdiff_t y = 0; y < s->input_height && y + s->padding_top < w->padded_height && copied > 0; y++)
    memcpy(image + (y + s->padding_top) * pitch + left, input + y * row, (size_t)copied * sizeof *image);
}

/// Whether no window leaves the input, which then is its own image.
static inline bool conv2d_is_inside(const ak_conv2d_shape *s, const packed_walk *w) {
  return s->padding_top == 0 && s->padding_left == 0 && w->padded_height <= s->input_height &&
         w->padded_width <= s->input_width;
}

AK_TARGET void AK_VARIANT_NAME(conv2d_f32)(const ak_conv2d_shape *s, const ak_float_range *activation,
                                           const void *packed, const float *input, float *output,
                                           void *scratch) {
  conv2d_f32_run run = {.shape = s,
                        .min = f32_set(activation->min),
                        .max = f32_set(activation->max),
                        .pixels = s->output_height * s->output_width,
                        .across = s->stride_width * s->input_channels,
                        .packed = packed};
  if (!packed_walk_of(&traits_f32, s, &run.walk)) return;
  run.block_size =
      packed_block_size_f32(&traits_f32, s->filter_height * s->filter_width * s->filter_channels);
  bool inside = conv2d_is_inside(s, &run.walk);
  ptrdiff_t pitch = (inside ? s->input_width : run.walk.padded_width) * s->input_channels;
  run.walk.down = s->dilation_height * pitch, run.down = s->stride_height * pitch;
  for (ptrdiff_t b = 0; b < s->batches; b++) {
    if (!inside) conv2d_f32_image(s, &run.walk, input, scratch);
    run.image = inside ? input : scratch;
    run.output = output + b * run.pixels * s->output_channels;
    conv2d_f32_outputs(&run);
    input += s->input_height * s->input_width * s->input_channels;
  }
}
