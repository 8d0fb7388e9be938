#include <math.h>

#include "ak_portable.h"

// The product with 0.5 is in double precision, as C++ promotes it in the portable kernel.
static float gelu(float x) {
  if (isinf(x)) return x < 0 ? 0.0f : x;
  return (float)(0.5 * x * (1 + erf(x * 0.70710678118654752440)));
}

static float gelu_tanh(float x) {
  if (isinf(x)) return x < 0 ? 0.0f : x;
  const float beta = (float)(1.41421356237309504880 * 1.12837916709551257390 * 0.5);
  float cube = x * x * x;
  float inner = beta * (x + 0.044715f * cube);
  return (float)(0.5 * x * (1.0 + tanhf(inner)));
}

static float clamp(float x, float low, float high) {
  if (x < low) return low;
  return x > high ? high : x;
}

static float round_half_to_even(float x) {
  float below = floorf(x);
  float fraction = x - below;
  if (fraction < 0.5f) return below;
  if (fraction > 0.5f) return below + 1.0f;
  return fmodf(below, 2.0f) == 0.0f ? below : below + 1.0f;
}

#define MAP(value)                                                                                           \
  for (ptrdiff_t i = 0; i < count; i++) {                                                                    \
    float x = in[i];                                                                                         \
    out[i] = value;                                                                                          \
  }                                                                                                          \
  break

void ak_portable_map_f32(ak_portable_function function, float p, float q, const float *in, float *out,
                         ptrdiff_t count) {
  switch (function) {
  case AK_PORTABLE_ABS:
    MAP(fabsf(x));
  case AK_PORTABLE_CEIL:
    MAP(ceilf(x));
  case AK_PORTABLE_CLAMP:
    MAP(clamp(x, p, q));
  case AK_PORTABLE_COS:
    MAP(cosf(x));
  case AK_PORTABLE_ELU:
    MAP(x <= 0 ? p * expm1f(x) : x * q);
  case AK_PORTABLE_ERF:
    MAP(erff(x));
  case AK_PORTABLE_EXP:
    MAP(expf(x));
  case AK_PORTABLE_FLOOR:
    MAP(floorf(x));
  case AK_PORTABLE_GELU:
    MAP(gelu(x));
  case AK_PORTABLE_GELU_TANH:
    MAP(gelu_tanh(x));
  case AK_PORTABLE_HARD_SIGMOID:
    MAP(clamp(p * x + q, 0, 1));
  case AK_PORTABLE_HARD_SWISH:
    MAP(x * clamp(x * (1.0f / 6.0f) + 0.5f, 0, 1));
  case AK_PORTABLE_LEAKY_RELU:
    MAP(x >= 0 ? x : x * p);
  case AK_PORTABLE_LOG:
    MAP(logf(x));
  case AK_PORTABLE_NEG:
    MAP(-x);
  case AK_PORTABLE_POW:
    MAP(powf(x, p));
  case AK_PORTABLE_RECIPROCAL:
    MAP(1.0f / x);
  case AK_PORTABLE_RELU:
    MAP(x < 0 ? 0 : x);
  case AK_PORTABLE_ROUND:
    MAP(round_half_to_even(x));
  case AK_PORTABLE_RSQRT:
    MAP(1.0f / sqrtf(x));
  case AK_PORTABLE_SIGMOID:
    MAP(1.0f / (1.0f + expf(-x)));
  case AK_PORTABLE_SIN:
    MAP(sinf(x));
  case AK_PORTABLE_SOFTPLUS:
    MAP(x > 20 ? x : log1pf(expf(x)));
  case AK_PORTABLE_SQRT:
    MAP(sqrtf(x));
  case AK_PORTABLE_TANH:
    MAP(tanhf(x));
  }
}
