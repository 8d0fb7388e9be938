// What the vector units reach at best, for whichever vectors were included before this file: sums in
// registers, nothing loaded or stored.

enum { PEAK_SUMS = 12 };

AK_TARGET int64_t AK_VARIANT_NAME(peak_s8)(ptrdiff_t rounds, int32_t *sink) {
  vector codes = vector_set(0x01010101), weights = vector_set(0x02020202), sums[PEAK_SUMS];
  AK_UNROLL for (int i = 0; i < PEAK_SUMS; i++) sums[i] = vector_set(i);
  for (ptrdiff_t r = 0; r < rounds; r++) {
    VECTOR_OPAQUE(codes);
    AK_UNROLL for (int i = 0; i < PEAK_SUMS; i++) sums[i] = vector_dot(sums[i], codes, weights);
  }
  vector total = vector_zero();
  AK_UNROLL for (int i = 0; i < PEAK_SUMS; i++) total = vector_add(total, sums[i]);
  *sink = vector_total(total);
  return (int64_t)rounds * PEAK_SUMS * LANES * GROUP;
}

AK_TARGET int64_t AK_VARIANT_NAME(peak_f32)(ptrdiff_t rounds, float *sink) {
  f32_vector a = f32_set(1), b = f32_set(0.5f), sums[PEAK_SUMS];
  AK_UNROLL for (int i = 0; i < PEAK_SUMS; i++) sums[i] = f32_set((float)i);
  for (ptrdiff_t r = 0; r < rounds; r++) {
    AK_UNROLL for (int i = 0; i < PEAK_SUMS; i++) {
      VECTOR_OPAQUE(a);
      sums[i] = f32_add_product(sums[i], a, b);
    }
  }
  f32_vector total = f32_zero();
  AK_UNROLL for (int i = 0; i < PEAK_SUMS; i++) total = f32_add(total, sums[i]);
  f32_store_part(sink, total, 1);
  return (int64_t)rounds * PEAK_SUMS * LANES;
}
