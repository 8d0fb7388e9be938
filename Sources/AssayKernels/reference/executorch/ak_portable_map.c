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
  return x - floorf(x) == 0.5f ? roundf(x * 0.5f) * 2.0f : roundf(x);
}

static float mish(float x) { return x * tanhf(x > 20 ? x : log1pf(expf(x))); }

static float shrunk(float x, float width, float bias) {
  if (x < -width) return x + bias;
  return x > width ? x - bias : 0.0f;
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
  case AK_PORTABLE_ACOS:
    MAP(acosf(x));
  case AK_PORTABLE_ACOSH:
    MAP(acoshf(x));
  case AK_PORTABLE_ASIN:
    MAP(asinf(x));
  case AK_PORTABLE_ASINH:
    MAP(asinhf(x));
  case AK_PORTABLE_ATAN:
    MAP(atanf(x));
  case AK_PORTABLE_ATANH:
    MAP(atanhf(x));
  case AK_PORTABLE_CELU:
    MAP(x > 0 ? x : p * expm1f(x / p));
  case AK_PORTABLE_COSH:
    MAP(coshf(x));
  case AK_PORTABLE_EXPM1:
    MAP(expm1f(x));
  case AK_PORTABLE_LOG10:
    MAP(log10f(x));
  case AK_PORTABLE_LOG1P:
    MAP(log1pf(x));
  case AK_PORTABLE_LOG2:
    MAP(log2f(x));
  case AK_PORTABLE_MISH:
    MAP(mish(x));
  case AK_PORTABLE_POWER_OF:
    MAP(powf(p, x));
  case AK_PORTABLE_QUICK_GELU:
    MAP(x * (1.0f / (1.0f + expf(-p * x))));
  case AK_PORTABLE_SHRINK:
    MAP(shrunk(x, p, q));
  case AK_PORTABLE_SIGN:
    MAP(isnan(x) ? x : (float)((x > 0) - (x < 0)));
  case AK_PORTABLE_SINH:
    MAP(sinhf(x));
  case AK_PORTABLE_SOFTSIGN:
    MAP(x / (1.0f + fabsf(x)));
  case AK_PORTABLE_TAN:
    MAP(tanf(x));
  case AK_PORTABLE_THRESHOLD:
    MAP(x > p ? x : 0.0f);
  case AK_PORTABLE_TRUNC:
    MAP(truncf(x));
  }
}

void ak_portable_ask_f32(ak_portable_question question, const float *in, uint8_t *out, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++)
    out[i] = question == AK_PORTABLE_IS_ZERO  ? in[i] == 0
             : question == AK_PORTABLE_IS_NAN ? isnan(in[i]) != 0
                                              : isinf(in[i]) != 0;
}
