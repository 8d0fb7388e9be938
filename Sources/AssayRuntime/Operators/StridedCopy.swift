import AssayKernels
import AssayModel

/// A copy between two regular arrangements of the same elements: what a transposition, a slice or a
/// concatenation comes down to.
struct StridedCopy: Sendable {
  private var extents: [Int] = []
  private var inStrides: [Int] = []
  private var outStrides: [Int] = []
  private let inOffset: Int
  private let outOffset: Int
  private var elementBytes: Int

  /// How one side of a copy is laid out, in elements.
  struct Side {
    var strides: [Int]
    var offset = 0
  }

  /// - Parameters:
  ///   - extents: elements along each dimension.
  ///   - elementBytes: bytes of one element.
  init(extents: [Int], from source: Side, to target: Side, elementBytes: Int) {
    inOffset = source.offset * elementBytes
    outOffset = target.offset * elementBytes
    self.elementBytes = elementBytes
    for (extent, strides) in zip(extents, zip(source.strides, target.strides)) where extent != 1 {
      append(extent, strides.0 * elementBytes, strides.1 * elementBytes)
    }
    mergeContiguousTail()
  }

  /// Adds a dimension, as part of the one outside it where both sides walk evenly across.
  private mutating func append(_ extent: Int, _ inStride: Int, _ outStride: Int) {
    if let last = extents.indices.last, inStrides[last] == inStride * extent,
      outStrides[last] == outStride * extent
    {
      extents[last] *= extent
      inStrides[last] = inStride
      outStrides[last] = outStride
    } else {
      extents.append(extent)
      inStrides.append(inStride)
      outStrides.append(outStride)
    }
  }

  /// A dense innermost run is one wide element.
  private mutating func mergeContiguousTail() {
    guard let last = extents.last, inStrides.last == elementBytes, outStrides.last == elementBytes else {
      return
    }
    elementBytes *= last
    extents.removeLast()
    inStrides.removeLast()
    outStrides.removeLast()
  }

  func run(_ source: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<UInt8>) {
    unsafe ak_copy_strided(
      extents.count, extents, source + inOffset, inStrides, target + outOffset, outStrides, elementBytes)
  }
}

extension OperatorContext {
  /// Bytes of one element of a tensor that is moved, not computed with.
  func elementBytes(_ tensor: Tensor) throws(ModelError) -> Int {
    guard let size = tensor.type.byteSize, tensor.type != .resource else {
      throw missing("\(op.code.name) on \(tensor.type.rawValue)")
    }
    return size
  }

  /// The moved tensor (input `position`) and the output, of one type.
  func moved(_ position: Int = 0) throws(ModelError) -> (input: Tensor, output: Tensor, bytes: Int) {
    let (input, output) = (try input(position), try output(0))
    try require(output, "output", type: input.type)
    return (input, output, try elementBytes(input))
  }
}
