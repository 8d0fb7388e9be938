#include "ak_reduction.h"

#define ARG_BEST(name, type, is_better)                                                                      \
  void name(const type *in, int32_t *out, ptrdiff_t outer, ptrdiff_t axis, ptrdiff_t inner) {                \
    for (ptrdiff_t o = 0; o < outer; o++, in += axis * inner)                                                \
      for (ptrdiff_t i = 0; i < inner; i++) {                                                                \
        ptrdiff_t best = 0;                                                                                  \
        for (ptrdiff_t a = 1; a < axis; a++)                                                                 \
          if (in[a * inner + i] is_better in[best * inner + i]) best = a;                                    \
        *out++ = (int32_t)best;                                                                              \
      }                                                                                                      \
  }

ARG_BEST(ak_arg_max_f32, float, >)
ARG_BEST(ak_arg_max_s8, int8_t, >)
ARG_BEST(ak_arg_min_f32, float, <)
ARG_BEST(ak_arg_min_s8, int8_t, <)
