// The loop of every function of one code, written once.
#ifndef AK_MAP_H
#define AK_MAP_H
#include "../fixed_point/ak_rounding.h"
#include "ak_activation.h"
#include "ak_fixed_point.h"

/// Defines `name`: each output code is `code(in, q)`.
#define AK_MAP(name, type, code)                                                                             \
  void name(const type *in, type *out, ptrdiff_t count, const ak_map_quantization *q) {                      \
    for (ptrdiff_t i = 0; i < count; i++) out[i] = (type)code(in[i], q);                                     \
  }

// The output code of a result in the output's units.
static inline int32_t ak_map_code(int32_t x, const ak_map_quantization *q) {
  return ak_clamp_s32(ak_wrapping_add(x, q->out_zero_point), q->min, q->max);
}

#endif
