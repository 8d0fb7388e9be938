import AssayModel
import AssayRuntime

/// One layer as people think of it: a convolution with its batch norm, bias, activation and the step
/// to codes and back, of however many operators an exporter made it.
struct LayerUnit: Sendable, Hashable {
  /// Operators in execution order; the first names the layer, the last writes ``output``.
  var layers: [LayerIndex]
  /// What the layer reads, constants and what follows from constants left out.
  var inputs: [LayerTensor]
  var output: LayerTensor
  /// What the operators read that is computed from constants alone, such as dequantised weights.
  var constants: [Int] = []

  /// The operator that names the layer.
  var layer: LayerIndex { layers[0] }
}

/// A tensor of a layer, and how its elements are ordered.
struct LayerTensor: Sendable, Hashable {
  var subgraph: Int
  var index: Int
  /// Whether axis 1 holds the channels, as PyTorch orders images; else they are last or there are none.
  var isChannelsFirst: Bool

  /// The values with channels last.
  func channelsLast(_ values: [Float], shape: [Int]) -> [Float] {
    guard let extents = extents(shape), values.count == shape.reduce(1, *) else { return values }
    return Self.swapped(values, extents.batch, extents.channels, extents.places)
  }

  /// Values with channels last, in the tensor's own order.
  func ownOrder(_ values: [Float], shape: [Int]) -> [Float] {
    guard let extents = extents(shape), values.count == shape.reduce(1, *) else { return values }
    return Self.swapped(values, extents.batch, extents.places, extents.channels)
  }

  /// The size of the axis that holds the channels.
  func channels(_ shape: [Int]) -> Int {
    max(1, isChannelsFirst && shape.count > 2 ? shape[1] : shape.last ?? 1)
  }

  private func extents(_ shape: [Int]) -> (batch: Int, channels: Int, places: Int)? {
    guard isChannelsFirst, shape.count > 2 else { return nil }
    return (shape[0], shape[1], shape.dropFirst(2).reduce(1, *))
  }

  /// `[batch, rows, columns]` as `[batch, columns, rows]`.
  private static func swapped(_ values: [Float], _ batch: Int, _ rows: Int, _ columns: Int) -> [Float] {
    guard rows > 1, columns > 1 else { return values }
    var result = values
    for item in 0..<batch {
      let start = item * rows * columns
      for row in 0..<rows {
        for column in 0..<columns {
          result[start + column * rows + row] = values[start + row * columns + column]
        }
      }
    }
    return result
  }
}
