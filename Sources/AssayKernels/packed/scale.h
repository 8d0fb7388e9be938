// Requantization in the form that vectors compute: one product and one shift, with the bits of
// `ak_requantize`.
//
// Rounding twice, y = (x * mantissa + 2^30) >> 31 and then y / 2^right half away from zero, is
//
//     (high 32 bits of (x * 2 mantissa + 2^31 + half * 2^32), less 1 where x < 0) >> right,
//
// half = 2^(right - 1), since floors of floors nest; without a right shift half and the 1 fall away.
// (Where x < 0 but y = 0, taking 1 off changes nothing: half - 1 still shifts to 0.) The product is
// taken unsigned, which for x < 0 is 2 mantissa too much in the high half: `correction` is both.
#ifndef AK_PACKED_SCALE_H
#define AK_PACKED_SCALE_H
#include <stdlib.h>

#include "layout.h"

/// Adding the output's zero point to the result is adding it, shifted left, to `half`.
typedef struct {
  uint32_t multiplier, correction;
  int32_t half, shift;
} packed_scale;

/// Sums must stay below this by magnitude so that nothing above overflows.
enum { PACKED_SUM_LIMIT = 1 << 30 };
/// @param bound  no sum is larger by magnitude; below PACKED_SUM_LIMIT.
///
/// False for factors of 1 and more and for negative ones, which are rare and left to the reference.
static inline bool packed_scale_of(ak_multiplier m, int64_t bound, int32_t zero_point, packed_scale *out) {
  if (m.shift > 0 || m.mantissa < 0) return false;
  int32_t right = -m.shift, half = right > 0 ? (int32_t)1 << (right - 1) : 0;
  int64_t nudge = half + zero_point * ((int64_t)1 << right);
  if (bound + llabs(nudge) > INT32_MAX) {
    // Channels that training has switched off have tiny factors: all their results are 0.
    *out = (packed_scale){.half = zero_point};
    return bound < half;
  }
  out->multiplier = (uint32_t)m.mantissa * 2;
  out->correction = out->multiplier + (right > 0 ? 1 : 0);
  out->half = (int32_t)nudge;
  out->shift = right;
  return true;
}

#endif
