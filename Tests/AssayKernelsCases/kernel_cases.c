#include "kernel_cases.h"

#include "kernel_groups.h"

static const kernel_group *const groups[] = {
    &activation_cases,    &arithmetic_cases,      &board_cases,
    &convolution_cases,   &cortex_m_cases,        &elementwise_cases,
    &fixed_point_cases,   &fully_connected_cases, &movement_cases,
    &onnx_cases,          &packed_cases,          &packed_float_cases,
    &packed_memory_cases, &pooling_cases,         &portable_cases,
    &quantize_cases,      &recurrent_cases,       &recurrent_variant_cases,
    &reduction_cases,     &requantize_cases,      &resize_cases,
    &softmax_cases,       &vectorized_cases,
};
enum { GROUPS = sizeof groups / sizeof groups[0] };

static const struct CMUnitTest *find(size_t index) {
  for (size_t g = 0; g < GROUPS; g++) {
    if (index < groups[g]->count) return &groups[g]->tests[index];
    index -= groups[g]->count;
  }
  return NULL;
}

size_t kernel_case_count(void) {
  size_t count = 0;
  for (size_t g = 0; g < GROUPS; g++) count += groups[g]->count;
  return count;
}

const char *kernel_case_name(size_t index) { return find(index)->name; }

int kernel_case_run(size_t index) {
  const struct CMUnitTest *test = find(index);
  return _cmocka_run_group_tests(test->name, test, 1, NULL, NULL);
}
