#include <string.h>

#include "ak_board.h"
#include "board_output.h"

enum { lanes = 8 };

// The block of eight pixels whose transposed copy was stored last before the last pixel is read, or -1.
static ptrdiff_t clobbering_block(ptrdiff_t pixels, ptrdiff_t padded_channels) {
  ptrdiff_t blocks = pixels / lanes;
  bool is_read_with_its_block = pixels % lanes == 0;
  // With one group of eight channels a block is read in full before anything of it is stored.
  return is_read_with_its_block && padded_channels == lanes ? blocks - 2 : blocks - 1;
}

// The last pixel's channels as the kernel finds them: the first channel of four pixels of that block,
// widened to 16 bits, stands in the last eight of `padded_channels`.
static void clobber(const ak_conv2d_shape *s, int32_t zero_point, const int8_t *image, ptrdiff_t block,
                    ptrdiff_t padded_channels, int8_t *pixel) {
  for (ptrdiff_t p = 0; p < 4; p++) {
    int32_t value = image[(block * lanes + p) * s->input_channels] - zero_point;
    for (ptrdiff_t byte = 0; byte < 2; byte++) {
      ptrdiff_t channel = padded_channels - lanes + 2 * p + byte;
      if (channel < s->input_channels) pixel[channel] = (int8_t)(uint8_t)((uint32_t)value >> (8 * byte));
    }
  }
}

// The dot product of one pixel; channels from `first_clobbered` on come from `clobbered`.
static int32_t pixel_sum(const ak_conv2d_shape *s, int32_t zero_point, const int8_t *pixel,
                         const int8_t *clobbered, ptrdiff_t first_clobbered, const int8_t *filter) {
  int32_t sum = 0;
  for (ptrdiff_t c = 0; c < s->input_channels; c++) {
    int32_t value = (c < first_clobbered ? pixel[c] : clobbered[c - first_clobbered]) - zero_point;
    sum = ak_wrapping_add(sum, value * filter[c]);
  }
  return sum;
}

void ak_board_conv2d_s8_clobbered_pixel(const ak_conv2d_shape *s, const ak_linear_quantization *q,
                                        const ak_multiplier *multipliers, const int8_t *input,
                                        const int8_t *filter, const int32_t *bias, int8_t *output) {
  ptrdiff_t pixels = s->input_height * s->input_width;
  ptrdiff_t padded_channels = (s->input_channels + lanes - 1) / lanes * lanes;
  ptrdiff_t block = clobbering_block(pixels, padded_channels);
  ak_conv2d_s8(s, q, multipliers, input, filter, bias, output);
  if (block < 0) return;
  for (ptrdiff_t b = 0; b < s->batches; b++) {
    const int8_t *image = input + b * pixels * s->input_channels;
    const int8_t *pixel = image + (pixels - 1) * s->input_channels;
    int8_t *codes = output + ((b + 1) * pixels - 1) * s->output_channels;
    ptrdiff_t first = padded_channels - lanes;
    int8_t clobbered[lanes] = {0};
    clobber(s, q->input_zero_point, image, block, lanes, clobbered);
    for (ptrdiff_t o = 0; o < s->output_channels; o++) {
      int32_t sum =
          pixel_sum(s, q->input_zero_point, pixel, clobbered, first, filter + o * s->input_channels);
      codes[o] = board_code(ak_wrapping_add(sum, bias ? bias[o] : 0), multipliers[o], q);
    }
  }
}
