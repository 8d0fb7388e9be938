internal import AssayModel

/// The conditions of every rule, evaluated on one layer whatever the release.
struct BoardConditions {
  let op: Operator
  let shape: LayerShape
  let path: KernelPath
  /// Whether the firmware is built with SKIP_NUDGE.
  var skipsNudge = false

  /// Rules whose condition holds, each with the numbers that meet it.
  var met: [(BoardRule, String)] { executed + reported }

  private var executed: [(BoardRule, String)] {
    switch path {
    case .s3Convolution: padding
    case .s3Convolution1x1Padded: lastPixel
    case .s3FullyConnected: connected
    case .s3AveragePool: averagePool
    case .ansiSoftmax: softmax
    case .s3Multiply: multiply
    case .s3Depthwise3x3: depthwise3x3 + withoutBias
    case .s3Depthwise3x3Padded: withoutBias
    case .s3Depthwise: tiled
    case .s3Depthwise3x3Multiplied, .s3DepthwiseMultiplied8, .s3DepthwiseMultiplied4: multiplied
    default: []
    }
  }

  private var reported: [(BoardRule, String)] {
    var met: [(BoardRule, String)] = []
    // The older kernels load eight bytes at a time from the address rounded down.
    if path == .s3FullyConnected, let text = Self.unalignedRows(shape, multiple: 8) {
      met.append((.unalignedRows, text))
    }
    if skipsNudge, Self.roundingInC.contains(path) {
      met.append((.skipNudge, "scaled by a C function that SKIP_NUDGE shortens"))
    }
    return met
  }

  /// Kernels that scale their sums in C, where the build option reaches.
  private static let roundingInC: Set<KernelPath> = [
    .s3ConvolutionColumns, .s3Convolution1x1C, .ansiConvolution, .ansiDepthwise, .ansiFullyConnected,
  ]

  /// Why rows behind the first of a batch start off a multiple of `multiple`; `nil` when none does.
  static func unalignedRows(_ shape: LayerShape, multiple: Double) -> String? {
    guard shape.rows > 1, shape.depth.truncatingRemainder(dividingBy: multiple) != 0 else { return nil }
    return
      "\(Int(shape.rows)) rows of \(Int(shape.depth)): all but the first start off \(Int(multiple)) bytes"
  }

  private var total: (vertical: Double, horizontal: Double) {
    (shape.padTop + shape.padBottom, shape.padLeft + shape.padRight)
  }

  private var padding: [(BoardRule, String)] {
    let isUneven = shape.padTop != shape.padBottom || shape.padLeft != shape.padRight
    guard isUneven else { return [] }
    let text = "total padding \(Int(total.vertical)) x \(Int(total.horizontal)) is odd"
    return [(.a, text)] + (shape.isPaddedBefore ? [(.a2, text + " with padding on the left or top")] : [])
  }

  private var lastPixel: [(BoardRule, String)] {
    let channels = shape.inputChannels
    let padded = (channels / 8).rounded(.up) * 8
    let sum = shape.outputChannels + shape.inputHeight * shape.inputWidth
    guard padded.truncatingRemainder(dividingBy: 16) == 8, sum.truncatingRemainder(dividingBy: 2) == 1
    else { return [] }
    return [
      (
        .b,
        "1x1 with \(Int(channels)) input channels padded to \(Int(padded)), output channels + pixels = \(Int(sum)) odd"
      )
    ]
  }

  private var connected: [(BoardRule, String)] {
    let blocks = (shape.depth / 16).rounded(.down)
    guard blocks >= 3, blocks.truncatingRemainder(dividingBy: 2) == 1 else { return [] }
    return [(.c, "rows of \(Int(shape.depth)): \(Int(blocks)) whole sixteens, an odd number")]
  }

  private var averagePool: [(BoardRule, String)] {
    guard shape.outputWidth != shape.outputHeight else { return [] }
    return [(.d, "output \(Int(shape.outputHeight)) x \(Int(shape.outputWidth)) is not square")]
  }

  private var softmax: [(BoardRule, String)] {
    let uneven = shape.depth.truncatingRemainder(dividingBy: 16) != 0
    guard shape.rows > 1, shape.depth >= 32, uneven else { return [] }
    return [(.e, "\(Int(shape.rows)) rows of \(Int(shape.depth)), not a multiple of 16")]
  }

  private var multiply: [(BoardRule, String)] {
    let rest = Int(shape.elements.truncatingRemainder(dividingBy: 8))
    return rest == 0 ? [] : [(.i, "\(Int(shape.elements)) elements leave \(rest) after the last whole eight")]
  }

  private var depthwise3x3: [(BoardRule, String)] {
    var met: [(BoardRule, String)] = []
    if !shape.isPaddedBefore, let copied = copiedInput, copied > 40_960 {
      met.append((.f, "no padding on the left and top, copied input of \(Int(copied)) bytes > 40960"))
    }
    let mixed = (shape.padTop == 0) != (shape.padLeft == 0)
    if mixed {
      met.append((.g, "top padding \(Int(shape.padTop)), left padding \(Int(shape.padLeft))"))
    }
    return met
  }

  /// Bytes of the padded copy that the 3x3 kernel makes without left and top padding, `nil` when it makes
  /// none. It pads up to one window more than there are outputs: a stride of 2 over an odd size is
  /// copied as well.
  private var copiedInput: Double? {
    let right = shape.outputWidth * shape.strideWidth + 2 - shape.inputWidth
    let bottom = shape.outputHeight * shape.strideHeight + 2 - shape.inputHeight
    guard right != 0 || bottom != 0 else { return nil }
    return (shape.inputHeight + max(bottom, 0)) * (shape.inputWidth + max(right, 0)) * shape.inputChannels
  }

  private var withoutBias: [(BoardRule, String)] {
    guard !shape.hasBias, shape.filterHeight == 3, shape.filterWidth == 3 else { return [] }
    return [(.j, "3x3 without a bias")]
  }

  /// The gap behind the widened filter is asked for as 16 bytes and takes twice what is missing to a
  /// sixteen, a whole one where nothing is missing.
  private var multiplied: [(BoardRule, String)] {
    let filter = Int(shape.filterPixels * shape.outputChannels)
    let over = 2 * (16 - filter % 16) - 16
    guard over > 0 else { return [] }
    return [(.h, "multiplier \(Int(shape.multiplier)), \(filter) weights: scratch \(over) bytes too small")]
  }

  private var tiled: [(BoardRule, String)] {
    let bytes = 2 * (shape.filterPixels * shape.outputChannels + shape.inputElements / shape.batch)
    guard total.vertical > 0, shape.inputZeroPoint != 0, bytes > 48 * 1024 else { return [] }
    let zeroPoint = "zero point \(shape.inputZeroPoint)"
    return [(.k, "vertical padding, \(zeroPoint), 2 x (filter + input) = \(Int(bytes)) bytes > 49152")]
  }
}
