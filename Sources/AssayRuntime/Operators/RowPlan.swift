import AssayModel

/// How an elementwise operator walks operands of different shapes: the outer dimensions here, the
/// innermost run of elements, a *row*, in one kernel call.
///
/// Up to four operands are the lanes of a vector of offsets, in elements; by convention the output
/// is lane 0. Dimensions that every operand walks evenly are merged, so equal shapes are one row.
struct RowPlan: Sendable {
  typealias Offsets = SIMD4<Int>

  /// Elements of one row.
  private(set) var count = 1
  /// Distance between neighbours in a row, per operand: 1, or 0 for a repeated element.
  private(set) var step = Offsets.zero
  private var outer: [(extent: Int, strides: Offsets)] = []

  /// - Parameters:
  ///   - extents: the dimensions that are walked.
  ///   - strides: for each dimension, every operand's distance between neighbours.
  init(extents: [Int], strides: [Offsets]) {
    for (extent, strides) in zip(extents, strides) where extent != 1 {
      if let last = outer.last, last.strides == strides &* extent {
        outer[outer.count - 1] = (last.extent * extent, strides)
      } else {
        outer.append((extent, strides))
      }
    }
    if let row = outer.popLast() { (count, step) = (row.extent, row.strides) }
  }

  /// Calls `body` with every operand's offset of each row, in the order of the output.
  func forEachRow(_ body: (Offsets) -> Void) { Self.walk(outer.span, 0, .zero, body) }

  // Over a span: rows can be short and many, and nothing is retained on the way to one.
  private static func walk(
    _ outer: Span<(extent: Int, strides: Offsets)>, _ dimension: Int, _ start: Offsets,
    _ body: (Offsets) -> Void
  ) {
    guard dimension < outer.count else { return body(start) }
    let (extent, strides) = outer[dimension]
    var offsets = start
    for _ in 0..<extent {
      if dimension + 1 == outer.count { body(offsets) } else { walk(outer, dimension + 1, offsets, body) }
      offsets &+= strides
    }
  }
}

/// Shapes as rows of numbers.
enum Shapes {
  /// Distances between neighbours of a dense tensor, in elements.
  static func denseStrides(_ shape: [Int]) -> [Int] {
    var strides = Array(repeating: 1, count: shape.count)
    for axis in stride(from: shape.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return strides
  }

  /// Strides that read a tensor of `shape` as if it had `target`'s: 0 where it is repeated.
  ///
  /// - Returns: `nil` when a dimension is neither 1 nor the target's.
  static func broadcastStrides(_ shape: [Int], to target: [Int]) -> [Int]? {
    guard shape.count <= target.count else { return nil }
    let missing = target.count - shape.count
    var strides = Array(repeating: 0, count: missing)
    for ((own, wanted), dense) in zip(zip(shape, target[missing...]), denseStrides(shape)) {
      guard own == wanted || own == 1 else { return nil }
      strides.append(own == 1 ? 0 : dense)
    }
    return strides
  }

  /// The shape that all of `shapes` repeat to, or `nil` when they disagree.
  static func broadcast(_ shapes: [[Int]]) -> [Int]? {
    let rank = shapes.map(\.count).max() ?? 0
    var result = Array(repeating: 1, count: rank)
    for shape in shapes {
      for (axis, extent) in zip(result.indices.suffix(shape.count), shape) where extent != 1 {
        guard result[axis] == 1 || result[axis] == extent else { return nil }
        result[axis] = extent
      }
    }
    return result
  }

  /// Elements of the dimensions before, at and after an axis.
  static func split(_ shape: [Int], at axis: Int) -> (outer: Int, axis: Int, inner: Int) {
    (shape[..<axis].reduce(1, *), shape[axis], shape[(axis + 1)...].reduce(1, *))
  }
}

extension OperatorContext {
  func requireArity(inputs: ClosedRange<Int>, outputs: Int = 1) throws(ModelError) {
    try require(
      inputs.contains(inputCount),
      "has \(inputCount) inputs, expected \(inputs.lowerBound) to \(inputs.upperBound)")
    try require(outputCount == outputs, "has \(outputCount) outputs, expected \(outputs)")
  }

  /// The walk over the output and inputs `0..<inputs`, repeated where their shapes are shorter.
  ///
  /// - Throws: when the inputs do not broadcast, or not to the stored output shape.
  func broadcastPlan(inputs: Int) throws(ModelError) -> RowPlan {
    let target = try output(0).shape
    var shapes: [[Int]] = []
    for index in 0..<inputs { shapes.append(try input(index).shape) }
    guard let result = Shapes.broadcast(shapes) else { throw invalid("shapes \(shapes) do not broadcast") }
    try require(
      result == target || (result + target).allSatisfy { $0 == 1 },
      "output has shape \(target), the inputs broadcast to \(result)")
    var lanes = [Shapes.denseStrides(result)]
    for shape in shapes {
      guard let strides = Shapes.broadcastStrides(shape, to: result) else {
        throw invalid("shapes \(shapes) do not broadcast")
      }
      lanes.append(strides)
    }
    let strides = result.indices.map { axis in
      var offsets = RowPlan.Offsets.zero
      for (lane, perAxis) in lanes.enumerated() { offsets[lane] = perAxis[axis] }
      return offsets
    }
    return RowPlan(extents: result, strides: strides)
  }
}
