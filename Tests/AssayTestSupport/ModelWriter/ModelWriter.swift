public import AssayModel

/// Writes small `.tflite` files for tests and goldens.
///
/// ```swift
/// var model = ModelWriter()
/// let x = model.input("x", .int8, [1, 4], .init(scales: [0.5], zeroPoints: [0]))
/// let y = model.tensor("y", .int8, [1, 4], .init(scales: [0.5], zeroPoints: [0]))
/// model.add(.relu, inputs: [x], outputs: [y])
/// model.outputs([y])
/// let bytes = model.bytes()
/// ```
///
/// Nothing is checked: what is written can be as wrong as a test wants it. For mistakes that this
/// interface cannot make, change ``root`` before writing, or the bytes after.
public struct ModelWriter: Sendable {
  private var codes: [FlatTableValue] = []
  private var codeIndices: [String: Int] = [:]
  private var buffers: [FlatTableValue] = [FlatTableValue()]
  private var subgraphs: [SubgraphContents] = [SubgraphContents()]
  private var metadata: [FlatTableValue] = []

  /// The subgraph that further calls add to; the next free number starts a new one.
  public var subgraph = 0 {
    didSet { if subgraph == subgraphs.count { subgraphs.append(SubgraphContents()) } }
  }

  public init() {}

  public var subgraphCount: Int { subgraphs.count }

  private struct SubgraphContents: Sendable {
    var tensors: [FlatTableValue] = []
    var operators: [FlatTableValue] = []
    var inputs: [Int32] = []
    var outputs: [Int32] = []
  }
}

// MARK: - Tensors

extension ModelWriter {
  /// Adds a computed tensor, or a variable; gives its index.
  @discardableResult
  public mutating func tensor(
    _ name: String, _ type: ElementType, _ shape: [Int], _ quantization: Quantization? = nil,
    isVariable: Bool = false
  ) -> Int {
    append(name, type, shape, quantization, buffer: 0, isVariable: isVariable)
  }

  /// Adds a computed tensor that is an input of the subgraph; gives its index.
  @discardableResult
  public mutating func input(
    _ name: String, _ type: ElementType, _ shape: [Int], _ quantization: Quantization? = nil
  ) -> Int {
    let index = tensor(name, type, shape, quantization)
    subgraphs[subgraph].inputs.append(Int32(index))
    return index
  }

  /// Adds a constant with the bytes as they go into the file; gives its index.
  @discardableResult
  public mutating func constant(
    _ name: String, _ type: ElementType, _ shape: [Int], _ bytes: [UInt8], _ quantization: Quantization? = nil
  ) -> Int {
    append(name, type, shape, quantization, buffer: buffer(bytes), isVariable: false)
  }

  /// Adds an int32 constant, by default one-dimensional; gives its index.
  @discardableResult
  public mutating func constant(_ name: String, _ numbers: [Int32], shape: [Int]? = nil) -> Int {
    constant(name, .int32, shape ?? [numbers.count], numbers.flatMap(littleEndian))
  }

  /// Adds a buffer; gives its index.
  public mutating func buffer(_ bytes: [UInt8]) -> Int {
    buffers.append(FlatTableValue([0: .bytes(bytes)]))
    return buffers.count - 1
  }

  /// Names the outputs of the subgraph.
  public mutating func outputs(_ indices: [Int]) {
    subgraphs[subgraph].outputs = indices.map { Int32($0) }
  }

  private mutating func append(
    _ name: String, _ type: ElementType, _ shape: [Int], _ quantization: Quantization?, buffer: Int,
    isVariable: Bool
  ) -> Int {
    var fields: [Int: FlatValue] = [
      0: .int32s(shape.map { Int32(truncatingIfNeeded: $0) }), 1: .int8(Self.number(of: type)),
      2: .uint32(UInt32(buffer)), 3: .string(name), 5: .bool(isVariable),
    ]
    if let quantization {
      fields[4] = .table(
        FlatTableValue([
          2: .floats(quantization.scales), 3: .int64s(quantization.zeroPoints.map { Int64($0) }),
          6: .int32(Int32(truncatingIfNeeded: quantization.dimension)),
        ]))
    }
    subgraphs[subgraph].tensors.append(FlatTableValue(fields))
    return subgraphs[subgraph].tensors.count - 1
  }

  /// The schema's number of a tensor type.
  static func number(of type: ElementType) -> Int8 {
    let order: [ElementType] = [
      .float32, .float16, .int32, .uint8, .int64, .string, .bool, .int16, .complex64, .int8, .float64,
      .complex128, .uint64, .resource, .variant, .uint32, .uint16, .int4, .bfloat16, .int2, .uint4,
    ]
    return Int8(order.firstIndex(of: type) ?? -1)
  }
}

// MARK: - Operators

extension ModelWriter {
  /// Adds an operator; inputs left out are `nil`.
  public mutating func add(
    _ builtin: BuiltinOperator, version: Int = 1, inputs: [Int?], outputs: [Int],
    options: OperatorOptions = .none
  ) {
    let code = operatorCode(Int32(builtin.rawValue), custom: nil, version: version)
    add(code: code, inputs: inputs, outputs: outputs, OptionsWriter.union(of: options, for: builtin))
  }

  /// Adds a custom operator with its own bytes.
  public mutating func add(custom name: String, inputs: [Int?], outputs: [Int], bytes: [UInt8] = []) {
    let code = operatorCode(BuiltinOperator.custom.rawValue, custom: name, version: 1)
    add(code: code, inputs: inputs, outputs: outputs, [5: .bytes(bytes)])
  }

  /// Adds an operator with whatever options a test wants.
  public mutating func add(
    _ builtin: BuiltinOperator, inputs: [Int?], outputs: [Int], optionsType: UInt8, _ fields: [Int: FlatValue]
  ) {
    let code = operatorCode(builtin.rawValue, custom: nil, version: 1)
    add(
      code: code, inputs: inputs, outputs: outputs,
      [3: .uint8(optionsType), 4: .table(FlatTableValue(fields))])
  }

  private mutating func add(
    code: Int, inputs: [Int?], outputs: [Int], _ options: [Int: FlatValue]
  ) {
    var fields = options
    fields[0] = .uint32(UInt32(code))
    fields[1] = .int32s(inputs.map { Int32(truncatingIfNeeded: $0 ?? -1) })
    fields[2] = .int32s(outputs.map { Int32(truncatingIfNeeded: $0) })
    subgraphs[subgraph].operators.append(FlatTableValue(fields))
  }

  private mutating func operatorCode(_ number: Int32, custom: String?, version: Int) -> Int {
    let key = "\(number)/\(custom ?? "")/\(version)"
    if let known = codeIndices[key] { return known }
    // The old one-byte field keeps a placeholder for codes that do not fit.
    var fields: [Int: FlatValue] = [
      0: .int8(Int8(min(number, 127))), 2: .int32(Int32(version)), 3: .int32(number),
    ]
    if let custom { fields[1] = .string(custom) }
    codes.append(FlatTableValue(fields))
    codeIndices[key] = codes.count - 1
    return codes.count - 1
  }
}

// MARK: - The file

extension ModelWriter {
  /// Adds a metadata entry with a buffer of its own.
  public mutating func addMetadata(_ name: String, _ bytes: [UInt8]) {
    let index = buffer(bytes)
    metadata.append(FlatTableValue([0: .string(name), 1: .uint32(UInt32(index))]))
  }

  /// The `OfflineMemoryAllocation` table: fixed arena offsets of all tensors.
  public mutating func addOfflineOffsets(_ offsets: [Int32]) {
    let words = [1, 0, Int32(offsets.count)] + offsets
    addMetadata("OfflineMemoryAllocation", words.flatMap(littleEndian))
  }

  /// The model as tables, to be changed before it is written with `FlatWriter`.
  public var root: FlatTableValue {
    FlatTableValue([
      0: .uint32(3), 1: .tables(codes), 2: .tables(subgraphs.map(Self.table)), 3: .string("made by a test"),
      4: .tables(buffers), 6: .tables(metadata),
    ])
  }

  /// The file.
  public func bytes() -> [UInt8] { Self.file(root) }

  /// The file of tables that a test has changed.
  public static func file(_ root: FlatTableValue) -> [UInt8] { FlatWriter.file(root, identifier: "TFL3") }

  private static func table(_ subgraph: SubgraphContents) -> FlatTableValue {
    FlatTableValue([
      0: .tables(subgraph.tensors), 1: .int32s(subgraph.inputs), 2: .int32s(subgraph.outputs),
      3: .tables(subgraph.operators), 4: .string("main"),
    ])
  }
}
