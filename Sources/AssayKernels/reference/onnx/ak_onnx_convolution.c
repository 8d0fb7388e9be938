#include <math.h>

#include "ak_onnx.h"

// Half to even, inside 32 bits; NaN counts as 0.
static int64_t rounded(float x) {
  if (isnan(x)) return 0;
  if (x >= 2147483648.0f) return 2147483647;
  if (x <= -2147483648.0f) return -2147483648LL;
  float below = floorf(x);
  float fraction = x - below;
  bool up = fraction > 0.5f || (fraction == 0.5f && fmodf(below, 2.0f) != 0.0f);
  return (int64_t)below + up;
}

static uint8_t clamped(int64_t code, int64_t min, int64_t max) {
  return (uint8_t)(code < min ? min : code > max ? max : code);
}

void ak_onnx_quantize(const float *in, uint8_t *out, ptrdiff_t count, float scale, int32_t zero_point,
                      int32_t min, int32_t max) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = clamped(rounded(in[i] / scale) + zero_point, min, max);
}

static int32_t code(uint8_t byte, bool is_signed) { return is_signed ? (int8_t)byte : byte; }

static uint32_t window_sum(const ak_portable_window *w, const ak_onnx_codes *q, const uint8_t *image,
                           const uint8_t *filter, ptrdiff_t top, ptrdiff_t left) {
  uint32_t sum = 0;
  for (ptrdiff_t c = 0; c < w->input_channels; c++)
    for (ptrdiff_t fy = 0; fy < w->filter_height; fy++) {
      ptrdiff_t y = top + fy * w->dilation_height;
      if (y < 0 || y >= w->input_height) continue;
      for (ptrdiff_t fx = 0; fx < w->filter_width; fx++) {
        ptrdiff_t x = left + fx * w->dilation_width;
        if (x < 0 || x >= w->input_width) continue;
        uint8_t value = image[c * w->input.channel + y * w->input.row + x * w->input.column];
        uint8_t weight = filter[c * w->filter.channel + fy * w->filter.row + fx * w->filter.column];
        sum += (uint32_t)((code(value, q->input_signed) - q->input_zero_point) *
                          (code(weight, q->filter_signed) - q->filter_zero_point));
      }
    }
  return sum;
}

void ak_onnx_convolution(const ak_portable_window *w, const ak_onnx_codes *q, const uint8_t *input,
                         const uint8_t *filter, const int32_t *bias, uint8_t *output) {
  int64_t min = q->output_signed ? -128 : 0;
  for (ptrdiff_t b = 0; b < w->batches; b++)
    for (ptrdiff_t o = 0; o < w->groups * w->output_channels; o++) {
      ptrdiff_t first = o / w->output_channels * w->input_channels;
      const uint8_t *image = input + b * w->input.batch + first * w->input.channel;
      for (ptrdiff_t y = 0; y < w->output_height; y++)
        for (ptrdiff_t x = 0; x < w->output_width; x++) {
          uint32_t sum =
              window_sum(w, q, image, filter + o * w->filter.batch, y * w->stride_height - w->padding_top,
                         x * w->stride_width - w->padding_left);
          if (bias) sum += (uint32_t)bias[o];
          int64_t steps = rounded((float)(int32_t)sum * q->factors[o * q->factor_step]);
          output[b * w->output.batch + o * w->output.channel + y * w->output.row + x * w->output.column] =
              clamped(steps + q->output_zero_point, min, min + 255);
        }
    }
}

void ak_onnx_convolution_integer(const ak_portable_window *w, const ak_onnx_codes *q, const uint8_t *input,
                                 const uint8_t *filter, int32_t *output) {
  for (ptrdiff_t b = 0; b < w->batches; b++)
    for (ptrdiff_t o = 0; o < w->groups * w->output_channels; o++) {
      ptrdiff_t first = o / w->output_channels * w->input_channels;
      const uint8_t *image = input + b * w->input.batch + first * w->input.channel;
      for (ptrdiff_t y = 0; y < w->output_height; y++)
        for (ptrdiff_t x = 0; x < w->output_width; x++)
          output[b * w->output.batch + o * w->output.channel + y * w->output.row + x * w->output.column] =
              (int32_t)window_sum(w, q, image, filter + o * w->filter.batch,
                                  y * w->stride_height - w->padding_top,
                                  x * w->stride_width - w->padding_left);
    }
}
