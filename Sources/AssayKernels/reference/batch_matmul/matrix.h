// Walks the batches of a BATCH_MATMUL.
#ifndef AK_MATRIX_H
#define AK_MATRIX_H
#include "ak_batch_matmul.h"

/// Offset of the matrix at `batch`, counted over all three leading dimensions.
static inline ptrdiff_t matrix_offset(const ak_batch_matmul_shape *s, const ak_matrix_strides *strides,
                                      ptrdiff_t batch) {
  ptrdiff_t k = batch % s->batches[2], j = batch / s->batches[2] % s->batches[1];
  ptrdiff_t i = batch / s->batches[2] / s->batches[1];
  return i * strides->batch[0] + j * strides->batch[1] + k * strides->batch[2];
}

static inline ptrdiff_t matrix_count(const ak_batch_matmul_shape *s) {
  return s->batches[0] * s->batches[1] * s->batches[2];
}

#endif
