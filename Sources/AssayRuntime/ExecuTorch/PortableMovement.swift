import AssayKernels
import AssayModel

/// Kernels that move elements: copies, permutations, slices, concatenation, padding, repetition.
enum PortableMovement {
  static let kernels: [String: Preparation] = [
    "executorch_prim::et_view.default": view, "aten::view_copy.out": view, "aten::_reshape_copy.out": view,
    "aten::unsqueeze_copy.out": view, "aten::squeeze_copy.dim_out": view, "aten::squeeze_copy.dims_out": view,
    "aten::alias_copy.out": reorder, "aten::clone.out": reorder, "aten::lift_fresh_copy.out": reorder,
    "aten::detach_copy.out": reorder, "aten::contiguous.out": reorder,
    "dim_order_ops::_clone_dim_order.out": reorder, "dim_order_ops::_to_dim_order_copy.out": reorder,
    "aten::_to_copy.out": reorder, "aten::copy.out": copy, "aten::copy_.default": copy,
    "aten::permute_copy.out": permute, "aten::t_copy.out": transposeTwo,
    "aten::transpose_copy.int_out": transpose, "aten::expand_copy.out": expand,
    "aten::slice_copy.Tensor_out": slice,
    "aten::select_copy.int_out": select, "aten::cat.out": join, "aten::stack.out": stack,
    "aten::split_copy.Tensor_out": split, "aten::split_with_sizes_copy.out": split,
    "aten::unbind_copy.int_out": unbind, "aten::constant_pad_nd.out": pad, "aten::full.out": full,
    "aten::full_like.out": full, "aten::scalar_tensor.out": full, "aten::zeros.out": full,
    "dim_order_ops::_empty_dim_order.out": full, "aten::empty.out": full, "aten::ones.out": full,
    "aten::repeat.out": tile,
    "aten::flip.out": flip, "aten::where.self_out": choose,
  ]

  // MARK: Copies

  /// One arrangement of elements copied to another of the same extents.
  static func prepare(
    _ extents: [Int], from source: (position: Int, side: StridedCopy.Side),
    to target: (position: Int, side: StridedCopy.Side), elementBytes: Int
  ) -> PreparedOperator {
    let copy = StridedCopy(extents: extents, from: source.side, to: target.side, elementBytes: elementBytes)
    return PreparedOperator { memory in
      let from = unsafe memory.input(source.position, as: UInt8.self)
      let to = unsafe memory.output(target.position, as: UInt8.self)
      // A copy planned in place has nothing to do.
      guard unsafe UnsafeRawPointer(to) != UnsafeRawPointer(from) else { return }
      unsafe copy.run(from, to)
    }
  }

  /// The moved tensor and the output, of one type.
  static func moved(
    _ call: PortableCall, _ index: Int = 0
  ) throws(ModelError) -> (input: Operand, output: Operand, bytes: Int) {
    let (input, output) = (try call.operand(index), try call.output())
    try call.context.require(output.tensor, "output", type: input.type)
    return (input, output, try call.context.elementBytes(input.tensor))
  }

  /// The same bytes under another shape.
  private static func view(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let (input, output, bytes) = try moved(PortableCall(context))
    try context.require(input.count == output.count, "\(input.shape) does not become \(output.shape)")
    return prepare(
      [input.count], from: (input.position, .init(strides: [1])), to: (output.position, .init(strides: [1])),
      elementBytes: bytes)
  }

  /// The same elements, perhaps in another order of memory.
  private static func reorder(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    guard try call.operand(0).type == call.output().type else { return try cast(context, call) }
    let (input, output, bytes) = try moved(call)
    try context.require(output, "output", shape: input.shape)
    return prepare(
      input.shape, from: (input.position, .init(strides: input.strides)),
      to: (output.position, .init(strides: output.strides)), elementBytes: bytes)
  }

  private static func cast(_ context: OperatorContext, _ call: PortableCall) throws(ModelError)
    -> PreparedOperator
  {
    let (input, output) = (try call.operand(0), try call.output())
    try context.requireSameLayout(input, output)
    return try PortableQuantization.cast(context, input, output)
  }

  /// `copy(self, source)`: the source, repeated to the output's shape.
  private static func copy(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try spread(context, PortableCall(context), 1)
  }

  private static func expand(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try spread(context, PortableCall(context), 0)
  }

  private static func spread(
    _ context: OperatorContext, _ call: PortableCall, _ index: Int
  ) throws(ModelError) -> PreparedOperator {
    let (input, output, bytes) = try moved(call, index)
    guard let strides = StridedWalk.broadcast(input, to: output.shape) else {
      throw context.invalid("\(input.shape) does not expand to \(output.shape)")
    }
    return prepare(
      output.shape, from: (input.position, .init(strides: strides)),
      to: (output.position, .init(strides: output.strides)), elementBytes: bytes)
  }

  // MARK: Permutations

  private static func permute(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    return try permuted(context, call, call.ints(1))
  }

  private static func transpose(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let rank = try call.operand(0).shape.count
    var axes = Array(0..<rank)
    let (first, second) = (try call.axis(1, rank: rank), try call.axis(2, rank: rank))
    if rank > 0 { axes.swapAt(first, second) }
    return try permuted(context, call, axes)
  }

  private static func transposeTwo(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    return try permuted(context, call, Array((0..<(try call.operand(0).shape.count)).reversed()))
  }

  private static func permuted(
    _ context: OperatorContext, _ call: PortableCall, _ order: [Int]
  ) throws(ModelError) -> PreparedOperator {
    let (input, output, bytes) = try moved(call)
    var axes: [Int] = []
    for axis in order { axes.append(try context.axis(axis, rank: input.shape.count)) }
    try context.require(
      axes.sorted() == Array(input.shape.indices) && output.shape == axes.map { input.shape[$0] },
      "axes \(order) do not turn \(input.shape) into \(output.shape)")
    return prepare(
      output.shape, from: (input.position, .init(strides: axes.map { input.strides[$0] })),
      to: (output.position, .init(strides: output.strides)), elementBytes: bytes)
  }

  private static func flip(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output, bytes) = try moved(call)
    try context.require(output, "output", shape: input.shape)
    var side = StridedCopy.Side(strides: input.strides)
    for axis in try call.ints(1) {
      let axis = try context.axis(axis, rank: input.shape.count)
      guard input.shape.indices.contains(axis), side.strides[axis] > 0 else { continue }
      side.offset += side.strides[axis] * max(0, input.shape[axis] - 1)
      side.strides[axis] = -side.strides[axis]
    }
    return prepare(
      input.shape, from: (input.position, side), to: (output.position, .init(strides: output.strides)),
      elementBytes: bytes)
  }

  // MARK: Parts

  private static func slice(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output, bytes) = try moved(call)
    let axis = try call.axis(1, rank: input.shape.count, default: 0)
    let extent = input.shape.indices.contains(axis) ? input.shape[axis] : 0
    func place(_ value: Int) -> Int { min(max(value < 0 ? value &+ extent : value, 0), extent) }
    let start = place(try call.int(2, default: 0))
    let end = max(start, place(try call.int(3, default: extent)))
    let step = try call.int(4, default: 1)
    try context.require((1...Int(Int32.max)).contains(step), "step \(step)")
    return try part(
      context, input, output, bytes, axis: axis, start: start, step: step,
      count: (end - start + step - 1) / step)
  }

  /// Elements `start`, `start + step`, ... along one axis.
  private static func part(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, _ bytes: Int, axis: Int, start: Int,
    step: Int,
    count: Int
  ) throws(ModelError) -> PreparedOperator {
    var shape = input.shape
    shape[axis] = count
    try context.require(output, "output", shape: shape)
    var strides = input.strides
    let offset = start * strides[axis]
    strides[axis] *= step
    return prepare(
      shape, from: (input.position, .init(strides: strides, offset: offset)),
      to: (output.position, .init(strides: output.strides)), elementBytes: bytes)
  }

  private static func select(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output, bytes) = try moved(call)
    let axis = try call.axis(1, rank: input.shape.count)
    let index = try call.int(2)
    try context.require(input.shape.indices.contains(axis), "a scalar has no axis \(axis)")
    let extent = input.shape[axis]
    try context.require((-extent..<extent).contains(index), "index \(index) of \(extent)")
    return try taken(context, input, output, bytes, axis: axis, index: index < 0 ? index + extent : index)
  }

  /// One index of an axis, which the output does not have.
  private static func taken(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, _ bytes: Int, axis: Int, index: Int
  ) throws(ModelError) -> PreparedOperator {
    var (shape, strides) = (input.shape, input.strides)
    shape.remove(at: axis)
    let offset = strides.remove(at: axis) * index
    try context.require(output, "output", shape: shape)
    return prepare(
      shape, from: (input.position, .init(strides: strides, offset: offset)),
      to: (output.position, .init(strides: output.strides)), elementBytes: bytes)
  }

  private static func unbind(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let input = try call.operand(0)
    let axis = try call.axis(1, rank: input.shape.count, default: 0)
    try context.require(
      input.shape.indices.contains(axis) && input.shape[axis] == context.outputCount,
      "\(context.outputCount) outputs for axis \(axis) of \(input.shape)")
    let bytes = try context.elementBytes(input.tensor)
    var parts: [PreparedOperator] = []
    for index in 0..<context.outputCount {
      let output = try call.output(index)
      try context.require(output.tensor, "output \(index)", type: input.type)
      parts.append(try taken(context, input, output, bytes, axis: axis, index: index))
    }
    return sequence(parts)
  }

  private static func split(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let input = try call.operand(0)
    let axis = try call.axis(2, rank: input.shape.count, default: 0)
    try context.require(input.shape.indices.contains(axis), "a scalar has no axis \(axis)")
    let bytes = try context.elementBytes(input.tensor)
    var parts: [PreparedOperator] = []
    var start = 0
    for index in 0..<context.outputCount {
      let output = try call.output(index)
      try context.require(output.tensor, "output \(index)", type: input.type)
      try context.require(output.shape.indices.contains(axis), "output \(index) has shape \(output.shape)")
      try context.require(start + output.shape[axis] <= input.shape[axis], "parts are longer than the whole")
      parts.append(
        try part(context, input, output, bytes, axis: axis, start: start, step: 1, count: output.shape[axis]))
      start += output.shape[axis]
    }
    return sequence(parts)
  }

  static func sequence(_ parts: [PreparedOperator]) -> PreparedOperator {
    PreparedOperator { memory throws(RunError) in
      for part in parts { try part.invoke(memory) }
    }
  }

  // MARK: Wholes

  private static func join(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let output = try call.output()
    // An empty tensor of one dimension is skipped, as PyTorch has it.
    let inputs = try call.operands(0).filter { $0.count > 0 || $0.shape.count == output.shape.count }
    return try join(context, inputs, output, axis: call.axis(1, rank: output.shape.count, default: 0))
  }

  static func join(
    _ context: OperatorContext, _ inputs: [Operand], _ output: Operand, axis: Int
  ) throws(ModelError) -> PreparedOperator {
    try context.require(output.shape.indices.contains(axis), "a scalar has no axis \(axis)")
    let bytes = try context.elementBytes(output.tensor)
    var start = 0
    var parts: [PreparedOperator] = []
    for input in inputs {
      try context.require(input.tensor, "input", type: output.type)
      var shape = input.shape
      try context.require(shape.count == output.shape.count, "input \(shape) in output \(output.shape)")
      let count = shape[axis]
      shape[axis] = output.shape[axis]
      try context.require(output, "output", shape: shape)
      parts.append(
        prepare(
          input.shape, from: (input.position, .init(strides: input.strides)),
          to: (output.position, .init(strides: output.strides, offset: start * output.strides[axis])),
          elementBytes: bytes))
      start += count
    }
    try context.require(
      start == output.shape[axis], "\(start) elements along axis \(axis) of \(output.shape)")
    return sequence(parts)
  }

  private static func stack(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let output = try call.output()
    let axis = try call.axis(1, rank: output.shape.count, default: 0)
    var inputs: [Operand] = []
    for input in try call.operands(0) {
      try context.require(
        input.isDense && input.shape.count + 1 == output.shape.count, "input \(input.shape)")
      var tensor = input.tensor
      tensor.dimOrder = []
      tensor.shape.insert(1, at: axis)
      inputs.append(Operand(tensor, input.position))
    }
    return try join(context, inputs, output, axis: axis)
  }

  private static func tile(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output, bytes) = try moved(call)
    let repeats = try call.ints(1)
    let missing = repeats.count - input.shape.count
    try context.require(
      missing >= 0 && repeats.count == output.shape.count, "repeats \(repeats) of \(input.shape)")
    var (extents, from, to): ([Int], [Int], [Int]) = ([], [], [])
    for (axis, count) in repeats.enumerated() {
      let own = axis < missing ? 1 : input.shape[axis - missing]
      try context.require(count >= 0 && output.shape[axis] == own * count, "output \(output.shape)")
      extents += [count, own]
      from += [0, axis < missing ? 0 : input.strides[axis - missing]]
      to += [output.strides[axis] * own, output.strides[axis]]
    }
    return prepare(
      extents, from: (input.position, .init(strides: from)), to: (output.position, .init(strides: to)),
      elementBytes: bytes)
  }
}
