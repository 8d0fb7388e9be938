// ADD, MUL and sums over rows of int8, for whichever vectors were included before this file.

/// One factor for all lanes.
AK_INLINE vector_scale scale_for_all(const packed_scale *scale) {
  int32_t scales[PACKED_SCALE_ARRAYS * LANES];
  for (int i = 0; i < LANES; i++) {
    scales[PACKED_MULTIPLIER * LANES + i] = (int32_t)scale->multiplier;
    scales[PACKED_CORRECTION * LANES + i] = (int32_t)scale->correction;
    scales[PACKED_HALF * LANES + i] = scale->half;
    scales[PACKED_SHIFT * LANES + i] = scale->shift;
  }
  return vector_scale_load(scales);
}

/// Codes as ADD scales them. `halved` says that the factor is 1/2, which takes a shift and no rounding.
AK_INLINE vector add_operand(const bool halved, const int8_t *codes, ptrdiff_t count, vector zero,
                             int32_t left_shift, const vector_scale *scale) {
  vector distance = vector_subtract(vector_load_codes(codes, count), zero);
  if (halved) return vector_shift_left(distance, left_shift - 1);
  return vector_requantize(vector_shift_left(distance, left_shift), scale);
}

AK_INLINE void add_row(const bool halved, const int8_t *a, const int8_t *b, int8_t *out, ptrdiff_t count,
                       const ak_binary_quantization *q, const packed_scale scales[3]) {
  const vector a_zero = vector_set(q->a_zero_point), b_zero = vector_set(q->b_zero_point);
  const vector_scale a_scale = scale_for_all(&scales[0]), b_scale = scale_for_all(&scales[1]);
  const vector_scale out_scale = scale_for_all(&scales[2]);
  const vector_range range = vector_range_of(q->activation_min, q->activation_max);
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    vector scaled = add_operand(halved, a + i, count - i, a_zero, q->left_shift, &a_scale);
    vector sum = vector_add(scaled, add_operand(false, b + i, count - i, b_zero, q->left_shift, &b_scale));
    vector_store_codes(out + i, vector_requantize(sum, &out_scale), &range, count - i);
  }
}

static inline bool is_half(ak_multiplier m) { return m.mantissa == 1 << 30 && m.shift == 0; }

/// The factor of the operand with the larger scale is 1/2 exactly, as factors of ADD are chosen.
AK_TARGET void AK_VARIANT_NAME(add_s8)(const int8_t *a, const int8_t *b, int8_t *out, ptrdiff_t count,
                                       const ak_binary_quantization *q, const packed_scale scales[3]) {
  if (q->left_shift > 0 && is_half(q->a_scale)) return add_row(true, a, b, out, count, q, scales);
  if (q->left_shift == 0 || !is_half(q->b_scale)) return add_row(false, a, b, out, count, q, scales);
  ak_binary_quantization swapped = *q;
  swapped.a_zero_point = q->b_zero_point, swapped.b_zero_point = q->a_zero_point;
  const packed_scale swapped_scales[3] = {scales[1], scales[0], scales[2]};
  add_row(true, b, a, out, count, &swapped, swapped_scales);
}

AK_TARGET void AK_VARIANT_NAME(mul_s8)(const int8_t *a, const int8_t *b, int8_t *out, ptrdiff_t count,
                                       const ak_binary_quantization *q, const packed_scale scales[3]) {
  const vector a_zero = vector_set(q->a_zero_point), b_zero = vector_set(q->b_zero_point);
  const vector_scale out_scale = scale_for_all(&scales[2]);
  const vector_range range = vector_range_of(q->activation_min, q->activation_max);
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    vector a_codes = vector_subtract(vector_load_codes(a + i, count - i), a_zero);
    vector b_codes = vector_subtract(vector_load_codes(b + i, count - i), b_zero);
    vector product = vector_requantize(vector_multiply(a_codes, b_codes), &out_scale);
    vector_store_codes(out + i, product, &range, count - i);
  }
}

AK_TARGET void AK_VARIANT_NAME(reduce_sum_s8)(const int8_t *in, ptrdiff_t count, int32_t *sums) {
  for (ptrdiff_t i = 0; i < count; i++) sums[i] = (int32_t)((uint32_t)sums[i] + (uint32_t)(int32_t)in[i]);
}
