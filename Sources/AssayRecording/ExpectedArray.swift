/// What a model wants to be fed, or gives, in plain values.
public struct ExpectedArray: Sendable, Hashable {
  /// For messages: the tensor's own name.
  public var name: String
  /// Any of these; a float model may take what was recorded from an int8 one.
  public var types: [RecordedType]
  /// The tensor's shape with its own batch dimension, without N.
  public var shape: [Int]
  /// Dimensions that may be smaller than `shape` says.
  public var dynamicDimensions: Set<Int>

  public init(name: String, types: [RecordedType], shape: [Int], dynamicDimensions: Set<Int> = []) {
    self.name = name
    self.types = types
    self.shape = shape
    self.dynamicDimensions = dynamicDimensions
  }

  func accepts(_ recorded: [Int]) -> Bool {
    recorded.count == shape.count
      && shape.indices.allSatisfy { axis in
        recorded[axis] == shape[axis]
          || (dynamicDimensions.contains(axis) && (1..<max(1, shape[axis])).contains(recorded[axis]))
      }
  }
}

extension ModelRecording {
  /// Throws unless `in_0`, `in_1`, ... are what `expected` says, one by one.
  public func checkInputs(_ expected: [ExpectedArray]) throws(RecordingError) {
    try check(inputs, expected, "input", "in_")
  }

  /// Throws unless `out_0`, `out_1`, ... are what `expected` says, one by one.
  public func checkOutputs(_ expected: [ExpectedArray]) throws(RecordingError) {
    try check(outputs, expected, "output", "out_")
  }

  private func check(
    _ arrays: [ArrayDescription], _ expected: [ExpectedArray], _ role: String, _ prefix: String
  ) throws(RecordingError) {
    guard arrays.count == expected.count else {
      let wanted = expected.count == 1 ? "1 \(role)" : "\(expected.count) \(role)s"
      throw RecordingError(
        .mismatch, file: file, "the model has \(wanted), the file has \(arrays.count) (\(prefix)0, ...)")
    }
    for (array, tensor) in zip(arrays, expected) {
      guard tensor.types.contains(array.type) else {
        let types = tensor.types.map(\.rawValue).joined(separator: " or ")
        throw mismatch(array, "\(array.type.rawValue), but \(role) \"\(tensor.name)\" is \(types)")
      }
      guard tensor.accepts(Array(array.shape.dropFirst())) else {
        throw mismatch(
          array,
          "samples of shape \(Array(array.shape.dropFirst())), but \(role) \"\(tensor.name)\" has \(tensor.shape)"
        )
      }
    }
  }

  private func mismatch(_ array: ArrayDescription, _ message: String) -> RecordingError {
    RecordingError(.mismatch, file: file, array: array.name, message)
  }
}
