/// Reads one method: its values, operators and instructions, every index checked.
struct ExecuTorchPlanReader {
  typealias Schema = ExecuTorchSchema.Plan

  private let table: FlatTable
  private let data: ExecuTorchData
  private let limits: ModelLimits

  init(_ table: FlatTable, data: ExecuTorchData, limits: ModelLimits) {
    self.table = table
    self.data = data
    self.limits = limits
  }

  func plan() throws(ModelError) -> ExecuTorchPlan {
    let buffers = try bufferByteCounts()
    let values = try values(buffers)
    let operators = try names(Schema.operators) { (table) throws(ModelError) in
      let name = try table.shownText(ExecuTorchSchema.Operator.name, limits)
      let overload = try table.shownText(ExecuTorchSchema.Operator.overload, limits)
      return overload.isEmpty ? name : "\(name).\(overload)"
    }
    let delegates = try names(Schema.delegates) { (table) throws(ModelError) in
      try table.shownText(ExecuTorchSchema.Delegate.id, limits)
    }
    return ExecuTorchPlan(
      name: try table.shownText(Schema.name, limits), values: values,
      inputs: try indices(table, Schema.inputs, below: values.count),
      outputs: try indices(table, Schema.outputs, below: values.count), operators: operators,
      delegates: delegates, bufferByteCounts: buffers,
      chains: try chains(
        values: values.count, operators: operators.count, delegates: delegates.count))
  }

  private func bufferByteCounts() throws(ModelError) -> [Int] {
    let sizes = try table.integers(Schema.bufferSizes, as: Int64.self, limit: limits.subgraphs) ?? []
    var left = limits.activationBytes
    for (index, size) in sizes.enumerated() {
      guard size >= 0, size <= left else {
        throw ModelError(
          size < 0 ? .malformed : .limit, at: table.position,
          "planned buffer \(index) of \(size) bytes; \(limits.activationBytes) bytes in all are the limit")
      }
      left -= Int(size)
    }
    return sizes.map { Int($0) }
  }

  private func names(
    _ field: FlatField, _ name: (FlatTable) throws(ModelError) -> String
  ) throws(ModelError) -> [String] {
    let tables = try table.tables(field).limited(to: limits.operators)
    var names: [String] = []
    for index in 0..<tables.count { names.append(try name(tables.table(index))) }
    return names
  }

  /// Indices into a list of `count` entries.
  private func indices(
    _ table: FlatTable, _ field: FlatField, below count: Int
  ) throws(ModelError) -> [Int] {
    let stored = try table.integers(field, as: Int32.self, limit: limits.operands) ?? []
    for index in stored where index < 0 || Int(index) >= count {
      throw ModelError(
        .invalid, at: table.position, "\(field.name): value \(index) of \(count) does not exist")
    }
    return stored.map { Int($0) }
  }

  // MARK: Values

  private func values(_ buffers: [Int]) throws(ModelError) -> [ExecuTorchValue] {
    let method = try table.shownText(Schema.name, limits)
    let tables = try table.tables(Schema.values).limited(to: limits.tensors)
    let reader = ExecuTorchTensorReader(data: data, buffers: buffers, limits: limits)
    var values: [ExecuTorchValue] = []
    values.reserveCapacity(tables.count)
    for index in 0..<tables.count {
      let table = try tables.table(index)
      do throws(ModelError) {
        values.append(try value(table, count: tables.count, reader))
      } catch { throw error.placed(in: "method \(method), value \(index)", at: table.position) }
    }
    try check(values)
    return values
  }

  private func value(
    _ table: FlatTable, count: Int, _ reader: ExecuTorchTensorReader
  ) throws(ModelError) -> ExecuTorchValue {
    let (type, member) = try table.union(ExecuTorchSchema.Value.type, ExecuTorchSchema.Value.value)
    let content = ExecuTorchSchema.Value.content
    guard type > 1 else { return .null }
    guard let member else { throw ModelError(.malformed, at: table.position, "a value without content") }
    switch type {
    case 2: return .int(Int(try member.integer(content, default: Int64.zero)))
    case 3: return .bool(try member.bool(content))
    case 4: return .double(Double(bitPattern: try member.integer(content, default: UInt64.zero)))
    case 5: return .tensor(try reader.read(member))
    case 6: return .text(try member.shownText(content, limits))
    case 7:
      let items = try member.integers(content, as: Int64.self, limit: limits.operands) ?? []
      return .ints(try checked(items.map { Int($0) }, count, member))
    case 8:
      let items = try member.integers(content, as: UInt64.self, limit: limits.operands) ?? []
      return .doubles(items.map { Double(bitPattern: $0) })
    case 9:
      let items = try member.integers(content, as: UInt8.self, limit: limits.operands) ?? []
      return .bools(items.map { $0 != 0 })
    case 10, 11:
      let items = try member.integers(content, as: Int32.self, limit: limits.operands) ?? []
      let present = items.map { $0 == -1 && type == 11 ? 0 : Int($0) }
      _ = try checked(present, count, member)
      return .tensors(zip(items, present).map { $0 == -1 ? nil : $1 })
    default: throw ModelError(.unsupported, at: table.position, "a value of kind \(type)")
    }
  }

  private func checked(_ items: [Int], _ count: Int, _ table: FlatTable) throws(ModelError) -> [Int] {
    for item in items where item < 0 || item >= count {
      throw ModelError(.invalid, at: table.position, "a list names value \(item) of \(count)")
    }
    return items
  }

  /// Lists hold what they say they hold.
  private func check(_ values: [ExecuTorchValue]) throws(ModelError) {
    for (index, value) in values.enumerated() {
      switch value {
      case .ints(let items):
        for item in items { guard case .int = values[item] else { throw mixed(index, item, "an integer") } }
      case .tensors(let items):
        for case .some(let item) in items {
          switch values[item] {
          case .tensor, .null: break
          default: throw mixed(index, item, "a tensor")
          }
        }
      default: break
      }
    }
  }

  private func mixed(_ list: Int, _ item: Int, _ kind: String) -> ModelError {
    ModelError(.invalid, at: table.position, "value \(list): its element, value \(item), is not \(kind)")
  }

  // MARK: Instructions

  private func chains(
    values: Int, operators: Int, delegates: Int
  ) throws(ModelError) -> [[(instruction: ExecuTorchInstruction, fileOffset: Int)]] {
    let method = try table.shownText(Schema.name, limits)
    let tables = try table.tables(Schema.chains).limited(to: limits.subgraphs)
    var chains: [[(instruction: ExecuTorchInstruction, fileOffset: Int)]] = []
    var left = limits.operators
    var arguments = 0
    for index in 0..<tables.count {
      let steps = try tables.table(index).tables(ExecuTorchSchema.Chain.instructions).limited(to: left)
      left -= steps.count
      var chain: [(instruction: ExecuTorchInstruction, fileOffset: Int)] = []
      for step in 0..<steps.count {
        let table = try steps.table(step)
        do throws(ModelError) {
          chain.append((try instruction(table, values, operators, delegates), table.position))
          arguments += chain[chain.count - 1].instruction.argumentCount
          guard arguments <= ExecuTorchLowering.maximumListedElements else {
            throw ModelError(
              .limit, at: table.position,
              "more than \(ExecuTorchLowering.maximumListedElements) arguments together")
          }
        } catch { throw error.placed(in: "method \(method), instruction \(step)") }
      }
      chains.append(chain)
    }
    return chains
  }

  private func instruction(
    _ table: FlatTable, _ values: Int, _ operators: Int, _ delegates: Int
  ) throws(ModelError) -> ExecuTorchInstruction {
    let schema = ExecuTorchSchema.Instruction.self
    let (type, member) = try table.union(schema.type, schema.value)
    guard let member else {
      throw ModelError(.malformed, at: table.position, "an instruction without content")
    }
    let index = try member.int(schema.index)
    switch type {
    case 1:
      try check(index, below: operators, "operator", member)
      return .kernel(index, try indices(member, schema.arguments, below: values))
    case 2:
      try check(index, below: delegates, "delegate", member)
      return .delegate(index, try indices(member, schema.arguments, below: values))
    case 3:
      let target = try member.int(schema.arguments)
      try check(index, below: values, "value", member)
      try check(target, below: values, "value", member)
      return .move(from: index, to: target)
    case 4: return .jumpIfFalse
    case 5: return .free
    default: throw ModelError(.unsupported, at: table.position, "an instruction of kind \(type)")
    }
  }

  private func check(
    _ index: Int, below count: Int, _ what: String, _ table: FlatTable
  ) throws(ModelError) {
    guard (0..<count).contains(index) else {
      throw ModelError(.invalid, at: table.position, "\(what) \(index) of \(count) does not exist")
    }
  }
}
