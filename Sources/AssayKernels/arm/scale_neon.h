// Requantizing and averaging on Advanced SIMD; part of `vector_neon.h`.
#ifndef AK_SCALE_NEON_H
#define AK_SCALE_NEON_H

/// `packed_scale` of every lane, as the instructions want it: right shifts are negative.
typedef struct {
  vector mantissa, half, right;
} vector_scale;

AK_INLINE vector_scale vector_scale_load(const int32_t *scales) {
  vector multiplier = vector_load(scales + PACKED_MULTIPLIER * LANES);
  return (vector_scale){
      // Twice the mantissa, taken back: `vqrdmulhq_s32` doubles by itself.
      .mantissa = {vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_s32(multiplier.low), 1)),
                   vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_s32(multiplier.high), 1))},
      .half = vector_load(scales + PACKED_HALF * LANES),
      .right = vector_subtract(vector_zero(), vector_load(scales + PACKED_SHIFT * LANES)),
  };
}

/// The first rounding is the instruction: (2 x mantissa + 2^31) >> 32, half upward. (It saturates for two
/// factors of -2^31 only, which packing excludes.) The second, half away from zero, takes 1 off below zero
/// where there is a right shift: that is where both the sum and the negated shift have their sign bits.
AK_INLINE int32x4_t vector_requantize_half(int32x4_t sums, int32x4_t mantissa, int32x4_t half,
                                           int32x4_t right) {
  int32x4_t scaled = vqrdmulhq_s32(sums, mantissa);
  int32x4_t nudged = vsraq_n_s32(vaddq_s32(scaled, half), vandq_s32(scaled, right), 31);
  return vshlq_s32(nudged, right);
}

AK_INLINE vector vector_requantize(vector sums, const vector_scale *s) {
  return (vector){vector_requantize_half(sums.low, s->mantissa.low, s->half.low, s->right.low),
                  vector_requantize_half(sums.high, s->mantissa.high, s->half.high, s->right.high)};
}

AK_INLINE int32x4_t vector_average_half(int32x4_t sums, int32x4_t half, float32x4_t cells) {
  uint32x4_t positive = vcgtzq_s32(sums);
  int32x4_t nudged = vbslq_s32(positive, vaddq_s32(sums, half), vsubq_s32(sums, half));
  return vcvtq_s32_f32(vdivq_f32(vcvtq_f32_s32(nudged), cells));
}

/// Sums of at most 2^15 codes over their number, half away from zero. The quotient of two integers below
/// 2^24 is never rounded up to the next integer.
AK_INLINE vector vector_average(vector sums, int32_t cells) {
  int32x4_t half = vdupq_n_s32(cells / 2);
  float32x4_t divisor = vdupq_n_f32((float)cells);
  return (vector){vector_average_half(sums.low, half, divisor),
                  vector_average_half(sums.high, half, divisor)};
}

#endif
