// Kernels of Assay: float32 and integer operators over caller-owned memory.
//
// No function here allocates, keeps state or does I/O, and none checks its arguments: each header
// states shape, order and legal range of every argument, and the caller has established them.
#ifndef ASSAY_KERNELS_H
#define ASSAY_KERNELS_H

#include "ak_activation.h"
#include "ak_arithmetic.h"
#include "ak_batch_matmul.h"
#include "ak_convolution.h"
#include "ak_cortex_m.h"
#include "ak_elementwise.h"
#include "ak_fixed_point.h"
#include "ak_fully_connected.h"
#include "ak_linear.h"
#include "ak_lstm.h"
#include "ak_movement.h"
#include "ak_packed.h"
#include "ak_onnx.h"
#include "ak_pooling.h"
#include "ak_portable.h"
#include "ak_quantize.h"
#include "ak_reduction.h"
#include "ak_requantize.h"
#include "ak_resize.h"
#include "ak_softmax.h"
#include "ak_svdf.h"
#include "ak_vectorized.h"

#endif
