import AssayModel

/// Scratch that ESP-NN's S3 kernels ask for when an int8 operator prepares, in bytes.
///
/// Each formula follows one branch of the library's choice of kernel; kernels copy padded inputs,
/// transposed or aligned filters and filter sums into it. Only the sizes matter here, and they are
/// pinned by the arenas of whole models.
enum EspNNScratch {
  static func convolution(_ geometry: ConvolutionGeometry, _ generation: ScratchGeneration) -> CheckedSize {
    if isPointwise(geometry) { return pointwise(geometry, generation) }
    if generation >= .v121, unrollsToColumns(geometry) { return columns(geometry, generation) }
    return alignedFilter(geometry, generation)
  }

  /// One float or 32-bit word per element of the dimension behind the batch.
  static func softmax(width: Int) -> CheckedSize { 4 * CheckedSize(width) }

  private static func slack(_ generation: ScratchGeneration) -> CheckedSize { generation >= .v123 ? 64 : 32 }

  private static func isPointwise(_ geometry: ConvolutionGeometry) -> Bool {
    geometry.filter == Extent(1, 1) && geometry.stride == Extent(1, 1) && geometry.padding.isZero
  }

  /// 1x1: channels padded to 8, the input copied only when it has to be.
  private static func pointwise(
    _ geometry: ConvolutionGeometry, _ generation: ScratchGeneration
  ) -> CheckedSize {
    let channels = CheckedSize(geometry.inputChannels).roundedUp(to: 8)
    let pixels = geometry.input.area
    let input = geometry.inputChannels.isMultiple(of: 8) ? 0 : pixels * channels
    let transposed = pixels < 8 ? 0 : 16 * channels
    return input + channels * CheckedSize(geometry.outputChannels) + transposed + slack(generation)
  }

  /// Few input channels: a window is one short vector.
  private static func unrollsToColumns(_ geometry: ConvolutionGeometry) -> Bool {
    let channels = CheckedSize(geometry.inputChannels)
    return CheckedSize(geometry.filter.width) * channels < 16 && geometry.filter.area * channels >= 16
  }

  private static func columns(
    _ geometry: ConvolutionGeometry, _ generation: ScratchGeneration
  ) -> CheckedSize {
    let window = (geometry.filter.area * CheckedSize(geometry.inputChannels)).roundedUp(to: 16)
    let outputs = CheckedSize(geometry.outputChannels)
    return 4 * outputs + 16 + outputs * window + 16 + window + slack(generation)
  }

  /// Every other convolution: filter rows aligned to 16, the input copied with its padding.
  private static func alignedFilter(
    _ geometry: ConvolutionGeometry, _ generation: ScratchGeneration
  ) -> CheckedSize {
    let channels = CheckedSize(geometry.inputChannels)
    let outputs = CheckedSize(geometry.outputChannels)
    let padding = Extent(2 * geometry.padding.width, 2 * geometry.padding.height)
    var total = geometry.filter.area * channels.roundedUp(to: 16) * outputs + 4 * outputs + slack(generation)
    if !geometry.padding.isZero { total = total + (geometry.input + padding).area * channels }
    guard generation >= .v121 else { return total }
    let row = (CheckedSize(geometry.filter.width) * channels).roundedUp(to: 16)
    total = total + row * CheckedSize(geometry.filter.height) * outputs
    let overhang = geometry.overhang
    if !overhang.isZero { total = total + (geometry.input + overhang).area * channels }
    return total
  }
}
