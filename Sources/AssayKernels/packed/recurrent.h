// What the kernels of LSTM and SVDF for vector units share.
#ifndef AK_PACKED_RECURRENT_H
#define AK_PACKED_RECURRENT_H
#include "../reference/fixed_point/ak_rounding.h"
#include "../reference/lstm/cell.h"
#include "ak_svdf.h"

/// One step of an LSTM while it runs; everything but the shape and the scales is scratch memory.
typedef struct {
  const ak_lstm_shape *shape;
  const ak_lstm_quantization *quantization;
  int16_t *input, *hidden;  ///< `[depth]`, `[units]`: codes without their zero point
  int32_t *own, *recurrent; ///< `[units]`: sums of a gate
  int16_t *gates;           ///< `[4, units]`
} lstm_s8_step;

typedef void lstm_s8_step_kernel(const lstm_s8_step *step, const ak_lstm_weights_s8 *weights, int16_t *cell,
                                 int8_t *output);
typedef void svdf_s8_project_kernel(const ak_svdf_shape *shape, const ak_svdf_quantization *quantization,
                                    const int8_t *input, const int8_t *feature_weights, int32_t min,
                                    int32_t max, int16_t *wide, int32_t *codes);

lstm_s8_step_kernel ak_lstm_s8_step_avx2, ak_lstm_s8_step_avx512vnni, ak_lstm_s8_step_neon;
svdf_s8_project_kernel ak_svdf_s8_project_avx2, ak_svdf_s8_project_avx512vnni, ak_svdf_s8_project_neon;

#endif
