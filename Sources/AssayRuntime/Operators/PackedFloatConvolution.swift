import AssayKernels

/// CONV_2D and FULLY_CONNECTED on float32 over packed weights: the bits of the reference kernel.
struct PackedFloatConvolution: Sendable {
  private let shape: ak_conv2d_shape
  private let range: ak_float_range
  private let weights: PackedWeights
  private let scratchBytes: Int

  /// `nil` when reference kernels are asked for, when filter or bias are not constant, and where
  /// neither this CPU nor the shape nor the weights have a packed form.
  init?(_ operands: LinearOperands, _ shape: ak_conv2d_shape, _ range: ak_float_range) {
    guard operands.context.kernels == .fast else { return nil }
    var ownShape = shape
    let size = unsafe ak_conv2d_f32_packed_size(FastKernels.variant, &ownShape)
    let weights = unsafe PackedWeights(byteCount: size) { packed in
      unsafe operands.withConstantFloats { filter, bias in
        unsafe ak_conv2d_f32_pack(FastKernels.variant, &ownShape, filter, bias, packed)
      }
    }
    guard let weights else { return nil }
    (self.shape, self.range, self.weights) = (shape, range, weights)
    scratchBytes = unsafe ak_conv2d_f32_scratch_size(FastKernels.variant, &ownShape)
  }

  var prepared: PreparedOperator {
    PreparedOperator(scratchBytes: scratchBytes, packedBytes: weights.byteCount, isVectorized: true) {
      [shape, range, weights] memory in
      var (shape, range) = (shape, range)
      unsafe weights.withPointer { packed in
        unsafe ak_conv2d_f32_packed(
          FastKernels.variant, &shape, &range, packed, memory.input(0, as: Float.self),
          memory.output(0, as: Float.self), memory.scratch)
      }
    }
  }
}

/// DEPTHWISE_CONV_2D on float32 over packed weights: the bits of the reference kernel.
struct PackedFloatDepthwiseConvolution: Sendable {
  private let shape: ak_depthwise_conv2d_shape
  private let repeated: RepeatedChannels
  private let range: ak_float_range
  private let weights: PackedWeights
  private let scratchBytes: Int

  /// `nil` as for ``PackedFloatConvolution``.
  init?(_ operands: LinearOperands, _ shape: ak_depthwise_conv2d_shape, _ range: ak_float_range) {
    guard operands.context.kernels == .fast,
      let repeated = RepeatedChannels(shape, elementBytes: MemoryLayout<Float>.size, repeatsOne: true)
    else { return nil }
    var ownShape = repeated.shape
    let size = unsafe ak_depthwise_conv2d_f32_packed_size(FastKernels.variant, &ownShape)
    let weights = unsafe PackedWeights(byteCount: size) { packed in
      unsafe operands.withConstantFloats { filter, bias in
        unsafe ak_depthwise_conv2d_f32_pack(FastKernels.variant, &ownShape, filter, bias, packed)
      }
    }
    guard let weights else { return nil }
    (self.shape, self.range, self.weights) = (ownShape, range, weights)
    self.repeated = repeated
    scratchBytes =
      unsafe repeated.bytes + ak_depthwise_conv2d_f32_scratch_size(FastKernels.variant, &ownShape)
  }

  var prepared: PreparedOperator {
    PreparedOperator(scratchBytes: scratchBytes, packedBytes: weights.byteCount, isVectorized: true) {
      [shape, repeated, range, weights] memory in
      var (shape, range) = (shape, range)
      let input = unsafe repeated.input(memory, ak_repeat_channels_f32)
      unsafe weights.withPointer { packed in
        unsafe ak_depthwise_conv2d_f32_packed(
          FastKernels.variant, &shape, &range, packed, input, memory.output(0, as: Float.self),
          memory.scratch + repeated.bytes)
      }
    }
  }
}

extension LinearOperands {
  /// Filter and bias while a model is prepared; `nil` when one of them is computed at run time.
  fileprivate func withConstantFloats(
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>?) -> Bool
  ) -> Bool? {
    let done = unsafe withConstant(positions.filter, as: Float.self) { filter in
      unsafe withConstantBias(as: Float.self) { bias in unsafe body(filter, bias) }
    }
    return done ?? nil
  }
}
