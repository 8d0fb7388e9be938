import AssayKernels
import AssayModel

/// Kernels in which the order along an axis matters: top k, running sums.
enum PortableOrdering {
  static let kernels: [String: Preparation] = [
    "aten::topk.values": topk, "aten::cumsum.out": cumsum, "onnx::cumsum": cumsum,
  ]

  private static func topk(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, values, places) = (try call.floats(0), try call.floatOutput(0), try call.output(1))
    let axis = try call.axis(2, rank: input.shape.count, default: -1)
    let (count, largest) = (try call.int(1), try call.bool(3, default: true))
    try context.require(places.tensor, "indices", type: .int64)
    try context.require(
      input.shape.indices.contains(axis) && count >= 0 && count <= input.shape[axis],
      "\(count) of axis \(axis) of \(input.shape)")
    var shape = input.shape
    shape[axis] = count
    try context.require(values, "values", shape: shape)
    try context.requireSameLayout(values, places)
    let others = input.shape.indices.filter { $0 != axis }
    let walk = StridedWalk(
      extents: others.map { input.shape[$0] },
      strides: others.map { (values.strides[$0], input.strides[$0], 0) })
    let (extent, inStep, outStep) = (input.shape[axis], input.strides[axis], values.strides[axis])
    return PreparedOperator { memory in
      let from = unsafe memory.input(input.position, as: Float.self)
      let (to, at) = unsafe (
        memory.output(values.position, as: Float.self), memory.output(places.position, as: Int64.self)
      )
      walk.forEachElement { target, source, _ in
        let row = (0..<extent).map { unsafe from[source + $0 * inStep] }
        // NaN counts as the largest, and the first of equals comes first.
        let order = row.indices.sorted { a, b in
          if row[a].isNaN != row[b].isNaN { return row[a].isNaN == largest }
          if row[a] == row[b] || row[a].isNaN { return a < b }
          return largest ? row[a] > row[b] : row[a] < row[b]
        }
        for rank in 0..<count {
          unsafe to[target + rank * outStep] = row[order[rank]]
          unsafe at[target + rank * outStep] = Int64(order[rank])
        }
      }
    }
  }

  private static func cumsum(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.operand(0), try call.output())
    let axis = try call.axis(1, rank: input.shape.count)
    let isONNX = context.op.code.name == "CumSum"
    let (exclusive, reverse) = isONNX ? (try call.bool(2), try call.bool(3)) : (false, false)
    try context.require(output, "output", shape: input.shape)
    guard input.type == output.type, input.type == .float32 || input.type == .int64 else {
      throw context.missing("\(context.op.code.name) from \(input.type.rawValue) to \(output.type.rawValue)")
    }
    try context.require(input.shape.indices.contains(axis), "axis \(axis) of \(input.shape)")
    let others = input.shape.indices.filter { $0 != axis }
    let walk = StridedWalk(
      extents: others.map { input.shape[$0] },
      strides: others.map { (output.strides[$0], input.strides[$0], 0) })
    let order = RunningOrder(
      count: input.shape[axis], inStep: input.strides[axis], outStep: output.strides[axis],
      exclusive: exclusive,
      reverse: reverse)
    let isFloat = input.type == .float32
    return PreparedOperator { memory in
      walk.forEachElement { target, source, _ in
        if isFloat {
          unsafe order.run(
            memory.input(input.position, as: Float.self) + source,
            memory.output(output.position, as: Float.self) + target, Float.zero
          ) { $0 + $1 }
        } else {
          unsafe order.run(
            memory.input(input.position, as: Int64.self) + source,
            memory.output(output.position, as: Int64.self) + target, Int64.zero
          ) { $0 &+ $1 }
        }
      }
    }
  }
}

/// One row of a running sum.
private struct RunningOrder: Sendable {
  var count: Int
  var inStep: Int
  var outStep: Int
  var exclusive: Bool
  var reverse: Bool

  func run<Element>(
    _ from: UnsafePointer<Element>, _ to: UnsafeMutablePointer<Element>, _ zero: Element,
    _ add: (Element, Element) -> Element
  ) {
    var sum = zero
    for step in 0..<count {
      let place = reverse ? count - 1 - step : step
      let value = unsafe from[place * inStep]
      let next = step == 0 ? value : add(sum, value)
      unsafe to[place * outStep] = exclusive ? sum : next
      sum = next
    }
  }
}
