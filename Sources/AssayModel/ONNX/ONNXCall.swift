/// A node with its operands resolved: what lowering one node works with.
struct ONNXCall {
  let node: ONNXNode
  /// Tensor indices; `nil` where an optional input is left out.
  let inputs: [Int?]
  /// Shapes of the inputs, `[]` where one is left out.
  let shapes: [[Int]]

  func input(_ index: Int) throws(ModelError) -> Int {
    guard inputs.indices.contains(index), let tensor = inputs[index] else {
      throw ModelError(.invalid, "input \(index) is missing")
    }
    return tensor
  }

  func optional(_ index: Int) -> Int? { inputs.indices.contains(index) ? inputs[index] : nil }

  func shape(_ index: Int) throws(ModelError) -> [Int] {
    _ = try input(index)
    return shapes[index]
  }

  func int(_ name: String, default value: Int) -> Int {
    if case .int(let number)? = node.attributes[name] { number } else { value }
  }

  func float(_ name: String, default value: Float) -> Float {
    if case .float(let number)? = node.attributes[name] { number } else { value }
  }

  func text(_ name: String, default value: String) -> String {
    if case .text(let text)? = node.attributes[name] { text } else { value }
  }

  func ints(_ name: String) -> [Int]? {
    if case .ints(let values)? = node.attributes[name] { values } else { nil }
  }

  func axis(_ axis: Int, rank: Int) throws(ModelError) -> Int {
    guard (-rank..<max(rank, 1)).contains(axis) else { throw ModelError(.invalid, "axis \(axis) of \(rank)") }
    return axis < 0 ? axis + rank : axis
  }
}
