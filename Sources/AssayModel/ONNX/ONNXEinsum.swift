/// Sums over named axes, as permutations, views and products of batches of matrices.
extension ONNXLowering {
  mutating func lowerEinsum(_ call: ONNXCall) throws(ModelError) -> Bool {
    guard call.node.name == "Einsum" else { return false }
    let equation = call.text("equation", default: "").filter { $0 != " " }
    let parts = equation.split(separator: "->", omittingEmptySubsequences: false)
    let terms = parts.first?.split(separator: ",", omittingEmptySubsequences: false) ?? []
    guard parts.count == 2, terms.count == call.inputs.count, (1...2).contains(terms.count) else {
      throw ModelError(.unsupported, "equation \(equation)")
    }
    var labels: [[Character]] = []
    var extents: [Character: Int] = [:]
    for (index, term) in terms.enumerated() {
      let shape = try call.shape(index)
      let own = try named(Array(term), rank: shape.count, equation)
      for (label, extent) in zip(own, shape) {
        guard extents[label, default: extent] == extent else {
          throw ModelError(.invalid, "equation \(equation): \(label) is \(extent) and \(extents[label] ?? 0)")
        }
        extents[label] = extent
      }
      labels.append(own)
    }
    let rank = labels.map(\.count).max() ?? 0
    let wanted = try named(Array(parts[1]), rank: nil, equation).filter { extents[$0] != nil }
    guard wanted.count == Set(wanted).count, wanted.count <= rank * 2 else {
      throw ModelError(.unsupported, "equation \(equation)")
    }
    try emitEinsum(call, labels, extents, wanted)
    return true
  }

  /// Labels of a term; an ellipsis stands for as many digits as there are further dimensions.
  private func named(_ term: [Character], rank: Int?, _ equation: String) throws(ModelError) -> [Character] {
    var labels: [Character] = []
    let dots = term.filter { $0 == "." }.count
    let letters = term.count - dots
    for (index, label) in term.enumerated() {
      if label == "." {
        guard dots == 3, index == 0 else { continue }
        // Counted from the right, so that terms of different rank line up.
        let count = rank.map { max(0, $0 - letters) } ?? 8
        labels += (0..<min(count, 8)).map { Character(String(count - 1 - $0)) }
      } else {
        labels.append(label)
      }
    }
    guard dots == 0 || dots == 3 && term.first == ".", labels.count == Set(labels).count,
      rank.map({ $0 == labels.count }) ?? true
    else { throw ModelError(.unsupported, "equation \(equation)") }
    return labels
  }

  private mutating func emitEinsum(
    _ call: ONNXCall, _ labels: [[Character]], _ extents: [Character: Int], _ wanted: [Character]
  ) throws(ModelError) {
    let name = call.node.outputs.first ?? ""
    func sizes(_ labels: [Character]) -> [Int] { labels.map { extents[$0] ?? 1 } }
    let others = labels.count > 1 ? Set(labels[1]) : []
    let (first, kept) = try summed(call, call.input(0), labels[0]) {
      wanted.contains($0) || others.contains($0)
    }
    guard labels.count > 1 else {
      _ = try arranged(call, first, kept, wanted, name: name)
      return
    }
    let (second, other) = try summed(call, call.input(1), labels[1]) {
      wanted.contains($0) || kept.contains($0)
    }
    let batch = wanted.filter { kept.contains($0) && other.contains($0) }
    let rows = kept.filter { !other.contains($0) }
    let columns = other.filter { !kept.contains($0) }
    let inner = kept.filter { other.contains($0) && !wanted.contains($0) }
    func count(_ labels: [Character]) -> Int { sizes(labels).reduce(1, *) }
    let a = try viewed(
      call, arranged(call, first, kept, batch + rows + inner), [count(batch), count(rows), count(inner)])
    let b = try viewed(
      call, arranged(call, second, other, batch + inner + columns),
      [count(batch), count(inner), count(columns)])
    let product = try append("", .float32, [count(batch), count(rows), count(columns)])
    emit(call.node, "aten::bmm.out", [.tensor(0), .tensor(1)], inputs: [a, b], outputs: [product])
    let result = batch + rows + columns
    _ = try arranged(call, viewed(call, product, sizes(result)), result, wanted, name: name)
  }

  /// An operand without the axes that nothing else names.
  private mutating func summed(
    _ call: ONNXCall, _ tensor: Int, _ labels: [Character], keeps: (Character) -> Bool
  ) throws(ModelError) -> (Int, [Character]) {
    let axes = labels.indices.filter { !keeps(labels[$0]) }
    guard !axes.isEmpty else { return (tensor, labels) }
    let kept = labels.indices.filter { keeps(labels[$0]) }
    let result = try append("", .float32, kept.map { tensors[tensor].shape[$0] })
    emit(
      call.node, "aten::sum.IntList_out", [.tensor(0), .ints(axes), .bool(false)], inputs: [tensor],
      outputs: [result])
    return (result, kept.map { labels[$0] })
  }

  private mutating func arranged(
    _ call: ONNXCall, _ tensor: Int, _ labels: [Character], _ wanted: [Character], name: String = ""
  ) throws(ModelError) -> Int {
    let order = wanted.compactMap { labels.firstIndex(of: $0) }
    guard order.count == labels.count, order.count == wanted.count else {
      throw ModelError(.unsupported, "axes \(String(wanted)) of \(String(labels))")
    }
    let result = try append(name, tensors[tensor].type, order.map { tensors[tensor].shape[$0] })
    emit(
      call.node, "aten::permute_copy.out", [.tensor(0), .ints(order)], inputs: [tensor], outputs: [result])
    return result
  }
}
