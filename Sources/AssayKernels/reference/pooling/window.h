// The part of a pool's window that lies inside the input.
#ifndef AK_POOL_WINDOW_H
#define AK_POOL_WINDOW_H
#include <stddef.h>

typedef struct {
  ptrdiff_t begin, end; ///< input positions, `begin < end`
} pool_span;

/// The input positions of output `index` along one axis.
static inline pool_span pool_span_of(ptrdiff_t index, ptrdiff_t stride, ptrdiff_t padding, ptrdiff_t filter,
                                     ptrdiff_t input) {
  ptrdiff_t origin = index * stride - padding;
  ptrdiff_t end = origin + filter;
  return (pool_span){origin < 0 ? 0 : origin, end > input ? input : end};
}

#endif
