/// Why bytes lie in the arena's tail, where nothing is ever freed.
public enum TailCause: String, Sendable, Hashable, CaseIterable {
  case allocator, resourceVariables, evalTensors, operators, parameters, operatorData, prepared
  case scratchHandles, variables, inputsAndOutputs

  /// In words, for tables.
  public var title: String {
    switch self {
    case .allocator: "allocator"
    case .resourceVariables: "resource variables"
    case .evalTensors: "tensor structures"
    case .operators: "operator structures"
    case .parameters: "operator attributes"
    case .operatorData: "operator data"
    case .prepared: "prepared buffers"
    case .scratchHandles: "scratch handles"
    case .variables: "variable tensors"
    case .inputsAndOutputs: "inputs and outputs"
    }
  }
}

/// One allocation in the arena's tail.
public struct TailAllocation: Sendable, Hashable {
  public var cause: TailCause
  /// The operator it is for, where it is for one.
  public var layer: LayerIndex?
  public var requestedBytes: Int
  /// With the bytes lost to alignment; over all allocations these add up to the tail.
  public var occupiedBytes: Int
}

/// Grows the tail downwards and remembers why.
struct TailLedger: Sendable {
  private(set) var allocations: [TailAllocation] = []
  /// Bytes from the arena's end to the lowest allocation.
  private(set) var total = 0

  mutating func allocate(_ bytes: Int, alignment: Int, _ cause: TailCause, _ layer: LayerIndex? = nil) {
    let end = (total + bytes + alignment - 1) / alignment * alignment
    allocations.append(
      TailAllocation(cause: cause, layer: layer, requestedBytes: bytes, occupiedBytes: end - total))
    total = end
  }
}
