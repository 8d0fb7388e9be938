#include <math.h>

#include "ak_portable.h"

static float fold(ak_portable_reduction kind, float sum, float value) {
  switch (kind) {
  case AK_PORTABLE_SUM:
  case AK_PORTABLE_MEAN:
    return sum + value;
  case AK_PORTABLE_PRODUCT:
    return sum * value;
  case AK_PORTABLE_LARGEST:
    return value > sum || isnan(value) ? value : sum;
  case AK_PORTABLE_SMALLEST:
    return value < sum || isnan(value) ? value : sum;
  }
  return sum;
}

float ak_portable_reduce_f32(ak_portable_reduction kind, const float *in, const ptrdiff_t *places,
                             ptrdiff_t count) {
  bool adds = kind == AK_PORTABLE_SUM || kind == AK_PORTABLE_MEAN;
  float result = adds || count == 0 ? (kind == AK_PORTABLE_PRODUCT ? 1.0f : 0.0f) : in[places[0]];
  for (ptrdiff_t i = adds ? 0 : 1; i < count; i++) result = fold(kind, result, in[places[i]]);
  return kind == AK_PORTABLE_MEAN ? result / (float)count : result;
}

int64_t ak_portable_argument_f32(bool largest, const float *in, ptrdiff_t count, ptrdiff_t step) {
  ptrdiff_t best = 0;
  for (ptrdiff_t i = 1; i < count && !isnan(in[best * step]); i++) {
    float value = in[i * step];
    if (isnan(value) || (largest ? value > in[best * step] : value < in[best * step])) best = i;
  }
  return best;
}

void ak_portable_softmax_f32(bool logarithm, const float *in, ptrdiff_t in_step, float *out,
                             ptrdiff_t out_step, ptrdiff_t count) {
  float largest = in[0];
  for (ptrdiff_t i = 1; i < count; i++) largest = fold(AK_PORTABLE_LARGEST, largest, in[i * in_step]);
  float sum = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    float power = expf(in[i * in_step] - largest);
    if (!logarithm) out[i * out_step] = power;
    sum += power;
  }
  float shift = logarithm ? logf(sum) : 0.0f;
  for (ptrdiff_t i = 0; i < count; i++)
    out[i * out_step] = logarithm ? in[i * in_step] - largest - shift : out[i * out_step] / sum;
}
