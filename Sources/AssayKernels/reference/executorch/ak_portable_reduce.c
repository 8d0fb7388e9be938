#include <math.h>

#include "ak_portable.h"

static float fold(ak_portable_reduction kind, float sum, float value) {
  switch (kind) {
  case AK_PORTABLE_SUM:
  case AK_PORTABLE_MEAN:
  case AK_PORTABLE_LOG_SUM:
    return sum + value;
  case AK_PORTABLE_MAGNITUDES:
    return sum + fabsf(value);
  case AK_PORTABLE_SQUARES:
  case AK_PORTABLE_NORM:
    return sum + value * value;
  case AK_PORTABLE_LOG_SUM_OF_EXP:
  case AK_PORTABLE_PRODUCT:
    return sum * value;
  case AK_PORTABLE_LARGEST:
    return value > sum || isnan(value) ? value : sum;
  case AK_PORTABLE_SMALLEST:
    return value < sum || isnan(value) ? value : sum;
  }
  return sum;
}

static float log_sum_of_exp(const float *in, const ptrdiff_t *places, ptrdiff_t count) {
  float largest = ak_portable_reduce_f32(AK_PORTABLE_LARGEST, in, places, count);
  if (!isfinite(largest)) return largest;
  float sum = 0;
  for (ptrdiff_t i = 0; i < count; i++) sum += expf(in[places[i]] - largest);
  return logf(sum) + largest;
}

float ak_portable_reduce_f32(ak_portable_reduction kind, const float *in, const ptrdiff_t *places,
                             ptrdiff_t count) {
  if (kind == AK_PORTABLE_LOG_SUM_OF_EXP && count > 0) return log_sum_of_exp(in, places, count);
  bool picks = kind == AK_PORTABLE_LARGEST || kind == AK_PORTABLE_SMALLEST || kind == AK_PORTABLE_PRODUCT;
  float result = picks && count > 0 ? in[places[0]] : kind == AK_PORTABLE_PRODUCT ? 1.0f : 0.0f;
  for (ptrdiff_t i = picks ? 1 : 0; i < count; i++) result = fold(kind, result, in[places[i]]);
  if (kind == AK_PORTABLE_NORM) return sqrtf(result);
  if (kind == AK_PORTABLE_LOG_SUM) return logf(result);
  return kind == AK_PORTABLE_MEAN ? result / (float)count : result;
}

int64_t ak_portable_reduce_s64(ak_portable_reduction kind, const int64_t *in, const ptrdiff_t *places,
                               ptrdiff_t count) {
  uint64_t sum = kind == AK_PORTABLE_PRODUCT ? 1 : 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    int64_t value = in[places[i]];
    if (kind == AK_PORTABLE_SUM) sum += (uint64_t)value;
    if (kind == AK_PORTABLE_PRODUCT) sum *= (uint64_t)value;
    bool replaces = i == 0 || (kind == AK_PORTABLE_LARGEST ? value > (int64_t)sum : value < (int64_t)sum);
    if ((kind == AK_PORTABLE_LARGEST || kind == AK_PORTABLE_SMALLEST) && replaces) sum = (uint64_t)value;
  }
  return (int64_t)sum;
}

float ak_portable_variance_f32(const float *in, const ptrdiff_t *places, ptrdiff_t count, float divisor) {
  float sum = 0;
  for (ptrdiff_t i = 0; i < count; i++) sum += in[places[i]];
  float mean = sum / (float)count;
  float squares = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    float difference = in[places[i]] - mean;
    squares += difference * difference;
  }
  return squares / divisor;
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
