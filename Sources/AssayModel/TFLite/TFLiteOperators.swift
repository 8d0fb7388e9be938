/// What an operator names by index: what it computes, and at which version.
struct TFLiteOperatorCode {
  let code: OperatorCode
  let version: Int

  typealias Schema = TFLiteSchema.OperatorCode

  init(_ table: FlatTable, limits: ModelLimits) throws(ModelError) {
    // Codes above 127 do not fit the old field, which then holds a placeholder; the larger one counts.
    let old = Int(try table.integer(Schema.deprecatedBuiltinCode, default: Int8.zero))
    let new = try table.int(Schema.builtinCode)
    let number = max(old, new)
    guard let builtin = BuiltinOperator(rawValue: Int32(number)) else {
      throw ModelError(.unsupported, at: table.position, "operator \(number) is not known")
    }
    self.version = try table.int(Schema.version, default: 1)
    guard version >= 1 else {
      throw ModelError(.invalid, at: table.position, "\(builtin.name) has version \(version)")
    }
    self.code = builtin == .custom ? .custom(try Self.name(table, limits)) : .builtin(builtin)
  }

  private static func name(_ table: FlatTable, _ limits: ModelLimits) throws(ModelError) -> String {
    guard let range = try table.string(Schema.customCode), !range.isEmpty else {
      throw ModelError(.invalid, at: table.position, "a custom operator has no name")
    }
    guard range.count <= limits.identifierBytes else {
      throw ModelError(
        .limit, at: range.lowerBound,
        "custom_code of \(range.count) bytes is longer than \(limits.identifierBytes)")
    }
    return PrintableName.text(table.buffer.bytes[range], limit: limits.identifierBytes)
  }
}

/// Reads the operators of a subgraph.
struct TFLiteOperatorReader {
  typealias Schema = TFLiteSchema.Operator

  let codes: [TFLiteOperatorCode]
  let limits: ModelLimits

  /// Reads one operator of a subgraph with `tensorCount` tensors.
  func read(
    _ table: FlatTable, tensorCount: Int, place: @autoclosure () -> String
  ) throws(ModelError) -> Operator {
    let index = Int(try table.integer(Schema.opcodeIndex, default: UInt32.zero))
    guard codes.indices.contains(index) else {
      throw ModelError(
        .invalid, at: table.position, in: place(), "opcode_index \(index) of \(codes.count) does not exist")
    }
    let code = codes[index]
    do throws(ModelError) {
      return Operator(
        code: code.code, version: code.version,
        inputs: try operands(table, Schema.inputs, tensorCount, optional: true),
        outputs: try operands(table, Schema.outputs, tensorCount, optional: false).compactMap { $0 },
        options: try options(table, code.code),
        intermediates: try operands(table, Schema.intermediates, tensorCount, optional: false)
          .compactMap { $0 },
        fileOffset: table.position)
    } catch {
      throw error.placed(in: "\(place()) (\(code.code.name))", at: table.position)
    }
  }

  /// Tensor indices; -1 stands for an operand left out, where that is possible at all.
  private func operands(
    _ table: FlatTable, _ field: FlatField, _ tensorCount: Int, optional: Bool
  ) throws(ModelError) -> [Int?] {
    let stored = try table.integers(field, as: Int32.self, limit: limits.operands) ?? []
    return try stored.map { (index) throws(ModelError) in
      if index == -1 && optional { return nil }
      guard index >= 0, Int(index) < tensorCount else {
        throw ModelError(
          .invalid, at: table.position, "\(field.name): tensor \(index) of \(tensorCount) does not exist")
      }
      return Int(index)
    }
  }

  private func options(_ table: FlatTable, _ code: OperatorCode) throws(ModelError) -> OperatorOptions {
    switch code {
    case .builtin(let builtin): try TFLiteOptionsReader(table: table, limits: limits).read(builtin)
    case .custom, .executorch, .delegate, .onnx: .custom(try customOptions(table))
    }
  }

  /// A custom operator's own bytes, inside the FlatBuffer or (when large) behind it.
  private func customOptions(_ table: FlatTable) throws(ModelError) -> ConstantRange? {
    if let bytes = try table.bytes(Schema.customOptions) { return ConstantRange(bytes: bytes) }
    let offset: UInt64 = try table.integer(Schema.largeCustomOptionsOffset)
    let size: UInt64 = try table.integer(Schema.largeCustomOptionsSize)
    guard offset > 1 else { return nil }
    let file = UInt64(table.buffer.bytes.count)
    guard offset <= file, size <= file - offset else {
      throw ModelError(
        .malformed, at: table.position,
        "custom options: \(size) bytes at \(offset) end beyond the file of \(file) bytes")
    }
    return ConstantRange(bytes: Int(offset)..<Int(offset + size))
  }
}
