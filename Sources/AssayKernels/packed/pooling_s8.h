// MAX_POOL_2D and AVERAGE_POOL_2D on int8, channels across vectors, for whichever vectors were included
// before this file.
#include "../reference/pooling/window.h"

/// The cells of one window, and where its first channels are.
typedef struct {
  pool_span ys, xs;
  const int8_t *image;
} pool_window;

AK_INLINE pool_window pool_window_of(const ak_pool2d_shape *s, const int8_t *image, ptrdiff_t y,
                                     ptrdiff_t x) {
  return (pool_window){pool_span_of(y, s->stride_height, s->padding_top, s->filter_height, s->input_height),
                       pool_span_of(x, s->stride_width, s->padding_left, s->filter_width, s->input_width),
                       image};
}

/// Code vectors from channel `c` on.
AK_INLINE code_vector pool_max(const ak_pool2d_shape *s, const pool_window *w, ptrdiff_t c) {
  code_vector max = code_vector_set(INT8_MIN);
  for (ptrdiff_t y = w->ys.begin; y < w->ys.end; y++)
    for (ptrdiff_t x = w->xs.begin; x < w->xs.end; x++) {
      const int8_t *cell = w->image + (y * s->input_width + x) * s->channels;
      max = code_vector_max(max, code_vector_load(cell + c, s->channels - c));
    }
  return max;
}

AK_TARGET void AK_VARIANT_NAME(max_pool2d_s8)(const ak_pool2d_shape *s, int32_t activation_min,
                                              int32_t activation_max, const int8_t *input, int8_t *output) {
  const code_vector low = code_vector_set(activation_min), high = code_vector_set(activation_max);
  for (ptrdiff_t b = 0; b < s->batches; b++, input += s->input_height * s->input_width * s->channels)
    for (ptrdiff_t y = 0; y < s->output_height; y++)
      for (ptrdiff_t x = 0; x < s->output_width; x++, output += s->channels) {
        pool_window window = pool_window_of(s, input, y, x);
        for (ptrdiff_t c = 0; c < s->channels; c += CODES) {
          code_vector max = pool_max(s, &window, c);
          code_vector_store(output + c, code_vector_min(code_vector_max(max, low), high), s->channels - c);
        }
      }
}

/// Sums of codes from channel `c` on.
AK_INLINE vector pool_sum(const ak_pool2d_shape *s, const pool_window *w, ptrdiff_t c) {
  vector sum = vector_zero();
  for (ptrdiff_t y = w->ys.begin; y < w->ys.end; y++)
    for (ptrdiff_t x = w->xs.begin; x < w->xs.end; x++) {
      const int8_t *cell = w->image + (y * s->input_width + x) * s->channels;
      sum = vector_add(sum, vector_load_codes(cell + c, s->channels - c));
    }
  return sum;
}

AK_TARGET void AK_VARIANT_NAME(average_pool2d_s8)(const ak_pool2d_shape *s, int32_t activation_min,
                                                  int32_t activation_max, const int8_t *input,
                                                  int8_t *output) {
  const vector_range range = vector_range_of(activation_min, activation_max);
  for (ptrdiff_t b = 0; b < s->batches; b++, input += s->input_height * s->input_width * s->channels)
    for (ptrdiff_t y = 0; y < s->output_height; y++)
      for (ptrdiff_t x = 0; x < s->output_width; x++, output += s->channels) {
        pool_window window = pool_window_of(s, input, y, x);
        ptrdiff_t cells = (window.ys.end - window.ys.begin) * (window.xs.end - window.xs.begin);
        for (ptrdiff_t c = 0; c < s->channels; c += LANES) {
          vector average = vector_average(pool_sum(s, &window, c), (int32_t)cells);
          vector_store_codes(output + c, average, &range, s->channels - c);
        }
      }
}
