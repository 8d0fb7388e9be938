#include <math.h>

#include "../fixed_point/ak_rounding.h"
#include "ak_softmax.h"
#include "row_maximum.h"

static float reciprocal_of_one_plus(float x) { return 1.0f / (1.0f + x); }

static int16_t q15(float x) { return (int16_t)(x < -32768.f ? -32768.f : x > 32767.f ? 32767.f : x); }

// 512 intervals of a function with values in [-1, 1]. Each sample is moved by half the error of a
// straight line at the middle of its interval.
static void fill(int16_t table[513], float (*function)(float), float from, float to) {
  float step = (to - from) / 512, half_step = step / 2;
  for (int i = 0; i < 512; i++) {
    float at = from + (float)i * step;
    float sample = roundf(function(at) * 32768.f);
    float next = function(from + (float)(i + 1) * step) * 32768.f;
    float line = roundf((next + sample) / 2);
    float middle = roundf(function(at + half_step) * 32768.f);
    table[i] = q15(sample - roundf((line - middle) / 2));
  }
  table[512] = q15(roundf(function(to) * 32768.f));
}

void ak_softmax_fill_tables(ak_softmax_tables *tables) {
  fill(tables->exp, expf, -10, 0);
  fill(tables->reciprocal, reciprocal_of_one_plus, 0, 1);
}

// Interpolates between the 128-wide intervals of a table over all of int16.
static int32_t look_up(const int16_t table[513], int32_t x) {
  int32_t at = 256 + (x >> 7), slope = table[at + 1] - table[at];
  return table[at] + ((slope * (x & 0x7F) + 64) >> 7);
}

void ak_softmax_s16(const int16_t *in, int16_t *out, ptrdiff_t rows, ptrdiff_t depth, ak_multiplier scale,
                    const ak_softmax_tables *tables) {
  for (; rows > 0; rows--, in += depth, out += depth) {
    int32_t max = row_maximum_s16(in, depth);
    int32_t sum = 0; // Q16.15
    for (ptrdiff_t c = 0; c < depth; c++) {
      // -65535 stands for -10; the table is centred on its middle.
      int32_t x = ak_clamp_s32(ak_wrapping_add(ak_scale(in[c] - max, scale), 32767), -32768, 32767);
      out[c] = (int16_t)look_up(tables->exp, x);
      sum = ak_wrapping_add(sum, out[c]);
    }
    int32_t headroom = sum == 0 ? 31 : __builtin_clz((uint32_t)sum) - 1;
    int32_t shifted = (int32_t)(((int64_t)sum * (INT64_C(1) << headroom) + (1 << 13)) >> 14);
    int32_t x = ak_clamp_s32(shifted - (1 << 15) - (1 << 16), -32768, 32767);
    int32_t reciprocal = look_up(tables->reciprocal, x);
    int32_t right = 30 - headroom;
    int64_t half = right > 0 ? INT64_C(1) << (right - 1) : 0;
    for (ptrdiff_t c = 0; c < depth; c++)
      out[c] = (int16_t)ak_clamp_s32(
          (int32_t)((out[c] * (int64_t)reciprocal + half) >> (right > 0 ? right : 0)), 0, 32767);
  }
}
