public import AssayModel

/// Writes small ONNX models for tests. Nothing is checked.
///
/// ```swift
/// var model = ONNXWriter()
/// model.input("x", .float32, [1, 4])
/// model.node("Relu", ["x"], ["y"])
/// model.output("y", .float32, [1, 4])
/// let bytes = model.bytes()
/// ```
public struct ONNXWriter: Sendable {
  /// Fields of the graph, in the order they were added.
  public var graph: [ProtobufField] = []
  /// `opset_import` of the default domain.
  public var opset = 17

  public init() {}

  public mutating func input(_ name: String, _ type: ElementType, _ shape: [Int]) {
    graph.append(.message(11, Self.value(name, type, shape)))
  }

  public mutating func output(_ name: String, _ type: ElementType, _ shape: [Int]) {
    graph.append(.message(12, Self.value(name, type, shape)))
  }

  /// A constant in raw bytes.
  public mutating func constant(_ name: String, _ type: ElementType, _ shape: [Int], _ bytes: [UInt8]) {
    graph.append(.message(5, Self.tensor(name, type, shape) + [ProtobufField(9, .bytes(bytes))]))
  }

  /// A constant of int64.
  public mutating func constant(_ name: String, _ numbers: [Int]) {
    constant(name, .int64, [numbers.count], numbers.flatMap { littleEndian(Int64($0)) })
  }

  public mutating func constant(_ name: String, _ numbers: [Float], shape: [Int]? = nil) {
    constant(name, .float32, shape ?? [numbers.count], numbers.flatMap { littleEndian($0.bitPattern) })
  }

  /// A constant whose bytes lie in another file.
  public mutating func external(
    _ name: String, _ shape: [Int], location: String, offset: String? = nil, length: String? = nil
  ) {
    var fields = Self.tensor(name, .float32, shape) + [.int(14, 1)]
    for (key, value) in [("location", location), ("offset", offset ?? ""), ("length", length ?? "")]
    where !value.isEmpty || key == "location" {
      fields.append(.message(13, [.text(1, key), .text(2, value)]))
    }
    graph.append(.message(5, fields))
  }

  public mutating func node(
    _ type: String, _ inputs: [String], _ outputs: [String], _ attributes: [ProtobufField] = [],
    domain: String = ""
  ) {
    var fields = inputs.map { ProtobufField.text(1, $0) } + outputs.map { .text(2, $0) }
    fields.append(.text(4, type))
    fields += attributes.map { .message(5, $0.fields) }
    if !domain.isEmpty { fields.append(.text(7, domain)) }
    graph.append(.message(1, fields))
  }

  public static func attribute(_ name: String, _ value: Int) -> ProtobufField {
    .message(5, [.text(1, name), .int(3, value), .int(20, 2)])
  }

  public static func attribute(_ name: String, _ value: Float) -> ProtobufField {
    .message(5, [.text(1, name), .float(2, value), .int(20, 1)])
  }

  public static func attribute(_ name: String, _ value: String) -> ProtobufField {
    .message(5, [.text(1, name), .text(4, value), .int(20, 3)])
  }

  public static func attribute(_ name: String, _ values: [Int]) -> ProtobufField {
    .message(5, [.text(1, name)] + values.map { .int(8, $0) } + [.int(20, 7)])
  }

  /// The fields of the model.
  public var root: [ProtobufField] {
    [.int(1, 8), .text(2, "test"), .message(7, graph), .message(8, [.text(1, ""), .int(2, opset)])]
  }

  public func bytes() -> [UInt8] { ProtobufWriter.bytes(root) }

  // MARK: Parts

  public static func tensor(_ name: String, _ type: ElementType, _ shape: [Int]) -> [ProtobufField] {
    shape.map { .int(1, $0) } + [.int(2, number(type)), .text(8, name)]
  }

  public static func value(_ name: String, _ type: ElementType, _ shape: [Int]) -> [ProtobufField] {
    let dimensions = shape.map { ProtobufField.message(1, [.int(1, $0)]) }
    return [
      .text(1, name), .message(2, [.message(1, [.int(1, number(type)), .message(2, dimensions)])]),
    ]
  }

  public static func number(_ type: ElementType) -> Int {
    switch type {
    case .uint8: 2
    case .int8: 3
    case .int32: 6
    case .int64: 7
    case .bool: 9
    case .float16: 10
    default: 1
    }
  }
}

/// Small ONNX models that many tests start from.
public enum SampleONNX {
  /// Convolution, ReLU, a reshape, a matrix product with bias and a softmax.
  public static func network() -> ONNXWriter {
    var model = ONNXWriter()
    model.input("x", .float32, [1, 2, 4, 4])
    model.constant("filter", .float32, [2, 2, 3, 3], SamplePrograms.floats(36))
    model.constant("bias", .float32, [2], SamplePrograms.floats(2))
    model.constant("shape", [1, -1])
    model.constant("weights", .float32, [3, 32], SamplePrograms.floats(96))
    model.constant("shift", .float32, [3], SamplePrograms.floats(3))
    model.node(
      "Conv", ["x", "filter", "bias"], ["map"], [ONNXWriter.attribute("pads", [1, 1, 1, 1])])
    model.node("Relu", ["map"], ["positive"])
    model.node("Reshape", ["positive", "shape"], ["flat"])
    model.node("Gemm", ["flat", "weights", "shift"], ["logits"], [ONNXWriter.attribute("transB", 1)])
    model.node("Softmax", ["logits"], ["y"], [ONNXWriter.attribute("axis", -1)])
    model.output("y", .float32, [1, 3])
    return model
  }

  /// One node from `x` to `y`, both of one shape.
  public static func unary(_ type: String, shape: [Int] = [1, 4], _ attributes: [ProtobufField] = [])
    -> ONNXWriter
  {
    var model = ONNXWriter()
    model.input("x", .float32, shape)
    model.node(type, ["x"], ["y"], attributes)
    model.output("y", .float32, shape)
    return model
  }
}
