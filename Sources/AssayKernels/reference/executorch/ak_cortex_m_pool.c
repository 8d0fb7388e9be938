#include "ak_cortex_m.h"

// Rows (or columns) of a window that lie inside the input: [first, last).
typedef struct {
  ptrdiff_t first, last;
} span;

static span inside(ptrdiff_t start, ptrdiff_t side, ptrdiff_t extent) {
  ptrdiff_t last = start + side;
  return (span){start < 0 ? 0 : start, last > extent ? extent : last};
}

static int8_t average(const ak_portable_window *w, const int8_t *plane, span rows, span columns) {
  int32_t sum = 0;
  int32_t count = 0;
  for (ptrdiff_t y = rows.first; y < rows.last; y++)
    for (ptrdiff_t x = columns.first; x < columns.last; x++, count++)
      sum += plane[y * w->input.row + x * w->input.column];
  if (count == 0) return 0;
  return (int8_t)(sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count);
}

static int32_t largest(const ak_portable_window *w, const int8_t *plane, span rows, span columns) {
  int32_t best = INT8_MIN;
  for (ptrdiff_t y = rows.first; y < rows.last; y++)
    for (ptrdiff_t x = columns.first; x < columns.last; x++) {
      int8_t code = plane[y * w->input.row + x * w->input.column];
      if (code > best) best = code;
    }
  return best;
}

#define FOR_EACH_WINDOW(w)                                                                                   \
  for (ptrdiff_t b = 0; b < (w)->batches; b++)                                                               \
    for (ptrdiff_t c = 0; c < (w)->groups * (w)->output_channels; c++)                                       \
      for (ptrdiff_t y = 0; y < (w)->output_height; y++)                                                     \
        for (ptrdiff_t x = 0; x < (w)->output_width; x++)

#define OUTPUT_AT(w, output)                                                                                 \
  (output)[b * (w)->output.batch + c * (w)->output.channel + y * (w)->output.row + x * (w)->output.column]
#define PLANE_AT(w, input) ((input) + b * (w)->input.batch + c * (w)->input.channel)
#define ROWS_AT(w) inside(y *(w)->stride_height - (w)->padding_top, (w)->filter_height, (w)->input_height)
#define COLUMNS_AT(w) inside(x *(w)->stride_width - (w)->padding_left, (w)->filter_width, (w)->input_width)

void ak_cortex_m_average_pool_s8(const ak_portable_window *w, const int8_t *input, int8_t *output) {
  FOR_EACH_WINDOW(w) OUTPUT_AT(w, output) = average(w, PLANE_AT(w, input), ROWS_AT(w), COLUMNS_AT(w));
}

void ak_cortex_m_max_pool_s8(const ak_portable_window *w, const int8_t *input, int8_t *output, int32_t min,
                             int32_t max) {
  FOR_EACH_WINDOW(w) {
    int32_t code = largest(w, PLANE_AT(w, input), ROWS_AT(w), COLUMNS_AT(w));
    OUTPUT_AT(w, output) = (int8_t)(code < min ? min : code > max ? max : code);
  }
}
