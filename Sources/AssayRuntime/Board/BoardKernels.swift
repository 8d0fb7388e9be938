import AssayModel

/// Which layers of a model run in a kernel of one ESP-NN release that does not compute the reference's
/// numbers, and what it does instead.
public struct BoardKernels: Sendable, Hashable {
  public var library: KernelLibrary
  /// At most one defect per layer: no kernel has two.
  public var defects: [LayerIndex: BoardDefect]

  public init(library: KernelLibrary, defects: [LayerIndex: BoardDefect]) {
    self.library = library
    self.defects = defects
  }

  func defect(of layer: LayerIndex) -> BoardDefect? { defects[layer] }
}

/// What an ESP32-S3 kernel of ESP-NN computes instead of the reference.
public enum BoardDefect: String, Sendable, Hashable, CaseIterable {
  /// Rules A and A2: padding on the right and bottom is that on the left and top.
  case shortPadding
  /// Rule B: the last pixel's channels are overwritten before they are read.
  case clobberedPixel
  /// Rule C: the last of an odd number of sixteens is taken from the wrong place.
  case oddSixteens
  /// Rule D: output rows are as far apart as the output is high.
  case squareRows
  /// Rule E: the maximum of a row is searched from an aligned address before it.
  case shiftedMaximum
  /// Rule F: the whole input is copied to scratch that was asked for a part of it.
  case wholeInput
  /// Rule G of 1.1.2: filter and input in 16 bits in scratch that was asked for in 8.
  case widenedInput
  /// Rule I: leftover elements round negative ties up.
  case leftover
  /// Rule K: rows of padding hold code 0.
  case codedPadding
}

/// What a board kernel touches outside its operands, in bytes.
public struct ArenaReach: Sendable, Hashable {
  /// From the start of its planned scratch.
  public var scratchBytes: Int
  /// Behind its input or its output.
  public var overrunBytes: Int
  /// Whether the kernel leaves in its scratch what the board's leaves there.
  public var writesScratch: Bool

  var byteCount: Int { max(scratchBytes, overrunBytes) }

  /// More than any ESP32-S3 has.
  static let maximumBytes = 64 << 20

  init(
    _ context: OperatorContext, scratchBytes: Int = 0, overrunBytes: Int = 0, writesScratch: Bool = false
  ) throws(ModelError) {
    guard max(scratchBytes, overrunBytes) <= Self.maximumBytes else {
      throw context.missing(
        "the board's kernel reaches \(max(scratchBytes, overrunBytes)) bytes beyond its memory")
    }
    self.scratchBytes = scratchBytes
    self.overrunBytes = overrunBytes
    self.writesScratch = writesScratch
  }
}
