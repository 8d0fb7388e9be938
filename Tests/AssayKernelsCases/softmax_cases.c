#include <math.h>
#include <stdlib.h>

#include "assay_kernels.h"
#include "kernel_groups.h"

// Input scale 1/16: a difference of one code is 2^22 in Q5.26.
static const ak_softmax_quantization sixteenth = {{1 << 30, 23}, -496};

static bool softmax(const int8_t *in, int8_t *out, ptrdiff_t rows, ptrdiff_t depth,
                    const ak_softmax_quantization *q) {
  int32_t exps[256];
  ak_softmax_fill_exps(q, exps);
  return ak_softmax_s8(in, out, rows, depth, exps);
}

static bool softmax_s16(const int8_t *in, int16_t *out, ptrdiff_t rows, ptrdiff_t depth,
                        const ak_softmax_quantization *q) {
  int32_t exps[256];
  ak_softmax_fill_exps(q, exps);
  return ak_softmax_s8_s16(in, out, rows, depth, exps);
}

static void equal_logits_share_equally(void **state) {
  (void)state;
  int8_t in[4] = {-128, -128, -128, -128}, out[4];
  int16_t wide[4];
  assert_true(softmax(in, out, 1, 4, &sixteenth));
  assert_true(softmax_s16(in, wide, 1, 4, &sixteenth));
  for (size_t c = 0; c < 4; c++) {
    assert_int_equal(out[c], 64 - 128);
    assert_int_equal(wide[c], 16384 - 32768);
  }
}

static void one_logit_takes_everything_that_fits(void **state) {
  (void)state;
  int8_t in[2] = {127, -128}, out[2];
  assert_true(softmax(in, out, 2, 1, &sixteenth));
  assert_int_equal(out[0], 127);
  assert_true(softmax(in, out, 1, 2, &sixteenth));
  assert_int_equal(out[0], 127);
  assert_int_equal(out[1], -128);
}

static void differences_below_the_smallest_are_nothing(void **state) {
  (void)state;
  ak_softmax_quantization q = sixteenth;
  q.smallest_difference = 0;
  int8_t in[3] = {5, 4, 5}, out[3];
  assert_true(softmax(in, out, 1, 3, &q));
  assert_int_equal(out[1], -128);
  assert_int_equal(out[0], 0);
}

static void sums_that_the_device_cannot_hold_are_reported(void **state) {
  (void)state;
  enum { MANY = 4200 };
  static int8_t in[MANY], out[MANY];
  static int16_t wide[MANY];
  assert_true(softmax(in, out, 1, 511, &sixteenth));
  assert_false(softmax(in, out, 1, 512, &sixteenth));
  assert_false(softmax(in, out, 1, 1000, &sixteenth));
  assert_true(softmax_s16(in, wide, 1, 4000, &sixteenth));
  assert_false(softmax_s16(in, wide, 1, MANY, &sixteenth));
}

static void int16_softmax_follows_the_function(void **state) {
  (void)state;
  static ak_softmax_tables tables;
  ak_softmax_fill_tables(&tables);
  assert_int_equal(tables.exp[512], INT16_MAX);
  assert_int_equal(tables.reciprocal[512], 16384);
  // Input scale 10 / 65535: all of int16 is ten units.
  const ak_multiplier one = {1 << 30, 1};
  int16_t in[3] = {INT16_MAX, 0, INT16_MIN}, out[3];
  ak_softmax_s16(in, out, 1, 3, one, &tables);
  double e[3] = {1, exp(-32767 * 10.0 / 65535), exp(-10)}, sum = e[0] + e[1] + e[2];
  for (size_t c = 0; c < 3; c++) assert_true(fabs(out[c] - 32768 * e[c] / sum) < 8);
}

static void float_softmax_survives_extremes(void **state) {
  (void)state;
  float in[3] = {1e30f, -1e30f, 1e30f}, out[3];
  ak_softmax_f32(in, out, 1, 3, 1);
  assert_true(out[0] == 0.5f && out[1] == 0 && out[2] == 0.5f);
  ak_log_softmax_f32(in, out, 3, 1);
  assert_true(out[0] == 0 && out[1] == 0 && out[2] == 0);
}

static void log_softmax_of_equal_logits_is_minus_log_of_their_number(void **state) {
  (void)state;
  enum { MANY = 4095 };
  static int8_t in[MANY], out[MANY];
  const ak_multiplier reverse = {1 << 30, -21};
  ak_log_softmax_s8(in, out, 1, 1, &sixteenth, reverse);
  assert_int_equal(out[0], 127);
  ak_log_softmax_s8(in, out, 1, MANY, &sixteenth, reverse);
  assert_int_equal(out[0], 127 - (int)round(16 * log(MANY)));
  in[0] = 127;
  ak_log_softmax_s8(in, out, 1, 2, &sixteenth, reverse);
  assert_int_equal(out[0], 127);
  assert_int_equal(out[1], 0);
}

static void l2_normalisation_takes_rows_of_zeros_and_of_extremes(void **state) {
  (void)state;
  float zero[2] = {0, 0}, out[2];
  ak_l2_normalize_f32(zero, out, 1, 2);
  assert_true(out[0] == 0 && out[1] == 0);
  enum { DEPTH = 33025 };
  int8_t *in = malloc(DEPTH), *codes = malloc(DEPTH);
  for (size_t i = 0; i < DEPTH; i++) in[i] = INT8_MIN;
  ak_l2_normalize_s8(in, codes, 1, DEPTH, 127);
  assert_int_equal(codes[0], (int)round(-128 / sqrt(DEPTH)));
  ak_l2_normalize_s8(in, codes, 1, 1, 127);
  assert_int_equal(codes[0], -128);
  ak_l2_normalize_s8(in, codes, 1, 2, -128);
  assert_int_equal(codes[0], 0);
  free(in), free(codes);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(equal_logits_share_equally),
    cmocka_unit_test(one_logit_takes_everything_that_fits),
    cmocka_unit_test(differences_below_the_smallest_are_nothing),
    cmocka_unit_test(sums_that_the_device_cannot_hold_are_reported),
    cmocka_unit_test(int16_softmax_follows_the_function),
    cmocka_unit_test(float_softmax_survives_extremes),
    cmocka_unit_test(log_softmax_of_equal_logits_is_minus_log_of_their_number),
    cmocka_unit_test(l2_normalisation_takes_rows_of_zeros_and_of_extremes),
};
const kernel_group softmax_cases = {"softmax", tests, sizeof tests / sizeof tests[0]};
