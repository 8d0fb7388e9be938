import AssayModel

/// CONCATENATION and PACK put tensors side by side; SPLIT, SPLIT_V and UNPACK take them apart.
enum Joining {
  static let operators: [BuiltinOperator: Preparation] = [
    .concatenation: concatenate, .pack: pack, .split: split, .splitV: splitSizes, .unpack: unpack,
  ]

  private static func concatenate(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    guard case .concatenation(let stored, let activation) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    guard activation == .none else { throw context.missing("a fused activation, which TFLite Micro refuses") }
    try context.requireArity(inputs: 1...1024)
    let output = try context.output(0)
    let axis = try context.axis(stored, rank: output.shape.count)
    return try whole(context, output, axis: axis, parts: try joined(context, output))
  }

  /// The inputs of a concatenation, on the output's codes.
  private static func joined(_ context: OperatorContext, _ output: Tensor) throws(ModelError) -> [Tensor] {
    var parts: [Tensor] = []
    for index in 0..<context.inputCount {
      let part = try context.input(index)
      try context.require(part, "input \(index)", type: output.type)
      parts.append(part)
    }
    return parts
  }

  private static func pack(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    guard case .pack(let stored, let count) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    try context.requireArity(inputs: 1...1024)
    try context.require(
      context.inputCount == count, "packs \(count) values, has \(context.inputCount) inputs")
    let output = try context.output(0)
    let axis = try context.axis(stored, rank: output.shape.count)
    let parts = try joined(context, output).map { with(extent: 1, at: axis, $0) }
    return try whole(context, output, axis: axis, parts: parts)
  }

  private static func unpack(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    guard case .unpack(let stored, let count) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    try context.requireArity(inputs: 1...1, outputs: count)
    let input = try context.input(0)
    let axis = try context.axis(stored, rank: input.shape.count)
    let parts = try outputs(context, of: input.type).map { with(extent: 1, at: axis, $0) }
    let copies = try checked(context, input, axis: axis, parts: parts, isSource: true)
    return PreparedOperator { memory in run(copies, apart: memory) }
  }

  /// SPLIT: input 0 is the axis, input 1 what is split into equal parts.
  private static func split(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    guard case .split(let count) = context.op.options else { throw context.invalid("attributes are missing") }
    try context.requireArity(inputs: 2...2, outputs: count)
    let input = try context.input(1)
    let parts = try outputs(context, of: input.type)
    return try apart(context, input, at: 1, axisFrom: 0, control: [0]) {
      [parts] axis, _ throws(ControlFault) in
      let extent = input.shape[axis]
      try ControlFault.require(
        count > 0 && extent % count == 0, "\(extent) elements do not split into \(count)")
      try ControlFault.require(
        parts.allSatisfy { axis < $0.shape.count && $0.shape[axis] == extent / count },
        "outputs \(parts.map(\.shape)) are not equal parts of \(extent)")
    }
  }

  /// SPLIT_V: input 0 is split along the axis in input 2 into the sizes of input 1, one of which may
  /// be -1 for the rest.
  private static func splitSizes(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    guard case .splitV(let count) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    try context.requireArity(inputs: 3...3, outputs: count)
    let input = try context.input(0)
    let parts = try outputs(context, of: input.type)
    return try apart(context, input, at: 0, axisFrom: 2, control: [2, 1]) {
      [parts] axis, values throws(ControlFault) in
      let sizes = values[1]
      try ControlFault.require(sizes.count == parts.count, "\(sizes.count) sizes for \(parts.count) outputs")
      try ControlFault.require(sizes.filter { $0 < 0 }.count <= 1, "sizes \(sizes) leave more than one open")
      for (size, part) in zip(sizes, parts) where size >= 0 {
        try ControlFault.require(
          axis < part.shape.count && part.shape[axis] == size,
          "an output of shape \(part.shape) is not \(size) long")
      }
    }
  }

  // MARK: Parts of a whole along one axis

  private static func with(extent: Int, at axis: Int, _ tensor: Tensor) -> Tensor {
    var expanded = tensor
    expanded.shape.insert(extent, at: min(axis, tensor.shape.count))
    return expanded
  }

  private static func outputs(_ context: OperatorContext, of type: ElementType) throws(ModelError) -> [Tensor]
  {
    var parts: [Tensor] = []
    for index in 0..<context.outputCount {
      let part = try context.output(index)
      try context.require(part, "output \(index)", type: type)
      parts.append(part)
    }
    return parts
  }

  /// One copy for each part: from the whole when it is the source, else into it.
  ///
  /// - Throws: when the parts do not have the whole's shape but for the axis, which they fill exactly.
  private static func copies(
    _ whole: [Int], axis: Int, parts: [[Int]], elementBytes: Int, isSource: Bool
  ) throws(ControlFault) -> [StridedCopy] {
    let strides = Shapes.denseStrides(whole)
    var filled = 0
    var copies: [StridedCopy] = []
    for part in parts {
      var expected = whole
      if axis < part.count { expected[axis] = part[axis] }
      try ControlFault.require(
        part == expected, "a part of shape \(part) does not fit \(whole) along axis \(axis)")
      let outer = StridedCopy.Side(strides: strides, offset: filled * strides[axis])
      let own = StridedCopy.Side(strides: Shapes.denseStrides(part))
      copies.append(
        StridedCopy(
          extents: part, from: isSource ? outer : own, to: isSource ? own : outer, elementBytes: elementBytes)
      )
      filled += part[axis]
    }
    try ControlFault.require(filled == whole[axis], "the parts are \(filled) long, the whole \(whole[axis])")
    return copies
  }

  private static func checked(
    _ context: OperatorContext, _ whole: Tensor, axis: Int, parts: [Tensor], isSource: Bool
  ) throws(ModelError) -> [StridedCopy] {
    let bytes = try context.elementBytes(whole)
    do {
      return try copies(
        whole.shape, axis: axis, parts: parts.map(\.shape), elementBytes: bytes, isSource: isSource)
    } catch { throw context.invalid(error.message) }
  }

  private static func whole(
    _ context: OperatorContext, _ output: Tensor, axis: Int, parts: [Tensor]
  ) throws(ModelError) -> PreparedOperator {
    let copies = try checked(context, output, axis: axis, parts: parts, isSource: false)
    return PreparedOperator { memory in
      for (index, copy) in copies.enumerated() {
        unsafe copy.run(memory.input(index, as: UInt8.self), memory.output(0, as: UInt8.self))
      }
    }
  }

  private static func apart(
    _ context: OperatorContext, _ input: Tensor, at position: Int, axisFrom axisInput: Int, control: [Int],
    check: @escaping @Sendable (Int, [[Int]]) throws(ControlFault) -> Void
  ) throws(ModelError) -> PreparedOperator {
    let parts = try outputs(context, of: input.type).map(\.shape)
    let bytes = try context.elementBytes(input)
    return try context.planned(by: control) { [input] values throws(ControlFault) in
      try ControlFault.require(values[0].count == 1, "\(values[0].count) axes, expected 1")
      let axis = try resolvedAxis(values[0][0], rank: input.shape.count)
      try check(axis, values)
      return try copies(input.shape, axis: axis, parts: parts, elementBytes: bytes, isSource: true)
    } run: { copies, memory in
      run(copies, apart: memory, from: position)
    }
  }

  private static func run(
    _ copies: [StridedCopy], apart memory: borrowing OperatorMemory, from position: Int = 0
  ) {
    for (index, copy) in copies.enumerated() {
      unsafe copy.run(memory.input(position, as: UInt8.self), memory.output(index, as: UInt8.self))
    }
  }
}
