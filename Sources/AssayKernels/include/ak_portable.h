// Float operators of ExecuTorch's portable kernels (and of ONNX): operands in any order of memory.
//
// Tensors have logical dimensions in NCHW order and a stride, in elements, for each of them; no two
// elements of an output share a place. Sums run in the order of the device's C++ kernels, which is
// part of the result. Nothing is fused.
#ifndef AK_PORTABLE_H
#define AK_PORTABLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Most dimensions of any operand.
#define AK_MAX_RANK 8

/// Strides of a tensor of four dimensions, in elements; of filters: output channel, input channel.
typedef struct {
  ptrdiff_t batch, channel, row, column;
} ak_strides;

/// A convolution of `[batches, groups * input_channels, input_height, input_width]`.
typedef struct {
  ptrdiff_t batches, groups;
  ptrdiff_t input_channels, output_channels; ///< per group
  ptrdiff_t input_height, input_width;
  ptrdiff_t filter_height, filter_width;
  ptrdiff_t output_height, output_width;
  ptrdiff_t stride_height, stride_width;     ///< [1, 32767]
  ptrdiff_t dilation_height, dilation_width; ///< [1, 32767]
  ptrdiff_t padding_top, padding_left;       ///< [0, 32767]
  ak_strides input, filter, output;
} ak_portable_window;

/// Sums over (input channel, row, column) of the window, then adds the bias (`[channels]` or NULL).
void ak_portable_convolution_f32(const ak_portable_window *w, const float *input, const float *filter,
                                 const float *bias, float *output);

/// Transposed convolution: output starts as the bias and gathers products in the order of the input.
///
/// `filter` is `[input channels, output channels of a group, height, width]`.
void ak_portable_convolution_transposed_f32(const ak_portable_window *w, const float *input,
                                            const float *filter, const float *bias, float *output);

/// Largest element of each window, the first one among equals; NaN wins. A window outside gives 0.
///
/// Channels are `groups * output_channels`; `filter` strides are not read.
/// @param indices  place of the maximum in its plane, `row * width + column`, laid out as `output`; or NULL.
void ak_portable_max_pool_f32(const ak_portable_window *w, const float *input, float *output,
                              int64_t *indices);

/// Sum of each window in order, divided.
///
/// @param divisor      used for every window when above 0.
/// @param include_pad  whether cells of the padding count.
void ak_portable_average_pool_f32(const ak_portable_window *w, const float *input, float *output,
                                  ptrdiff_t divisor, bool include_pad);

/// Mean over windows that divide the input evenly into `output_height` x `output_width` parts.
void ak_portable_adaptive_average_pool_f32(const ak_portable_window *w, const float *input, float *output);

/// `out[i, j] = sum_k a[i, k] * b[k, j]`, in the order of k; with a bias `sum * alpha + bias * beta`.
typedef struct {
  ptrdiff_t rows, depth, columns;
  ptrdiff_t a_row, a_depth, b_depth, b_column, out_row, out_column;
  ptrdiff_t bias_row, bias_column; ///< 0 where the bias is repeated
  float alpha, beta;
} ak_portable_product;

/// @param bias  or NULL: then `alpha` and `beta` are not read.
void ak_portable_matmul_f32(const ak_portable_product *p, const float *a, const float *b, const float *bias,
                            float *out);

/// Functions of one float.
typedef enum {
  AK_PORTABLE_ABS,
  AK_PORTABLE_CEIL,
  AK_PORTABLE_CLAMP, ///< to [p, q], NaN comes through
  AK_PORTABLE_COS,
  AK_PORTABLE_ELU, ///< p * expm1(x) below 0, x * q above
  AK_PORTABLE_ERF,
  AK_PORTABLE_EXP,
  AK_PORTABLE_FLOOR,
  AK_PORTABLE_GELU,         ///< by erf
  AK_PORTABLE_GELU_TANH,    ///< by tanh
  AK_PORTABLE_HARD_SIGMOID, ///< max(0, min(1, p * x + q))
  AK_PORTABLE_HARD_SWISH,   ///< x * hard sigmoid with 1/6 and 1/2
  AK_PORTABLE_LEAKY_RELU,   ///< p * x below 0
  AK_PORTABLE_LOG,
  AK_PORTABLE_NEG,
  AK_PORTABLE_POW, ///< x to the power p
  AK_PORTABLE_RECIPROCAL,
  AK_PORTABLE_RELU,
  AK_PORTABLE_ROUND, ///< half to even
  AK_PORTABLE_RSQRT,
  AK_PORTABLE_SIGMOID,
  AK_PORTABLE_SIN,
  AK_PORTABLE_SOFTPLUS, ///< log(1 + exp(x))
  AK_PORTABLE_SQRT,
  AK_PORTABLE_TANH,
  AK_PORTABLE_ACOS,
  AK_PORTABLE_ACOSH,
  AK_PORTABLE_ASIN,
  AK_PORTABLE_ASINH,
  AK_PORTABLE_ATAN,
  AK_PORTABLE_ATANH,
  AK_PORTABLE_CELU, ///< p * expm1(x / p) below 0
  AK_PORTABLE_COSH,
  AK_PORTABLE_EXPM1,
  AK_PORTABLE_LOG10,
  AK_PORTABLE_LOG1P,
  AK_PORTABLE_LOG2,
  AK_PORTABLE_MISH,       ///< x * tanh(softplus(x))
  AK_PORTABLE_POWER_OF,   ///< p to the power x
  AK_PORTABLE_QUICK_GELU, ///< x * sigmoid(p * x)
  AK_PORTABLE_SHRINK,     ///< 0 inside [-p, p], nearer to 0 by q outside
  AK_PORTABLE_SIGN,
  AK_PORTABLE_SINH,
  AK_PORTABLE_SOFTSIGN, ///< x / (1 + |x|)
  AK_PORTABLE_TAN,
  AK_PORTABLE_THRESHOLD, ///< 0 up to p
  AK_PORTABLE_TRUNC,
} ak_portable_function;

/// Applies a function with its parameters to a dense run; `out` may be `in`.
void ak_portable_map_f32(ak_portable_function function, float p, float q, const float *in, float *out,
                         ptrdiff_t count);

/// Questions about one float, answered with bytes 0 or 1.
typedef enum { AK_PORTABLE_IS_ZERO, AK_PORTABLE_IS_NAN, AK_PORTABLE_IS_INFINITE } ak_portable_question;

void ak_portable_ask_f32(ak_portable_question question, const float *in, uint8_t *out, ptrdiff_t count);

/// Functions of two elements.
typedef enum {
  AK_PORTABLE_ADD,
  AK_PORTABLE_SUB,
  AK_PORTABLE_MUL,
  AK_PORTABLE_DIV,
  AK_PORTABLE_MAXIMUM,
  AK_PORTABLE_MINIMUM,
  AK_PORTABLE_POWER,
  AK_PORTABLE_PRELU, ///< a, or a * b below 0
  AK_PORTABLE_EQ,
  AK_PORTABLE_NE,
  AK_PORTABLE_LT,
  AK_PORTABLE_LE,
  AK_PORTABLE_GT,
  AK_PORTABLE_GE,
  AK_PORTABLE_BOTH,   ///< neither is 0
  AK_PORTABLE_EITHER, ///< not both are 0
  AK_PORTABLE_ONE,    ///< just one is 0
  AK_PORTABLE_ARC_TANGENT,
  AK_PORTABLE_DIV_FLOOR,
  AK_PORTABLE_DIV_TRUNC,
  AK_PORTABLE_FMOD,      ///< remainder with the sign of a
  AK_PORTABLE_REMAINDER, ///< remainder with the sign of b
  AK_PORTABLE_AND,       ///< of bits, integers only
  AK_PORTABLE_OR,
  AK_PORTABLE_XOR,
} ak_portable_operation;

/// Combines `count` elements of two rows: `a + alpha * b` for ADD and SUB. Steps are in elements, 0
/// for a repeated operand. Operations from EQ to ONE write bytes 0 or 1, all others the operands' type.
void ak_portable_combine_f32(ak_portable_operation operation, float alpha, const float *a, ptrdiff_t a_step,
                             const float *b, ptrdiff_t b_step, void *out, ptrdiff_t out_step,
                             ptrdiff_t count);
/// Wraps on overflow; division truncates, and by 0 gives 0. POWER and PRELU are not there.
void ak_portable_combine_s64(ak_portable_operation operation, int64_t alpha, const int64_t *a,
                             ptrdiff_t a_step, const int64_t *b, ptrdiff_t b_step, void *out,
                             ptrdiff_t out_step, ptrdiff_t count);
void ak_portable_combine_s32(ak_portable_operation operation, int32_t alpha, const int32_t *a,
                             ptrdiff_t a_step, const int32_t *b, ptrdiff_t b_step, void *out,
                             ptrdiff_t out_step, ptrdiff_t count);

/// Bytes, as which booleans are stored.
void ak_portable_combine_u8(ak_portable_operation operation, uint8_t alpha, const uint8_t *a,
                            ptrdiff_t a_step, const uint8_t *b, ptrdiff_t b_step, void *out,
                            ptrdiff_t out_step, ptrdiff_t count);

/// What is left of elements along reduced dimensions.
typedef enum {
  AK_PORTABLE_SUM,
  AK_PORTABLE_MEAN,
  AK_PORTABLE_LARGEST,
  AK_PORTABLE_SMALLEST,
  AK_PORTABLE_PRODUCT,
  AK_PORTABLE_MAGNITUDES,     ///< sum of |x|
  AK_PORTABLE_SQUARES,        ///< sum of x * x
  AK_PORTABLE_NORM,           ///< square root of the sum of x * x
  AK_PORTABLE_LOG_SUM,        ///< logarithm of the sum
  AK_PORTABLE_LOG_SUM_OF_EXP, ///< logarithm of the sum of exp(x)
} ak_portable_reduction;

/// Reduces `count` elements whose places are given, in their order.
///
/// @param places  `[count]` element offsets from `in`.
float ak_portable_reduce_f32(ak_portable_reduction kind, const float *in, const ptrdiff_t *places,
                             ptrdiff_t count);

/// SUM (wrapping), PRODUCT, LARGEST and SMALLEST of integers; all others give 0.
int64_t ak_portable_reduce_s64(ak_portable_reduction kind, const int64_t *in, const ptrdiff_t *places,
                               ptrdiff_t count);

/// Mean of squared differences from the mean; their sum is divided by `divisor`.
float ak_portable_variance_f32(const float *in, const ptrdiff_t *places, ptrdiff_t count, float divisor);

/// Position of the first largest (or smallest) of `count` elements, `step` apart; NaN wins.
int64_t ak_portable_argument_f32(bool largest, const float *in, ptrdiff_t count, ptrdiff_t step);

/// Softmax, or its logarithm, of `count` elements `in_step` apart.
void ak_portable_softmax_f32(bool logarithm, const float *in, ptrdiff_t in_step, float *out,
                             ptrdiff_t out_step, ptrdiff_t count);

/// Normalises rows of `count` dense elements by mean and variance; `scale` and `shift` are `[count]` or NULL.
void ak_portable_layer_norm_f32(const float *in, ptrdiff_t rows, ptrdiff_t count, const float *scale,
                                const float *shift, float epsilon, float *out);

/// `(x - mean) * factor * scale + shift` for `count` elements `step` apart.
typedef struct {
  float mean, factor, scale, shift;
} ak_portable_normal;
void ak_portable_normalize_f32(ak_portable_normal by, const float *in, ptrdiff_t in_step, float *out,
                               ptrdiff_t out_step, ptrdiff_t count);

/// Normalises each of `groups` groups of `channels` planes by its own mean and variance.
///
/// Sums are single precision, everything behind them double.
/// @param scale  `[groups * channels]` or NULL, as `shift`.
void ak_portable_group_norm_f32(const float *in, ptrdiff_t groups, ptrdiff_t channels, ptrdiff_t plane,
                                const float *scale, const float *shift, double epsilon, float *out);

/// Mean and variance (mean of squares less square of the mean) of elements whose places are given.
void ak_portable_statistics_f32(const float *in, const ptrdiff_t *places, ptrdiff_t count, float *mean,
                                float *variance);

/// How an output pixel finds its source along one axis.
typedef struct {
  ptrdiff_t input, output; ///< extents
  float scale;             ///< input pixels per output pixel
  bool align_corners;
} ak_portable_axis;

/// Bilinear interpolation of one plane; strides are in elements.
void ak_portable_resize_bilinear_f32(const ak_portable_axis *rows, const ak_portable_axis *columns,
                                     const float *in, ak_strides in_strides, float *out,
                                     ak_strides out_strides);

/// Copies slices of `slice_bytes` in the order of `indices`; all lie in [0, slices - 1].
void ak_portable_embedding(const uint8_t *in, ptrdiff_t slice_bytes, const int64_t *indices, ptrdiff_t count,
                           uint8_t *out);
#endif
