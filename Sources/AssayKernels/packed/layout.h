// How packed weights and padded images lie in memory: what packing and every variant agree on.
//
// Output channels are taken in blocks of as many as a vector has 32-bit lanes. Products are taken in
// groups of as many as one 32-bit lane sums at once: 4 bytes, 2 int16 or 1 float.
#ifndef AK_PACKED_LAYOUT_H
#define AK_PACKED_LAYOUT_H
#include "ak_packed.h"

/// Before a loop over registers: left rolled up, it would have to keep them in memory.
#if defined(__clang__)
#define AK_UNROLL _Pragma("clang loop unroll(full)")
#else
#define AK_UNROLL _Pragma("GCC unroll 16")
#endif

/// An index that the compiler is not to turn into a running pointer per array: that takes more registers
/// than there are.
#define AK_OPAQUE(index) __asm__("" : "+r"(index))

/// What packing has to know of a variant.
typedef struct {
  ptrdiff_t lanes; ///< 32-bit lanes of a vector
  ptrdiff_t group; ///< products that a lane sums at once
  /// A variant that reads codes as `code + offset` has `offset` times the sum of the weights taken off
  /// again in the bias. One that subtracts the zero point while it copies the image says so instead.
  int32_t offset;
  bool subtracts_zero_point;
} packed_traits;

/// Bytes of a packed element or image element.
static inline ptrdiff_t packed_element_size(const packed_traits *t) { return 4 / t->group; }

static inline ptrdiff_t packed_round_up(ptrdiff_t n, ptrdiff_t to) { return (n + to - 1) / to * to; }

/// What sums of one block of output channels are turned into codes with; arrays of `lanes` each, in this
/// order, one 32-bit element per lane. See `packed_scale_of`.
enum { PACKED_BIAS, PACKED_MULTIPLIER, PACKED_CORRECTION, PACKED_HALF, PACKED_SHIFT, PACKED_SCALE_ARRAYS };

/// A convolution as a walk over a padded image. A window is `rows` times `columns`
/// segments of contiguous elements.
typedef struct {
  ptrdiff_t padded_height, padded_width; ///< cells of the image that windows touch
  ptrdiff_t image_elements;              ///< of one padded image
  ptrdiff_t rows, columns;               ///< segments of a window
  ptrdiff_t down, across;   ///< elements from a row of segments to the next, from a segment to the next
  ptrdiff_t segment_length; ///< elements of the filter in a segment
  ptrdiff_t groups;         ///< `segment_length` in groups, rounded up
} packed_walk;

/// Elements that a padded image may be read beyond its end.
enum { PACKED_SLACK = 64 };
/// Packed weights or padded images above this are left to the reference kernel: no model for a
/// microcontroller comes near, and a window spread by dilation could ask for any amount.
#define PACKED_LIMIT ((ptrdiff_t)1 << 26)

/// False where the shape has no packed form.
static inline bool packed_walk_of(const packed_traits *t, const ak_conv2d_shape *s, packed_walk *w) {
  if (s->filter_channels != s->input_channels) return false; // Groups: rare, and narrow.
  bool dense = s->dilation_width == 1;
  w->padded_height =
      (s->output_height - 1) * s->stride_height + (s->filter_height - 1) * s->dilation_height + 1;
  w->padded_width = (s->output_width - 1) * s->stride_width + (s->filter_width - 1) * s->dilation_width + 1;
  ptrdiff_t row;
  if (__builtin_mul_overflow(w->padded_width, s->input_channels, &row)) return false;
  if (__builtin_mul_overflow(row, w->padded_height, &w->image_elements)) return false;
  if (w->image_elements > PACKED_LIMIT) return false;
  w->rows = s->filter_height, w->columns = dense ? 1 : s->filter_width;
  w->down = s->dilation_height * row, w->across = s->dilation_width * s->input_channels;
  w->segment_length = s->input_channels * (dense ? s->filter_width : 1);
  w->groups = (w->segment_length + t->group - 1) / t->group;
  return true;
}

/// Bytes of one block: its scales and its weights, [segments][groups][lanes][group].
static inline ptrdiff_t packed_block_size(const packed_traits *t, const packed_walk *w) {
  return t->lanes * 4 * (PACKED_SCALE_ARRAYS + w->rows * w->columns * w->groups);
}

/// A depthwise convolution as a walk over interleaved rows.
///
/// Where channels do not fill their vectors and the stride is 1, `repeat` cells in a row are taken for one
/// cell of as many channels more: blocks are then full, and lanes hold the channels over and over.
typedef struct {
  ptrdiff_t padded_height, padded_width;
  ptrdiff_t repeat;
  ptrdiff_t row_groups;   ///< rows of the filter in groups, rounded up
  ptrdiff_t row_elements; ///< of one group of interleaved rows, with room for the last vectors
  ptrdiff_t block_size;   ///< bytes: scales and weights, [row_groups][filter_width][lanes][group]
} depthwise_walk;

/// Most channels of repeated cells.
enum { PACKED_REPEATED_CHANNELS = 256 };

static inline ptrdiff_t depthwise_repeat(const packed_traits *t, const ak_depthwise_conv2d_shape *s) {
  ptrdiff_t repeat = 1;
  while (repeat * s->input_channels % t->lanes != 0) repeat++;
  bool pays = s->stride_width == 1 && repeat * s->input_channels <= PACKED_REPEATED_CHANNELS;
  return pays ? repeat : 1;
}

/// False where the shape has no packed form.
static inline bool depthwise_walk_of(const packed_traits *t, const ak_depthwise_conv2d_shape *s,
                                     depthwise_walk *w) {
  if (s->depth_multiplier != 1) return false;
  w->padded_width = (s->output_width - 1) * s->stride_width + (s->filter_width - 1) * s->dilation_width + 1;
  w->padded_height =
      (s->output_height - 1) * s->stride_height + (s->filter_height - 1) * s->dilation_height + 1;
  if (s->padding_left >= w->padded_width) return false;
  w->repeat = depthwise_repeat(t, s);
  w->row_groups = (s->filter_height + t->group - 1) / t->group;
  ptrdiff_t codes;
  if (__builtin_mul_overflow(w->padded_width, s->input_channels, &codes) || codes > PACKED_LIMIT)
    return false;
  // Interleaving starts anywhere in the row and writes whole vectors of PACKED_SLACK codes.
  w->row_elements = (packed_round_up(codes, PACKED_SLACK) + PACKED_SLACK) * t->group;
  w->block_size = t->lanes * 4 * (PACKED_SCALE_ARRAYS + w->row_groups * s->filter_width);
  return w->row_groups <= PACKED_LIMIT / w->row_elements;
}

#endif
