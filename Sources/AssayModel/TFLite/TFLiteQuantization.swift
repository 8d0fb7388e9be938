/// Reads and checks the quantisation of one tensor.
struct TFLiteQuantizationReader {
  typealias Schema = TFLiteSchema.Quantization

  let limits: ModelLimits

  /// What the file says about the quantisation of a tensor.
  enum Finding {
    case none
    case affine(Quantization)
    /// Scales without zero points: the device's runtime takes the tensor as not quantised.
    case scalesOnly
  }

  func read(
    _ tensor: FlatTable, type: ElementType, shape: [Int]
  ) throws(ModelError) -> Finding {
    guard let table = try tensor.table(TFLiteSchema.Tensor.quantization) else { return .none }
    let details: UInt8 = try table.integer(Schema.detailsType)
    guard details == 0 else {
      throw ModelError(
        .unsupported, at: table.position,
        "custom or blockwise quantisation (details \(details)), which TensorFlow Lite Micro does not have")
    }
    // One scale per element of the longest dimension there can be.
    let limit = limits.tensorBytes
    let scales = try table.floats(Schema.scale, limit: limit) ?? []
    let zeroPoints = try table.integers(Schema.zeroPoint, as: Int64.self, limit: limit) ?? []
    // TensorFlow Lite Micro reads a quantisation only where both are there.
    guard !scales.isEmpty else { return .none }
    guard !zeroPoints.isEmpty else { return .scalesOnly }
    return .affine(try affine(table, scales, zeroPoints, type, shape))
  }

  private func affine(
    _ table: FlatTable, _ scales: [Float], _ zeroPoints: [Int64], _ type: ElementType, _ shape: [Int]
  ) throws(ModelError) -> Quantization {
    guard scales.count == zeroPoints.count else {
      throw invalid(table, "\(scales.count) scales but \(zeroPoints.count) zero points")
    }
    let dimension = try table.int(Schema.quantizedDimension)
    if scales.count > 1 { try checkChannels(table, scales.count, dimension, shape) }
    for (channel, scale) in scales.enumerated() {
      guard scale.isNormal, scale > 0 else {
        throw invalid(table, "scale \(scale) (channel \(channel)) is not a normal number above 0")
      }
    }
    let range = type.codeRange ?? Int(Int32.min)...Int(Int32.max)
    for (channel, zeroPoint) in zeroPoints.enumerated() {
      guard range.contains(Int(zeroPoint)) else {
        throw invalid(table, "zero point \(zeroPoint) (channel \(channel)) is outside \(type.rawValue)")
      }
    }
    return Quantization(
      scales: scales, zeroPoints: zeroPoints.map { Int32(truncatingIfNeeded: $0) }, dimension: dimension)
  }

  private func checkChannels(
    _ table: FlatTable, _ count: Int, _ dimension: Int, _ shape: [Int]
  ) throws(ModelError) {
    // Espressif's converter leaves the filter's dimension on the one-dimensional bias; TensorFlow
    // Lite Micro does not look at it.
    let axis = shape.count == 1 && (0...3).contains(dimension) ? 0 : dimension
    guard shape.indices.contains(axis) else {
      throw invalid(table, "quantized_dimension \(dimension) is not a dimension of \(shape)")
    }
    guard shape[axis] == count else {
      throw invalid(table, "\(count) scales for \(shape[axis]) slices of dimension \(axis)")
    }
  }

  private func invalid(_ table: FlatTable, _ message: String) -> ModelError {
    ModelError(.invalid, at: table.position, message)
  }
}
