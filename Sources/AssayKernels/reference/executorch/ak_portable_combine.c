#include <math.h>

#include "ak_portable.h"

static float larger(float a, float b) { return a > b || isnan(a) ? a : b; }

static float smaller(float a, float b) { return a < b || isnan(a) ? a : b; }

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
    EACH(uint8_t, A >= B)

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
    case AK_PORTABLE_POWER:                                                                                  \
    case AK_PORTABLE_PRELU:                                                                                  \
      break;                                                                                                 \
      COMPARISONS;                                                                                           \
    }                                                                                                        \
  }

COMBINE_INTEGERS(ak_portable_combine_s64, int64_t, uint64_t)
COMBINE_INTEGERS(ak_portable_combine_s32, int32_t, uint32_t)
