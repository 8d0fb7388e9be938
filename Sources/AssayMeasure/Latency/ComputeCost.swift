internal import AssayModel
internal import AssayRuntime

/// Instructions and cycles of a layer that runs from fast memory.
struct ComputeCost: Sendable {
  /// Executed instructions; `nil` where only cycles are estimated.
  var instructions: Double?
  var cycles: Double
  var provenance: LatencyProvenance
  /// What favourable data takes, where the work depends on the data.
  var leastCycles: Double?

  static func estimated(_ cycles: Double, _ provenance: LatencyProvenance = .extrapolated) -> ComputeCost {
    ComputeCost(instructions: nil, cycles: cycles, provenance: provenance)
  }
}

/// Prices a chosen kernel for one esp-nn release.
struct ComputeModel: Sendable {
  let table: InstructionTable

  /// Cycles beyond the kernels' own: cold instruction cache and TFLM between them. Fitted on MLPerf
  /// Tiny keyword spotting, whose weights' way from flash is counted apart.
  static let overhead = 1.013
  /// What the interpreter spends on each operator.
  static let interpreterCycles = 150.0

  func cost(_ choice: KernelChoice, _ shape: LayerShape, _ op: Operator) -> ComputeCost {
    if let counted = choice.counted, let formula = table[counted] {
      return Self.executed(formula, counted, Self.grouped(shape, for: choice))
    }
    switch choice.path {
    case .s3MaximumPool, .s3AveragePool: return PoolCost(shape, isMaximum: choice.path == .s3MaximumPool).cost
    // 281 instructions for eight sums, requantised twice each; one by one like the C kernel.
    case .s3Add:
      let count =
        49 + 281 * (shape.elements / 8).rounded(.down) + 90 * InstructionTerm.elementRest.value(shape)
      return ComputeCost(
        instructions: count, cycles: count * 1.064 * Self.overhead, provenance: .validated)
    default: return EstimatedCost(shape: shape, op: op).cost(choice.path)
    }
  }

  /// Depthwise kernels written in C work channel by channel, padded ones on whole groups.
  private static func grouped(_ shape: LayerShape, for choice: KernelChoice) -> LayerShape {
    var shape = shape
    switch (choice.path, choice.counted) {
    case (.ansiDepthwise, .depthwiseOdd), (.ansiDepthwise, .depthwiseMultipliedC):
      shape.channelGroups = shape.outputChannels
    case (.s3DepthwiseOdd, _): shape.channelGroups = (shape.outputChannels / 8).rounded(.up)
    default: break
    }
    return shape
  }

  private static func executed(
    _ formula: InstructionFormula, _ kernel: CountedKernel, _ shape: LayerShape
  ) -> ComputeCost {
    let count = formula.instructions(shape)
    var cycles = count * formula.cyclesPerInstruction
    if kernel == .general {
      // The loops over a filter row are short: their branches weigh more the shorter the row is.
      // Per output 4.3, per row 5 cycles of stalls reproduce the model's 1.08 to 1.195.
      let rows = InstructionTerm.filterRows.value(shape)
      let loops =
        53.7 * InstructionTerm.outputs.value(shape) + 24 * rows + 6
        * InstructionTerm.filterRowPairs.value(shape)
      cycles = count + 4.3 * InstructionTerm.outputs.value(shape) + 5 * rows + 0.12 * max(0, count - loops)
    }
    // Entries far below the maximum skip the exponential: esp-nn's own figure, 59 cycles an element.
    let least = kernel == .softmax ? min(cycles, 59 * shape.elements) : nil
    return ComputeCost(
      instructions: count, cycles: cycles * overhead, provenance: .validated, leastCycles: least)
  }
}

/// Pools with channels in blocks of 16 (or 8) and a rest of 8 (or 4): counted exactly for maximum,
/// within 3 % for average.
struct PoolCost {
  let shape: LayerShape
  let isMaximum: Bool

  init(_ shape: LayerShape, isMaximum: Bool) {
    self.shape = shape
    self.isMaximum = isMaximum
  }

  var cost: ComputeCost {
    let byEight = shape.channelsAreMultiple(of: 8)
    let block = byEight ? 16.0 : 8.0
    let blocks = (shape.inputChannels / block).rounded(.down)
    let hasRest = blocks * block < shape.inputChannels
    let count = isMaximum ? maximum(blocks, hasRest) : average(blocks, hasRest, byEight)
    let perInstruction = isMaximum ? (hasRest ? 1.075 : 1.104) : (byEight ? 1.31 : 1.22)
    return ComputeCost(
      instructions: count, cycles: count * perInstruction * ComputeModel.overhead, provenance: .validated)
  }

  private func maximum(_ blocks: Double, _ hasRest: Bool) -> Double {
    let rest = hasRest ? 1.0 : 0.0
    return shape.batch * (36 + 39 * shape.outputHeight)
      + shape.pixels * (42 * blocks + 42 + 21 * rest)
      + shape.validRows * (26 * blocks + 13 * rest) + shape.validTaps * (6 * blocks + 3 * rest)
  }

  private func average(_ blocks: Double, _ hasRest: Bool, _ byEight: Bool) -> Double {
    let rest = hasRest ? 1.0 : 0.0
    let start = shape.batch * (60 + 40 * shape.outputHeight)
    if byEight {
      return start + shape.pixels * (48 + 145 * blocks + 71 * rest)
        + shape.validRows * (49.3 * blocks + 25.4 * rest) + shape.validTaps * (14.1 * blocks + 6.9 * rest)
    }
    return start + shape.pixels * (97 * blocks + 97 * rest)
      + shape.validRows * (50.5 * blocks + 23.8 * rest) + shape.validTaps * (12 * blocks + 6.2 * rest)
  }
}
