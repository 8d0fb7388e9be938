// QUANTIZE, DEQUANTIZE, CAST.
//
// Each converts `count` elements of `in` to `out`, which do not overlap.
#ifndef AK_QUANTIZE_H
#define AK_QUANTIZE_H
#include <stddef.h>
#include <stdint.h>

#include "ak_requantize.h"

/// `round(x / scale) + zero_point`, half away from zero, clamped to the type.
///
/// @param scale  above 0 and finite; the division is single precision. What leaves 32 bits on the way
///               saturates, and NaN counts as 0 steps.
void ak_quantize_s8(const float *in, int8_t *out, ptrdiff_t count, float scale, int32_t zero_point);
void ak_quantize_u8(const float *in, uint8_t *out, ptrdiff_t count, float scale, int32_t zero_point);
void ak_quantize_s16(const float *in, int16_t *out, ptrdiff_t count, float scale, int32_t zero_point);
void ak_quantize_s32(const float *in, int32_t *out, ptrdiff_t count, float scale, int32_t zero_point);

/// `scale * (code - zero_point)`: the product in double precision, then rounded to single.
void ak_dequantize_s8(const int8_t *in, float *out, ptrdiff_t count, float scale, int32_t zero_point);
void ak_dequantize_u8(const uint8_t *in, float *out, ptrdiff_t count, float scale, int32_t zero_point);
void ak_dequantize_s16(const int16_t *in, float *out, ptrdiff_t count, float scale, int32_t zero_point);
void ak_dequantize_s32(const int32_t *in, float *out, ptrdiff_t count, float scale, int32_t zero_point);

/// How codes of one type become codes of another.
typedef struct {
  int32_t in_zero_point;  ///< a code of the input's type
  int32_t out_zero_point; ///< a code of the output's type
  ak_multiplier scale;    ///< input scale / output scale
} ak_rescale;

/// `(code - in_zero_point) * scale + out_zero_point`, wrapping in 32 bits, clamped to the type.
void ak_rescale_s8_to_s8(const int8_t *in, int8_t *out, ptrdiff_t count, const ak_rescale *by);
void ak_rescale_s8_to_u8(const int8_t *in, uint8_t *out, ptrdiff_t count, const ak_rescale *by);
void ak_rescale_s8_to_s16(const int8_t *in, int16_t *out, ptrdiff_t count, const ak_rescale *by);
void ak_rescale_s8_to_s32(const int8_t *in, int32_t *out, ptrdiff_t count, const ak_rescale *by);
void ak_rescale_u8_to_s8(const uint8_t *in, int8_t *out, ptrdiff_t count, const ak_rescale *by);
void ak_rescale_s16_to_s8(const int16_t *in, int8_t *out, ptrdiff_t count, const ak_rescale *by);
void ak_rescale_s16_to_s16(const int16_t *in, int16_t *out, ptrdiff_t count, const ak_rescale *by);
void ak_rescale_s16_to_s32(const int16_t *in, int32_t *out, ptrdiff_t count, const ak_rescale *by);
void ak_rescale_s32_to_s8(const int32_t *in, int8_t *out, ptrdiff_t count, const ak_rescale *by);
void ak_rescale_s32_to_s16(const int32_t *in, int16_t *out, ptrdiff_t count, const ak_rescale *by);

/// Element types CAST converts between.
typedef enum { AK_BOOL, AK_S8, AK_U8, AK_S16, AK_S32, AK_U32, AK_S64, AK_F32 } ak_type;

/// CAST: integers wrap to narrower ones; floats truncate toward zero and saturate (NaN gives 0);
/// a boolean is 0 or 1, and anything but 0 casts to true.
void ak_cast(ak_type from, const void *in, ak_type to, void *out, ptrdiff_t count);

#endif
