// Each file of cases ends in a group; `kernel_cases.c` lists them.
#ifndef KERNEL_GROUPS_H
#define KERNEL_GROUPS_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

// Needs those above.
#include <cmocka.h>

typedef struct {
  const char *name;
  const struct CMUnitTest *tests;
  size_t count;
} kernel_group;

extern const kernel_group activation_cases;
extern const kernel_group arithmetic_cases;
extern const kernel_group board_cases;
extern const kernel_group convolution_cases;
extern const kernel_group cortex_m_cases;
extern const kernel_group elementwise_cases;
extern const kernel_group fixed_point_cases;
extern const kernel_group fully_connected_cases;
extern const kernel_group movement_cases;
extern const kernel_group onnx_cases;
extern const kernel_group packed_cases;
extern const kernel_group packed_float_cases;
extern const kernel_group packed_memory_cases;
extern const kernel_group pooling_cases;
extern const kernel_group portable_cases;
extern const kernel_group quantize_cases;
extern const kernel_group recurrent_cases;
extern const kernel_group recurrent_variant_cases;
extern const kernel_group reduction_cases;
extern const kernel_group requantize_cases;
extern const kernel_group resize_cases;
extern const kernel_group softmax_cases;
extern const kernel_group vectorized_cases;

#endif
