#include <float.h>
#include <math.h>

#include "assay_kernels.h"
#include "kernel_groups.h"

static void quantising_rounds_half_away_and_saturates(void **state) {
  (void)state;
  const float in[8] = {0.5f, -0.5f, 2.5f, -2.5f, 1e30f, -1e30f, NAN, INFINITY};
  const int8_t expected[8] = {1, -1, 3, -3, 127, -128, 0, 127};
  int8_t out[8];
  uint8_t unsigned_out[8];
  int16_t wide[8];
  int32_t widest[8];
  ak_quantize_s8(in, out, 8, 1, 0);
  for (size_t i = 0; i < 8; i++) assert_int_equal(out[i], expected[i]);
  ak_quantize_u8(in, unsigned_out, 8, 1, 255);
  assert_int_equal(unsigned_out[1], 254);
  assert_int_equal(unsigned_out[5], 0);
  ak_quantize_s16(in, wide, 8, 1, 0);
  assert_int_equal(wide[4], INT16_MAX);
  ak_quantize_s32(in, widest, 8, 1, 0);
  assert_int_equal(widest[4], INT32_MAX);
  assert_int_equal(widest[5], INT32_MIN);
}

static void scales_at_both_ends_of_float_are_taken(void **state) {
  (void)state;
  const float in[2] = {FLT_MIN, FLT_MAX};
  int8_t out[2];
  ak_quantize_s8(in, out, 2, FLT_MIN, -128);
  assert_int_equal(out[0], -127);
  assert_int_equal(out[1], 127);
  ak_quantize_s8(in, out, 2, FLT_MAX, -128);
  assert_int_equal(out[0], -128);
  assert_int_equal(out[1], -127);
}

static void dequantising_is_exact_to_the_last_bit(void **state) {
  (void)state;
  const int32_t wide[2] = {INT32_MAX, INT32_MIN};
  const int8_t codes[2] = {-128, 127};
  const uint8_t unsigned_codes[2] = {0, 255};
  float out[2];
  ak_dequantize_s8(codes, out, 2, 0.1f, 127);
  assert_true(out[0] == 0.1f * -255 && out[1] == 0);
  ak_dequantize_u8(unsigned_codes, out, 2, 0.5f, 255);
  assert_true(out[0] == -127.5f && out[1] == 0);
  ak_dequantize_s32(wide, out, 2, 0.1f, 0);
  assert_true(out[0] == (float)((double)0.1f * INT32_MAX) && out[1] == (float)((double)0.1f * INT32_MIN));
}

static void rescaling_meets_the_ends_of_both_types(void **state) {
  (void)state;
  const ak_rescale same = {0, 128, {1 << 30, 1}}, large = {0, 0, {1 << 30, 30}};
  const int8_t in[3] = {-128, 0, 127};
  uint8_t shifted[3];
  int16_t wide[3];
  int32_t widest[3];
  ak_rescale_s8_to_u8(in, shifted, 3, &same);
  assert_int_equal(shifted[0], 0);
  assert_int_equal(shifted[2], 255);
  ak_rescale_s8_to_s16(in, wide, 2, &(ak_rescale){0, 0, {1 << 30, 9}});
  assert_int_equal(wide[0], INT16_MIN);
  ak_rescale_s8_to_s32(in + 1, widest, 1, &large);
  assert_int_equal(widest[0], 0);
  const int32_t extremes[2] = {INT32_MIN, INT32_MAX};
  int8_t narrow[2];
  ak_rescale_s32_to_s8(extremes, narrow, 2, &(ak_rescale){0, 0, {1 << 30, -31}});
  assert_int_equal(narrow[0], -1);
  ak_rescale_s32_to_s8(extremes, narrow, 2, &(ak_rescale){0, 5, {0, 0}});
  assert_int_equal(narrow[1], 5);
}

static void casts_wrap_integers_and_truncate_floats(void **state) {
  (void)state;
  const int32_t in[3] = {256 + 7, -1, INT32_MIN};
  int8_t bytes[3];
  uint8_t truth[3];
  int64_t wide[3];
  ak_cast(AK_S32, in, AK_S8, bytes, 3);
  assert_true(bytes[0] == 7 && bytes[1] == -1 && bytes[2] == 0);
  ak_cast(AK_S32, in, AK_BOOL, truth, 3);
  assert_true(truth[0] == 1 && truth[1] == 1 && truth[2] == 1);
  ak_cast(AK_S32, in, AK_S64, wide, 3);
  assert_true(wide[2] == INT32_MIN);
  const float reals[5] = {-1.9f, 1e30f, -1e30f, NAN, 0.1f};
  int32_t integers[5];
  uint8_t flags[5];
  ak_cast(AK_F32, reals, AK_S32, integers, 5);
  assert_true(integers[0] == -1 && integers[1] == INT32_MAX && integers[2] == INT32_MIN && integers[3] == 0);
  ak_cast(AK_F32, reals, AK_S64, wide, 3);
  assert_true(wide[1] == INT64_MAX && wide[2] == INT64_MIN);
  ak_cast(AK_F32, reals, AK_BOOL, flags, 5);
  assert_true(flags[4] == 1);
}

static void casts_between_all_types_keep_one(void **state) {
  (void)state;
  for (ak_type from = AK_BOOL; from <= AK_F32; from++)
    for (ak_type to = AK_BOOL; to <= AK_F32; to++) {
      const uint8_t one = 1;
      uint8_t result = 0;
      union {
        int64_t s64;
        uint8_t bytes[8];
      } a = {0}, b = {0};
      ak_cast(AK_U8, &one, from, a.bytes, 1);
      ak_cast(from, a.bytes, to, b.bytes, 1);
      ak_cast(to, b.bytes, AK_U8, &result, 1);
      assert_int_equal(result, 1);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(quantising_rounds_half_away_and_saturates),
    cmocka_unit_test(scales_at_both_ends_of_float_are_taken),
    cmocka_unit_test(dequantising_is_exact_to_the_last_bit),
    cmocka_unit_test(rescaling_meets_the_ends_of_both_types),
    cmocka_unit_test(casts_wrap_integers_and_truncate_floats),
    cmocka_unit_test(casts_between_all_types_keep_one),
};
const kernel_group quantize_cases = {"quantize", tests, sizeof tests / sizeof tests[0]};
