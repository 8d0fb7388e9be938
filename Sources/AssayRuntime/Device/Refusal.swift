/// Something that the device's runtime will not run, and why.
public struct Refusal: Sendable, Hashable, CustomStringConvertible {
  /// `subgraph 0, operator 3 (CONV_2D)`.
  public var layer: String
  /// The same place as indices.
  public var index: LayerIndex
  /// One clause, in words: `takes float32, int8 or int16; input 0 is uint8`.
  public var reason: String

  public init(layer: String, index: LayerIndex, reason: String) {
    self.layer = layer
    self.index = index
    self.reason = reason
  }

  public var description: String { "\(layer): \(reason)" }
}
