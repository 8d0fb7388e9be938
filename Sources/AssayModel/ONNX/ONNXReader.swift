/// Reads ONNX models, opset 11 to 21.
///
/// ONNX runs on no board: these graphs serve as float reference and for comparison. Nodes are lowered
/// onto the portable kernels as they are read, so shapes are fixed; open dimensions become 1.
public enum ONNXReader {
  /// Whether bytes may be an ONNX model: protobuf has no signature, but every exporter starts with
  /// `ir_version`.
  static func reads(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 16 && bytes[0] == 0x08 && (1...64).contains(bytes[1])
  }

  /// - Throws: `ModelError`, with the byte and the place in the model.
  public static func read(
    _ bytes: [UInt8], options: ReadingOptions = ReadingOptions(), limits: ModelLimits = .default
  ) throws(ModelError) -> Graph {
    guard bytes.count <= limits.fileBytes else {
      throw ModelError(.limit, "\(bytes.count) bytes are more than \(limits.fileBytes)")
    }
    let file = try ONNXFile(ProtobufMessage(bytes, limits: limits), limits: limits)
    guard let opset = file.opset, (11...21).contains(opset) else {
      let found = file.opset.map { "opset \($0)" } ?? "no opset"
      throw ModelError(.unsupported, "\(found); 11 to 21 are known")
    }
    var lowering = ONNXLowering(file, opset: opset, options: options, limits: limits)
    return try lowering.graph()
  }
}

/// A node as it is stored.
struct ONNXNode {
  /// With its domain unless that is the default one.
  var name: String
  /// Empty names stand for inputs and outputs left out.
  var inputs: [String]
  var outputs: [String]
  var attributes: [String: ONNXAttribute]
  var position: Int
}

enum ONNXAttribute {
  case int(Int)
  case float(Float)
  case text(String)
  case ints([Int])
  case floats([Float])
  case tensor(ONNXTensor)
  case other
}

/// A constant as it is stored.
struct ONNXTensor {
  enum Content {
    case raw(Range<Int>)
    /// Little-endian bytes collected from typed fields.
    case values([UInt8])
    case external(path: String, offset: Int, length: Int?)
  }

  var name: String
  var type: ElementType
  var shape: [Int]
  var content: Content
  var position: Int
}

/// An input or output: type and shape, -1 where a dimension is open.
struct ONNXValue {
  var name: String
  var type: ElementType?
  var shape: [Int]
}

/// The parts of a model file that a graph is made from.
struct ONNXFile {
  let bytes: [UInt8]
  private(set) var opset: Int?
  private(set) var nodes: [ONNXNode] = []
  private(set) var constants: [ONNXTensor] = []
  private(set) var inputs: [ONNXValue] = []
  private(set) var outputs: [ONNXValue] = []
  /// What the file says about values between nodes (`value_info`), by name.
  private(set) var values: [String: ONNXValue] = [:]
  private(set) var producer = ""
  private let limits: ModelLimits

  init(_ root: ProtobufMessage, limits: ModelLimits) throws(ModelError) {
    bytes = root.bytes
    self.limits = limits
    var hasGraph = false
    for field in try root.fields() {
      switch field.number {
      case 2: producer = try root.text(field, "producer_name", limit: limits.shownNameBytes)
      case 7:
        guard !hasGraph else { throw root.malformed(field.position, "two graphs") }
        hasGraph = true
        try readGraph(root.message(field, "graph"))
      case 8: try readOpset(root.message(field, "opset_import"))
      default: break
      }
    }
    guard hasGraph else { throw ModelError(.notAModel, at: 0, "protobuf without an ONNX graph") }
  }

  private mutating func readOpset(_ message: ProtobufMessage) throws(ModelError) {
    var domain = ""
    var version = 0
    for field in try message.fields() {
      if field.number == 1 { domain = try message.text(field, "domain", limit: limits.identifierBytes) }
      if field.number == 2 { version = try message.int(field, "version") }
    }
    if domain.isEmpty || domain == "ai.onnx" { opset = version }
  }

  private mutating func readGraph(_ graph: ProtobufMessage) throws(ModelError) {
    for field in try graph.fields() {
      switch field.number {
      case 1: nodes.append(try node(graph.message(field, "node"), at: field.position))
      case 5: constants.append(try tensor(graph.message(field, "initializer"), at: field.position))
      case 11: inputs.append(try value(graph.message(field, "input")))
      case 12: outputs.append(try value(graph.message(field, "output")))
      case 13:
        let value = try value(graph.message(field, "value_info"))
        values[value.name] = value
      case 15: throw ModelError(.unsupported, at: field.position, "sparse constants")
      default: break
      }
      guard nodes.count <= limits.operators, constants.count <= limits.tensors,
        inputs.count <= limits.operands,
        outputs.count <= limits.operands, values.count <= limits.tensors
      else { throw ModelError(.limit, at: field.position, "too many nodes, constants, inputs or outputs") }
    }
  }

  private func node(_ message: ProtobufMessage, at position: Int) throws(ModelError) -> ONNXNode {
    var node = ONNXNode(name: "", inputs: [], outputs: [], attributes: [:], position: position)
    var domain = ""
    for field in try message.fields() {
      switch field.number {
      case 1: node.inputs.append(try message.text(field, "input", limit: limits.shownNameBytes))
      case 2: node.outputs.append(try message.text(field, "output", limit: limits.shownNameBytes))
      case 4: node.name = try message.text(field, "op_type", limit: limits.identifierBytes)
      case 5:
        let (name, value) = try attribute(message.message(field, "attribute"), at: field.position)
        node.attributes[name] = value
      case 7: domain = try message.text(field, "domain", limit: limits.identifierBytes)
      default: break
      }
      guard node.inputs.count <= limits.operands, node.outputs.count <= limits.operands else {
        throw ModelError(.limit, at: field.position, "more than \(limits.operands) operands")
      }
    }
    if !domain.isEmpty, domain != "ai.onnx" { node.name = "\(domain).\(node.name)" }
    return node
  }

  private func attribute(
    _ message: ProtobufMessage, at position: Int
  ) throws(ModelError) -> (String, ONNXAttribute) {
    var name = ""
    var value = ONNXAttribute.other
    var (ints, floats): ([Int], [Float]) = ([], [])
    for field in try message.fields() {
      switch field.number {
      case 1: name = try message.text(field, "name", limit: limits.identifierBytes)
      case 2: value = .float(try message.floats(field, "f", limit: 1).first ?? 0)
      case 3: value = .int(try message.int(field, "i"))
      case 4: value = .text(try message.text(field, "s", limit: limits.shownNameBytes))
      case 5: value = .tensor(try tensor(message.message(field, "t"), at: field.position))
      case 7: floats += try message.floats(field, "floats", limit: limits.operands)
      case 8: ints += try message.ints(field, "ints", limit: limits.operands)
      default: break
      }
    }
    if !ints.isEmpty { value = .ints(ints) }
    if !floats.isEmpty { value = .floats(floats) }
    return (name, value)
  }

  private func value(_ message: ProtobufMessage) throws(ModelError) -> ONNXValue {
    var value = ONNXValue(name: "", type: nil, shape: [])
    for field in try message.fields() {
      if field.number == 1 { value.name = try message.text(field, "name", limit: limits.shownNameBytes) }
      guard field.number == 2 else { continue }
      let type = try message.message(field, "type")
      for kind in try type.fields() where kind.number == 1 {
        let tensor = try type.message(kind, "tensor_type")
        for part in try tensor.fields() {
          if part.number == 1 { value.type = Self.elementType(try tensor.int(part, "elem_type")) }
          if part.number == 2 { value.shape = try shape(tensor.message(part, "shape")) }
        }
      }
    }
    return value
  }

  private func shape(_ message: ProtobufMessage) throws(ModelError) -> [Int] {
    var shape: [Int] = []
    for field in try message.fields() where field.number == 1 {
      let dimension = try message.message(field, "dim")
      var extent = -1
      for part in try dimension.fields() where part.number == 1 {
        extent = try dimension.int(part, "dim_value")
      }
      shape.append(extent)
      guard shape.count <= limits.rank else {
        throw ModelError(.limit, at: field.position, "more than \(limits.rank) dimensions")
      }
    }
    return shape
  }

  static func elementType(_ number: Int) -> ElementType? {
    switch number {
    case 1: .float32
    case 2: .uint8
    case 3: .int8
    case 4: .uint16
    case 5: .int16
    case 6: .int32
    case 7: .int64
    case 9: .bool
    case 10: .float16
    case 11: .float64
    case 12: .uint32
    case 13: .uint64
    case 16: .bfloat16
    default: nil
    }
  }
}

// MARK: - Constants

extension ONNXFile {
  fileprivate func tensor(_ message: ProtobufMessage, at position: Int) throws(ModelError) -> ONNXTensor {
    var (shape, name, number): ([Int], String, Int) = ([], "", 0)
    var raw: Range<Int>?
    var values = TypedValues()
    var external: [String: String] = [:]
    for field in try message.fields() {
      switch field.number {
      case 1: shape += try message.ints(field, "dims", limit: limits.rank)
      case 2: number = try message.int(field, "data_type")
      case 4: values.floats += try message.floats(field, "float_data", limit: limits.flatElements)
      case 5, 7, 11: values.ints += try message.ints(field, "int_data", limit: limits.flatElements)
      case 8: name = try message.text(field, "name", limit: limits.shownNameBytes)
      case 9: raw = try message.content(field, "raw_data")
      case 13:
        let (key, text) = try entry(message.message(field, "external_data"))
        external[key] = text
      default: break
      }
    }
    guard let type = Self.elementType(number) else {
      throw ModelError(.unsupported, at: position, in: "constant \"\(name)\"", "data type \(number)")
    }
    let count = try byteCount(shape, type, name, position)
    var tensor = ONNXTensor(name: name, type: type, shape: shape, content: .values([]), position: position)
    if let path = external["location"] {
      tensor.content = .external(
        path: path, offset: Int(external["offset"] ?? "0") ?? -1,
        length: external["length"].map { Int($0) ?? -1 })
    } else if let raw {
      tensor.content = .raw(raw)
      guard raw.count == count else { throw sizes(name, shape, count, raw.count, position) }
    } else {
      let bytes = values.bytes(as: type)
      tensor.content = .values(bytes)
      guard bytes.count == count else { throw sizes(name, shape, count, bytes.count, position) }
    }
    return tensor
  }

  private func sizes(_ name: String, _ shape: [Int], _ expected: Int, _ found: Int, _ position: Int)
    -> ModelError
  {
    ModelError(
      .invalid, at: position, in: "constant \"\(name)\"",
      "\(shape) takes \(expected) bytes, the file has \(found)")
  }

  private func byteCount(
    _ shape: [Int], _ type: ElementType, _ name: String, _ position: Int
  ) throws(ModelError) -> Int {
    guard shape.count <= limits.rank, shape.allSatisfy({ $0 >= 0 && $0 <= limits.tensorBytes }),
      let count = DynamicShapes.elements(shape), let size = type.byteSize, count <= limits.tensorBytes / size
    else {
      throw ModelError(
        .limit, at: position, in: "constant \"\(name)\"",
        "shape \(shape) of \(type.rawValue) is not between 0 and \(limits.tensorBytes) bytes")
    }
    return count * size
  }

  private func entry(_ message: ProtobufMessage) throws(ModelError) -> (String, String) {
    var (key, value) = ("", "")
    for field in try message.fields() {
      if field.number == 1 { key = try message.text(field, "key", limit: limits.identifierBytes) }
      if field.number == 2 { value = try message.text(field, "value", limit: limits.shownNameBytes) }
    }
    return (key, value)
  }
}

/// Elements that a file stores in typed fields, one number each, instead of raw bytes.
private struct TypedValues {
  var floats: [Float] = []
  var ints: [Int] = []

  func bytes(as type: ElementType) -> [UInt8] {
    let size = type.byteSize ?? 1
    let bits =
      type == .float32 ? floats.map { UInt64($0.bitPattern) } : ints.map { UInt64(bitPattern: Int64($0)) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(bits.count * size)
    for value in bits {
      for byte in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))) }
    }
    return bytes
  }
}
