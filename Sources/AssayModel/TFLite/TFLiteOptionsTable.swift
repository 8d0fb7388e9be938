/// The options table of one operator, read with the schema's defaults where it is left out.
struct TFLiteOptionsTable {
  private let table: FlatTable?
  private let position: Int
  private let limits: ModelLimits

  /// Finds the options of an operator and checks that they are the expected member of the union.
  ///
  /// - Parameter isRequired: Whether the operator means nothing without them: strides of 0.
  init(
    of operatorTable: FlatTable, _ member: TFLiteOptionsSchema.Member, isRequired: Bool = false,
    limits: ModelLimits
  ) throws(ModelError) {
    let schema = TFLiteSchema.Operator.self
    let options = try operatorTable.union(schema.builtinOptionsType, schema.builtinOptions)
    guard options.type == 0 || options.type == member.type else {
      throw ModelError(
        .invalid, at: operatorTable.position,
        "options are member \(options.type) of their union, not \(member.name) (\(member.type))")
    }
    guard options.table != nil || !isRequired else {
      throw ModelError(.invalid, at: operatorTable.position, "\(member.name) are missing")
    }
    self.table = options.table
    self.position = options.table?.position ?? operatorTable.position
    self.limits = limits
  }

  func int(_ field: FlatField, default value: Int32 = 0) throws(ModelError) -> Int {
    try table?.int(field, default: value) ?? Int(value)
  }

  func bool(_ field: FlatField) throws(ModelError) -> Bool { try table?.bool(field) ?? false }

  /// A mask, as bits.
  func mask(_ field: FlatField) throws(ModelError) -> UInt32 {
    try table?.integer(field, default: UInt32.zero) ?? 0
  }

  /// An integer between 1 and the limit for windows, before anything divides by it.
  func window(_ field: FlatField, default value: Int32 = 0) throws(ModelError) -> Int {
    let found = try int(field, default: value)
    guard (1...limits.windowSide).contains(found) else {
      throw invalid("\(field.name) \(found) is not between 1 and \(limits.windowSide)")
    }
    return found
  }

  /// How many operands an operator says it has: between 1 and the limit for operands.
  func count(_ field: FlatField) throws(ModelError) -> Int {
    let found = try int(field)
    guard (1...limits.operands).contains(found) else {
      throw invalid("\(field.name) \(found) is not between 1 and \(limits.operands)")
    }
    return found
  }

  /// An axis that some rank within the limits has; the operator compares it with its own rank.
  func axis(_ field: FlatField) throws(ModelError) -> Int {
    let found = try int(field)
    guard (-limits.rank...limits.rank).contains(found) else {
      throw invalid("\(field.name) \(found) is not an axis of any tensor of rank up to \(limits.rank)")
    }
    return found
  }

  /// Axes or dimensions, not more than the largest rank; `nil` when left out.
  func dimensions(_ field: FlatField, atLeast minimum: Int32) throws(ModelError) -> [Int]? {
    guard let found = try table?.integers(field, as: Int32.self, limit: limits.rank) else { return nil }
    guard found.allSatisfy({ $0 >= minimum }) else {
      throw invalid("\(field.name) has a value below \(minimum)")
    }
    return found.map { Int($0) }
  }

  func finite(_ field: FlatField) throws(ModelError) -> Float {
    let found = try table?.float(field) ?? 0
    guard found.isFinite else { throw invalid("\(field.name) \(found) is not a finite number") }
    return found
  }

  func padding(_ field: FlatField) throws(ModelError) -> Padding {
    try enumeration(field, [.same, .valid])
  }

  func activation(_ field: FlatField) throws(ModelError) -> FusedActivation {
    try enumeration(field, [.none, .relu, .reluN1To1, .relu6, .tanh, .signBit])
  }

  /// A tensor type, for options that choose the type of an output.
  func type(_ field: FlatField) throws(ModelError) -> ElementType {
    try enumeration(field, TFLiteSchema.tensorTypes)
  }

  /// The case that a one-byte enumeration of the schema names by its number.
  func enumeration<Case>(_ field: FlatField, _ cases: [Case]) throws(ModelError) -> Case {
    let number = Int(try table?.integer(field, default: Int8.zero) ?? 0)
    guard cases.indices.contains(number) else {
      throw invalid("\(field.name) \(number) is not one of 0...\(cases.count - 1)")
    }
    return cases[number]
  }

  /// A name that identifies something: printable and never cut, so equal text means equal names.
  func identifier(_ field: FlatField) throws(ModelError) -> String {
    guard let table, let range = try table.string(field) else { return "" }
    guard range.count <= limits.identifierBytes else {
      throw ModelError(
        .limit, at: range.lowerBound,
        "\(field.name) of \(range.count) bytes is longer than \(limits.identifierBytes)")
    }
    return PrintableName.text(table.buffer.bytes[range], limit: limits.identifierBytes)
  }

  private func invalid(_ message: String) -> ModelError { ModelError(.invalid, at: position, message) }
}
