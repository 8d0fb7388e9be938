#include <math.h>

#include "ak_onnx.h"

// Half to even, clamped to the type; NaN counts as the smallest code.
static uint8_t code_of(float x, bool is_signed) {
  float least = is_signed ? -128.0f : 0.0f;
  if (!(x > least)) return (uint8_t)(int32_t)least;
  if (x >= least + 255.0f) return (uint8_t)((int32_t)least + 255);
  float below = floorf(x);
  float fraction = x - below;
  bool up = fraction > 0.5f || (fraction == 0.5f && fmodf(below, 2.0f) != 0.0f);
  return (uint8_t)((int32_t)below + up);
}

static float value_of(uint8_t byte, bool is_signed) { return (float)(is_signed ? (int8_t)byte : byte); }

void ak_onnx_add(const ak_onnx_operands *q, const uint8_t *a, ptrdiff_t a_step, const uint8_t *b,
                 ptrdiff_t b_step, uint8_t *out, ptrdiff_t out_step, ptrdiff_t count) {
  float a_ratio = q->a_scale / q->out_scale;
  float b_ratio = q->b_scale / q->out_scale;
  float fixed =
      (float)q->out_zero_point - fmaf(a_ratio, (float)q->a_zero_point, b_ratio * (float)q->b_zero_point);
  for (ptrdiff_t i = 0; i < count; i++) {
    float second = fmaf(value_of(b[i * b_step], q->is_signed), b_ratio, fixed);
    out[i * out_step] = code_of(fmaf(value_of(a[i * a_step], q->is_signed), a_ratio, second), q->is_signed);
  }
}

void ak_onnx_mul(const ak_onnx_operands *q, const uint8_t *a, ptrdiff_t a_step, const uint8_t *b,
                 ptrdiff_t b_step, uint8_t *out, ptrdiff_t out_step, ptrdiff_t count) {
  float ratio = q->a_scale * q->b_scale / q->out_scale;
  for (ptrdiff_t i = 0; i < count; i++) {
    float first = value_of(a[i * a_step], q->is_signed) - (float)q->a_zero_point;
    float second = value_of(b[i * b_step], q->is_signed) - (float)q->b_zero_point;
    out[i * out_step] = code_of(first * second * ratio + (float)q->out_zero_point, q->is_signed);
  }
}
