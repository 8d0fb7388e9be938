// Operators that move elements and compute nothing: RESHAPE, TRANSPOSE, slices, CONCATENATION, PAD,
// GATHER, RESIZE_NEAREST_NEIGHBOR and their like. Elements are `element_bytes` opaque bytes.
#ifndef AK_MOVEMENT_H
#define AK_MOVEMENT_H
#include <stddef.h>
#include <stdint.h>

/// Copies elements between two arrangements of the same `rank` extents.
///
/// @param rank           dimensions, 0 (one element) to 8.
/// @param extents        `[rank]`, each at least 0.
/// @param in_strides     `[rank]`, bytes from one element to the next along each dimension, of either sign.
/// @param out_strides    likewise; no two elements share a place in `out`.
/// @param element_bytes  at least 1: a contiguous run may be passed as one element.
void ak_copy_strided(ptrdiff_t rank, const ptrdiff_t *extents, const uint8_t *in, const ptrdiff_t *in_strides,
                     uint8_t *out, const ptrdiff_t *out_strides, ptrdiff_t element_bytes);

/// Copies to a dense `out` from places that tables give: `out[i, j, ...] = in[t0[i] + t1[j] + ...]`.
///
/// @param rank           dimensions, 0 to 8.
/// @param extents        `[rank]`, each at least 0.
/// @param tables         for each dimension in turn, as many byte offsets as its extent.
void ak_copy_indexed(ptrdiff_t rank, const ptrdiff_t *extents, const ptrdiff_t *tables, const uint8_t *in,
                     uint8_t *out, ptrdiff_t element_bytes);

/// Writes `count` copies of one element.
void ak_fill(uint8_t *out, ptrdiff_t count, const uint8_t *element, ptrdiff_t element_bytes);

/// GATHER: slices of the middle axis in the order of `indices`.
///
/// - in       `[outer, axis]` slices of `slice_bytes` bytes
/// - indices  `[count]`, each in [0, axis - 1]
/// - out      `[outer, count]` slices
void ak_gather(const uint8_t *in, ptrdiff_t outer, ptrdiff_t axis, ptrdiff_t slice_bytes,
               const int32_t *indices, ptrdiff_t count, uint8_t *out);

/// How many of `indices` are outside [0, limit - 1].
ptrdiff_t ak_indices_outside(const int32_t *indices, ptrdiff_t count, ptrdiff_t limit);

#endif
