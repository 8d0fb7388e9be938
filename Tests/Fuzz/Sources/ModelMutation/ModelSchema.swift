/// What the decoder has to know of the TensorFlow Lite schema to take a file apart: which fields
/// are offsets, and what they lead to. Written apart from the reader, which is what is being tested.
enum TableKind: Hashable {
  case model, operatorCode, subgraph, tensor, quantization, operation, buffer, metadata
  /// An operator's options, by their number in the union.
  case options(UInt8)
}

enum FieldKind {
  case scalar8, scalar32, scalar64
  case string, bytes, int32s, int64s, floats
  case table(TableKind)
  case tables(TableKind)
}

extension TableKind {
  /// The kind of a field; `nil` for fields that are dropped.
  ///
  /// - Parameter optionsType: the member that an operator's options are.
  /// - Parameter width: bytes until the next field, for tables whose scalars are not listed.
  func field(_ slot: Int, optionsType: UInt8, width: Int) -> FieldKind? {
    switch self {
    case .model: Self.modelFields[slot]
    case .operatorCode: [0: .scalar8, 1: .string, 2: .scalar32, 3: .scalar32][slot]
    case .subgraph:
      [0: .tables(.tensor), 1: .int32s, 2: .int32s, 3: .tables(.operation), 4: .string][slot]
    case .tensor: Self.tensorFields[slot]
    case .quantization: [2: .floats, 3: .int64s, 4: .scalar8, 6: .scalar32][slot]
    case .operation: Self.operationFields(optionsType)[slot]
    case .buffer: [0: .bytes, 1: .scalar64, 2: .scalar64][slot]
    case .metadata: [0: .string, 1: .scalar32][slot]
    case .options(let type): Self.optionField(type, slot, width)
    }
  }

  private static let modelFields: [Int: FieldKind] = [
    0: .scalar32, 1: .tables(.operatorCode), 2: .tables(.subgraph), 3: .string, 4: .tables(.buffer),
    6: .tables(.metadata),
  ]

  private static let tensorFields: [Int: FieldKind] = [
    0: .int32s, 1: .scalar8, 2: .scalar32, 3: .string, 4: .table(.quantization), 5: .scalar8, 7: .int32s,
  ]

  private static func operationFields(_ optionsType: UInt8) -> [Int: FieldKind] {
    [
      0: .scalar32, 1: .int32s, 2: .int32s, 3: .scalar8, 4: .table(.options(optionsType)), 5: .bytes,
      8: .int32s,
    ]
  }

  /// ReshapeOptions and SqueezeOptions hold vectors, VarHandleOptions strings; all others scalars.
  private static func optionField(_ type: UInt8, _ slot: Int, _ width: Int) -> FieldKind? {
    if (type == 17 || type == 30) && slot == 0 { return .int32s }
    if type == 111 { return .string }
    return width >= 4 ? .scalar32 : .scalar8
  }
}
