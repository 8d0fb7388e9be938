#if defined(__x86_64__)
#include "vector_avx512vnni.h"

#define AK_VARIANT_NAME(family) ak_##family##_avx512vnni
#include "../packed/kernels.h"

#include "../packed/conv2d_s8.h"
#include "../packed/depthwise_conv2d_s8.h"
#endif
