#if defined(__x86_64__)
#include "f32_avx512.h"

#define AK_VARIANT_NAME(family) ak_##family##_avx512vnni
#include "../packed/kernels.h"
#include "../packed/pack_f32.h"

#include "../packed/arithmetic_s8.h"
#include "../packed/conv2d_s8.h"
#include "../packed/depthwise_conv2d_s8.h"
#include "../packed/pooling_s8.h"
#include "../packed/recurrent_s8.h"

#include "../packed/elementwise_f32.h"

#include "../packed/conv2d_f32.h"

#include "../packed/depthwise_conv2d_f32.h"

#include "../packed/peak.h"
#endif
