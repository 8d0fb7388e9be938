#include "ak_resize.h"

#include <math.h>

// Input cells per output cell.
static float scale_of(int32_t input, int32_t output, bool align_corners) {
  if (align_corners && output > 1) return (float)(input - 1) / (float)(output - 1);
  return (float)input / (float)output;
}

int32_t ak_nearest_index(int32_t at, int32_t input, int32_t output, bool align_corners,
                         bool half_pixel_centers) {
  float place = ((float)at + (half_pixel_centers ? 0.5f : 0.0f)) * scale_of(input, output, align_corners);
  int32_t index = (int32_t)(align_corners ? roundf(place) : floorf(place));
  return index < input - 1 ? index : input - 1;
}

// The rounded scale can step past the last cell of a large output; the device would read beyond it.
static int32_t clamped(int32_t low, int32_t input) { return low < 0 ? 0 : low < input ? low : input - 1; }

// The two input cells around an output cell and the distance from the first.
typedef struct {
  int32_t low, high;
  float distance;
} float_place;

static float_place float_place_of(int32_t at, int32_t input, float scale, bool half_pixel_centers) {
  float x = half_pixel_centers ? ((float)at + 0.5f) * scale - 0.5f : (float)at * scale;
  int32_t low = (int32_t)floorf(x), high = (int32_t)ceilf(x);
  low = clamped(low, input);
  high = high < input - 1 ? high : input - 1;
  return (float_place){low, high, x - (float)low};
}

void ak_resize_bilinear_f32(const float *in, float *out, const ak_resize_shape *s) {
  float scale_y = scale_of(s->input_height, s->output_height, s->align_corners);
  float scale_x = scale_of(s->input_width, s->output_width, s->align_corners);
  for (ptrdiff_t b = 0; b < s->batches; b++, in += s->input_height * s->input_width * s->depth)
    for (int32_t oy = 0; oy < s->output_height; oy++)
      for (int32_t ox = 0; ox < s->output_width; ox++) {
        float_place y = float_place_of(oy, s->input_height, scale_y, s->half_pixel_centers);
        float_place x = float_place_of(ox, s->input_width, scale_x, s->half_pixel_centers);
        const float *top = in + y.low * s->input_width * s->depth;
        const float *bottom = in + y.high * s->input_width * s->depth;
        for (ptrdiff_t c = 0; c < s->depth; c++)
          *out++ = top[x.low * s->depth + c] * (1 - y.distance) * (1 - x.distance) +
                   bottom[x.low * s->depth + c] * y.distance * (1 - x.distance) +
                   top[x.high * s->depth + c] * (1 - y.distance) * x.distance +
                   bottom[x.high * s->depth + c] * y.distance * x.distance;
      }
}

// The same with ten fractional bits.
enum { UNIT = 1 << 10 };

typedef struct {
  int32_t low, high, distance;
} code_place;

static int32_t code_scale_of(int32_t input, int32_t output, bool align_corners) {
  if (align_corners && output > 1) return (UNIT * (input - 1) + (output - 1) / 2) / (output - 1);
  return (UNIT * input + output / 2) / output;
}

static code_place code_place_of(int32_t at, int32_t input, int32_t scale, bool half_pixel_centers) {
  int32_t x = half_pixel_centers ? at * scale + scale / 2 - UNIT / 2 : at * scale;
  int32_t low = x / UNIT, high = (x + UNIT - 1) / UNIT;
  low = clamped(low, input);
  high = high < input - 1 ? high : input - 1;
  return (code_place){low, high, x - UNIT * low};
}

// `weighted / 2^20`, half away from zero; narrowed without saturation, as on the device.
static int8_t code_of(int64_t weighted) {
  return (int8_t)((weighted + (weighted > 0 ? UNIT * UNIT / 2 : -UNIT * UNIT / 2)) / (UNIT * UNIT));
}

void ak_resize_bilinear_s8(const int8_t *in, int8_t *out, const ak_resize_shape *s) {
  int32_t scale_y = code_scale_of(s->input_height, s->output_height, s->align_corners);
  int32_t scale_x = code_scale_of(s->input_width, s->output_width, s->align_corners);
  for (ptrdiff_t b = 0; b < s->batches; b++, in += s->input_height * s->input_width * s->depth)
    for (int32_t oy = 0; oy < s->output_height; oy++)
      for (int32_t ox = 0; ox < s->output_width; ox++) {
        code_place y = code_place_of(oy, s->input_height, scale_y, s->half_pixel_centers);
        code_place x = code_place_of(ox, s->input_width, scale_x, s->half_pixel_centers);
        int64_t up = UNIT - y.distance, down = y.distance, left = UNIT - x.distance, right = x.distance;
        const int8_t *top = in + y.low * s->input_width * s->depth;
        const int8_t *bottom = in + y.high * s->input_width * s->depth;
        for (ptrdiff_t c = 0; c < s->depth; c++)
          *out++ =
              code_of(top[x.low * s->depth + c] * up * left + bottom[x.low * s->depth + c] * down * left +
                      top[x.high * s->depth + c] * up * right + bottom[x.high * s->depth + c] * down * right);
      }
}
