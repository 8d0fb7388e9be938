#include <math.h>

#include "ak_portable.h"

// The two source elements of an output element, and the weight of the second.
typedef struct {
  ptrdiff_t first, second;
  float weight;
} source;

static source find(const ak_portable_axis *axis, ptrdiff_t place) {
  if (axis->input == axis->output) return (source){place, place, 0.0f};
  float real = axis->align_corners ? axis->scale * (float)place : axis->scale * ((float)place + 0.5f) - 0.5f;
  if (real < 0) real = 0;
  ptrdiff_t first = (ptrdiff_t)floorf(real);
  if (first > axis->input - 1) first = axis->input - 1;
  float weight = real - (float)first;
  weight = weight < 0 ? 0 : weight > 1 ? 1 : weight;
  return (source){first, first < axis->input - 1 ? first + 1 : first, weight};
}

void ak_portable_resize_bilinear_f32(const ak_portable_axis *rows, const ak_portable_axis *columns,
                                     const float *in, ak_strides in_strides, float *out,
                                     ak_strides out_strides) {
  for (ptrdiff_t y = 0; y < rows->output; y++) {
    source v = find(rows, y);
    const float *above = in + v.first * in_strides.row;
    const float *below = in + v.second * in_strides.row;
    for (ptrdiff_t x = 0; x < columns->output; x++) {
      source h = find(columns, x);
      ptrdiff_t left = h.first * in_strides.column;
      ptrdiff_t right = h.second * in_strides.column;
      float top = above[left] * (1.0f - h.weight) + above[right] * h.weight;
      float bottom = below[left] * (1.0f - h.weight) + below[right] * h.weight;
      out[y * out_strides.row + x * out_strides.column] = top * (1.0f - v.weight) + bottom * v.weight;
    }
  }
}
