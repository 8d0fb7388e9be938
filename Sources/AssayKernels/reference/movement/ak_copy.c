#include <string.h>

#include "ak_movement.h"

void ak_copy_strided(ptrdiff_t rank, const ptrdiff_t *extents, const uint8_t *in, const ptrdiff_t *in_strides,
                     uint8_t *out, const ptrdiff_t *out_strides, ptrdiff_t element_bytes) {
  if (rank == 0) {
    memcpy(out, in, (size_t)element_bytes);
    return;
  }
  for (ptrdiff_t i = 0; i < extents[0]; i++)
    ak_copy_strided(rank - 1, extents + 1, in + i * in_strides[0], in_strides + 1, out + i * out_strides[0],
                    out_strides + 1, element_bytes);
}

// Returns the end of what it wrote.
static uint8_t *copy_indexed(ptrdiff_t rank, const ptrdiff_t *extents, const ptrdiff_t *tables,
                             const uint8_t *in, uint8_t *out, ptrdiff_t element_bytes) {
  if (rank == 0) {
    memcpy(out, in, (size_t)element_bytes);
    return out + element_bytes;
  }
  for (ptrdiff_t i = 0; i < extents[0]; i++)
    out = copy_indexed(rank - 1, extents + 1, tables + extents[0], in + tables[i], out, element_bytes);
  return out;
}

void ak_copy_indexed(ptrdiff_t rank, const ptrdiff_t *extents, const ptrdiff_t *tables, const uint8_t *in,
                     uint8_t *out, ptrdiff_t element_bytes) {
  copy_indexed(rank, extents, tables, in, out, element_bytes);
}

void ak_fill(uint8_t *out, ptrdiff_t count, const uint8_t *element, ptrdiff_t element_bytes) {
  if (count <= 0) return;
  memcpy(out, element, (size_t)element_bytes);
  // What is there already is copied behind itself: few calls however small an element is.
  ptrdiff_t total = count * element_bytes;
  for (ptrdiff_t done = element_bytes; done < total; done *= 2)
    memcpy(out + done, out, (size_t)(done < total - done ? done : total - done));
}

void ak_gather(const uint8_t *in, ptrdiff_t outer, ptrdiff_t axis, ptrdiff_t slice_bytes,
               const int32_t *indices, ptrdiff_t count, uint8_t *out) {
  for (; outer > 0; outer--, in += axis * slice_bytes)
    for (ptrdiff_t i = 0; i < count; i++, out += slice_bytes)
      memcpy(out, in + indices[i] * slice_bytes, (size_t)slice_bytes);
}

ptrdiff_t ak_indices_outside(const int32_t *indices, ptrdiff_t count, ptrdiff_t limit) {
  ptrdiff_t outside = 0;
  for (ptrdiff_t i = 0; i < count; i++) outside += indices[i] < 0 || indices[i] >= limit;
  return outside;
}
