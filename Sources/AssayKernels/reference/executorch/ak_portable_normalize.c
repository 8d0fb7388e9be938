#include <math.h>
#include <string.h>

#include "ak_portable.h"

void ak_portable_layer_norm_f32(const float *in, ptrdiff_t rows, ptrdiff_t count, const float *scale,
                                const float *shift, float epsilon, float *out) {
  for (ptrdiff_t row = 0; row < rows; row++, in += count, out += count) {
    float sum = 0;
    float squares = 0;
    for (ptrdiff_t i = 0; i < count; i++) sum += in[i];
    for (ptrdiff_t i = 0; i < count; i++) squares += in[i] * in[i];
    float mean = sum / (float)count;
    float variance = squares / (float)count - mean * mean;
    float deviation = sqrtf(variance + epsilon);
    for (ptrdiff_t i = 0; i < count; i++) {
      float value = (in[i] - mean) / deviation;
      if (scale) value = value * scale[i];
      out[i] = shift ? value + shift[i] : value;
    }
  }
}

void ak_portable_group_norm_f32(const float *in, ptrdiff_t groups, ptrdiff_t channels, ptrdiff_t plane,
                                const float *scale, const float *shift, double epsilon, float *out) {
  ptrdiff_t count = channels * plane;
  for (ptrdiff_t group = 0; group < groups; group++, in += count, out += count) {
    float sum = 0;
    float squares = 0;
    for (ptrdiff_t i = 0; i < count; i++) sum += in[i];
    for (ptrdiff_t i = 0; i < count; i++) squares += in[i] * in[i];
    double mean = (double)sum / (double)count;
    double factor = 1.0 / sqrt((double)squares / (double)count - mean * mean + epsilon);
    for (ptrdiff_t c = 0; c < channels; c++) {
      double by = factor * (scale ? (double)scale[group * channels + c] : 1.0);
      double start = -by * mean + (shift ? (double)shift[group * channels + c] : 0.0);
      for (ptrdiff_t i = c * plane; i < (c + 1) * plane; i++) out[i] = (float)((double)in[i] * by + start);
    }
  }
}

void ak_portable_statistics_f32(const float *in, const ptrdiff_t *places, ptrdiff_t count, float *mean,
                                float *variance) {
  float sum = 0;
  float squares = 0;
  for (ptrdiff_t i = 0; i < count; i++) sum += in[places[i]];
  for (ptrdiff_t i = 0; i < count; i++) squares += in[places[i]] * in[places[i]];
  *mean = sum / (float)count;
  *variance = squares / (float)count - *mean * *mean;
}

void ak_portable_normalize_f32(ak_portable_normal by, const float *in, ptrdiff_t in_step, float *out,
                               ptrdiff_t out_step, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++)
    out[i * out_step] = (in[i * in_step] - by.mean) * by.factor * by.scale + by.shift;
}

void ak_portable_embedding(const uint8_t *in, ptrdiff_t slice_bytes, const int64_t *indices, ptrdiff_t count,
                           uint8_t *out) {
  for (ptrdiff_t i = 0; i < count; i++)
    memcpy(out + i * slice_bytes, in + indices[i] * slice_bytes, (size_t)slice_bytes);
}
