/// Bytes that ExecuTorch's method allocator hands out while it loads a method on a 32-bit chip.
///
/// A bump allocator: sizes in the order of loading, each at its alignment. `EValue` has 16 bytes
/// there, `TensorImpl` 32. Within 4 bytes of a 32-bit build of the runtime (ExecuTorch 1.5.1).
struct MethodAllocator {
  private(set) var byteCount = 0

  static func loadedBytes(_ plan: ExecuTorchPlan) -> Int {
    var allocator = MethodAllocator()
    allocator.take(plan.values.count * 16, alignedTo: 8)
    allocator.take(plan.inputs.count, alignedTo: 1)
    for value in plan.values { allocator.load(value) }
    allocator.take(16, alignedTo: 4)
    for chain in plan.chains {
      allocator.take(4 * chain.count, alignedTo: 4)
      allocator.take(8 * chain.count, alignedTo: 4)
      for step in chain { allocator.take(4 * step.instruction.argumentCount, alignedTo: 4) }
    }
    return allocator.byteCount
  }

  /// Most bytes that loading takes from the temporary pool at one time.
  ///
  /// Kernels are looked up one after the other, each with a list of what its operands are: 12 bytes an
  /// argument and one for each dimension of a tensor. The pool is emptied after each. Kernels that run
  /// took nothing from it in any program that was measured (ExecuTorch 1.5.1, portable and cortex_m).
  static func temporaryBytes(_ plan: ExecuTorchPlan) -> Int {
    var most = 0
    for case (.kernel(_, let arguments), _) in plan.chains.joined() {
      let ranks = arguments.reduce(0) { sum, argument in
        guard plan.values.indices.contains(argument), case .tensor(let tensor) = plan.values[argument] else {
          return sum
        }
        return sum + tensor.shape.count
      }
      most = max(most, 12 * arguments.count + ranks)
    }
    return most
  }

  private mutating func take(_ bytes: Int, alignedTo alignment: Int) {
    byteCount = (byteCount + alignment - 1) / alignment * alignment + bytes
  }

  private mutating func load(_ value: ExecuTorchValue) {
    switch value {
    case .tensor(let tensor):
      let rank = tensor.shape.count
      if tensor.isDynamic {
        take(4 * rank, alignedTo: 4)
        take(rank, alignedTo: 1)
      }
      take(4 * rank, alignedTo: 4)
      take(32, alignedTo: 4)
    case .ints(let items):
      take(4 * items.count, alignedTo: 4)
      take(8 * items.count, alignedTo: 8)
      take(12, alignedTo: 4)
    case .tensors(let items):
      take(4 * items.count, alignedTo: 4)
      take(4 * items.count, alignedTo: 4)
      take(12, alignedTo: 4)
    case .bools, .doubles, .text: take(8, alignedTo: 4)
    case .null, .int, .bool, .double: break
    }
  }
}

extension ExecuTorchInstruction {
  /// Entries of the instruction's argument list.
  var argumentCount: Int {
    switch self {
    case .kernel(_, let arguments), .delegate(_, let arguments): arguments.count
    case .move, .jumpIfFalse: 1
    case .free: 0
    }
  }
}
