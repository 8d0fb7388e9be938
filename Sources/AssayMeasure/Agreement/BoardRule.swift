public import AssayRuntime

/// A known defect of an ESP-NN release that can be read off a model without running it.
///
/// Found by executing the S3 assembly of each release against TFLite Micro's kernels; where none of
/// these applies the board computes the same bytes as the reference.
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
    case .h: "uses up to 32 bytes more scratch than it asks for"
    case .i: "elements after the last whole eight may be one step high"
    case .j: "reads near address 0: a crash"
    case .k: "the top and bottom rows are wrong"
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
    case .h, .j: nil
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
    case .d, .g, .i, .j: return from121.union([.espNN112])
    }
  }
}

/// A layer that meets a known defect on a firmware.
public struct BoardFinding: Sendable, Hashable {
  public var rule: BoardRule
  public var library: KernelLibrary
  public var index: Int
  /// As `inspect` numbers layers: `subgraph 0, operator 3 (CONV_2D)`.
  public var place: String
  /// The layer's own numbers that meet the rule's condition.
  public var condition: String
  /// The modelled release nearest to the firmware's on which this layer meets no rule; `nil` when
  /// every S3 release has one (then only `ansi` or `none`, or another layer, helps).
  public var nearestFree: KernelLibrary?

  public var effect: String { rule.effect }
  public var alwaysBlocks: Bool { rule.alwaysBlocks }

  /// One line for a report.
  public var message: String {
    let way =
      nearestFree.map { "free of it: \($0.title)" }
      ?? "no modelled S3 release is free of it; ESP-NN's C kernels (ansi) are"
    return "\(place): rule \(rule.rawValue) on \(library.title): \(condition): \(effect); \(way)"
  }
}
