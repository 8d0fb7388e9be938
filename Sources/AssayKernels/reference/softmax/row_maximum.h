// The largest element of a row, which every softmax subtracts first.
#ifndef ROW_MAXIMUM_H
#define ROW_MAXIMUM_H
#include <float.h>
#include <stddef.h>
#include <stdint.h>

#define ROW_MAXIMUM(name, type, result, lowest)                                                              \
  static inline result name(const type *in, ptrdiff_t depth) {                                               \
    result max = lowest;                                                                                     \
    for (ptrdiff_t c = 0; c < depth; c++) max = max < in[c] ? in[c] : max;                                   \
    return max;                                                                                              \
  }
ROW_MAXIMUM(row_maximum_s8, int8_t, int32_t, INT8_MIN)
ROW_MAXIMUM(row_maximum_s16, int16_t, int32_t, INT16_MIN)
ROW_MAXIMUM(row_maximum_f32, float, float, -FLT_MAX)

#endif
