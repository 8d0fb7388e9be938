#include "assay_kernels.h"
#include "kernel_groups.h"

static void nearest_indices_stay_inside_at_every_size(void **state) {
  (void)state;
  const int32_t sizes[] = {1, 2, 3, 7, 100, 32767};
  for (size_t i = 0; i < 6; i++)
    for (size_t o = 0; o < 6; o++)
      for (int mode = 0; mode < 4; mode++)
        for (int32_t at = 0; at < sizes[o]; at += 1 + sizes[o] / 5) {
          int32_t index = ak_nearest_index(at, sizes[i], sizes[o], mode & 1, mode & 2);
          assert_true(index >= 0 && index < sizes[i]);
        }
  assert_int_equal(ak_nearest_index(32766, 7, 32767, true, false), 6);
}

static void equal_sizes_copy(void **state) {
  (void)state;
  const ak_resize_shape shape = {1, 1, 2, 2, 2, 2, false, false};
  const float in[4] = {1, 2, 3, 4};
  const int8_t codes[4] = {-128, 127, 0, -1};
  float out[4];
  int8_t out_codes[4];
  ak_resize_bilinear_f32(in, out, &shape);
  ak_resize_bilinear_s8(codes, out_codes, &shape);
  for (size_t i = 0; i < 4; i++) assert_true(out[i] == in[i] && out_codes[i] == codes[i]);
}

static void aligned_corners_meet_the_middle_half_way(void **state) {
  (void)state;
  const ak_resize_shape shape = {1, 1, 1, 2, 1, 3, true, false};
  const float in[2] = {0, 1};
  const int8_t codes[2] = {-128, 127};
  float out[3];
  int8_t out_codes[3];
  ak_resize_bilinear_f32(in, out, &shape);
  assert_true(out[0] == 0 && out[1] == 0.5f && out[2] == 1);
  ak_resize_bilinear_s8(codes, out_codes, &shape);
  assert_true(out_codes[0] == -128 && out_codes[1] == -1 && out_codes[2] == 127);
}

static void the_largest_sizes_stay_inside(void **state) {
  (void)state;
  enum { LARGEST = 32767 };
  static int8_t row[LARGEST];
  static float floats[LARGEST];
  const int8_t pair[3] = {-128, 0, 127};
  const float real[3] = {-1, 0, 1};
  for (int mode = 0; mode < 3; mode++) {
    const ak_resize_shape up = {1, 1, 1, 3, 1, LARGEST, mode == 1, mode == 2};
    ak_resize_bilinear_s8(pair, row, &up);
    ak_resize_bilinear_f32(real, floats, &up);
    assert_int_equal(row[0], -128);
    assert_true(floats[0] == -1);
    const ak_resize_shape down = {1, 1, 1, LARGEST, 1, 3, mode == 1, mode == 2};
    int8_t codes[3];
    ak_resize_bilinear_s8(row, codes, &down);
    assert_true(codes[0] <= -64);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(nearest_indices_stay_inside_at_every_size),
    cmocka_unit_test(equal_sizes_copy),
    cmocka_unit_test(aligned_corners_meet_the_middle_half_way),
    cmocka_unit_test(the_largest_sizes_stay_inside),
};
const kernel_group resize_cases = {"resize", tests, sizeof tests / sizeof tests[0]};
