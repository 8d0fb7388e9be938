/// Changes to the tables of a FlatBuffers file: the container stays well formed, so that the damage
/// reaches what lies behind the first checks.
public struct FlatMutation {
  public var random: SeededGenerator
  /// Texts that stand in for others: names of kernels.
  private let texts: [String]

  public init(random: SeededGenerator, texts: [String]) {
    self.random = random
    self.texts = texts
  }

  private mutating func below(_ count: Int) -> Int {
    count > 0 ? Int.random(in: 0..<count, using: &random) : 0
  }

  /// Changes one thing somewhere below `table`.
  public mutating func apply(to table: inout FlatTableValue) {
    let slots = table.fields.keys.sorted()
    guard !slots.isEmpty, below(40) > 0 else {
      table.fields[below(10)] = [.int32(-1), .tables([]), .int32s([1, 1]), .string("x")][below(4)]
      return
    }
    // Vectors and tables hold more than scalars do.
    let deep = slots.filter { if case .tables? = table.fields[$0] { true } else { false } }
    let slot = !deep.isEmpty && below(3) > 0 ? deep[below(deep.count)] : slots[below(slots.count)]
    if below(60) == 0 {
      table.fields[slot] = nil
    } else if let value = table.fields[slot] {
      table.fields[slot] = changed(value)
    }
  }

  private mutating func changed(_ value: FlatValue) -> FlatValue {
    switch value {
    case .table(var inner):
      apply(to: &inner)
      return .table(inner)
    case .tables(var tables):
      change(&tables)
      return .tables(tables)
    case .string: return .string(texts.isEmpty ? "other" : texts[below(texts.count)])
    case .bytes(var bytes):
      if bytes.isEmpty { return .bytes([0]) }
      bytes[below(bytes.count)] = UInt8(below(256))
      return .bytes(below(8) == 0 ? bytes.dropLast() : bytes)
    case .int32s(let numbers):
      return .int32s(list(numbers.map { Int64($0) }).map { Int32(truncatingIfNeeded: $0) })
    case .int64s(let numbers): return .int64s(list(numbers))
    case .floats(let numbers): return .floats(numbers.map { _ in Float(TroubleNumbers.double(&random)) })
    default: return scalar(value)
    }
  }

  private mutating func scalar(_ value: FlatValue) -> FlatValue {
    func near(_ number: Int64) -> Int64 { TroubleNumbers.integer(near: number, &random) }
    switch value {
    case .int8(let number): return .int8(Int8(truncatingIfNeeded: near(Int64(number))))
    case .uint8(let number): return .uint8(UInt8(truncatingIfNeeded: near(Int64(number))))
    case .bool(let flag): return .bool(!flag)
    case .int32(let number): return .int32(Int32(truncatingIfNeeded: near(Int64(number))))
    case .uint32(let number): return .uint32(UInt32(truncatingIfNeeded: near(Int64(number))))
    case .uint64(let number):
      // The same eight bytes may be a double.
      if below(3) == 0 { return .uint64(TroubleNumbers.double(&random).bitPattern) }
      return .uint64(UInt64(bitPattern: near(Int64(bitPattern: number))))
    default: return .float(Float(TroubleNumbers.double(&random)))
    }
  }

  private mutating func change(_ tables: inout [FlatTableValue]) {
    guard !tables.isEmpty else { return }
    let index = below(tables.count)
    switch below(16) {
    case 0: tables.remove(at: index)
    case 1: tables.insert(tables[index], at: below(tables.count))
    case 2: tables.swapAt(index, below(tables.count))
    case 3: tables[index] = tables[below(tables.count)]
    default: apply(to: &tables[index])
    }
  }

  private mutating func list(_ numbers: [Int64]) -> [Int64] {
    var numbers = numbers
    switch below(6) {
    case 0: numbers.insert(TroubleNumbers.integer(&random), at: below(numbers.count + 1))
    case 1 where !numbers.isEmpty: numbers.remove(at: below(numbers.count))
    case 2 where numbers.count > 1: numbers.swapAt(below(numbers.count), below(numbers.count))
    default:
      guard !numbers.isEmpty else { return [TroubleNumbers.integer(&random)] }
      let index = below(numbers.count)
      numbers[index] = TroubleNumbers.integer(near: numbers[index], &random)
    }
    return numbers
  }
}
