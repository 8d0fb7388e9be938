#include <math.h>

#include "ak_portable.h"

static float larger(float a, float b) { return a > b || isnan(a) ? a : b; }

static float smaller(float a, float b) { return a < b || isnan(a) ? a : b; }

static float remainder_of(float a, float b) {
  float rest = fmodf(a, b);
  return rest != 0 && (b < 0) != (rest < 0) ? rest + b : rest;
}

// As Python divides: the quotient of what is divisible, corrected by the rounding of that division.
static float floor_quotient(float a, float b) {
  if (b == 0) return a / b;
  float rest = fmodf(a, b);
  float quotient = (a - rest) / b;
  if (rest != 0 && (b < 0) != (rest < 0)) quotient -= 1.0f;
  if (quotient == 0) return copysignf(0.0f, a / b);
  float whole = floorf(quotient);
  return quotient - whole > 0.5f ? whole + 1.0f : whole;
}

#define EACH(type, value)                                                                                    \
  for (ptrdiff_t i = 0; i < count; i++) ((type *)out)[i * out_step] = (type)(value);                         \
  break
#define A a[i * a_step]
#define B b[i * b_step]

#define COMPARISONS                                                                                          \
  case AK_PORTABLE_EQ:                                                                                       \
    EACH(uint8_t, A == B);                                                                                   \
  case AK_PORTABLE_NE:                                                                                       \
    EACH(uint8_t, A != B);                                                                                   \
  case AK_PORTABLE_LT:                                                                                       \
    EACH(uint8_t, A < B);                                                                                    \
  case AK_PORTABLE_LE:                                                                                       \
    EACH(uint8_t, A <= B);                                                                                   \
  case AK_PORTABLE_GT:                                                                                       \
    EACH(uint8_t, A > B);                                                                                    \
  case AK_PORTABLE_GE:                                                                                       \
    EACH(uint8_t, A >= B);                                                                                   \
  case AK_PORTABLE_BOTH:                                                                                     \
    EACH(uint8_t, A != 0 && B != 0);                                                                         \
  case AK_PORTABLE_EITHER:                                                                                   \
    EACH(uint8_t, A != 0 || B != 0);                                                                         \
  case AK_PORTABLE_ONE:                                                                                      \
    EACH(uint8_t, (A != 0) != (B != 0))

void ak_portable_combine_f32(ak_portable_operation operation, float alpha, const float *a, ptrdiff_t a_step,
                             const float *b, ptrdiff_t b_step, void *out, ptrdiff_t out_step,
                             ptrdiff_t count) {
  switch (operation) {
  case AK_PORTABLE_ADD:
    EACH(float, A + alpha * B);
  case AK_PORTABLE_SUB:
    EACH(float, A - alpha * B);
  case AK_PORTABLE_MUL:
    EACH(float, A *B);
  case AK_PORTABLE_DIV:
    EACH(float, A / B);
  case AK_PORTABLE_MAXIMUM:
    EACH(float, larger(A, B));
  case AK_PORTABLE_MINIMUM:
    EACH(float, smaller(A, B));
  case AK_PORTABLE_POWER:
    EACH(float, powf(A, B));
  case AK_PORTABLE_PRELU:
    EACH(float, A < 0 ? A * B : A);
  case AK_PORTABLE_ARC_TANGENT:
    EACH(float, atan2f(A, B));
  case AK_PORTABLE_DIV_FLOOR:
    EACH(float, floor_quotient(A, B));
  case AK_PORTABLE_DIV_TRUNC:
    EACH(float, truncf(A / B));
  case AK_PORTABLE_FMOD:
    EACH(float, fmodf(A, B));
  case AK_PORTABLE_REMAINDER:
    EACH(float, remainder_of(A, B));
  case AK_PORTABLE_AND:
  case AK_PORTABLE_OR:
  case AK_PORTABLE_XOR:
    break;
    COMPARISONS;
  }
}

// Wrapping arithmetic through unsigned integers; `type` may be negative without trapping.
#define COMBINE_INTEGERS(name, type, wide)                                                                   \
  void name(ak_portable_operation operation, type alpha, const type *a, ptrdiff_t a_step, const type *b,     \
            ptrdiff_t b_step, void *out, ptrdiff_t out_step, ptrdiff_t count) {                              \
    switch (operation) {                                                                                     \
    case AK_PORTABLE_ADD:                                                                                    \
      EACH(type, (wide)A + (wide)alpha * (wide)B);                                                           \
    case AK_PORTABLE_SUB:                                                                                    \
      EACH(type, (wide)A - (wide)alpha * (wide)B);                                                           \
    case AK_PORTABLE_MUL:                                                                                    \
      EACH(type, (wide)A *(wide)B);                                                                          \
    case AK_PORTABLE_DIV:                                                                                    \
      EACH(type, B == 0 ? 0 : B == -1 ? (type)(0 - (wide)A) : A / B);                                        \
    case AK_PORTABLE_MAXIMUM:                                                                                \
      EACH(type, A > B ? A : B);                                                                             \
    case AK_PORTABLE_MINIMUM:                                                                                \
      EACH(type, A < B ? A : B);                                                                             \
    case AK_PORTABLE_DIV_TRUNC:                                                                              \
      EACH(type, B == 0 ? 0 : B == -1 ? (type)(0 - (wide)A) : A / B);                                        \
    case AK_PORTABLE_DIV_FLOOR:                                                                              \
      EACH(type, B == 0 ? 0 : B == -1 ? (type)(0 - (wide)A) : A / B - (A % B != 0 && (A < 0) != (B < 0)));   \
    case AK_PORTABLE_FMOD:                                                                                   \
      EACH(type, B == 0 || B == -1 ? 0 : A % B);                                                             \
    case AK_PORTABLE_REMAINDER:                                                                              \
      EACH(type, B == 0 || B == -1 ? 0 : A % B + (A % B != 0 && (A < 0) != (B < 0) ? B : 0));                \
    case AK_PORTABLE_AND:                                                                                    \
      EACH(type, A &B);                                                                                      \
    case AK_PORTABLE_OR:                                                                                     \
      EACH(type, A | B);                                                                                     \
    case AK_PORTABLE_XOR:                                                                                    \
      EACH(type, A ^ B);                                                                                     \
    case AK_PORTABLE_POWER:                                                                                  \
    case AK_PORTABLE_PRELU:                                                                                  \
    case AK_PORTABLE_ARC_TANGENT:                                                                            \
      break;                                                                                                 \
      COMPARISONS;                                                                                           \
    }                                                                                                        \
  }

COMBINE_INTEGERS(ak_portable_combine_s64, int64_t, uint64_t)
COMBINE_INTEGERS(ak_portable_combine_s32, int32_t, uint32_t)

void ak_portable_combine_u8(ak_portable_operation operation, uint8_t alpha, const uint8_t *a,
                            ptrdiff_t a_step, const uint8_t *b, ptrdiff_t b_step, void *out,
                            ptrdiff_t out_step, ptrdiff_t count) {
  switch (operation) {
  case AK_PORTABLE_ADD:
    EACH(uint8_t, A + alpha * B);
  case AK_PORTABLE_SUB:
    EACH(uint8_t, A - alpha * B);
  case AK_PORTABLE_MUL:
    EACH(uint8_t, A * B);
  case AK_PORTABLE_MAXIMUM:
    EACH(uint8_t, A > B ? A : B);
  case AK_PORTABLE_MINIMUM:
    EACH(uint8_t, A < B ? A : B);
  case AK_PORTABLE_AND:
    EACH(uint8_t, A & B);
  case AK_PORTABLE_OR:
    EACH(uint8_t, A | B);
  case AK_PORTABLE_XOR:
    EACH(uint8_t, A ^ B);
  case AK_PORTABLE_DIV:
  case AK_PORTABLE_DIV_FLOOR:
  case AK_PORTABLE_DIV_TRUNC:
  case AK_PORTABLE_FMOD:
  case AK_PORTABLE_REMAINDER:
  case AK_PORTABLE_POWER:
  case AK_PORTABLE_PRELU:
  case AK_PORTABLE_ARC_TANGENT:
    break;
    COMPARISONS;
  }
}
