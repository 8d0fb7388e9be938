/// A value of a FlatBuffers table, for files that tests make: as free to be wrong as the format.
public indirect enum FlatValue: Sendable, Hashable {
  case int8(Int8)
  case uint8(UInt8)
  case bool(Bool)
  case int32(Int32)
  case uint32(UInt32)
  case uint64(UInt64)
  case float(Float)
  case string([UInt8])
  case bytes([UInt8])
  case int32s([Int32])
  case int64s([Int64])
  case floats([Float])
  case table(FlatTableValue)
  case tables([FlatTableValue])

  public static func string(_ text: String) -> FlatValue { .string(Array(text.utf8)) }

  /// The members of a vector of tables, for changes in place.
  public var tables: [FlatTableValue] {
    get { if case .tables(let tables) = self { tables } else { [] } }
    set { self = .tables(newValue) }
  }

  /// The table itself, for changes in place.
  public var table: FlatTableValue {
    get { if case .table(let table) = self { table } else { FlatTableValue() } }
    set { self = .table(newValue) }
  }
}

/// A table: values by slot.
public struct FlatTableValue: Sendable, Hashable {
  public var fields: [Int: FlatValue]

  public init(_ fields: [Int: FlatValue] = [:]) { self.fields = fields }

  public subscript(slot: Int) -> FlatValue {
    get { fields[slot] ?? .table(FlatTableValue()) }
    set { fields[slot] = newValue }
  }
}
