import AssayKernels

/// CONV_2D and FULLY_CONNECTED on int8 over packed weights: the bits of the reference kernel.
struct PackedConvolution: Sendable {
  private let shape: ak_conv2d_shape
  private let quantization: ak_linear_quantization
  private let weights: PackedWeights
  private let scratchBytes: Int

  /// `nil` when reference kernels are asked for, when filter or bias are not constant, and where
  /// neither this CPU nor the shape has a packed form.
  init?(
    _ operands: LinearOperands, _ shape: ak_conv2d_shape, _ quantization: ak_linear_quantization,
    _ multipliers: [QuantizedMultiplier], _ filter: EightBitFilter
  ) {
    guard operands.context.kernels == .fast else { return nil }
    let variant = FastKernels.variant
    var (ownShape, ownQuantization) = (shape, quantization)
    let size = unsafe ak_conv2d_s8_packed_size(variant, &ownShape)
    let weights = unsafe PackedWeights(byteCount: size) { packed in
      let done = unsafe filter.withConstant(operands) { filter in
        unsafe operands.withConstantBias(as: Int32.self) { bias in
          unsafe ak_conv2d_s8_pack(
            variant, &ownShape, &ownQuantization, multipliers, filter, bias, packed)
        }
      }
      return done ?? nil
    }
    guard let weights else { return nil }
    (self.shape, self.quantization, self.weights) = (shape, quantization, weights)
    scratchBytes = unsafe ak_conv2d_s8_scratch_size(variant, &ownShape)
  }

  var prepared: PreparedOperator {
    PreparedOperator(scratchBytes: scratchBytes, packedBytes: weights.byteCount, isVectorized: true) {
      [shape, quantization, weights] memory in
      var (shape, quantization) = (shape, quantization)
      unsafe weights.withPointer { packed in
        unsafe ak_conv2d_s8_packed(
          FastKernels.variant, &shape, &quantization, packed, memory.input(0, as: Int8.self),
          memory.output(0, as: Int8.self), memory.scratch)
      }
    }
  }
}

/// DEPTHWISE_CONV_2D on int8 over packed weights: the bits of the reference kernel.
struct PackedDepthwiseConvolution: Sendable {
  private let shape: ak_depthwise_conv2d_shape
  private let quantization: ak_linear_quantization
  private let weights: PackedWeights
  private let scratchBytes: Int

  /// `nil` as for ``PackedConvolution``.
  init?(
    _ operands: LinearOperands, _ shape: ak_depthwise_conv2d_shape, _ quantization: ak_linear_quantization,
    _ multipliers: [QuantizedMultiplier], _ filter: EightBitFilter
  ) {
    guard operands.context.kernels == .fast else { return nil }
    let variant = FastKernels.variant
    var (ownShape, ownQuantization) = (shape, quantization)
    let size = unsafe ak_depthwise_conv2d_s8_packed_size(variant, &ownShape)
    let weights = unsafe PackedWeights(byteCount: size) { packed in
      let done = unsafe filter.withConstant(operands) { filter in
        unsafe operands.withConstantBias(as: Int32.self) { bias in
          unsafe ak_depthwise_conv2d_s8_pack(
            variant, &ownShape, &ownQuantization, multipliers, filter, bias, packed)
        }
      }
      return done ?? nil
    }
    guard let weights else { return nil }
    (self.shape, self.quantization, self.weights) = (shape, quantization, weights)
    scratchBytes = unsafe ak_depthwise_conv2d_s8_scratch_size(variant, &ownShape)
  }

  var prepared: PreparedOperator {
    PreparedOperator(scratchBytes: scratchBytes, packedBytes: weights.byteCount, isVectorized: true) {
      [shape, quantization, weights] memory in
      var (shape, quantization) = (shape, quantization)
      unsafe weights.withPointer { packed in
        unsafe ak_depthwise_conv2d_s8_packed(
          FastKernels.variant, &shape, &quantization, packed, memory.input(0, as: Int8.self),
          memory.output(0, as: Int8.self), memory.scratch)
      }
    }
  }
}
