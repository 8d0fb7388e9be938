#include "pack_s8.h"

#include <stdlib.h>
#include <string.h>

#include "scale.h"

// Sum of the weights of an output channel, and the largest magnitude its sum of products can have.
typedef struct {
  int64_t sum, bound;
} weight_range;

static weight_range range_of(const pack_source *s, ptrdiff_t output) {
  int64_t below = 128 + s->input_zero_point, above = 127 - s->input_zero_point;
  weight_range r = {0, s->bias ? llabs((int64_t)s->bias[output]) : 0};
  for (ptrdiff_t i = 0; i < s->products; i++) {
    int64_t weight = s->filter[output * s->output_step + i * s->element_step];
    r.sum += weight;
    r.bound += llabs(weight) * (below > above ? below : above);
  }
  return r;
}

bool pack_scales(const packed_traits *t, const pack_source *s, ptrdiff_t first, int32_t *scales) {
  memset(scales, 0, (size_t)(t->lanes * PACKED_SCALE_ARRAYS) * sizeof *scales);
  int64_t offset = t->subtracts_zero_point ? 0 : t->offset + (int64_t)s->input_zero_point;
  for (ptrdiff_t lane = 0; lane < t->lanes && first + lane < s->outputs * s->repeat; lane++) {
    ptrdiff_t output = (first + lane) % s->outputs;
    weight_range range = range_of(s, output);
    packed_scale scale;
    if (range.bound >= PACKED_SUM_LIMIT ||
        !packed_scale_of(s->multipliers[output], range.bound, s->output_zero_point, &scale))
      return false;
    int64_t bias = (s->bias ? s->bias[output] : 0) - offset * range.sum;
    scales[PACKED_BIAS * t->lanes + lane] = (int32_t)(uint32_t)(uint64_t)bias;
    scales[PACKED_MULTIPLIER * t->lanes + lane] = (int32_t)scale.multiplier;
    scales[PACKED_CORRECTION * t->lanes + lane] = (int32_t)scale.correction;
    scales[PACKED_HALF * t->lanes + lane] = scale.half;
    scales[PACKED_SHIFT * t->lanes + lane] = scale.shift;
  }
  return true;
}

static void pack_lane(const packed_traits *t, const packed_walk *w, const pack_source *s, ptrdiff_t output,
                      ptrdiff_t lane, void *weights) {
  for (ptrdiff_t segment = 0; segment < w->rows * w->columns; segment++)
    for (ptrdiff_t e = 0; e < w->segment_length; e++) {
      ptrdiff_t product = segment * w->segment_length + e;
      ptrdiff_t vector = segment * w->groups + e / t->group;
      pack_element(t, weights, (vector * t->lanes + lane) * t->group + e % t->group,
                   s->filter[output * s->output_step + product * s->element_step]);
    }
}

bool pack_conv2d_s8(const packed_traits *t, const packed_walk *w, const pack_source *s, void *packed) {
  ptrdiff_t block_size = packed_block_size(t, w);
  char *block = packed;
  for (ptrdiff_t first = 0; first < s->outputs; first += t->lanes, block += block_size) {
    memset(block, 0, (size_t)block_size);
    if (!pack_scales(t, s, first, (int32_t *)(void *)block)) return false;
    for (ptrdiff_t lane = 0; lane < t->lanes && first + lane < s->outputs; lane++)
      pack_lane(t, w, s, first + lane, lane, block + t->lanes * 4 * PACKED_SCALE_ARRAYS);
  }
  return true;
}

bool pack_depthwise_conv2d_s8(const packed_traits *t, const depthwise_walk *w,
                              const ak_depthwise_conv2d_shape *shape, const pack_source *s, void *packed) {
  char *block = packed;
  for (ptrdiff_t first = 0; first < s->outputs * s->repeat; first += t->lanes, block += w->block_size) {
    memset(block, 0, (size_t)w->block_size);
    if (!pack_scales(t, s, first, (int32_t *)(void *)block)) return false;
    void *weights = block + t->lanes * 4 * PACKED_SCALE_ARRAYS;
    for (ptrdiff_t lane = 0; lane < t->lanes && first + lane < s->outputs * s->repeat; lane++)
      for (ptrdiff_t product = 0; product < s->products; product++) {
        ptrdiff_t y = product / shape->filter_width, x = product % shape->filter_width;
        ptrdiff_t vector = y / t->group * shape->filter_width + x;
        pack_element(t, weights, (vector * t->lanes + lane) * t->group + y % t->group,
                     s->filter[(first + lane) % s->outputs + product * s->element_step]);
      }
  }
  return true;
}
