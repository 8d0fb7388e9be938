// What operators of the form "sum of products, plus bias, scaled" share.
#ifndef AK_LINEAR_H
#define AK_LINEAR_H
#include <stddef.h>
#include <stdint.h>

#include "ak_requantize.h"

/// Zero points and clamp of a quantised sum of products.
typedef struct {
  int32_t input_zero_point;  ///< a code of the input type: [-128, 127] for s8, 0 for s16.
  int32_t filter_zero_point; ///< [-128, 127] where the kernel says that it is read, else 0.
  int32_t output_zero_point; ///< a code of the output type.
  int32_t activation_min;    ///< a code of the output type, at most `activation_max`.
  int32_t activation_max;    ///< a code of the output type.
} ak_linear_quantization;

/// Clamp of a float result; not NaN, `min <= max`.
typedef struct {
  float min;
  float max;
} ak_float_range;

#endif
