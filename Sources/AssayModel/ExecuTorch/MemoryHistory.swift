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
    for (index, tensor) in subgraph.tensors.enumerated() where tensor.isVariable { write(index) }
    for input in subgraph.inputs { write(input) }
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
        write(output)
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

  private mutating func write(_ tensor: Int) {
    isOwner[tensor] = true
    guard let (buffer, range) = bytes(tensor) else { return }
    var list = stretches[buffer] ?? []
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
    stretches[buffer] = list
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

  /// A kernel may work in place, on the very same bytes, and in no other way on what it writes.
  private func checkOverlap(_ op: Operator) throws(ModelError) {
    for output in op.outputs {
      guard let target = bytes(output) else { continue }
      for case .some(let input) in op.inputs {
        guard let source = bytes(input), source.buffer == target.buffer, source.range.overlaps(target.range),
          source.range.lowerBound != target.range.lowerBound
        else { continue }
        throw ModelError(
          .invalid, "writes bytes \(target.range) of memory \(target.buffer) while it reads \(source.range)")
      }
    }
  }
}
