// RESIZE_BILINEAR, and the source index of RESIZE_NEAREST_NEIGHBOR.
#ifndef AK_RESIZE_H
#define AK_RESIZE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Sizes, each in [1, 32767]; `align_corners` and `half_pixel_centers` are not both set.
///
/// - in   `[batches, input_height, input_width, depth]`
/// - out  `[batches, output_height, output_width, depth]`
typedef struct {
  ptrdiff_t batches, depth;
  int32_t input_height, input_width;
  int32_t output_height, output_width;
  bool align_corners, half_pixel_centers;
} ak_resize_shape;

/// The input row (or column) that output row `at` copies.
int32_t ak_nearest_index(int32_t at, int32_t input, int32_t output, bool align_corners,
                         bool half_pixel_centers);

void ak_resize_bilinear_f32(const float *in, float *out, const ak_resize_shape *shape);

/// On codes, with weights of ten fractional bits; input and output share scale and zero point.
void ak_resize_bilinear_s8(const int8_t *in, int8_t *out, const ak_resize_shape *shape);

#endif
