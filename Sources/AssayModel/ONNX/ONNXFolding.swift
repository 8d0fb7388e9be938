/// Nodes over integer constants, computed as they are read: exporters leave arithmetic on shapes.
extension ONNXLowering {
  /// - Returns: whether the node became a constant.
  mutating func fold(_ call: ONNXCall) throws(ModelError) -> Bool {
    guard let name = call.node.outputs.first, !name.isEmpty, call.node.outputs.count == 1 else {
      return false
    }
    switch call.node.name {
    case "Size":
      try addIntegers([tensors[call.input(0)].elementCount], named: name, shape: [])
      return true
    case "ConstantOfShape": return try foldFilled(call, name)
    case "Range":
      guard let values = scalars(call), values.count == 3, values[2] != 0 else { return false }
      let count = (Double(values[1]) - Double(values[0])) / Double(values[2])
      guard count <= Double(limits.operands) else { return false }
      let numbers = (0..<max(0, Int(count.rounded(.up)))).map { values[0] &+ $0 &* values[2] }
      try addIntegers(numbers, named: name, shape: [numbers.count])
      return true
    default: return try foldWhole(call, name)
    }
  }

  /// Single integers of all inputs.
  private func scalars(_ call: ONNXCall) -> [Int]? {
    var values: [Int] = []
    for case .some(let input) in call.inputs {
      guard tensors[input].type == .int64, let list = integers(input), list.count == 1 else { return nil }
      values.append(list[0])
    }
    return values.count == call.inputs.count ? values : nil
  }

  private mutating func foldFilled(_ call: ONNXCall, _ name: String) throws(ModelError) -> Bool {
    let shape = try constantInts(call, 0, "shape")
    guard shape.count <= limits.rank, shape.allSatisfy({ $0 >= 0 }), let count = DynamicShapes.elements(shape)
    else { throw ModelError(.invalid, "shape \(shape)") }
    var (type, element): (ElementType, [UInt8]) = (.float32, [0, 0, 0, 0])
    if case .tensor(let value)? = call.node.attributes["value"] {
      guard let bytes = stored(value), let size = value.type.byteSize, bytes.count == size else {
        throw ModelError(.invalid, "a value of \(value.shape)")
      }
      (type, element) = (value.type, bytes)
    }
    guard count <= limits.operands else { throw ModelError(.unsupported, "\(count) equal numbers") }
    try addBytes(
      Array(repeatElement(element, count: count).joined()), type, named: name, shape: shape)
    return true
  }

  private func stored(_ tensor: ONNXTensor) -> [UInt8]? {
    switch tensor.content {
    case .raw(let range): Array(file.bytes[range])
    case .values(let bytes): bytes
    case .external: nil
    }
  }

  // MARK: Lists of integers

  private mutating func foldWhole(_ call: ONNXCall, _ name: String) throws(ModelError) -> Bool {
    let foldable: Set<String> = [
      "Unsqueeze", "Squeeze", "Reshape", "Identity", "Concat", "Add", "Sub", "Mul", "Div", "Cast", "Slice",
    ]
    guard foldable.contains(call.node.name), !call.inputs.isEmpty else { return false }
    var lists: [[Int]] = []
    for input in call.inputs {
      guard let input, tensors[input].type == .int64 || tensors[input].type == .int32,
        let list = integers(input)
      else { return false }
      lists.append(list)
    }
    switch call.node.name {
    case "Unsqueeze", "Squeeze", "Reshape", "Identity":
      guard try tensors[call.input(0)].type == .int64, lists[0].count <= 64 else { return false }
      let count = lists[0].count
      // Whether one number stands in a list is all that later nodes ask for.
      let isScalar =
        call.node.name == "Squeeze" && count == 1 || call.node.name == "Identity" && call.shapes[0].isEmpty
      guard call.shapes[0].count <= 1 else { return false }
      try addIntegers(lists[0], named: name, shape: isScalar ? [] : [count])
    case "Concat":
      guard call.shapes.allSatisfy({ $0.count == 1 }), try tensors[call.input(0)].type == .int64 else {
        return false
      }
      let joined = Array(lists.joined())
      guard joined.count <= 64 else { return false }
      try addIntegers(joined, named: name, shape: [joined.count])
    case "Cast":
      guard call.int("to", default: 0) == 7, lists[0].count <= 64 else { return false }
      try addIntegers(lists[0], named: name, shape: call.shapes[0])
    case "Slice":
      guard call.shapes[0].count == 1, lists[0].count <= 64, lists.count >= 3, lists[1].count == 1,
        lists[2].count == 1, lists.dropFirst(4).allSatisfy({ $0 == [1] })
      else { return false }
      let count = lists[0].count
      func place(_ value: Int) -> Int { min(max(value < 0 ? value &+ count : value, 0), count) }
      let (start, end) = (place(lists[1][0]), max(place(lists[1][0]), place(lists[2][0])))
      try addIntegers(Array(lists[0][start..<end]), named: name, shape: [end - start])
    default: return try foldArithmetic(call, name, lists)
    }
    return true
  }

  private mutating func foldArithmetic(
    _ call: ONNXCall, _ name: String, _ lists: [[Int]]
  ) throws(ModelError) -> Bool {
    guard lists.count == 2, try tensors[call.input(0)].type == .int64, lists.allSatisfy({ $0.count <= 64 }),
      call.shapes.allSatisfy({ $0.count <= 1 }),
      lists[0].count == lists[1].count || lists[0].count == 1 || lists[1].count == 1
    else { return false }
    let count = max(lists[0].count, lists[1].count)
    var results: [Int] = []
    for index in 0..<count {
      let (a, b) = (lists[0][lists[0].count == 1 ? 0 : index], lists[1][lists[1].count == 1 ? 0 : index])
      switch call.node.name {
      case "Add": results.append(a &+ b)
      case "Sub": results.append(a &- b)
      case "Mul": results.append(a &* b)
      default:
        guard b != 0, b != -1 else { return false }
        results.append(a / b)
      }
    }
    try addIntegers(results, named: name, shape: call.shapes.allSatisfy(\.isEmpty) ? [] : [count])
    return true
  }
}
