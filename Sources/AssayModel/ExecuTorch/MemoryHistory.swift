/// Who wrote which planned memory, step by step.
///
/// Establishes that nothing is read before it was written, that no kernel writes over what it reads,
/// and which tensors are views of which.
struct MemoryHistory {
  private(set) var views: [Int: ExecuTorchMethod.View] = [:]
  private(set) var viewsAreFixed = true

  private let subgraph: Subgraph
  private let places: [PlannedPlace?]
  /// Written stretches by buffer, in ascending order, without overlap.
  private var stretches: [Int: [Stretch]] = [:]
  private var isOwner: [Bool]
  /// Stretches moved by writes and visited by reads, all together; the most takes a second.
  private var movedStretches = 0
  private static let maximumMovedStretches = 200_000_000

  private struct Stretch {
    var bytes: Range<Int>
    var owner: Int
  }

  init(_ subgraph: Subgraph, places: [PlannedPlace?]) {
    self.subgraph = subgraph
    self.places = places
    isOwner = subgraph.tensors.map { _ in false }
  }

  mutating func follow() throws(ModelError) {
    for (index, tensor) in subgraph.tensors.enumerated() where tensor.isVariable { try write(index) }
    for input in subgraph.inputs { try write(input) }
    var known = Set(subgraph.inputs)
    for (step, op) in subgraph.operators.enumerated() {
      do throws(ModelError) {
        for case .some(let input) in op.inputs { try read(input, known: known) }
        try checkOverlap(op)
      } catch {
        throw error.placed(
          in: "method \(subgraph.name), operator \(step) (\(op.code.name))", at: op.fileOffset)
      }
      for output in op.outputs {
        try write(output)
        known.insert(output)
      }
    }
    for output in subgraph.outputs {
      do throws(ModelError) { try read(output, known: known) } catch {
        throw error.placed(in: "method \(subgraph.name), output tensor \(output)")
      }
    }
  }

  private func bytes(_ tensor: Int) -> (buffer: Int, range: Range<Int>)? {
    guard let place = places[tensor], subgraph.tensors[tensor].byteCount > 0 else { return nil }
    return (place.buffer, place.offset..<place.offset + subgraph.tensors[tensor].byteCount)
  }

  /// The first stretch that ends after `offset`.
  private func firstIndex(_ list: [Stretch], endingAfter offset: Int) -> Int {
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      if list[middle].bytes.upperBound > offset { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private mutating func write(_ tensor: Int) throws(ModelError) {
    isOwner[tensor] = true
    guard let (buffer, range) = bytes(tensor) else { return }
    // Taken out, so that it is changed in place.
    var list = stretches.removeValue(forKey: buffer) ?? []
    defer { stretches[buffer] = list }
    movedStretches += list.count
    try checkEffort()
    let first = firstIndex(list, endingAfter: range.lowerBound)
    var last = first
    while last < list.count, list[last].bytes.lowerBound < range.upperBound { last += 1 }
    // State keeps its memory for good: what is written there becomes a part of it.
    if last == first + 1, subgraph.tensors[list[first].owner].isVariable, list[first].owner != tensor,
      list[first].bytes.lowerBound <= range.lowerBound, list[first].bytes.upperBound >= range.upperBound
    {
      return note(tensor, ownedBy: list[first].owner)
    }
    var replacement: [Stretch] = []
    if first < last, list[first].bytes.lowerBound < range.lowerBound {
      replacement.append(
        Stretch(bytes: list[first].bytes.lowerBound..<range.lowerBound, owner: list[first].owner))
    }
    replacement.append(Stretch(bytes: range, owner: tensor))
    if first < last, list[last - 1].bytes.upperBound > range.upperBound {
      replacement.append(
        Stretch(bytes: range.upperBound..<list[last - 1].bytes.upperBound, owner: list[last - 1].owner))
    }
    list.replaceSubrange(first..<last, with: replacement)
  }

  private func checkEffort() throws(ModelError) {
    guard movedStretches <= Self.maximumMovedStretches else {
      throw ModelError(.limit, "planned memory is cut into too many pieces to follow")
    }
  }

  private mutating func read(_ tensor: Int, known: Set<Int>) throws(ModelError) {
    guard subgraph.tensors[tensor].constant == nil, subgraph.tensors[tensor].byteCount > 0 else { return }
    guard let (buffer, range) = bytes(tensor) else {
      guard known.contains(tensor) else { throw unwritten(tensor) }
      return
    }
    let list = stretches[buffer] ?? []
    var index = firstIndex(list, endingAfter: range.lowerBound)
    var covered = range.lowerBound
    var owners: Set<Int> = []
    while index < list.count, list[index].bytes.lowerBound <= covered, covered < range.upperBound {
      owners.insert(list[index].owner)
      covered = list[index].bytes.upperBound
      index += 1
    }
    movedStretches += owners.count
    try checkEffort()
    guard covered >= range.upperBound else { throw unwritten(tensor) }
    guard owners.count == 1, let owner = owners.first else {
      viewsAreFixed = false
      return
    }
    if owner != tensor { note(tensor, ownedBy: owner) }
  }

  private func unwritten(_ tensor: Int) -> ModelError {
    ModelError(
      .invalid,
      "reads tensor \(tensor) (\"\(subgraph.tensors[tensor].name.prefix(80))\"), which nothing has written yet"
    )
  }

  private mutating func note(_ tensor: Int, ownedBy owner: Int) {
    guard let own = places[tensor], let base = places[owner] else { return }
    let view = ExecuTorchMethod.View(owner: owner, offset: own.offset - base.offset)
    if let known = views[tensor], known != view { viewsAreFixed = false }
    let isWhole =
      view.offset >= 0
      && view.offset + subgraph.tensors[tensor].byteCount <= subgraph.tensors[owner].byteCount
    if !isWhole || isOwner[tensor] && !subgraph.tensors[owner].isVariable { viewsAreFixed = false }
    views[tensor] = view
  }

  /// A kernel that takes each element before it writes it may work in place, on the very same bytes;
  /// nothing else may write on what it reads.
  private func checkOverlap(_ op: Operator) throws(ModelError) {
    for output in op.outputs {
      guard let target = bytes(output) else { continue }
      for case .some(let input) in op.inputs {
        guard let source = bytes(input), source.buffer == target.buffer, source.range.overlaps(target.range)
        else { continue }
        let isSame =
          source.range == target.range
          && subgraph.tensors[input].dimOrder == subgraph.tensors[output].dimOrder
        guard !(isSame && InPlaceKernels.contain(op.code.name)) else { continue }
        throw ModelError(
          .invalid, "writes bytes \(target.range) of memory \(target.buffer) while it reads \(source.range)")
      }
    }
  }
}

/// Kernels that may be planned on the bytes they read.
private enum InPlaceKernels {
  static func contain(_ name: String) -> Bool {
    // `aten::copy_.default` is known by `copy_`.
    let kernel = name.split(separator: ":").last?.prefix { $0 != "." } ?? ""
    return kernel.hasSuffix("_") || views.contains(String(kernel)) || elementwise.contains(String(kernel))
  }

  private static let views: Set<String> = [
    "et_view", "view_copy", "_reshape_copy", "unsqueeze_copy", "squeeze_copy", "alias_copy", "clone",
    "lift_fresh_copy", "detach_copy", "contiguous", "_clone_dim_order", "copy", "et_copy_index",
  ]

  private static let elementwise: Set<String> = [
    "abs", "add", "ceil", "clamp", "cos", "div", "elu", "erf", "exp", "floor", "gelu", "hardtanh",
    "leaky_relu", "log", "maximum", "minimum", "mul", "neg", "pow", "reciprocal", "relu", "round", "rsqrt",
    "sigmoid", "sin", "sqrt", "sub", "tanh", "quantized_add", "quantized_mul",
  ]
}
