/// Reads the tensors of a subgraph: shape, type, constant bytes, quantisation.
struct TFLiteTensorReader {
  typealias Schema = TFLiteSchema.Tensor

  let buffers: TFLiteBuffers
  let limits: ModelLimits
  /// Bytes of computed tensors that may still be asked for, over all subgraphs.
  private(set) var activationBytesLeft: Int
  private(set) var notes: [String] = []

  init(buffers: TFLiteBuffers, limits: ModelLimits) {
    self.buffers = buffers
    self.limits = limits
    self.activationBytesLeft = limits.activationBytes
  }

  mutating func read(_ table: FlatTable, place: @autoclosure () -> String) throws(ModelError) -> Tensor {
    let type = try type(of: table)
    let shape = try dimensions(table, Schema.shape, atLeast: 0) ?? []
    let unreadable = try foreignStorage(table)
    let bytes = try byteCount(table, type, shape)
    let isVariable = try table.bool(Schema.isVariable)
    var tensor = Tensor(
      name: try name(of: table), type: type, shape: shape,
      shapeSignature: try dimensions(table, Schema.shapeSignature, atLeast: -1) ?? [],
      constant: try constant(table, type, shape, unreadable != nil, place: place()), isVariable: isVariable)
    tensor.unreadable = unreadable
    if tensor.constant == nil {
      try spendActivation(bytes, table)
    } else if isVariable {
      throw invalid(table, "a variable tensor has constant bytes, which the device's runtime drops")
    }
    switch try TFLiteQuantizationReader(limits: limits).read(table, type: type, shape: shape) {
    case .none: break
    case .affine(let quantization): tensor.quantization = quantization
    case .scalesOnly:
      notes.append("\(place()): scales without zero points; the device's runtime takes it as not quantised")
    }
    return tensor
  }

  private func type(of table: FlatTable) throws(ModelError) -> ElementType {
    let number = Int(try table.integer(Schema.type, default: Int8.zero))
    guard TFLiteSchema.tensorTypes.indices.contains(number) else {
      throw ModelError(.unsupported, at: table.position, "tensor type \(number) is not known")
    }
    return TFLiteSchema.tensorTypes[number]
  }

  private func name(of table: FlatTable) throws(ModelError) -> String {
    guard let range = try table.string(Schema.name) else { return "" }
    return PrintableName.text(table.buffer.bytes[range], limit: limits.shownNameBytes)
  }

  private func dimensions(
    _ table: FlatTable, _ field: FlatField, atLeast minimum: Int
  ) throws(ModelError) -> [Int]? {
    guard let stored = try table.integers(field, as: Int32.self, limit: limits.rank) else { return nil }
    let dimensions = stored.map { Int($0) }
    if let bad = dimensions.first(where: { $0 < minimum }) {
      throw invalid(table, "\(field.name) has dimension \(bad)")
    }
    return dimensions
  }

  /// Bytes in memory, every step of the product checked.
  private func byteCount(
    _ table: FlatTable, _ type: ElementType, _ shape: [Int]
  ) throws(ModelError) -> Int {
    var bytes = type.byteSize ?? 1
    // A dimension of 0 must not hide an overflow of the others from code that multiplies in parts.
    for dimension in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: max(dimension, 1))
      guard !overflow, product <= limits.tensorBytes else {
        throw ModelError(
          .limit, at: table.position,
          "shape \(shape) of \(type.rawValue) is larger than \(limits.tensorBytes) bytes")
      }
      bytes = product
    }
    return shape.contains(0) ? 0 : bytes
  }

  private mutating func spendActivation(_ bytes: Int, _ table: FlatTable) throws(ModelError) {
    activationBytesLeft -= bytes
    guard activationBytesLeft >= 0 else {
      throw ModelError(
        .limit, at: table.position,
        "computed tensors take more than \(limits.activationBytes) bytes together")
    }
  }

  /// Why the bytes of a tensor are not its elements one after the other; `nil` when they are.
  private func foreignStorage(_ table: FlatTable) throws(ModelError) -> String? {
    if try table.table(Schema.sparsity) != nil {
      return "sparse weights, which TensorFlow Lite Micro would read as dense"
    }
    let external: UInt32 = try table.integer(Schema.externalBuffer)
    return external == 0 ? nil : "weights in another file (external buffer \(external))"
  }

  private func invalid(_ table: FlatTable, _ message: String) -> ModelError {
    ModelError(.invalid, at: table.position, message)
  }
}

// MARK: - Constants

extension TFLiteTensorReader {
  private mutating func constant(
    _ table: FlatTable, _ type: ElementType, _ shape: [Int], _ isForeign: Bool,
    place: @autoclosure () -> String
  ) throws(ModelError) -> ConstantRange? {
    let index = Int(try table.integer(Schema.buffer, default: UInt32.zero))
    guard buffers.contents.indices.contains(index) else {
      throw invalid(table, "buffer \(index) of \(buffers.contents.count) does not exist")
    }
    guard let contents = buffers.contents[index] else { return isForeign ? ConstantRange(bytes: 0..<0) : nil }
    if isForeign { return ConstantRange(bytes: contents.bytes) }
    let elements = shape.reduce(1, *)
    if let expected = type.packedByteCount(elements: elements), expected != contents.bytes.count {
      throw invalid(
        table,
        "\(type.rawValue) \(shape) takes \(expected) bytes, buffer \(index) has \(contents.bytes.count)")
    }
    if contents.isOutside {
      notes.append("\(place()): constant outside the FlatBuffer, where TensorFlow Lite Micro does not look")
    }
    if contents.bytes.lowerBound % (type.byteSize ?? 1) != 0 {
      notes.append("\(place()): constant at byte \(contents.bytes.lowerBound) is not aligned to its elements")
    }
    return ConstantRange(bytes: contents.bytes)
  }
}
