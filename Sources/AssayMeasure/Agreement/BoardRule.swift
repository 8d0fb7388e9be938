public import AssayRuntime

/// A known defect of an ESP-NN release that can be read off a model without running it.
///
/// A to K were found by executing the S3 assembly of each release against TFLite Micro's kernels; where
/// none of these applies the board computes the same bytes as the reference. The last two are reported
/// by users or read from the library's source: they are found, but what they cost is not computed.
public enum BoardRule: String, Sendable, Hashable, CaseIterable {
  case a = "A"
  case a2 = "A2"
  case b = "B"
  case c = "C"
  case d = "D"
  case e = "E"
  case f = "F"
  case g = "G"
  case h = "H"
  case i = "I"
  case j = "J"
  case k = "K"
  case unalignedRows = "UNALIGNED_ROWS"
  case skipNudge = "SKIP_NUDGE"

  /// Which layers meet it, in one clause.
  public var condition: String {
    switch self {
    case .a: "CONV_2D, not 1x1 with stride 1, whose total padding is odd in one direction"
    case .a2:
      "CONV_2D, not 1x1 with stride 1, whose total padding is odd in one direction, with padding on the left or top; windows gathered into columns are immune"
    case .b:
      "CONV_2D 1x1 with stride 1, input channels that pad to an odd number of eights, output channels + pixels odd"
    case .c: "FULLY_CONNECTED with an odd number, 3 or more, of whole sixteens in a row"
    case .d: "AVERAGE_POOL_2D, channels a multiple of 4, output width and height not equal"
    case .e: "SOFTMAX of several rows of 32 or more, no multiple of 16"
    case .f:
      "DEPTHWISE_CONV_2D 3x3, channels a multiple of 16, nothing padded on the left and top, a padded copy above 40,960 bytes"
    case .g: "DEPTHWISE_CONV_2D 3x3, channels a multiple of 16, padded at the top or on the left but not both"
    case .h: "DEPTHWISE_CONV_2D, multiplier a multiple of 4, weights less than 8 above a multiple of 16"
    case .i: "MUL whose elements are no multiple of 8"
    case .j: "DEPTHWISE_CONV_2D 3x3 without a bias"
    case .k:
      "DEPTHWISE_CONV_2D, not 3x3, channels a multiple of 8, rows padded, zero point not 0, 2 x (filter + input) above 48 KiB"
    case .unalignedRows:
      "FULLY_CONNECTED with several rows that start off 8 bytes (esp-nn 1.2.4 and 1.2.5: 16)"
    case .skipNudge: "int8 layers that scale in C, in a build with SKIP_NUDGE (runtime.skip_nudge)"
    }
  }

  /// `esp-nn 1.2.1, 1.2.2, 1.2.3`.
  public var releaseNames: String {
    "esp-nn " + releases.sorted().map(\.rawValue).joined(separator: ", ")
  }

  /// What goes wrong on the board, in one clause.
  public var effect: String {
    switch self {
    case .a, .a2:
      "the extra padding on the right and bottom is ignored: the right column reads the next row, the bottom row reads past the tensor"
    case .b: "the last pixel is wrong"
    case .c: "nearly every output is wrong"
    case .d: "nearly every output is wrong, and bytes outside the output may be written"
    case .e: "the maximum of a row may be missed: wrong outputs, depending on the data"
    case .f: "writes far outside its scratch buffer and computes wrong outputs"
    case .g: "writes outside its scratch buffer (esp-nn 1.1.2 also computes wrong outputs)"
    case .h: "writes up to 16 bytes behind its scratch buffer; its output is right"
    case .i: "elements after the last whole eight may be one step high"
    case .j: "reads near address 0: a crash"
    case .k: "the top and bottom rows are wrong"
    case .unalignedRows: "outputs of every row but the first are wrong (reported, not executed)"
    case .skipNudge: "rounding is shortened: outputs may be one step off (reported, not executed)"
    }
  }

  /// Memory is read or written where it must not be: always blocks, whatever a suite waives.
  public var alwaysBlocks: Bool { [.f, .g, .h, .j].contains(self) }

  /// What the kernel computes instead; `nil` where the output is right.
  func defect(of library: KernelLibrary) -> BoardDefect? {
    switch self {
    case .a, .a2: .shortPadding
    case .b: .clobberedPixel
    case .c: .oddSixteens
    case .d: .squareRows
    case .e: .shiftedMaximum
    case .f: .wholeInput
    case .g: library == .espNN112 ? .widenedInput : nil
    case .i: .leftover
    case .k: .codedPadding
    case .h, .j, .unalignedRows, .skipNudge: nil
    }
  }

  /// Whether a kernel here computes its outputs.
  public func isComputed(by library: KernelLibrary) -> Bool { defect(of: library) != nil }

  /// Whether its outputs differ in a way that nobody here has executed.
  public var isOnlyReported: Bool { self == .unalignedRows || self == .skipNudge }

  /// How the layer comes to write outside its own memory; `nil` where it does not.
  public func overwrite(by library: KernelLibrary) -> BoardOverwrite? {
    switch self {
    case .d: .outputRows
    case .f: .wholeInput
    case .g: library == .espNN112 ? .widened : .compacted
    case .h: .gap
    default: nil
    }
  }

  /// Releases whose kernels have the defect.
  var releases: Set<KernelLibrary> {
    let from121: Set<KernelLibrary> = [.espNN121, .espNN122, .espNN123]
    switch self {
    case .a, .h: return [.espNN112]
    case .a2, .e, .f, .k: return from121
    case .b: return [.espNN112, .espNN121]
    case .c: return [.espNN121]
    case .d, .g, .i, .j, .unalignedRows, .skipNudge: return from121.union([.espNN112])
    }
  }
}

/// A layer that meets a known defect on a firmware.
public struct BoardFinding: Sendable, Hashable {
  public var rule: BoardRule
  /// `esp-nn 1.2.1`.
  public var release: String
  public var subgraph: Int
  public var index: Int
  /// As `inspect` numbers layers: `subgraph 0, operator 3 (CONV_2D)`.
  public var place: String
  /// The layer's own numbers that meet the rule's condition.
  public var condition: String
  /// The modelled release nearest to the firmware's on which this layer meets no rule; `nil` when
  /// every S3 release has one (then only `ansi` or `none`, or another layer, helps).
  public var nearestFree: KernelLibrary?
  /// A small change of the network after which this layer does not meet the rule.
  public var remedy: String

  public var layer: LayerIndex { LayerIndex(subgraph: subgraph, index: index) }
  public var effect: String { rule.effect }
  public var alwaysBlocks: Bool { rule.alwaysBlocks }

  /// One line for a report.
  public var message: String {
    "\(place): rule \(rule.rawValue) on \(release): \(condition): \(effect); \(way)"
  }

  private var way: String {
    if rule == .skipNudge { return "free of it: the same release built without SKIP_NUDGE" }
    if let nearestFree { return "free of it: \(nearestFree.title)" }
    return "no modelled S3 release is free of it; ESP-NN's C kernels (ansi) are"
  }
}
