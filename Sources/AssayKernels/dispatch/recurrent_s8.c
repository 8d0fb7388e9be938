#include <string.h>

#include "../packed/kernels.h"
#include "../packed/recurrent.h"

typedef struct {
  lstm_s8_step_kernel *lstm_step;
  svdf_s8_project_kernel *svdf_project;
} kernels_s8;

static const kernels_s8 table[AK_VARIANT_COUNT] = {
#if defined(__x86_64__)
    [AK_VARIANT_AVX2] = {ak_lstm_s8_step_avx2, ak_svdf_s8_project_avx2},
    [AK_VARIANT_AVX512_VNNI] = {ak_lstm_s8_step_avx512vnni, ak_svdf_s8_project_avx512vnni},
#elif defined(AK_HAS_NEON)
    [AK_VARIANT_NEON] = {ak_lstm_s8_step_neon, ak_svdf_s8_project_neon},
    [AK_VARIANT_NEON_DOT] = {ak_lstm_s8_step_neon, ak_svdf_s8_project_neon},
#endif
};

ptrdiff_t ak_lstm_s8_scratch_size(ak_variant variant, const ak_lstm_shape *s) {
  if (!table[variant].lstm_step) return 0;
  return s->units * (ptrdiff_t)(2 * sizeof(int32_t) + 5 * sizeof(int16_t)) +
         s->depth * (ptrdiff_t)sizeof(int16_t);
}

static void widen(const int8_t *from, int16_t *to, ptrdiff_t count, int32_t zero_point) {
  for (ptrdiff_t i = 0; i < count; i++) to[i] = (int16_t)(from[i] - zero_point);
}

void ak_lstm_s8_vectorized(ak_variant variant, const ak_lstm_shape *s, const ak_lstm_quantization *q,
                           const ak_lstm_weights_s8 *weights, const int8_t *input, int8_t *hidden,
                           int16_t *cell, int8_t *output, void *scratch) {
  lstm_s8_step_kernel *step = table[variant].lstm_step;
  if (!step) return ak_lstm_s8(s, q, weights, input, hidden, cell, output);
  lstm_s8_step run = {.shape = s, .quantization = q, .own = scratch};
  run.recurrent = run.own + s->units;
  run.gates = (int16_t *)(run.recurrent + s->units);
  run.hidden = run.gates + 4 * s->units;
  run.input = run.hidden + s->units;
  for (ptrdiff_t b = 0; b < s->batches; b++, hidden += s->units, cell += s->units)
    for (ptrdiff_t t = 0; t < s->steps; t++) {
      ptrdiff_t row = lstm_row(s, b, t);
      widen(input + row * s->depth, run.input, s->depth, q->input_zero_point);
      widen(hidden, run.hidden, s->units, q->hidden_zero_point);
      step(&run, weights, cell, output + row * s->units);
      memcpy(hidden, output + row * s->units, (size_t)s->units);
    }
}

ptrdiff_t ak_svdf_s8_scratch_size(ak_variant variant, const ak_svdf_shape *s) {
  if (!table[variant].svdf_project) return 0;
  return s->units * s->rank * (ptrdiff_t)sizeof(int32_t) + s->depth * (ptrdiff_t)sizeof(int16_t);
}

// Weights of a filter times its past.
static int32_t over_time(const int16_t *weights, const int16_t *state, int32_t zero_point, ptrdiff_t count) {
  uint32_t sum = 0;
  for (ptrdiff_t m = 0; m < count; m++) sum += (uint32_t)(weights[m] * (state[m] - zero_point));
  return (int32_t)sum;
}

static void emit(const ak_svdf_shape *s, const ak_svdf_quantization *q, const int16_t *time_weights,
                 const int32_t *bias, const int16_t *state, int8_t *output) {
  for (ptrdiff_t u = 0; u < s->units; u++) {
    int32_t sum = bias ? bias[u] : 0;
    for (ptrdiff_t f = 0; f < s->rank; f++, state += s->memory, time_weights += s->memory)
      sum = ak_wrapping_add(sum, over_time(time_weights, state, q->state_zero_point, s->memory));
    int32_t code = ak_wrapping_add(ak_scale(sum, q->output_scale), q->output_zero_point);
    output[u] = (int8_t)ak_clamp_s32(code, INT8_MIN, INT8_MAX);
  }
}

void ak_svdf_s8_s16_vectorized(ak_variant variant, const ak_svdf_shape *s, const ak_svdf_quantization *q,
                               const int8_t *input, const int8_t *feature_weights,
                               const int16_t *time_weights, const int32_t *bias, int16_t *state,
                               int8_t *output, void *scratch) {
  svdf_s8_project_kernel *project = table[variant].svdf_project;
  if (!project) return ak_svdf_s8_s16(s, q, input, feature_weights, time_weights, bias, state, output);
  ptrdiff_t filters = s->units * s->rank, cells = filters * s->memory;
  int32_t *codes = scratch;
  int16_t *wide = (int16_t *)(codes + filters);
  for (ptrdiff_t b = 0; b < s->batches; b++, input += s->depth, state += cells, output += s->units) {
    project(s, q, input, feature_weights, INT16_MIN, INT16_MAX, wide, codes);
    // All filters move on at once: what crosses into the one before is overwritten.
    memmove(state, state + 1, (size_t)(cells - 1) * sizeof *state);
    for (ptrdiff_t f = 0; f < filters; f++)
      state[(f + 1) * s->memory - 1] = (int16_t)(uint16_t)(codes[f] + q->state_zero_point);
    emit(s, q, time_weights, bias, state, output);
  }
}
