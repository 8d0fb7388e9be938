// Shapes of convolutions for packed kernels: every corner of an axis within small images.
#ifndef PACKED_SHAPES_H
#define PACKED_SHAPES_H
#include "ak_convolution.h"
#include "case_random.h"

/// Most output channels of any of these.
enum { CHANNELS = 160 };

// A window along one axis: at most `room` cells of input.
typedef struct {
  ptrdiff_t input, window, output, stride, dilation, padding;
} axis;

static inline axis random_axis(case_random *random, int32_t room) {
  axis a = {.window = case_between(random, 1, case_between(random, 0, 4) ? 4 : 11),
            .stride = case_between(random, 1, 3),
            .dilation = case_between(random, 0, 3) ? 1 : case_between(random, 2, 3)};
  ptrdiff_t reach = (a.window - 1) * a.dilation + 1;
  a.input = case_between(random, 1, room);
  if (case_between(random, 0, 1)) { // SAME
    a.output = (a.input + a.stride - 1) / a.stride;
    ptrdiff_t missing = (a.output - 1) * a.stride + reach - a.input;
    a.padding = missing > 0 ? missing / 2 : 0;
  } else {
    a.input += reach - 1;
    a.output = (a.input - reach) / a.stride + 1;
  }
  return a;
}

static inline ak_conv2d_shape random_conv2d(case_random *random) {
  axis y = random_axis(random, 9), x = random_axis(random, 19);
  ptrdiff_t channels = case_between(random, 1, case_between(random, 0, 1) ? 9 : 70);
  return (ak_conv2d_shape){case_between(random, 1, 2),
                           y.input,
                           x.input,
                           channels,
                           y.window,
                           x.window,
                           channels,
                           y.output,
                           x.output,
                           case_between(random, 1, 70),
                           y.stride,
                           x.stride,
                           y.dilation,
                           x.dilation,
                           y.padding,
                           x.padding};
}

static inline ak_depthwise_conv2d_shape random_depthwise(case_random *random) {
  axis y = random_axis(random, 9), x = random_axis(random, 19);
  ptrdiff_t channels = case_between(random, 1, 70);
  ptrdiff_t multiplier = case_between(random, 0, 3) ? 1 : case_between(random, 1, 8);
  if (case_between(random, 0, 7) == 0) channels = 1, multiplier = case_between(random, 1, 70);
  if (channels * multiplier > CHANNELS) multiplier = 1;
  return (ak_depthwise_conv2d_shape){case_between(random, 1, 2),
                                     y.input,
                                     x.input,
                                     channels,
                                     y.window,
                                     x.window,
                                     multiplier,
                                     y.output,
                                     x.output,
                                     y.stride,
                                     x.stride,
                                     y.dilation,
                                     x.dilation,
                                     y.padding,
                                     x.padding};
}

#endif
