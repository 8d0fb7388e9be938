// Every variant that this CPU has of the kernels without packed weights, against the reference.
#include <string.h>

#include "assay_kernels.h"
#include "case_random.h"
#include "kernel_groups.h"

enum { ROOM = 1 << 16 };
static int8_t first[ROOM], second[ROOM], output[ROOM], expected[ROOM];

static ak_pool2d_shape random_pool(case_random *random) {
  ak_pool2d_shape s = {.batches = case_between(random, 1, 2),
                       .channels = case_between(random, 1, 70),
                       .input_height = case_between(random, 1, 14),
                       .input_width = case_between(random, 1, 14),
                       .filter_height = case_between(random, 1, 14),
                       .filter_width = case_between(random, 1, 5),
                       .stride_height = case_between(random, 1, 3),
                       .stride_width = case_between(random, 1, 3)};
  s.output_height = (s.input_height + s.stride_height - 1) / s.stride_height;
  s.output_width = (s.input_width + s.stride_width - 1) / s.stride_width;
  ptrdiff_t missing_rows = (s.output_height - 1) * s.stride_height + s.filter_height - s.input_height;
  ptrdiff_t missing_columns = (s.output_width - 1) * s.stride_width + s.filter_width - s.input_width;
  s.padding_top = missing_rows > 0 ? missing_rows / 2 : 0;
  s.padding_left = missing_columns > 0 ? missing_columns / 2 : 0;
  return s;
}

static void expect_equal(ak_variant variant, ptrdiff_t count, uint64_t seed) {
  for (ptrdiff_t i = 0; i < count; i++)
    if (output[i] != expected[i]) {
      print_error("%s, seed %llu: output %td is %d, reference %d\n", ak_variant_name(variant),
                  (unsigned long long)seed, i, output[i], expected[i]);
      fail();
    }
}

static void every_variant_pools_as_the_reference(void **state) {
  (void)state;
  for (int v = 0; v < AK_VARIANT_COUNT; v++)
    for (uint64_t seed = 1; ak_variant_runs((ak_variant)v) && seed <= 200; seed++) {
      case_random random = {seed};
      ak_pool2d_shape s = random_pool(&random);
      // Runs of one code reach the largest sums of either sign.
      bool even = case_between(&random, 0, 3) == 0;
      case_fill_s8(&random, first, ROOM, even ? 127 : -128, 127);
      if (case_between(&random, 0, 3) == 0) memset(first, -128, ROOM);
      int32_t min = case_between(&random, -128, 0), max = case_between(&random, 0, 127);
      ptrdiff_t count = s.batches * s.output_height * s.output_width * s.channels;
      ak_max_pool2d_s8(&s, min, max, first, expected);
      ak_max_pool2d_s8_vectorized((ak_variant)v, &s, min, max, first, output);
      expect_equal((ak_variant)v, count, seed);
      ak_average_pool2d_s8(&s, min, max, first, expected);
      ak_average_pool2d_s8_vectorized((ak_variant)v, &s, min, max, first, output);
      expect_equal((ak_variant)v, count, seed);
    }
}

static void every_variant_divides_every_sum_of_the_largest_window(void **state) {
  (void)state;
  // One channel of 2^15 cells: its sum takes the values next to every half of the last codes.
  ak_pool2d_shape s = {1, 1, 1 << 8, 1 << 7, 1 << 8, 1 << 7, 1, 1, 1, 1, 0, 0};
  case_random random = {31};
  for (int v = 0; v < AK_VARIANT_COUNT; v++)
    for (int32_t step = 0; ak_variant_runs((ak_variant)v) && step < 200; step++) {
      int32_t halves = case_between(&random, 0, 16384) + (step % 2 ? 0 : 16384 - 2 + step % 5);
      memset(first, step % 3 ? -128 : 126, 1 << 15);
      for (int32_t i = 0; i < halves; i++) first[i] = (int8_t)(first[i] + 1);
      ak_average_pool2d_s8(&s, -128, 127, first, expected);
      ak_average_pool2d_s8_vectorized((ak_variant)v, &s, -128, 127, first, output);
      expect_equal((ak_variant)v, 1, (uint64_t)step);
    }
}

static ak_multiplier random_factor(case_random *random, int32_t largest_shift) {
  int32_t mantissa = (1 << 30) + case_between(random, 0, (1 << 30) - 1);
  if (case_between(random, 0, 3) == 0) mantissa = 1 << 30; // Ties are frequent.
  // Down to the smallest shift that there is.
  int32_t spread = case_between(random, 0, 1) ? 6 : 31 + largest_shift;
  return (ak_multiplier){mantissa, largest_shift - case_between(random, 0, spread)};
}

static void every_variant_adds_and_multiplies_as_the_reference(void **state) {
  (void)state;
  for (int v = 0; v < AK_VARIANT_COUNT; v++)
    for (uint64_t seed = 1; ak_variant_runs((ak_variant)v) && seed <= 300; seed++) {
      case_random random = {seed};
      ptrdiff_t count = case_between(&random, 0, 200);
      ak_binary_quantization q = {.a_zero_point = case_between(&random, -128, 127),
                                  .b_zero_point = case_between(&random, 0, 1) ? -128 : 127,
                                  .out_zero_point = case_between(&random, -128, 127),
                                  .left_shift =
                                      case_between(&random, 0, 3) ? 20 : case_between(&random, 0, 20),
                                  .a_scale = random_factor(&random, 0),
                                  .b_scale = random_factor(&random, 0),
                                  .out_scale = random_factor(&random, case_between(&random, 0, 9) ? -8 : 1),
                                  .activation_min = case_between(&random, -128, 0),
                                  .activation_max = case_between(&random, 0, 127)};
      case_fill_s8(&random, first, 200, -128, 127);
      case_fill_s8(&random, second, 200, -128, 127);
      ptrdiff_t a_step = case_between(&random, 0, 5) > 0, b_step = case_between(&random, 0, 5) > 0;
      ak_add_s8(first, a_step, second, b_step, expected, count, &q);
      ak_add_s8_vectorized((ak_variant)v, first, a_step, second, b_step, output, count, &q);
      expect_equal((ak_variant)v, count, seed);
      ak_mul_s8(first, a_step, second, b_step, expected, count, &q);
      ak_mul_s8_vectorized((ak_variant)v, first, a_step, second, b_step, output, count, &q);
      expect_equal((ak_variant)v, count, seed);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_variant_pools_as_the_reference),
    cmocka_unit_test(every_variant_divides_every_sum_of_the_largest_window),
    cmocka_unit_test(every_variant_adds_and_multiplies_as_the_reference),
};
const kernel_group vectorized_cases = {"vectorized", tests, sizeof tests / sizeof tests[0]};
