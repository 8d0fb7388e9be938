import AssayModel

/// Scratch of ESP-NN's depthwise convolutions; see ``EspNNScratch``.
extension EspNNScratch {
  static func depthwise(
    _ geometry: ConvolutionGeometry, multiplier: Int, _ generation: ScratchGeneration
  ) -> CheckedSize {
    let sizes = DepthwiseSizes(geometry, multiplier: multiplier)
    return generation < .v121 ? sizes.before121(generation) : sizes.since121
  }
}

/// One depthwise convolution's sizes, named once for all branches.
private struct DepthwiseSizes {
  let geometry: ConvolutionGeometry
  let multiplier: Int
  let channels: CheckedSize
  /// Filter and input, one byte each.
  let filter: CheckedSize
  let input: CheckedSize

  init(_ geometry: ConvolutionGeometry, multiplier: Int) {
    self.geometry = geometry
    self.multiplier = multiplier
    channels = CheckedSize(geometry.inputChannels)
    filter = geometry.filter.area * channels * CheckedSize(multiplier)
    input = geometry.input.area * channels
  }

  private var is3x3: Bool { geometry.filter == Extent(3, 3) }

  /// Filter and input widened to 16 bits.
  private var widened: CheckedSize { 2 * (filter + input) }

  func before121(_ generation: ScratchGeneration) -> CheckedSize {
    let guardBytes: CheckedSize = generation < .v120 ? 16 : 32
    if multiplier == 1, channels.isMultiple(of: 8), is3x3 {
      return channels.isMultiple(of: 16) ? padded3x3(tiledAbove: nil) : widened + guardBytes
    }
    return multiplier.isMultiple(of: 4) ? widened + guardBytes : 32
  }

  var since121: CheckedSize {
    if multiplier == 1, channels.isMultiple(of: 8) { return is3x3 ? by3x3 : wideRows }
    if multiplier == 1, geometry.inputChannels > 3 { return paddedTo8 }
    return multiplier.isMultiple(of: 4) ? widened + 32 : 32
  }

  private var by3x3: CheckedSize {
    if channels.isMultiple(of: 16) { return padded3x3(tiledAbove: 40 * 1024) }
    return geometry.inputChannels >= 12 ? paddedTo16 : widened + 32
  }

  /// The input with its padding; above `limit` only as many rows as the filter has.
  private func padded3x3(tiledAbove limit: CheckedSize?) -> CheckedSize {
    let padding = geometry.symmetricPadding
    guard !padding.isZero else { return filter + 16 }
    let padded = geometry.input + padding
    let whole = padded.area * channels
    guard let limit, whole > limit else { return filter + whole + 16 }
    return filter + CheckedSize(padded.width) * CheckedSize(geometry.filter.height) * channels + 16
  }

  /// 3x3 with 24, 40, ... channels: filter, input and output rounded up to 16 channels.
  private var paddedTo16: CheckedSize {
    let channels = channels.roundedUp(to: 16)
    let overhang = Extent(
      max(geometry.output.width * geometry.stride.width + 2 - geometry.input.width, 0),
      max(geometry.output.height * geometry.stride.height + 2 - geometry.input.height, 0))
    let padding = Extent(2 * geometry.padding.width, 2 * geometry.padding.height)
    let padded = geometry.input + padding + overhang
    return 9 * channels + padded.area * channels + geometry.output.area * channels + 64
  }

  /// Other filter sizes: all of it in 16 bits, or row by row when that is above 48 KiB.
  private var wideRows: CheckedSize {
    guard widened > 48 * 1024 else { return widened + 32 }
    let rows = CheckedSize(geometry.input.width) * CheckedSize(geometry.filter.height) * channels
    return 2 * filter + 2 * rows + 32
  }

  /// Channels rounded up to 8: widened filter and input, then the output, then the requantisation
  /// constants, each part aligned to 16.
  private var paddedTo8: CheckedSize {
    let channels = channels.roundedUp(to: 8)
    let filterEnd = (2 * geometry.filter.area * channels).roundedUp(to: 16)
    let inputEnd = (filterEnd + 2 * geometry.input.area * channels).roundedUp(to: 16)
    let outputEnd = (inputEnd + geometry.output.area * channels).roundedUp(to: 16)
    return outputEnd + 12 * channels + 16
  }
}
