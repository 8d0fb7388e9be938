import AssayModel

/// Does the model still have the inputs and outputs that the firmware was compiled for?
enum ContractCheck {
  /// Every difference, one line each; empty when the contract holds.
  static func differences(_ contract: IOContract, _ model: LoadedModel, labels: [String]) -> [String] {
    var lines: [String] = []
    if let inputs = contract.inputs { lines += compare("input", inputs, model.inputs) }
    if let outputs = contract.outputs { lines += compare("output", outputs, model.outputs) }
    if !labels.isEmpty, let output = model.outputs.first, output.elementCount != labels.count {
      lines.append("output 0 has \(output.elementCount) elements, the suite names \(labels.count) labels")
    }
    return lines
  }

  private static func compare(_ what: String, _ contract: [TensorContract], _ tensors: [Tensor]) -> [String] {
    guard contract.count == tensors.count else {
      return [
        "the model has \(ReportText.count(tensors.count, what)), the firmware expects \(contract.count)"
      ]
    }
    return zip(contract, tensors).enumerated().flatMap { index, pair in
      self.differences("\(what) \(index)", pair.0, pair.1)
    }
  }

  private static func differences(_ name: String, _ expected: TensorContract, _ tensor: Tensor) -> [String] {
    var lines: [String] = []
    if let shape = expected.shape, shape != tensor.shape {
      lines.append("\(name): shape \(tensor.shape), expected \(shape)")
    }
    if let type = expected.type, type != tensor.type.rawValue {
      lines.append("\(name): dtype \(tensor.type), expected \(type)")
    }
    if let scale = expected.scale, scale != tensor.quantization?.scale {
      lines.append("\(name): scale \(tensor.quantization.map { "\($0.scale)" } ?? "none"), expected \(scale)")
    }
    if let zero = expected.zeroPoint, zero != tensor.quantization.map({ Int($0.zeroPoint) }) {
      lines.append(
        "\(name): zero point \(tensor.quantization.map { "\($0.zeroPoint)" } ?? "none"), expected \(zero)")
    }
    return lines
  }
}
