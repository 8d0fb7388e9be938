#include <math.h>

#include "ak_elementwise.h"

static float round_half_to_even(float x) {
  float below = floorf(x);
  float fraction = x - below;
  if (fraction < 0.5f) return below;
  if (fraction > 0.5f) return below + 1.0f;
  return fmodf(below, 2.0f) == 0.0f ? below : below + 1.0f;
}

// The device avoids exp of a large argument by these two asymptotes; the cut-offs are part of the result.
static float logistic(float x) {
  if (x > 16.619047164916992188f) return 1.0f;
  if (x < -9.f) return expf(x);
  return 1.f / (1.f + expf(-x));
}

static float hard_swish(float x) {
  float shifted = x + 3 < 0 ? 0 : x + 3;
  return x * (shifted > 6 ? 6 : shifted) / 6;
}

#define MAP(value)                                                                                           \
  for (ptrdiff_t i = 0; i < count; i++) {                                                                    \
    float x = in[i];                                                                                         \
    out[i] = value;                                                                                          \
  }                                                                                                          \
  break

void ak_map_f32(ak_function function, const float *in, float *out, ptrdiff_t count) {
  switch (function) {
  case AK_ABS:
    MAP(fabsf(x));
  case AK_CEIL:
    MAP(ceilf(x));
  case AK_COS:
    MAP(cosf(x));
  case AK_ELU:
    MAP(x < 0.0f ? expm1f(x) : x);
  case AK_EXP:
    MAP(expf(x));
  case AK_FLOOR:
    MAP(floorf(x));
  case AK_HARD_SWISH:
    MAP(hard_swish(x));
  case AK_LOG:
    MAP(logf(x));
  case AK_LOGISTIC:
    MAP(logistic(x));
  case AK_NEG:
    MAP(-x);
  case AK_RELU:
    MAP(x < 0 ? 0 : x);
  case AK_RELU6:
    MAP(x > 6 ? 6 : x < 0 ? 0 : x);
  case AK_ROUND:
    MAP(round_half_to_even(x));
  case AK_RSQRT:
    MAP(1.f / sqrtf(x));
  case AK_SIN:
    MAP(sinf(x));
  case AK_SQRT:
    MAP(sqrtf(x));
  case AK_SQUARE:
    MAP(x * x);
  case AK_TANH:
    MAP(tanhf(x));
  }
}

void ak_leaky_relu_f32(float alpha, const float *in, float *out, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = in[i] > 0 ? in[i] : in[i] * alpha;
}
