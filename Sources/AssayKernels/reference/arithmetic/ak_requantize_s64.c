#include "ak_requantize.h"

int32_t ak_requantize_s64(int64_t x, int32_t mantissa, int32_t shift) {
  // 48-bit sums leave 15 bits of a 64-bit product for the mantissa.
  int32_t reduced = mantissa < 0x7FFF0000 ? (mantissa + (1 << 15)) >> 16 : 0x7FFF;
  int32_t total_shift = 15 - shift;
  int64_t half = INT64_C(1) << (total_shift - 1);
  int64_t scaled = (int64_t)((uint64_t)x * (uint64_t)reduced + (uint64_t)half) >> total_shift;
  // The device's library narrows without saturating.
  return (int32_t)(uint32_t)(uint64_t)scaled;
}
