#include <math.h>

#include "ak_portable.h"

// One window of a plane, cut to the input: `top` and `left` may be outside.
typedef struct {
  const ak_portable_window *w;
  const float *plane;
  ptrdiff_t top, left;
} window;

// Visits cells of the window that lie inside, in order.
#define FOR_EACH_CELL(v, y, x)                                                                               \
  for (ptrdiff_t fy = 0; fy < (v).w->filter_height; fy++)                                                    \
    for (ptrdiff_t fx = 0; fx < (v).w->filter_width; fx++)                                                   \
      for (ptrdiff_t y = (v).top + fy * (v).w->dilation_height, x = (v).left + fx * (v).w->dilation_width,   \
                     inside = y >= 0 && y < (v).w->input_height && x >= 0 && x < (v).w->input_width;         \
           inside; inside = 0)

static float cell(window v, ptrdiff_t y, ptrdiff_t x) {
  return v.plane[y * v.w->input.row + x * v.w->input.column];
}

static float maximum(window v, int64_t *index) {
  float best = 0;
  bool found = false;
  *index = 0;
  FOR_EACH_CELL(v, y, x) {
    float value = cell(v, y, x);
    if (found && !(value > best || isnan(value))) continue;
    best = value;
    *index = y * v.w->input_width + x;
    found = true;
  }
  return best;
}

static ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

static ptrdiff_t most(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }

// How many cells of the window count: those of the padding too, or only those of the input.
static ptrdiff_t cells(window v, bool include_pad) {
  ptrdiff_t bottom = least(v.top + v.w->filter_height, v.w->input_height + v.w->padding_top);
  ptrdiff_t right = least(v.left + v.w->filter_width, v.w->input_width + v.w->padding_left);
  if (include_pad) return (bottom - v.top) * (right - v.left);
  return most(least(bottom, v.w->input_height) - most(v.top, 0), 1) *
         most(least(right, v.w->input_width) - most(v.left, 0), 1);
}

static float sum(window v) {
  float total = 0;
  bool found = false;
  FOR_EACH_CELL(v, y, x) {
    // The first cell starts the sum: -0 stays -0.
    total = found ? cell(v, y, x) + total : cell(v, y, x);
    found = true;
  }
  return total;
}

// Visits every output element with its window.
#define FOR_EACH_WINDOW(w, place)                                                                            \
  for (ptrdiff_t b = 0; b < (w)->batches; b++)                                                               \
    for (ptrdiff_t c = 0; c < (w)->groups * (w)->output_channels; c++)                                       \
      for (ptrdiff_t y = 0; y < (w)->output_height; y++)                                                     \
        for (ptrdiff_t x = 0; x < (w)->output_width; x++)                                                    \
          for (ptrdiff_t place = b * (w)->output.batch + c * (w)->output.channel + y * (w)->output.row +     \
                                 x * (w)->output.column,                                                     \
                         once = 1;                                                                           \
               once; once = 0)

#define WINDOW_AT(w, input)                                                                                  \
  ((window){w, (input) + b * (w)->input.batch + c * (w)->input.channel,                                      \
            y * (w)->stride_height - (w)->padding_top, x * (w)->stride_width - (w)->padding_left})

void ak_portable_max_pool_f32(const ak_portable_window *w, const float *input, float *output,
                              int64_t *indices) {
  FOR_EACH_WINDOW(w, place) {
    int64_t index;
    output[place] = maximum(WINDOW_AT(w, input), &index);
    if (indices) indices[place] = index;
  }
}

void ak_portable_average_pool_f32(const ak_portable_window *w, const float *input, float *output,
                                  ptrdiff_t divisor, bool include_pad) {
  FOR_EACH_WINDOW(w, place) {
    window v = WINDOW_AT(w, input);
    output[place] = sum(v) / (float)(divisor > 0 ? divisor : cells(v, include_pad));
  }
}

// First (or, rounded up, one past the last) input element of part `i` of `parts`.
static ptrdiff_t part(ptrdiff_t i, ptrdiff_t parts, ptrdiff_t extent, bool end) {
  return end ? ((i + 1) * extent + parts - 1) / parts : i * extent / parts;
}

void ak_portable_adaptive_average_pool_f32(const ak_portable_window *w, const float *input, float *output) {
  FOR_EACH_WINDOW(w, place) {
    const float *plane = input + b * w->input.batch + c * w->input.channel;
    ptrdiff_t bottom = part(y, w->output_height, w->input_height, true);
    ptrdiff_t right = part(x, w->output_width, w->input_width, true);
    ptrdiff_t top = part(y, w->output_height, w->input_height, false);
    ptrdiff_t left = part(x, w->output_width, w->input_width, false);
    float total = 0;
    for (ptrdiff_t i = top; i < bottom; i++)
      for (ptrdiff_t j = left; j < right; j++) total += plane[i * w->input.row + j * w->input.column];
    output[place] = total / (float)((bottom - top) * (right - left));
  }
}
