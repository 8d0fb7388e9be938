/// A `.bpte` file: a program with recorded inputs and the outputs that are expected of them.
public struct BundledProgram: Sendable {
  /// Cases of one method.
  public struct Suite: Sendable {
    public var method: String
    public var cases: [Case]

    public init(method: String, cases: [Case]) {
      self.method = method
      self.cases = cases
    }
  }

  /// One execution.
  public struct Case: Sendable {
    public var inputs: [BundledValue]
    public var expectedOutputs: [BundledValue]

    public init(inputs: [BundledValue], expectedOutputs: [BundledValue]) {
      self.inputs = inputs
      self.expectedOutputs = expectedOutputs
    }
  }

  /// The `.pte` inside, byte for byte.
  public var program: [UInt8]
  public var suites: [Suite]

  private enum Schema {
    static let suites = FlatField(1, "method_test_suites")
    static let program = FlatField(2, "program")
    static let method = FlatField(0, "method_name")
    static let cases = FlatField(1, "test_cases")
    static let inputs = FlatField(0, "inputs")
    static let outputs = FlatField(1, "expected_outputs")
  }

  /// - Throws: `ModelError`; the program itself is not looked into.
  public init(_ bytes: [UInt8], limits: ModelLimits = .default) throws(ModelError) {
    let root = try Self.root(bytes, limits)
    program = try Self.program(root)
    let tables = try root.tables(Schema.suites).limited(to: limits.subgraphs)
    suites = []
    for index in 0..<tables.count {
      let table = try tables.table(index)
      let cases = try table.tables(Schema.cases).limited(to: limits.operators)
      var suite = Suite(method: try table.shownText(Schema.method, limits), cases: [])
      for position in 0..<cases.count {
        do throws(ModelError) {
          let test = try cases.table(position)
          suite.cases.append(
            Case(
              inputs: try Self.values(test, Schema.inputs, limits),
              expectedOutputs: try Self.values(test, Schema.outputs, limits)))
        } catch { throw error.placed(in: "bundled suite \(suite.method), case \(position)") }
      }
      suites.append(suite)
    }
  }

  /// Whether bytes claim to be a bundled program.
  public static func isBundle(_ bytes: [UInt8]) -> Bool {
    FlatBuffer.identifier(of: bytes) == ExecuTorchSchema.bundle
  }

  static func program(in bytes: [UInt8], limits: ModelLimits) throws(ModelError) -> [UInt8] {
    try program(root(bytes, limits))
  }

  private static func root(_ bytes: [UInt8], _ limits: ModelLimits) throws(ModelError) -> FlatTable {
    guard FlatBuffer.identifier(of: bytes) == ExecuTorchSchema.bundle else {
      throw ModelError(.notAModel, at: 4, "the identifier \(ExecuTorchSchema.bundle) is missing")
    }
    return try FlatBuffer(bytes, limits: limits, checksTableSizes: false).root()
  }

  private static func program(_ root: FlatTable) throws(ModelError) -> [UInt8] {
    guard let range = try root.bytes(Schema.program) else {
      throw ModelError(.invalid, at: root.position, "the bundle has no program")
    }
    let bytes = Array(root.buffer.bytes[range])
    guard FlatBuffer.identifier(of: bytes) == ExecuTorchSchema.program else {
      throw ModelError(
        .unsupported, at: range.lowerBound,
        "the bundle's program is not of format \(ExecuTorchSchema.program)")
    }
    return bytes
  }

  private static func values(
    _ table: FlatTable, _ field: FlatField, _ limits: ModelLimits
  ) throws(ModelError) -> [BundledValue] {
    let tables = try table.tables(field).limited(to: limits.operands)
    var values: [BundledValue] = []
    for index in 0..<tables.count { values.append(try BundledValue(tables.table(index), limits)) }
    return values
  }
}

/// One recorded input or output of a bundled program.
public enum BundledValue: Sendable, Hashable {
  /// Bytes in the order of `dimOrder` (empty: that of the shape).
  case tensor(type: ElementType, shape: [Int], bytes: [UInt8], dimOrder: [Int])
  case int(Int)
  case bool(Bool)
  case double(Double)

  private enum Schema {
    static let type = FlatField(0, "value_type")
    static let value = FlatField(1, "value")
    static let content = FlatField(0, "value")
    static let scalarType = FlatField(0, "scalar_type")
    static let sizes = FlatField(1, "sizes")
    static let data = FlatField(2, "data")
    static let dimOrder = FlatField(3, "dim_order")
  }

  init(_ table: FlatTable, _ limits: ModelLimits) throws(ModelError) {
    let (type, member) = try table.union(Schema.type, Schema.value)
    guard let member else {
      throw ModelError(.malformed, at: table.position, "a recorded value without content")
    }
    switch type {
    case 1: self = try Self.tensor(member, limits)
    case 2: self = .int(Int(try member.integer(Schema.content, default: Int64.zero)))
    case 3: self = .bool(try member.bool(Schema.content))
    case 4: self = .double(Double(bitPattern: try member.integer(Schema.content, default: UInt64.zero)))
    default: throw ModelError(.unsupported, at: table.position, "a recorded value of kind \(type)")
    }
  }

  private static func tensor(_ table: FlatTable, _ limits: ModelLimits) throws(ModelError) -> BundledValue {
    let number: Int8 = try table.integer(Schema.scalarType)
    guard let type = ExecuTorchSchema.elementType(number), let size = type.byteSize else {
      throw ModelError(.unsupported, at: table.position, "scalar type \(number) is not known")
    }
    let sizes = try table.integers(Schema.sizes, as: Int32.self, limit: limits.rank) ?? []
    let shape = sizes.map { Int($0) }
    let range = try table.bytes(Schema.data) ?? 0..<0
    guard shape.allSatisfy({ $0 >= 0 }), let count = DynamicShapes.elements(shape),
      count <= range.count, count * size == range.count
    else {
      throw ModelError(.invalid, at: table.position, "\(type.rawValue) \(shape) with \(range.count) bytes")
    }
    let order = (try table.integers(Schema.dimOrder, as: UInt8.self, limit: limits.rank) ?? []).map {
      Int($0)
    }
    guard order.isEmpty || order.sorted() == Array(shape.indices) else {
      throw ModelError(
        .invalid, at: table.position, "dim_order \(order) does not order \(shape.count) dimensions")
    }
    return .tensor(
      type: type, shape: shape, bytes: Array(table.buffer.bytes[range]),
      dimOrder: order == Array(shape.indices) ? [] : order)
  }
}
