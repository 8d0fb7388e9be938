// Numbers for cases: the same on every run, from a seed that a failing case can print.
#ifndef CASE_RANDOM_H
#define CASE_RANDOM_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t state;
} case_random;

static inline uint32_t case_next(case_random *random) {
  random->state = random->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(random->state >> 33);
}

/// A number in [low, high].
static inline int32_t case_between(case_random *random, int32_t low, int32_t high) {
  return low + (int32_t)(case_next(random) % (uint32_t)(high - low + 1));
}

static inline void case_fill_s8(case_random *random, int8_t *out, ptrdiff_t count, int32_t low,
                                int32_t high) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = (int8_t)case_between(random, low, high);
}

/// Quarters between -2 and 2: sums of products of these are exact in float32.
static inline void case_fill_f32(case_random *random, float *out, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = (float)case_between(random, -8, 8) / 4;
}

#endif
