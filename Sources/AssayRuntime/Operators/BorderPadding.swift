import AssayKernels
import AssayModel

/// PAD, PADV2 and MIRROR_PAD.
enum BorderPadding {
  static let operators: [BuiltinOperator: Preparation] = [
    .pad: constant, .padv2: constant, .mirrorPad: mirror,
  ]

  /// Surrounds the input with one value: real zero, or input 2.
  private static func constant(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 2...3)
    let (input, output, bytes) = try context.moved()
    let zero = try context.zeroElement(output)
    let hasValue = context.optionalInput(2) != nil
    if hasValue { try requireValue(context, output) }
    let count = output.elementCount
    return try context.planned(by: [1]) { [input, output] values throws(ControlFault) in
      let before = try margins(values[0], input.shape, output.shape)
      let strides = Shapes.denseStrides(output.shape)
      let offset = zip(before, strides).reduce(0) { $0 + $1.0 * $1.1 }
      return StridedCopy(
        extents: input.shape, from: .init(strides: Shapes.denseStrides(input.shape)),
        to: .init(strides: strides, offset: offset), elementBytes: bytes)
    } run: { copy, memory in
      let out = unsafe memory.output(0, as: UInt8.self)
      if hasValue {
        unsafe ak_fill(out, count, memory.input(2, as: UInt8.self), bytes)
      } else {
        unsafe ak_fill(out, count, zero, bytes)
      }
      if input.elementCount > 0 { unsafe copy.run(memory.input(0, as: UInt8.self), out) }
    }
  }

  /// A padding value means the same as the output's codes.
  private static func requireValue(_ context: OperatorContext, _ output: Tensor) throws(ModelError) {
    let value = try context.input(2)
    try context.require(value, "padding value", type: output.type)
    try context.require(value.elementCount == 1, "pads with \(value.elementCount) values, expected 1")
    guard output.type == .int8 else { return }
    let (own, target) = (
      try context.perTensor(value, "padding value"), try context.perTensor(output, "output")
    )
    try context.require(
      own.scale == target.scale && own.zeroPoint == target.zeroPoint,
      "padding value and output differ in scale or zero point")
  }

  /// Padding before each dimension, after checking that both sides give the output's shape.
  private static func margins(_ paddings: [Int], _ input: [Int], _ output: [Int]) throws(ControlFault)
    -> [Int]
  {
    try ControlFault.require(
      paddings.count == 2 * input.count && output.count == input.count,
      "\(paddings.count) paddings for \(input.count) dimensions")
    for (axis, extent) in input.enumerated() {
      let (before, after) = (paddings[2 * axis], paddings[2 * axis + 1])
      try ControlFault.require(
        (0...Int(Int32.max)).contains(before) && (0...Int(Int32.max)).contains(after),
        "padding [\(before), \(after)] is negative or too large")
      try ControlFault.require(
        before + extent + after == output[axis], "output has shape \(output), the paddings do not give it")
    }
    return input.indices.map { paddings[2 * $0] }
  }

  /// Surrounds the input with its own reflection, with or without repeating the edge.
  private static func mirror(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 2...2)
    guard case .mirrorPad(let reflect) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    let (input, output, bytes) = try context.moved()
    return try context.planned(by: [1]) { [input, output] values throws(ControlFault) in
      let before = try margins(values[0], input.shape, output.shape)
      let strides = Shapes.denseStrides(input.shape)
      var tables: [[Int]] = []
      for (axis, extent) in input.shape.enumerated() {
        let after = output.shape[axis] - extent - before[axis]
        try ControlFault.require(
          max(before[axis], after) <= (reflect ? extent - 1 : extent),
          "axis \(axis) of \(extent) is too short for paddings of \(before[axis]) and \(after)")
        tables.append(
          (0..<output.shape[axis]).map { place in
            let index = place - before[axis]
            let source =
              index < 0
              ? -index - (reflect ? 0 : 1)
              : index >= extent ? 2 * extent - index - (reflect ? 2 : 1) : index
            return source * strides[axis]
          })
      }
      return IndexedCopy(tables: tables, elementBytes: bytes)
    } run: { copy, memory in
      unsafe copy.run(memory.input(0, as: UInt8.self), memory.output(0, as: UInt8.self))
    }
  }
}

/// A copy whose source position is a sum of one table entry per output dimension.
struct IndexedCopy: Sendable {
  private let extents: [Int]
  private let tables: [Int]
  private let elementBytes: Int

  /// - Parameter tables: for each output dimension, the source offset of each index, in elements.
  init(tables: [[Int]], elementBytes: Int) {
    extents = tables.map(\.count)
    self.tables = tables.flatMap { $0.map { $0 * elementBytes } }
    self.elementBytes = elementBytes
  }

  func run(_ source: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<UInt8>) {
    unsafe ak_copy_indexed(extents.count, extents, tables, source, target, elementBytes)
  }
}

extension OperatorContext {
  /// The bytes of real zero in a tensor: its zero point when it is quantised.
  func zeroElement(_ tensor: Tensor) throws(ModelError) -> [UInt8] {
    let size = try elementBytes(tensor)
    guard tensor.type == .int8 || tensor.type == .uint8, let zero = tensor.quantization?.zeroPoints.first
    else {
      return Array(repeating: 0, count: size)
    }
    return [UInt8(truncatingIfNeeded: zero)]
  }
}
