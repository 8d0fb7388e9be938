// Only sums of int8 products gain from dot products; the rest is the same code as `packed_neon.c`.
#include "../packed/kernels.h"

#if defined(AK_HAS_NEON)
#define AK_NEON_DOT 1
#include "vector_neon.h"

#define AK_VARIANT_NAME(family) ak_##family##_neondot
#include "../packed/conv2d_s8.h"
#include "../packed/depthwise_conv2d_s8.h"
#endif
