internal import AssayRuntime

extension KernelChooser {
  /// ESP-NN's decision tree for depthwise convolutions, which changed from 1.1.2 to 1.2.1.
  func depthwise(_ shape: LayerShape) -> KernelChoice {
    let channels = Int(shape.inputChannels)
    let multiplier = Int(shape.multiplier)
    if library == .ansi {
      return KernelChoice(path: .ansiDepthwise, counted: nil, reason: "built with ESP-NN's C kernels")
    }
    if multiplier != 1 { return multiplied(shape, multiplier) }
    let is3x3 = shape.filterHeight == 3 && shape.filterWidth == 3
    if is3x3, shape.channelsAreMultiple(of: 16) {
      return KernelChoice(
        path: .s3Depthwise3x3, counted: .depthwise3x3, reason: "3x3, channels \(channels) a multiple of 16")
    }
    if shape.channelsAreMultiple(of: 8) { return eights(shape, channels, is3x3: is3x3) }
    return odd(channels)
  }

  private func eights(_ shape: LayerShape, _ channels: Int, is3x3: Bool) -> KernelChoice {
    guard is3x3 else {
      let window = "\(Int(shape.filterHeight))x\(Int(shape.filterWidth))"
      return library == .espNN112
        ? KernelChoice(
          path: .ansiDepthwise, counted: .depthwise,
          reason: "\(window): esp-nn 1.1.2 has S3 code for 3x3 only")
        : KernelChoice(
          path: .s3Depthwise, counted: .depthwise,
          reason: "\(window), channels \(channels) a multiple of 8, in int16")
    }
    if channels == 8 {
      return KernelChoice(
        path: .s3Depthwise3x3Wide, counted: .depthwise3x3Wide, reason: "3x3, 8 channels, in int16")
    }
    return KernelChoice(
      path: .s3Depthwise3x3Padded, counted: .depthwise3x3Padded,
      reason: library == .espNN112
        ? "3x3, channels \(channels) not a multiple of 16: in int16"
        : "3x3, channels \(channels) not a multiple of 16: padded to \((channels + 15) / 16 * 16)")
  }

  private func odd(_ channels: Int) -> KernelChoice {
    if channels <= 3 {
      return KernelChoice(
        path: .ansiDepthwise, counted: .depthwiseMultipliedC, reason: "\(channels) channels: C")
    }
    return library == .espNN112
      ? KernelChoice(
        path: .ansiDepthwise, counted: .depthwiseOdd, reason: "channels \(channels) not a multiple of 8: C")
      : KernelChoice(
        path: .s3DepthwiseOdd, counted: .depthwiseOdd,
        reason: "channels \(channels) not a multiple of 8: padded to \((channels + 7) / 8 * 8)")
  }

  private func multiplied(_ shape: LayerShape, _ multiplier: Int) -> KernelChoice {
    let is3x3 = shape.filterHeight == 3 && shape.filterWidth == 3
    if multiplier % 8 == 0 {
      return is3x3
        ? KernelChoice(
          path: .s3Depthwise3x3Multiplied, counted: .depthwise3x3Multiplied,
          reason: "3x3, multiplier \(multiplier) a multiple of 8")
        : KernelChoice(
          path: .s3DepthwiseMultiplied8, counted: .depthwiseMultiplied8,
          reason: "multiplier \(multiplier) a multiple of 8")
    }
    if multiplier % 4 == 0 {
      return KernelChoice(
        path: .s3DepthwiseMultiplied4, counted: .depthwiseMultiplied4,
        reason: "multiplier \(multiplier) a multiple of 4")
    }
    return KernelChoice(
      path: .ansiDepthwise, counted: .depthwiseMultipliedC,
      reason: "multiplier \(multiplier) not a multiple of 4: C")
  }
}
