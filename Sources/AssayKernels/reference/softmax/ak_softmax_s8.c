#include "../fixed_point/ak_rounding.h"
#include "ak_fixed_point.h"
#include "ak_softmax.h"
#include "row_maximum.h"

void ak_softmax_fill_exps(const ak_softmax_quantization *q, int32_t exps[256]) {
  for (int32_t below = 0; below < 256; below++) {
    int32_t q5 = ak_high_multiply(ak_wrapping_shift_left(-below, q->scale.shift), q->scale.mantissa);
    exps[below] = -below >= q->smallest_difference ? ak_exp_of_nonpositive(q5, 5) : 0;
  }
}

// The sum over a row in Q12.19.
static int64_t sum_of_exps(const int8_t *in, ptrdiff_t depth, int32_t max, const int32_t exps[256]) {
  int64_t sum = 0;
  for (ptrdiff_t c = 0; c < depth; c++) sum += ak_rounding_shift_right(exps[max - in[c]], 12);
  return sum;
}

// What a row's exponentials are multiplied by, and the shift to `bits` output bits that follows.
typedef struct {
  int32_t reciprocal, shift;
} normaliser;

// False when the shift would leave the 31 bits there are.
static bool normalise(int64_t sum, int32_t bits, normaliser *n) {
  if (sum > INT32_MAX) return false;
  int32_t bits_over_unit;
  n->reciprocal = ak_reciprocal((int32_t)sum, 12, &bits_over_unit);
  n->shift = bits_over_unit + 31 - bits;
  return n->shift >= 0 && n->shift <= 31;
}

static int32_t code_of(int32_t exponential, normaliser n, int32_t bits) {
  int32_t min = -(1 << (bits - 1)), max = (1 << (bits - 1)) - 1;
  int32_t share = ak_rounding_shift_right(ak_high_multiply(n.reciprocal, exponential), n.shift);
  return ak_clamp_s32(share + min, min, max);
}

#define SOFTMAX(name, type, bits)                                                                            \
  bool name(const int8_t *in, type *out, ptrdiff_t rows, ptrdiff_t depth, const int32_t exps[256]) {         \
    for (; rows > 0; rows--, in += depth, out += depth) {                                                    \
      int32_t max = row_maximum_s8(in, depth);                                                               \
      normaliser n;                                                                                          \
      if (!normalise(sum_of_exps(in, depth, max, exps), bits, &n)) return false;                             \
      for (ptrdiff_t c = 0; c < depth; c++) out[c] = (type)code_of(exps[max - in[c]], n, bits);              \
    }                                                                                                        \
    return true;                                                                                             \
  }

SOFTMAX(ak_softmax_s8, int8_t, 8)
SOFTMAX(ak_softmax_s8_s16, int16_t, 16)
