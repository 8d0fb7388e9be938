#include <string.h>

#include "ak_elementwise.h"

void ak_logical_and(const uint8_t *a, ptrdiff_t a_step, const uint8_t *b, ptrdiff_t b_step, uint8_t *out,
                    ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = a[i * a_step] && b[i * b_step];
}

void ak_logical_or(const uint8_t *a, ptrdiff_t a_step, const uint8_t *b, ptrdiff_t b_step, uint8_t *out,
                   ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = a[i * a_step] || b[i * b_step];
}

void ak_logical_not(const uint8_t *in, uint8_t *out, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = !in[i];
}

void ak_select(const uint8_t *condition, ptrdiff_t condition_step, const void *a, ptrdiff_t a_step,
               const void *b, ptrdiff_t b_step, void *out, ptrdiff_t count, ptrdiff_t element_bytes) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const uint8_t *from = condition[i * condition_step] ? (const uint8_t *)a + i * a_step * element_bytes
                                                        : (const uint8_t *)b + i * b_step * element_bytes;
    memcpy((uint8_t *)out + i * element_bytes, from, (size_t)element_bytes);
  }
}
