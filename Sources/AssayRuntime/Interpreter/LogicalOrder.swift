public import AssayModel

/// Between the order of a tensor's bytes in memory and the order of its shape, which is how samples,
/// recordings and comparisons see every tensor.
public enum LogicalOrder {
  /// Bytes in memory order, from bytes in the order of the shape.
  public static func toMemory(_ bytes: [UInt8], of tensor: Tensor) -> [UInt8] {
    reordered(bytes, tensor, from: Shapes.denseStrides(tensor.shape), to: tensor.memoryStrides)
  }

  /// Bytes in the order of the shape, from bytes in memory order.
  public static func fromMemory(_ bytes: [UInt8], of tensor: Tensor) -> [UInt8] {
    reordered(bytes, tensor, from: tensor.memoryStrides, to: Shapes.denseStrides(tensor.shape))
  }

  private static func reordered(_ bytes: [UInt8], _ tensor: Tensor, from: [Int], to: [Int]) -> [UInt8] {
    guard !tensor.dimOrder.isEmpty, let size = tensor.type.byteSize, bytes.count == tensor.byteCount else {
      return bytes
    }
    var result = bytes
    let copy = StridedCopy(
      extents: tensor.shape, from: .init(strides: from), to: .init(strides: to), elementBytes: size)
    unsafe bytes.withUnsafeBufferPointer { source in
      unsafe result.withUnsafeMutableBufferPointer { target in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        unsafe copy.run(from, to)
      }
    }
    return result
  }
}
