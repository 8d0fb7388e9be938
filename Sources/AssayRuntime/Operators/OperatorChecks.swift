import AssayModel

/// Checks that most operators share, so that their messages read alike.
extension OperatorContext {
  func require(_ tensor: Tensor, _ role: String, type: ElementType) throws(ModelError) {
    try require(tensor.type == type, "\(role) is \(tensor.type.rawValue), expected \(type.rawValue)")
  }

  func require(_ tensor: Tensor, _ role: String, rank: Int) throws(ModelError) {
    try require(tensor.shape.count == rank, "\(role) has \(tensor.shape.count) dimensions, expected \(rank)")
  }

  func require(_ tensor: Tensor, _ role: String, shape: [Int]) throws(ModelError) {
    try require(tensor.shape == shape, "\(role) has shape \(tensor.shape), expected \(shape)")
  }

  /// The one scale and zero point of a tensor.
  func perTensor(_ tensor: Tensor, _ role: String) throws(ModelError) -> Quantization {
    guard let quantization = tensor.quantization, quantization.scales.count == 1,
      quantization.zeroPoints.count == 1
    else { throw invalid("\(role) needs one scale and zero point") }
    try require(
      quantization.scale.isNormal && quantization.scale > 0, "\(role) has scale \(quantization.scale)")
    if let codes = tensor.type.codeRange {
      try require(
        codes.contains(Int(quantization.zeroPoint)), "\(role) has zero point \(quantization.zeroPoint)")
    }
    return quantization
  }

  /// The scales of symmetric weights: one for each of `channels`, or one for all of them.
  ///
  /// The axis is accepted as the device's runtime accepts it: any whose length is `channels`.
  func symmetricScales(
    _ tensor: Tensor, _ role: String, channels: Int
  ) throws(ModelError) -> [Float] {
    guard let quantization = tensor.quantization else { throw invalid("\(role) has no scales") }
    let scales = quantization.scales
    try require(quantization.zeroPoints.allSatisfy { $0 == 0 }, "\(role) has a zero point other than 0")
    try require(scales.allSatisfy { $0.isNormal && $0 > 0 }, "\(role) has a scale that is not above 0")
    if scales.count == 1 { return Array(repeating: scales[0], count: channels) }
    try require(
      scales.count == channels, "\(role) has \(scales.count) scales for \(channels) channels")
    let axis = quantization.dimension
    try require(
      tensor.shape.indices.contains(axis) && tensor.shape[axis] == channels,
      "\(role) has its scales along dimension \(axis), which is not the output channels")
    return scales
  }
}
