import AssayModel

/// Addresses of every tensor, and of every operator's inputs and outputs in calling order.
///
/// Constants are read from the model's own bytes, which are pinned only while an invocation runs:
/// the table is refilled when they have moved, which in practice is once.
@safe struct PointerTable: ~Copyable {
  private let tensors: UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>
  private let operands: UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>
  private let results: UnsafeMutableBufferPointer<UnsafeMutableRawPointer>
  private let tensorBase: [Int]
  private let operandBase: [[Int]]
  private let resultBase: [[Int]]
  /// Operands and results of every operator, as slices of the two tables.
  private let calls: [[Call]]

  private struct Call {
    var operands: Range<Int>
    var results: Range<Int>
  }
  private var pinned: [UInt] = []

  init(_ program: Program, dummy: UnsafeMutableRawPointer) {
    var tensorCount = 0
    var operandCount = 0
    var resultCount = 0
    var tensorBase: [Int] = []
    var operandBase: [[Int]] = []
    var resultBase: [[Int]] = []
    for subgraph in program.graph.subgraphs {
      tensorBase.append(tensorCount)
      tensorCount += subgraph.tensors.count
      operandBase.append(
        subgraph.operators.map { op in
          defer { operandCount += op.inputs.count }; return operandCount
        })
      resultBase.append(
        subgraph.operators.map { op in
          defer { resultCount += op.outputs.count }; return resultCount
        })
    }
    calls = program.graph.subgraphs.indices.map { subgraph in
      program.graph.subgraphs[subgraph].operators.indices.map { index in
        let op = program.graph.subgraphs[subgraph].operators[index]
        let (operand, result) = (operandBase[subgraph][index], resultBase[subgraph][index])
        return Call(
          operands: operand..<operand + op.inputs.count, results: result..<result + op.outputs.count)
      }
    }
    self.tensorBase = tensorBase
    self.operandBase = operandBase
    self.resultBase = resultBase
    unsafe tensors = .allocate(capacity: max(tensorCount, 1))
    unsafe tensors.initialize(repeating: nil)
    unsafe operands = .allocate(capacity: max(operandCount, 1))
    unsafe operands.initialize(repeating: nil)
    unsafe results = .allocate(capacity: max(resultCount, 1))
    unsafe results.initialize(repeating: dummy)
  }

  deinit {
    unsafe tensors.deallocate()
    unsafe operands.deallocate()
    unsafe results.deallocate()
  }

  /// Fills the table for storage buffers pinned at `bases`; nothing to do when they did not move.
  mutating func refill(
    _ program: Program, _ locations: TensorLocations, arena: UnsafeMutableRawPointer,
    state: UnsafeMutableRawPointer, bases: [UInt]
  ) {
    guard bases != pinned else { return }
    pinned = bases
    for (subgraph, row) in locations.tensors.enumerated() {
      for (index, location) in row.enumerated() {
        let pointer: UnsafeMutableRawPointer? =
          switch location {
          case .arena(let offset): unsafe arena + offset
          case .state(let offset): unsafe state + offset
          // Constants are only ever read: kernels take them as `const`.
          case .constant(let range):
            unsafe UnsafeMutableRawPointer(bitPattern: bases[range.buffer] + UInt(range.bytes.lowerBound))
          case .nowhere: unsafe arena
          }
        unsafe tensors[tensorBase[subgraph] + index] = unsafe pointer
      }
    }
    for (subgraph, graph) in program.graph.subgraphs.enumerated() {
      for (index, op) in graph.operators.enumerated() {
        for (position, tensor) in op.inputs.enumerated() {
          unsafe operands[operandBase[subgraph][index] + position] =
            unsafe tensor.flatMap { unsafe tensors[tensorBase[subgraph] + $0] }
        }
        for (position, tensor) in op.outputs.enumerated() {
          if let pointer = unsafe tensors[tensorBase[subgraph] + tensor] {
            unsafe results[resultBase[subgraph][index] + position] = unsafe pointer
          }
        }
      }
    }
  }

  func pointer(_ subgraph: Int, _ tensor: Int) -> UnsafeMutableRawPointer? {
    unsafe tensors[tensorBase[subgraph] + tensor]
  }

  /// What an observer may look at.
  func view(_ graph: Graph) -> TensorView {
    unsafe TensorView(pointers: UnsafeBufferPointer(tensors), bases: tensorBase, graph: graph)
  }

  func memory(
    _ subgraph: Int, _ index: Int, scratch: UnsafeMutableRawPointer, planned: UnsafeMutableRawPointer
  ) -> OperatorMemory {
    let call = calls[subgraph][index]
    return unsafe OperatorMemory(
      inputs: UnsafeBufferPointer(rebasing: operands[call.operands]),
      outputs: UnsafeBufferPointer(rebasing: results[call.results]), scratch: scratch,
      plannedScratch: planned)
  }
}
