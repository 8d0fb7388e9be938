// What ESP-NN's ESP32-S3 kernels compute where they differ from the reference, defects included.
//
// Each function is one rule of one family of releases; everywhere else the board's bits are the
// reference kernels'. Arguments are those of the reference kernel of the same operator. What is new:
// these kernels read and write outside their tensors, because the board's do. `input`, `output` and
// `scratch` point into one arena that is readable and writable for the stated number of bytes behind
// each of them, and may overlap wherever the board's memory plan lets them.
#ifndef AK_BOARD_H
#define AK_BOARD_H
#include "ak_arithmetic.h"
#include "ak_convolution.h"
#include "ak_fully_connected.h"
#include "ak_pooling.h"
#include "ak_softmax.h"

/// Rules A and A2: right and bottom padding is what left and top padding are, not what SAME needs.
///
/// With padding on the left or top the input is copied to `scratch + copied_filter_bytes`, padded by
/// that much on both sides; otherwise it is read in place. Scratch then goes on with one int32 per output
/// channel (zero point times filter sum, plus bias). Windows that hang over the right edge go on in the next
/// row, below the last row in whatever follows.
///
/// @param copied_filter_bytes  bytes of the filter's aligned copy in front of that, 0 for none.
void ak_board_conv2d_s8_short_padding(const ak_conv2d_shape *shape,
                                      const ak_linear_quantization *quantization,
                                      const ak_multiplier *multipliers, const int8_t *input,
                                      const int8_t *filter, const int32_t *bias, int8_t *output,
                                      int8_t *scratch, ptrdiff_t copied_filter_bytes);

/// Bytes that `ak_board_conv2d_s8_short_padding` reads behind the input or its padded copy, at least 0.
ptrdiff_t ak_board_short_padding_overrun(const ak_conv2d_shape *shape);

/// Rule B: 1x1, stride 1, channels padded to 8 in scratch; the transposed pixels that follow the padded
/// input start half a vector too early and overwrite the last eight channels of the last pixel.
void ak_board_conv2d_s8_clobbered_pixel(const ak_conv2d_shape *shape,
                                        const ak_linear_quantization *quantization,
                                        const ak_multiplier *multipliers, const int8_t *input,
                                        const int8_t *filter, const int32_t *bias, int8_t *output);

/// Rule C: of an odd number (3 or more) of sixteens in a row, the last is taken from the sixteen behind
/// it in the input, and from two places of the filter.
///
/// Reads up to 15 bytes behind the input.
///
/// @param multipliers      one per output.
/// @param filter_phase     the filter's address modulo 16 on the board.
/// @param readable_filter  bytes that can be read from `filter` on; what lies behind counts as 0.
void ak_board_fully_connected_s8_odd_sixteens(const ak_fully_connected_shape *shape,
                                              const ak_linear_quantization *quantization,
                                              const ak_multiplier *multipliers, const int8_t *input,
                                              const int8_t *filter, const int32_t *bias, int8_t *output,
                                              ptrdiff_t filter_phase, ptrdiff_t readable_filter);

/// Rule D: rows of the output are as far apart as it is high, not wide.
///
/// A wide output keeps what stood in its last rows, of a high one rows lie behind its end.
void ak_board_average_pool2d_s8_square(const ak_pool2d_shape *shape, int32_t activation_min,
                                       int32_t activation_max, const int8_t *input, int8_t *output);

/// Rule E: the maximum of a row that starts off a multiple of 16 is searched from the multiple before it.
void ak_board_softmax_s8_shifted_maximum(const int8_t *in, int8_t *out, ptrdiff_t rows, ptrdiff_t depth,
                                         const ak_softmax_quantization *quantization);

/// Rule F: 3x3 without left and top padding copies the whole padded input to scratch, which holds three
/// rows: `ak_board_whole_input_scratch` bytes from `scratch` on are written.
void ak_board_depthwise_s8_whole_input(const ak_depthwise_conv2d_shape *shape,
                                       const ak_linear_quantization *quantization,
                                       const ak_multiplier *multipliers, const int8_t *input,
                                       const int8_t *filter, const int32_t *bias, int8_t *output,
                                       int8_t *scratch);
ptrdiff_t ak_board_whole_input_scratch(const ak_depthwise_conv2d_shape *shape);

/// Rule G of 1.1.2: 3x3 with one of the paddings 0 widens filter and input to 16 bits in a scratch that
/// was asked for in 8: `ak_board_widened_scratch` bytes from `scratch` on are written.
void ak_board_depthwise_s8_widened(const ak_depthwise_conv2d_shape *shape,
                                   const ak_linear_quantization *quantization,
                                   const ak_multiplier *multipliers, const int8_t *input,
                                   const int8_t *filter, const int32_t *bias, int8_t *output,
                                   int8_t *scratch);
ptrdiff_t ak_board_widened_scratch(const ak_depthwise_conv2d_shape *shape);

/// Rule I: of the elements after the last whole eight, negative products round up at ties.
void ak_board_mul_s8_leftover(const int8_t *a, ptrdiff_t a_step, const int8_t *b, ptrdiff_t b_step,
                              int8_t *out, ptrdiff_t count, const ak_binary_quantization *quantization);

/// Rule K: rows above and below the input hold code 0 instead of the zero point.
void ak_board_depthwise_s8_coded_padding(const ak_depthwise_conv2d_shape *shape,
                                         const ak_linear_quantization *quantization,
                                         const ak_multiplier *multipliers, const int8_t *input,
                                         const int8_t *filter, const int32_t *bias, int8_t *output);

#endif
