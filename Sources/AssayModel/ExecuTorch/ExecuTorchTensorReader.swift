/// Reads the tensors of a method: type, shape, order in memory, and where their bytes are.
struct ExecuTorchTensorReader {
  typealias Schema = ExecuTorchSchema.Tensor

  let data: ExecuTorchData
  /// Bytes of the planned buffers.
  let buffers: [Int]
  let limits: ModelLimits

  func read(_ table: FlatTable) throws(ModelError) -> ExecuTorchTensor {
    let number: Int8 = try table.integer(Schema.type)
    guard let type = ExecuTorchSchema.elementType(number) else {
      throw ModelError(.unsupported, at: table.position, "scalar type \(number) is not known")
    }
    guard try table.integer(Schema.layout, default: Int8.zero) == 0 else {
      throw ModelError(.unsupported, at: table.position, "a sparse tensor")
    }
    guard try table.integer(Schema.storageOffset, default: Int32.zero) == 0 else {
      throw ModelError(.unsupported, at: table.position, "a tensor with a storage offset")
    }
    let dynamism: Int8 = try table.integer(Schema.dynamism)
    guard (0...2).contains(dynamism) else {
      throw ModelError(.unsupported, at: table.position, "shape dynamism \(dynamism) is not known")
    }
    let shape = try shape(table, type)
    var tensor = ExecuTorchTensor(
      name: "", type: type, shape: shape, dimOrder: try dimOrder(table, rank: shape.count),
      isDynamic: dynamism != 0, storage: .none, isState: false, fileOffset: table.position)
    try place(&tensor, table)
    return tensor
  }

  private func shape(_ table: FlatTable, _ type: ElementType) throws(ModelError) -> [Int] {
    let sizes = try table.integers(Schema.sizes, as: Int32.self, limit: limits.rank) ?? []
    var bytes = type.byteSize ?? 1
    for size in sizes {
      guard size >= 0 else { throw ModelError(.invalid, at: table.position, "sizes has dimension \(size)") }
      let (product, overflow) = bytes.multipliedReportingOverflow(by: max(Int(size), 1))
      guard !overflow, product <= limits.tensorBytes else {
        throw ModelError(
          .limit, at: table.position,
          "sizes \(sizes) of \(type.rawValue) are more than \(limits.tensorBytes) bytes")
      }
      bytes = product
    }
    return sizes.map { Int($0) }
  }

  /// The order of dimensions in memory; empty where it is that of the shape.
  private func dimOrder(_ table: FlatTable, rank: Int) throws(ModelError) -> [Int] {
    let order = (try table.integers(Schema.dimOrder, as: UInt8.self, limit: limits.rank) ?? []).map {
      Int($0)
    }
    guard order.isEmpty || order.sorted() == Array(0..<rank) else {
      throw ModelError(.invalid, at: table.position, "dim_order \(order) does not order \(rank) dimensions")
    }
    return order == Array(0..<rank) ? [] : order
  }

  private func place(_ tensor: inout ExecuTorchTensor, _ table: FlatTable) throws(ModelError) {
    let index = Int(try table.integer(Schema.data, default: UInt32.zero))
    let extra = try table.table(Schema.extra)
    let name = try extra?.shownText(ExecuTorchSchema.ExtraTensor.name, limits) ?? ""
    tensor.name = name
    let isExternal = try extra?.integer(ExecuTorchSchema.ExtraTensor.location, default: Int8.zero) == 1
    if let allocation = try table.table(Schema.allocation) {
      tensor.storage = .planned(
        try planned(allocation, byteCount: tensor.byteCount, alignment: tensor.type.byteSize ?? 1))
      tensor.isState = index > 0 || !name.isEmpty
      guard index > 0 else { return }
      let segment = try extra?.integer(ExecuTorchSchema.ExtraTensor.mutableSegment, default: UInt64.zero) ?? 0
      tensor.initialValue = try data.initialValue(
        segment: segment, index, byteCount: tensor.byteCount, at: table.position)
    } else if isExternal {
      tensor.storage = .constant(
        try data.named(name, tensor.type, tensor.shape, byteCount: tensor.byteCount, at: table.position))
    } else if index > 0 {
      tensor.storage = .constant(
        try data.constant(index, byteCount: tensor.byteCount, at: table.position))
    }
  }

  private func planned(
    _ table: FlatTable, byteCount: Int, alignment: Int
  ) throws(ModelError) -> PlannedPlace {
    let schema = ExecuTorchSchema.Allocation.self
    let memory = Int(try table.integer(schema.memory, default: UInt32.zero))
    let low: UInt32 = try table.integer(schema.offsetLow)
    let high: UInt32 = try table.integer(schema.offsetHigh)
    guard memory >= 1, buffers.indices.contains(memory) else {
      throw ModelError(
        .invalid, at: table.position, "memory \(memory) of \(max(0, buffers.count - 1)) does not exist")
    }
    let offset = UInt64(high) << 32 | UInt64(low)
    guard offset <= UInt64(buffers[memory]), byteCount <= buffers[memory] - Int(offset) else {
      throw ModelError(
        .invalid, at: table.position,
        "\(byteCount) bytes at \(offset) end beyond planned buffer \(memory) of \(buffers[memory]) bytes")
    }
    guard Int(offset) % alignment == 0 else {
      throw ModelError(
        .invalid, at: table.position, "planned offset \(offset) is not a multiple of \(alignment) bytes")
    }
    return PlannedPlace(buffer: memory, offset: Int(offset))
  }
}
