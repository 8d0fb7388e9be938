#include "ak_onnx.h"

// Four weighted cells added one by one, as ONNX Runtime interpolates between pixels.
static float bilinear(const ak_onnx_axis *rows, const ak_onnx_axis *columns, const float *in, ptrdiff_t y,
                      ptrdiff_t x) {
  float total = 0;
  for (ptrdiff_t i = 2 * y; i < 2 * y + 2; i++)
    for (ptrdiff_t j = 2 * x; j < 2 * x + 2; j++)
      total += columns->weight[j] * rows->weight[i] * in[rows->place[i] + columns->place[j]];
  return total;
}

static float separable(const ak_onnx_axis *rows, const ak_onnx_axis *columns, const float *in, ptrdiff_t y,
                       ptrdiff_t x) {
  float total = 0;
  for (ptrdiff_t i = y * rows->taps; i < (y + 1) * rows->taps; i++) {
    float sum = 0;
    for (ptrdiff_t j = x * columns->taps; j < (x + 1) * columns->taps; j++)
      sum += columns->weight[j] * in[rows->place[i] + columns->place[j]];
    total += rows->weight[i] * sum;
  }
  return total;
}

void ak_onnx_resize_f32(const ak_onnx_axis *rows, const ak_onnx_axis *columns, const float *in, float *out,
                        ptrdiff_t row_stride, ptrdiff_t column_stride) {
  bool is_bilinear = rows->taps == 2 && columns->taps == 2;
  for (ptrdiff_t y = 0; y < rows->extent; y++)
    for (ptrdiff_t x = 0; x < columns->extent; x++)
      out[y * row_stride + x * column_stride] =
          is_bilinear ? bilinear(rows, columns, in, y, x) : separable(rows, columns, in, y, x);
}
