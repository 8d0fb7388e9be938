// Functions of one quantised code: RELU, RELU6, LEAKY_RELU, HARD_SWISH, LOGISTIC, TANH, ABS, RSQRT.
//
// Each maps `count` elements of `in` to `out`, which may be the same array.
#ifndef AK_ACTIVATION_H
#define AK_ACTIVATION_H
#include <stddef.h>
#include <stdint.h>

#include "ak_requantize.h"

/// How one code becomes another; each kernel says which fields it reads.
typedef struct {
  int32_t in_zero_point;        ///< a code of the input's type
  int32_t out_zero_point;       ///< a code of the output's type
  ak_multiplier scale;          ///< input units to what the kernel computes in
  ak_multiplier negative_scale; ///< the same for codes below the input's zero point
  int32_t range_radius;         ///< distance from the zero point at which the function saturates, >= 0
  int32_t min;                  ///< a code of the output's type, at most `max`
  int32_t max;                  ///< a code of the output's type
} ak_map_quantization;

typedef void ak_map_s8(const int8_t *in, int8_t *out, ptrdiff_t count,
                       const ak_map_quantization *quantization);
typedef void ak_map_s16(const int16_t *in, int16_t *out, ptrdiff_t count,
                        const ak_map_quantization *quantization);

/// Scales to the output's units and clamps to [`min`, `max`]: RELU.
ak_map_s8 ak_rescale_s8;
ak_map_s16 ak_rescale_s16;

/// Clamps codes to [`min`, `max`] without scaling: RELU6, which keeps its input's units.
ak_map_s8 ak_clamp_s8;
ak_map_s16 ak_clamp_s16;

/// As `ak_rescale`, with `negative_scale` below the zero point; its mantissa may be negative,
/// above -2^31.
ak_map_s8 ak_leaky_relu_s8;
ak_map_s16 ak_leaky_relu_s16;

/// Magnitude by `scale`.
ak_map_s8 ak_abs_s8;
ak_map_s16 ak_abs_s16;

/// 1 / sqrt of codes at or above the zero point; the zero point itself gives `max`. `scale` is
/// 1 / (sqrt(input scale) * output scale), its shift in [-11, 30].
ak_map_s8 ak_rsqrt_s8;
ak_map_s16 ak_rsqrt_s16;

/// `scale` brings codes to Q4.27; the output has scale 1/256 and zero point -128 (LOGISTIC), or 1/128
/// and 0 (TANH). From `range_radius` on, the ends of the type are written.
ak_map_s8 ak_logistic_s8, ak_tanh_s8;

/// Interpolate in a table of 256 points: output scale 2^-15, zero points 0.
///
/// `scale.mantissa` is 0 for an input scale that is a power of two, and `scale.shift` the left shift
/// to 1/4096 (0 for LOGISTIC, 0 or 1 for TANH); else a factor in [1, 32767] to units of 1/12288
/// followed by a rounding right shift by `scale.shift` in [0, 31]. Nothing else is read.
ak_map_s16 ak_logistic_s16, ak_tanh_s16;

/// `scale` is (input scale / 128) / output scale, `negative_scale` (input scale / 128) / (3 / 32768),
/// both with mantissas of 16 bits in [2^14, 2^15 - 1]; the shift of `scale` is in [-31, 0].
ak_map_s8 ak_hard_swish_s8;

/// Looks codes up: `table[code + 128]` is the output for `code`. Any function of one int8 code takes
/// this form once its 256 values are known.
void ak_lookup_s8(const int8_t table[256], const int8_t *in, int8_t *out, ptrdiff_t count);

#endif
