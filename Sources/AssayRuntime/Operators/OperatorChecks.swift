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

  /// The scales of symmetric weights, one for each of `channels` along `axis` (or one for all).
  func symmetricScales(
    _ tensor: Tensor, _ role: String, channels: Int, axis: Int
  ) throws(ModelError) -> [Float] {
    guard let quantization = tensor.quantization else { throw invalid("\(role) has no scales") }
    let scales = quantization.scales
    try require(
      scales.count == 1 || scales.count == channels,
      "\(role) has \(scales.count) scales for \(channels) channels")
    try require(
      scales.count == 1 || quantization.dimension == axis,
      "\(role) has its scales along dimension \(quantization.dimension), expected \(axis)")
    try require(quantization.zeroPoints.allSatisfy { $0 == 0 }, "\(role) has a zero point other than 0")
    try require(scales.allSatisfy { $0.isNormal && $0 > 0 }, "\(role) has a scale that is not above 0")
    return scales.count == 1 ? Array(repeating: scales[0], count: channels) : scales
  }
}
