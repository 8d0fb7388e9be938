#include "../packed/kernels.h"

#if defined(AK_HAS_NEON)
#include "f32_neon.h"

#define AK_VARIANT_NAME(family) ak_##family##_neon
#include "../packed/pack_f32.h"

#include "../packed/arithmetic_s8.h"
#include "../packed/conv2d_s8.h"
#include "../packed/depthwise_conv2d_s8.h"
#include "../packed/pooling_s8.h"
#include "../packed/recurrent_s8.h"

#include "../packed/elementwise_f32.h"

#include "../packed/conv2d_f32.h"

#include "../packed/depthwise_conv2d_f32.h"
#endif
