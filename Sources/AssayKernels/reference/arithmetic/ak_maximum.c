#include "ak_row.h"

// On a NaN the comparison fails and the second operand is taken, as on the device.
#define LARGER(a, b, p) ((void)(p), (a) > (b) ? (a) : (b))
#define SMALLER(a, b, p) ((void)(p), (a) < (b) ? (a) : (b))

AK_ROW_S8(ak_maximum_s8, LARGER)
AK_ROW_S8(ak_minimum_s8, SMALLER)
AK_ROW_S16(ak_maximum_s16, LARGER)
AK_ROW_S16(ak_minimum_s16, SMALLER)
AK_ROW_S32(ak_maximum_s32, LARGER)
AK_ROW_S32(ak_minimum_s32, SMALLER)
AK_ROW_F32(ak_maximum_f32, LARGER)
AK_ROW_F32(ak_minimum_f32, SMALLER)

void ak_maximum_s64(const int64_t *a, ptrdiff_t a_step, const int64_t *b, ptrdiff_t b_step, int64_t *out,
                    ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = LARGER(a[i * a_step], b[i * b_step], out);
}

void ak_minimum_s64(const int64_t *a, ptrdiff_t a_step, const int64_t *b, ptrdiff_t b_step, int64_t *out,
                    ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = SMALLER(a[i * a_step], b[i * b_step], out);
}
