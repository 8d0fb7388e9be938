import AssayModel

/// Where one tensor's bytes are found while the interpreter runs.
enum TensorLocation: Sendable {
  case arena(Int)
  /// State kept between invocations.
  case state(Int)
  case constant(ConstantRange)
  /// Handles and empty tensors: an address that nobody reads.
  case nowhere
}

/// The place of every tensor and resource, settled once per interpreter.
struct TensorLocations: Sendable {
  private(set) var tensors: [[TensorLocation]] = []
  /// Offset in the state buffer by resource.
  private(set) var resources: [Int] = []
  private(set) var stateByteCount = 0

  init(_ program: Program, _ placement: TensorPlacement) throws(RunError) {
    let handles = Self.handles(program.graph)
    for (subgraph, tensors) in program.graph.subgraphs.enumerated().map({ ($0, $1.tensors) }) {
      var row: [TensorLocation] = []
      for (index, tensor) in tensors.enumerated() {
        if let constant = tensor.constant {
          row.append(.constant(constant))
        } else if tensor.isVariable, program.graph.method == nil {
          row.append(.state(reserveState(tensor.byteCount)))
        } else if handles[subgraph].contains(index) || tensor.byteCount == 0 {
          row.append(.nowhere)
        } else {
          row.append(.arena(try Self.planned(placement, subgraph, index, tensor)))
        }
      }
      self.tensors.append(row)
    }
    resources = program.resources.map { variable in reserveState(variable.byteCount) }
  }

  private mutating func reserveState(_ bytes: Int) -> Int {
    defer { stateByteCount += (bytes + 63) / 64 * 64 }
    return stateByteCount
  }

  private static func handles(_ graph: Graph) -> [Set<Int>] {
    graph.subgraphs.map { subgraph in
      Set(subgraph.operators.lazy.filter { $0.code.builtin == .varHandle }.compactMap(\.outputs.first))
    }
  }

  /// The planned offset, proven to lie inside the arena: a placement is computed elsewhere, from
  /// a file that may fix offsets itself.
  private static func planned(
    _ placement: TensorPlacement, _ subgraph: Int, _ index: Int, _ tensor: Tensor
  ) throws(RunError) -> Int {
    let place = "subgraph \(subgraph), tensor \(index) (\"\(tensor.name)\")"
    guard placement.offsets.indices.contains(subgraph), placement.offsets[subgraph].indices.contains(index),
      let offset = placement.offsets[subgraph][index]
    else { throw RunError(.limit, in: place, "the memory plan has no place for it") }
    let end = offset.addingReportingOverflow(tensor.byteCount)
    guard offset >= 0, !end.overflow, end.partialValue <= placement.byteCount,
      offset % (tensor.type.byteSize ?? 1) == 0
    else {
      throw RunError(.limit, in: place, "its planned offset \(offset) is outside the arena or misaligned")
    }
    return offset
  }
}
