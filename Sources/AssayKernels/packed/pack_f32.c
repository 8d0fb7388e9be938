#include "pack_f32.h"

#include <math.h>

bool pack_f32(const packed_traits *t, const pack_source_f32 *s, void *packed) {
  float *to = packed;
  for (ptrdiff_t first = 0; first < s->outputs * s->repeat; first += t->lanes)
    for (ptrdiff_t product = -1; product < s->products; product++)
      for (ptrdiff_t lane = 0; lane < t->lanes; lane++) {
        ptrdiff_t output = (first + lane) % s->outputs;
        bool used = first + lane < s->outputs * s->repeat;
        float value = 0;
        if (used && product >= 0) value = s->filter[output * s->output_step + product * s->element_step];
        if (used && product < 0 && s->bias) value = s->bias[output];
        if (product >= 0 && !isfinite(value)) return false;
        *to++ = value;
      }
  return true;
}
