#include "ak_vectorized.h"

void ak_repeat_channels_s8(const int8_t *input, ptrdiff_t count, ptrdiff_t times, int8_t *output) {
  if (times == 2) { // The common case, which the compiler makes vectors of.
    for (ptrdiff_t i = 0; i < count; i++) output[2 * i] = output[2 * i + 1] = input[i];
    return;
  }
  for (ptrdiff_t i = 0; i < count; i++, output += times)
    for (ptrdiff_t j = 0; j < times; j++) output[j] = input[i];
}

void ak_repeat_channels_f32(const float *input, ptrdiff_t count, ptrdiff_t times, float *output) {
  for (ptrdiff_t i = 0; i < count; i++, output += times)
    for (ptrdiff_t j = 0; j < times; j++) output[j] = input[i];
}
