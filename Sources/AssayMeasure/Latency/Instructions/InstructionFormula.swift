/// A kernel whose executed instructions were counted and fitted.
enum CountedKernel: String, Sendable, Hashable, CaseIterable {
  // Convolutions: 1x1, 1x1 with channels padded to 8, 1x1 in C with inline assembly, any other
  // window, and few channels gathered into columns.
  case pointwise, pointwisePadded, pointwiseC, general, columns
  // Depthwise 3x3: int8 in groups of 16, int16 in groups of 8, channels padded to 16.
  case depthwise3x3, depthwise3x3Wide, depthwise3x3Padded
  // Depthwise of other windows, of odd channels, and with multipliers.
  case depthwise, depthwiseOdd, depthwise3x3Multiplied, depthwiseMultiplied8, depthwiseMultiplied4
  case depthwiseMultipliedC
  // Fully connected: by row length and by whether the weights' sum enters (zero point not 0).
  case dot, dotZero, dot16, dotUneven, dotShort, dot16Zero, dotUnevenZero, dotShortZero
  case softmax, multiply
}

/// Instructions as a sum of shape-dependent terms, and cycles per instruction.
struct InstructionFormula: Sendable {
  let cyclesPerInstruction: Double
  let terms: [(term: InstructionTerm, count: Double)]

  init(_ cyclesPerInstruction: Double, _ terms: KeyValuePairs<InstructionTerm, Double>) {
    self.cyclesPerInstruction = cyclesPerInstruction
    self.terms = terms.map { ($0.key, $0.value) }
  }

  /// - Returns: never below 0: a fitted constant may be negative on shapes smaller than any fitted.
  func instructions(_ shape: LayerShape) -> Double {
    max(0, terms.reduce(0) { $0 + $1.count * $1.term.value(shape) })
  }
}

/// The formulas of one esp-nn release.
struct InstructionTable: Sendable {
  private let formulas: [CountedKernel: InstructionFormula]

  init(_ formulas: KeyValuePairs<CountedKernel, InstructionFormula>) {
    self.formulas = Dictionary(formulas.map { ($0.key, $0.value) }) { first, _ in first }
  }

  subscript(kernel: CountedKernel) -> InstructionFormula? { formulas[kernel] }
}
