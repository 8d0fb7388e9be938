public import AssayModel

/// Writes small ExecuTorch programs (`.pte`) for tests.
///
/// ```swift
/// var program = ProgramWriter()
/// let x = program.input(.float32, [1, 4])
/// let y = program.tensor(.float32, [1, 4])
/// program.call("aten::relu", "out", [x, y, y])
/// program.output(y)
/// let bytes = program.bytes()
/// ```
///
/// Nothing is checked: what is written can be as wrong as a test wants it. For mistakes that this
/// interface cannot make, change ``root`` before writing, or the bytes after.
public struct ProgramWriter: Sendable {
  private var values: [FlatTableValue] = []
  private var operators: [FlatTableValue] = []
  private var instructions: [FlatTableValue] = []
  private var inputs: [Int32] = []
  private var outputs: [Int32] = []
  private var constants: [UInt8] = []
  private var constantOffsets: [Int64] = [0]
  private var plannedBytes = 0
  /// What the method is called.
  public var method = "forward"

  public init() {}
}

// MARK: - Values

extension ProgramWriter {
  /// A value of any kind; gives its index.
  public mutating func value(_ type: UInt8, _ content: FlatTableValue) -> Int32 {
    values.append(FlatTableValue([0: .uint8(type), 1: .table(content)]))
    return Int32(values.count - 1)
  }

  public mutating func none() -> Int32 { value(1, FlatTableValue()) }

  public mutating func int(_ number: Int) -> Int32 {
    value(2, FlatTableValue([0: .uint64(UInt64(bitPattern: Int64(number)))]))
  }

  public mutating func bool(_ flag: Bool) -> Int32 { value(3, FlatTableValue([0: .bool(flag)])) }

  public mutating func double(_ number: Double) -> Int32 {
    value(4, FlatTableValue([0: .uint64(number.bitPattern)]))
  }

  /// A list of integers, each of which is a value of its own.
  public mutating func ints(_ numbers: [Int]) -> Int32 {
    var items: [Int64] = []
    for number in numbers { items.append(Int64(int(number))) }
    return value(7, FlatTableValue([0: .int64s(items)]))
  }

  public mutating func tensors(_ items: [Int32]) -> Int32 { value(10, FlatTableValue([0: .int32s(items)])) }

  /// A planned tensor, behind everything planned before unless `offset` says where.
  public mutating func tensor(_ type: ElementType, _ shape: [Int], at offset: Int? = nil) -> Int32 {
    let place = offset ?? plannedBytes
    let bytes = shape.reduce(type.byteSize ?? 1) { $0 &* max($1, 0) }
    plannedBytes = max(plannedBytes, place &+ (bytes &+ 15) / 16 &* 16)
    var content = description(type, shape)
    content[6] = .table(FlatTableValue([0: .uint32(1), 1: .uint32(UInt32(truncatingIfNeeded: place))]))
    return value(5, content)
  }

  public mutating func input(_ type: ElementType, _ shape: [Int]) -> Int32 {
    inputs.append(tensor(type, shape))
    return Int32(values.count - 1)
  }

  public mutating func output(_ value: Int32) { outputs.append(value) }

  /// A tensor whose bytes are in the constant segment.
  public mutating func constant(_ type: ElementType, _ shape: [Int], _ bytes: [UInt8]) -> Int32 {
    while constants.count % 16 != 0 { constants.append(0) }
    constantOffsets.append(Int64(constants.count))
    constants += bytes
    var content = description(type, shape)
    content[5] = .uint32(UInt32(constantOffsets.count - 1))
    return value(5, content)
  }

  private func description(_ type: ElementType, _ shape: [Int]) -> FlatTableValue {
    FlatTableValue([
      0: .int8(Self.number(type)), 2: .int32s(shape.map { Int32(truncatingIfNeeded: $0) }),
      3: .bytes(shape.indices.map { UInt8($0) }),
    ])
  }

  private static func number(_ type: ElementType) -> Int8 {
    switch type {
    case .uint8: 0
    case .int8: 1
    case .int16: 2
    case .int32: 3
    case .int64: 4
    case .bool: 11
    default: 6
    }
  }
}

// MARK: - Instructions

extension ProgramWriter {
  /// An instruction of any kind.
  public mutating func instruction(_ type: UInt8, _ content: FlatTableValue) {
    instructions.append(FlatTableValue([0: .uint8(type), 1: .table(content)]))
  }

  /// A call of a kernel: its arguments, with the output once more at the end.
  public mutating func call(_ name: String, _ overload: String, _ arguments: [Int32]) {
    operators.append(FlatTableValue([0: .string(name), 1: .string(overload)]))
    instruction(1, FlatTableValue([0: .int32(Int32(operators.count - 1)), 1: .int32s(arguments)]))
  }
}

// MARK: - File

extension ProgramWriter {
  /// The tables of the program; a mistake is a change to these.
  public var root: FlatTableValue {
    let chain = FlatTableValue([0: .int32s(inputs), 1: .int32s(outputs), 2: .tables(instructions)])
    let plan = FlatTableValue([
      0: .string(method), 2: .tables(values), 3: .int32s(inputs), 4: .int32s(outputs), 5: .tables([chain]),
      6: .tables(operators), 7: .tables([]), 8: .int64s([0, Int64(plannedBytes)]),
    ])
    return FlatTableValue([
      0: .uint32(0), 1: .tables([plan]), 2: .tables([]), 3: .tables([]),
      4: .tables([FlatTableValue([0: .uint64(0), 1: .uint64(UInt64(constants.count))])]),
      5: .table(FlatTableValue([0: .uint32(0), 1: .int64s(constantOffsets)])),
    ])
  }

  /// The constant segment.
  public var segment: [UInt8] { constants }

  public func bytes() -> [UInt8] { Self.file(root, segment: constants) }

  /// A program's file: header, tables, then the data that they point into.
  public static func file(_ root: FlatTableValue, segment: [UInt8]) -> [UInt8] {
    fileAndSites(root, segment: segment).bytes
  }

  public static func fileAndSites(
    _ root: FlatTableValue, segment: [UInt8]
  ) -> (bytes: [UInt8], sites: [FlatSite]) {
    var (bytes, sites) = FlatWriter.fileAndSites(
      root, identifier: "ET12", header: Array(repeating: 0, count: 32))
    let base = (bytes.count + 15) / 16 * 16
    let header =
      Array("eh00".utf8) + littleEndian(UInt32(32)) + littleEndian(UInt64(bytes.count))
      + littleEndian(UInt64(base)) + littleEndian(UInt64(segment.count))
    bytes.replaceSubrange(8..<40, with: header)
    bytes += Array(repeating: 0, count: base - bytes.count)
    sites += [12, 16, 24, 32].map { FlatSite(position: $0, size: 4) }
    return (bytes + segment, sites)
  }

  /// A wrapper (`.bpte`) around a program with one suite of cases without outputs.
  public static func bundle(_ program: [UInt8], suites: [FlatTableValue]) -> [UInt8] {
    FlatWriter.file(
      FlatTableValue([0: .uint32(0), 1: .tables(suites), 2: .bytes(program)]), identifier: "BP08")
  }

  /// External weights (`.ptd`): one segment per tensor.
  public static func weights(_ tensors: [(name: String, shape: [Int], bytes: [UInt8])]) -> [UInt8] {
    var segments: [FlatTableValue] = []
    var data: [UInt8] = []
    for tensor in tensors {
      segments.append(
        FlatTableValue([0: .uint64(UInt64(data.count)), 1: .uint64(UInt64(tensor.bytes.count))]))
      data += tensor.bytes
    }
    let named = tensors.enumerated().map { index, tensor in
      let layout = FlatTableValue([0: .int8(6), 1: .int32s(tensor.shape.map { Int32($0) })])
      return FlatTableValue([0: .string(tensor.name), 1: .uint32(UInt32(index)), 2: .table(layout)])
    }
    return weights(FlatTableValue([0: .uint32(1), 1: .tables(segments), 2: .tables(named)]), data: data)
  }

  public static func weights(_ root: FlatTableValue, data: [UInt8]) -> [UInt8] {
    var bytes = FlatWriter.file(root, identifier: "FT01", header: Array(repeating: 0, count: 40))
    let count = bytes.count
    bytes += Array(repeating: 0, count: (16 - count % 16) % 16)
    let header =
      Array("FH01".utf8) + littleEndian(UInt32(40)) + littleEndian(UInt64(48)) + littleEndian(UInt64(count))
      + littleEndian(UInt64(bytes.count)) + littleEndian(UInt64(data.count))
    bytes.replaceSubrange(8..<48, with: header)
    return bytes + data
  }
}
