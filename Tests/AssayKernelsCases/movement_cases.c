#include <string.h>

#include "assay_kernels.h"
#include "kernel_groups.h"

static void strides_of_either_sign_and_of_zero_are_followed(void **state) {
  (void)state;
  const uint8_t in[6] = {1, 2, 3, 4, 5, 6};
  uint8_t out[6];
  const ptrdiff_t extents[2] = {2, 3}, dense[2] = {3, 1}, transposed[2] = {1, 2}, backwards[2] = {-3, -1};
  const ptrdiff_t repeated[2] = {0, 1};
  ak_copy_strided(2, extents, in, dense, out, transposed, 1);
  assert_memory_equal(out, ((uint8_t[]){1, 4, 2, 5, 3, 6}), 6);
  ak_copy_strided(2, extents, in + 5, backwards, out, dense, 1);
  assert_memory_equal(out, ((uint8_t[]){6, 5, 4, 3, 2, 1}), 6);
  ak_copy_strided(2, extents, in, repeated, out, dense, 1);
  assert_memory_equal(out, ((uint8_t[]){1, 2, 3, 1, 2, 3}), 6);
}

static void a_rank_of_zero_is_one_wide_element(void **state) {
  (void)state;
  const uint8_t in[3] = {7, 8, 9};
  uint8_t out[3] = {0};
  ak_copy_strided(0, NULL, in, NULL, out, NULL, 3);
  assert_memory_equal(out, in, 3);
  memset(out, 0, 3);
  ak_copy_indexed(0, NULL, NULL, in, out, 3);
  assert_memory_equal(out, in, 3);
}

static void empty_extents_write_nothing(void **state) {
  (void)state;
  const uint8_t in[1] = {1};
  uint8_t out[1] = {9};
  const ptrdiff_t extents[2] = {3, 0}, strides[2] = {1, 1};
  ak_copy_strided(2, extents, in, strides, out, strides, 1);
  ak_copy_indexed(1, extents + 1, NULL, in, out, 1);
  ak_fill(out, 0, in, 1);
  ak_gather(in, 1, 1, 1, NULL, 0, out);
  assert_int_equal(out[0], 9);
}

static void eight_dimensions_are_walked(void **state) {
  (void)state;
  uint8_t in[256], out[256];
  ptrdiff_t extents[8], forward[8], reversed[8];
  for (int i = 0; i < 256; i++) in[i] = (uint8_t)i;
  for (int d = 0; d < 8; d++) extents[d] = 2, forward[d] = 128 >> d, reversed[d] = 1 << d;
  ak_copy_strided(8, extents, in, reversed, out, forward, 1);
  for (int i = 0; i < 256; i++) {
    int mirrored = 0;
    for (int bit = 0; bit < 8; bit++) mirrored |= (i >> bit & 1) << (7 - bit);
    assert_int_equal(out[i], mirrored);
  }
}

static void tables_give_the_places_of_a_copy(void **state) {
  (void)state;
  const uint8_t in[4] = {1, 2, 3, 4};
  uint8_t out[6];
  const ptrdiff_t extents[2] = {2, 3}, tables[5] = {2, 0, 1, 0, 1};
  ak_copy_indexed(2, extents, tables, in, out, 1);
  assert_memory_equal(out, ((uint8_t[]){4, 3, 4, 2, 1, 2}), 6);
}

static void fills_repeat_wide_elements(void **state) {
  (void)state;
  const uint8_t element[4] = {1, 2, 3, 4};
  uint8_t out[8];
  ak_fill(out, 2, element, 4);
  assert_memory_equal(out, ((uint8_t[]){1, 2, 3, 4, 1, 2, 3, 4}), 8);
}

static void gathers_take_the_first_and_the_last_slice(void **state) {
  (void)state;
  // Two outer rows of three slices of two bytes.
  const uint8_t in[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const int32_t indices[3] = {2, 0, 2};
  uint8_t out[12];
  ak_gather(in, 2, 3, 2, indices, 3, out);
  assert_memory_equal(out, ((uint8_t[]){4, 5, 0, 1, 4, 5, 10, 11, 6, 7, 10, 11}), 12);
}

static void indices_outside_are_counted(void **state) {
  (void)state;
  const int32_t indices[5] = {0, 2, 3, -1, INT32_MIN};
  assert_int_equal(ak_indices_outside(indices, 5, 3), 3);
  assert_int_equal(ak_indices_outside(indices, 2, 3), 0);
  assert_int_equal(ak_indices_outside(indices, 1, 0), 1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(strides_of_either_sign_and_of_zero_are_followed),
    cmocka_unit_test(a_rank_of_zero_is_one_wide_element),
    cmocka_unit_test(empty_extents_write_nothing),
    cmocka_unit_test(eight_dimensions_are_walked),
    cmocka_unit_test(tables_give_the_places_of_a_copy),
    cmocka_unit_test(fills_repeat_wide_elements),
    cmocka_unit_test(gathers_take_the_first_and_the_last_slice),
    cmocka_unit_test(indices_outside_are_counted),
};
const kernel_group movement_cases = {"movement", tests, sizeof tests / sizeof tests[0]};
