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
  private let repeated: RepeatedChannels
  private let quantization: ak_linear_quantization
  private let weights: PackedWeights
  private let scratchBytes: Int

  /// `nil` as for ``PackedConvolution``.
  init?(
    _ operands: LinearOperands, _ shape: ak_depthwise_conv2d_shape, _ quantization: ak_linear_quantization,
    _ multipliers: [QuantizedMultiplier], _ filter: EightBitFilter
  ) {
    guard operands.context.kernels == .fast,
      let repeated = RepeatedChannels(shape, elementBytes: MemoryLayout<Int8>.size, repeatsOne: false)
    else { return nil }
    let variant = FastKernels.variant
    var (ownShape, ownQuantization) = (repeated.shape, quantization)
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
    (self.shape, self.quantization, self.weights) = (ownShape, quantization, weights)
    self.repeated = repeated
    scratchBytes = unsafe repeated.bytes + ak_depthwise_conv2d_s8_scratch_size(variant, &ownShape)
  }

  var prepared: PreparedOperator {
    PreparedOperator(scratchBytes: scratchBytes, packedBytes: weights.byteCount, isVectorized: true) {
      [shape, repeated, quantization, weights] memory in
      var (shape, quantization) = (shape, quantization)
      let input = unsafe repeated.input(memory, ak_repeat_channels_s8)
      unsafe weights.withPointer { packed in
        unsafe ak_depthwise_conv2d_s8_packed(
          FastKernels.variant, &shape, &quantization, packed, input, memory.output(0, as: Int8.self),
          memory.scratch + repeated.bytes)
      }
    }
  }
}

/// A depthwise convolution with a multiplier as one without: every channel of the input is read as often
/// as it has outputs.
struct RepeatedChannels: Sendable {
  /// Without a multiplier.
  let shape: ak_depthwise_conv2d_shape
  /// Of the repeated input at the start of scratch memory; 0 where nothing is repeated.
  let bytes: Int
  private let count: Int
  private let times: Int

  /// Inputs repeated to more than this are left to the reference kernel.
  private static let maximumBytes = 1 << 26

  /// - Parameter repeatsOne: whether a single channel is repeated, too; int8 kernels take it as it is, an
  ///   ordinary convolution.
  /// - Returns: `nil` above the limit.
  init?(_ shape: ak_depthwise_conv2d_shape, elementBytes: Int, repeatsOne: Bool) {
    var repeated = shape
    times = shape.input_channels == 1 && !repeatsOne ? 1 : shape.depth_multiplier
    if times > 1 {
      repeated.input_channels *= times
      repeated.depth_multiplier = 1
    }
    count = shape.batches * shape.input_height * shape.input_width * shape.input_channels
    let (size, overflow) = (count * elementBytes).multipliedReportingOverflow(by: times)
    guard !overflow, size <= Self.maximumBytes else { return nil }
    bytes = times > 1 ? (size + 63) / 64 * 64 : 0
    self.shape = repeated
  }

  /// The operator's input, repeated into scratch memory where it has to be.
  @unsafe func input<Element>(
    _ memory: borrowing OperatorMemory,
    _ fill: (UnsafePointer<Element>, Int, Int, UnsafeMutablePointer<Element>) -> Void
  ) -> UnsafePointer<Element> {
    let input = unsafe memory.input(0, as: Element.self)
    guard times > 1 else { return unsafe input }
    let repeated = unsafe memory.scratch.assumingMemoryBound(to: Element.self)
    unsafe fill(input, count, times, repeated)
    return unsafe UnsafePointer(repeated)
  }
}
