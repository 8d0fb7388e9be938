// Shapes of TensorFlow Lite as windows with strides, so that two families of kernels can be compared.
#ifndef PORTABLE_WINDOWS_H
#define PORTABLE_WINDOWS_H
#include "ak_convolution.h"
#include "ak_pooling.h"
#include "ak_portable.h"

static inline ptrdiff_t conv2d_outputs(const ak_conv2d_shape *s) {
  return s->batches * s->output_height * s->output_width * s->output_channels;
}

/// Elements of the largest operand.
static inline ptrdiff_t conv2d_largest(const ak_conv2d_shape *s) {
  ptrdiff_t inputs = s->batches * s->input_height * s->input_width * s->input_channels;
  ptrdiff_t weights = s->output_channels * s->filter_height * s->filter_width * s->filter_channels;
  ptrdiff_t outputs = conv2d_outputs(s);
  ptrdiff_t largest = inputs > weights ? inputs : weights;
  return largest > outputs ? largest : outputs;
}

/// Channels last.
static inline ak_strides dense_strides(ptrdiff_t height, ptrdiff_t width, ptrdiff_t channels) {
  return (ak_strides){height * width * channels, 1, width * channels, channels};
}

static inline ak_portable_window window_of_conv2d(const ak_conv2d_shape *s) {
  return (ak_portable_window){
      .batches = s->batches,
      .groups = 1,
      .input_channels = s->input_channels,
      .output_channels = s->output_channels,
      .input_height = s->input_height,
      .input_width = s->input_width,
      .filter_height = s->filter_height,
      .filter_width = s->filter_width,
      .output_height = s->output_height,
      .output_width = s->output_width,
      .stride_height = s->stride_height,
      .stride_width = s->stride_width,
      .dilation_height = s->dilation_height,
      .dilation_width = s->dilation_width,
      .padding_top = s->padding_top,
      .padding_left = s->padding_left,
      .input = dense_strides(s->input_height, s->input_width, s->input_channels),
      .filter = dense_strides(s->filter_height, s->filter_width, s->filter_channels),
      .output = dense_strides(s->output_height, s->output_width, s->output_channels),
  };
}

static inline ak_portable_window window_of_pool2d(const ak_pool2d_shape *s) {
  ak_conv2d_shape plain = {.batches = s->batches,
                           .input_height = s->input_height,
                           .input_width = s->input_width,
                           .input_channels = s->channels,
                           .filter_height = s->filter_height,
                           .filter_width = s->filter_width,
                           .output_height = s->output_height,
                           .output_width = s->output_width,
                           .output_channels = s->channels,
                           .stride_height = s->stride_height,
                           .stride_width = s->stride_width,
                           .dilation_height = 1,
                           .dilation_width = 1,
                           .padding_top = s->padding_top,
                           .padding_left = s->padding_left};
  return window_of_conv2d(&plain);
}

#endif
