import AssayKernels
import AssayModel

/// A tensor of an operator with where it is found and how it is laid out.
struct Operand: Sendable {
  let tensor: Tensor
  /// Position among the operator's inputs, or outputs.
  let position: Int
  /// Elements from one index to the next along each dimension.
  let strides: [Int]

  init(_ tensor: Tensor, _ position: Int) {
    self.tensor = tensor
    self.position = position
    strides = tensor.memoryStrides
  }

  var shape: [Int] { tensor.shape }
  var count: Int { tensor.elementCount }
  var type: ElementType { tensor.type }

  /// Whether elements of both lie in the same order, so that they can be walked as one run.
  func hasLayout(of other: Operand) -> Bool {
    shape == other.shape
      && shape.indices.allSatisfy { shape[$0] <= 1 || strides[$0] == other.strides[$0] }
  }

  var isDense: Bool {
    shape.indices.allSatisfy { shape[$0] <= 1 || strides[$0] == Shapes.denseStrides(shape)[$0] }
  }

  /// Strides of `[batch, channel, row, column]`; `[batch, channel, column]` has one row.
  var planeStrides: ak_strides {
    let four = strides.count == 3 ? [strides[0], strides[1], 0, strides[2]] : strides
    return ak_strides(batch: four[0], channel: four[1], row: four[2], column: four[3])
  }

  /// The shape as `[batch, channel, row, column]`.
  var planes: [Int] { shape.count == 3 ? [shape[0], shape[1], 1, shape[2]] : shape }
}

extension Tensor {
  /// Elements from one index to the next along each dimension, as the tensor lies in memory.
  var memoryStrides: [Int] {
    guard !dimOrder.isEmpty else { return Shapes.denseStrides(shape) }
    var strides = Array(repeating: 0, count: shape.count)
    var next = 1
    for axis in dimOrder.reversed() where strides.indices.contains(axis) {
      strides[axis] = next
      next *= shape[axis]
    }
    return strides
  }
}

/// A walk over elements of up to three operands together, in the order of the first one's memory.
struct StridedWalk: Sendable {
  /// Elements of the innermost run, and the steps of each operand in it.
  private(set) var count = 1
  private(set) var steps = (0, 0, 0)
  private var extents: [Int] = []
  private var strides: [(Int, Int, Int)] = []

  /// - Parameters:
  ///   - extents: elements along each dimension.
  ///   - strides: by dimension, of each operand; 0 where an operand is repeated.
  init(extents: [Int], strides: [(Int, Int, Int)]) {
    let order = extents.indices.sorted { strides[$0].0 > strides[$1].0 }
    for axis in order where extents[axis] != 1 { append(extents[axis], strides[axis]) }
    if let last = self.extents.popLast(), let steps = self.strides.popLast() {
      count = last
      self.steps = steps
    }
  }

  private mutating func append(_ extent: Int, _ stride: (Int, Int, Int)) {
    if let last = extents.indices.last, strides[last].0 == stride.0 * extent,
      strides[last].1 == stride.1 * extent, strides[last].2 == stride.2 * extent
    {
      extents[last] *= extent
      strides[last] = stride
    } else {
      extents.append(extent)
      strides.append(stride)
    }
  }

  /// Calls `body` with the element offsets of each run.
  func forEachRun(_ body: (Int, Int, Int) -> Void) {
    guard !extents.contains(0), count > 0 else { return }
    var position = Array(repeating: 0, count: extents.count)
    var offset = (0, 0, 0)
    while true {
      body(offset.0, offset.1, offset.2)
      var axis = extents.count - 1
      while axis >= 0 {
        position[axis] += 1
        offset = (offset.0 + strides[axis].0, offset.1 + strides[axis].1, offset.2 + strides[axis].2)
        if position[axis] < extents[axis] { break }
        let extent = extents[axis]
        offset = (
          offset.0 - strides[axis].0 * extent, offset.1 - strides[axis].1 * extent,
          offset.2 - strides[axis].2 * extent
        )
        position[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  /// Calls `body` with the element offsets of each element.
  func forEachElement<Failure: Error>(
    _ body: (Int, Int, Int) throws(Failure) -> Void
  ) throws(Failure) {
    var failure: Failure?
    forEachRun { first, second, third in
      guard failure == nil else { return }
      for index in 0..<count {
        do throws(Failure) {
          try body(first + index * steps.0, second + index * steps.1, third + index * steps.2)
        } catch {
          failure = error
          return
        }
      }
    }
    if let failure { throw failure }
  }

  /// Strides of `operand` in a result of `shape`, 0 where it is repeated; `nil` when it does not fit.
  static func broadcast(_ operand: Operand, to shape: [Int]) -> [Int]? {
    let missing = shape.count - operand.shape.count
    guard missing >= 0 else { return nil }
    var strides = Array(repeating: 0, count: missing)
    for (axis, extent) in operand.shape.enumerated() {
      guard extent == shape[missing + axis] || extent == 1 else { return nil }
      strides.append(extent == 1 ? 0 : operand.strides[axis])
    }
    return strides
  }

  /// Output, and two operands repeated to its shape.
  init?(output: Operand, _ a: Operand, _ b: Operand) {
    guard let first = Self.broadcast(a, to: output.shape), let second = Self.broadcast(b, to: output.shape)
    else { return nil }
    self.init(
      extents: output.shape, strides: output.shape.indices.map { (output.strides[$0], first[$0], second[$0]) }
    )
  }
}
