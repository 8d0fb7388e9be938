public import AssayModel

/// What an ExecuTorch firmware refuses about a program.
///
/// A program can be exported and still be refused when it is loaded or run: a backend that the chip
/// does not have, kernels that the firmware was built without, operands of another type or memory
/// order than an int8 kernel takes.
public enum ExecuTorchSupport {
  /// Kernel libraries that a firmware links.
  public struct Kernels: Sendable, Hashable {
    public var portable: Bool
    public var quantized: Bool
    public var cortexM: Bool

    public init(portable: Bool = true, quantized: Bool = false, cortexM: Bool = false) {
      self.portable = portable
      self.quantized = quantized
      self.cortexM = cortexM
    }
  }

  /// Every kernel that this program has, with library and overload: `aten::relu.out`; sorted.
  public static var kernelNames: [String] { PortableRegistry.names }

  /// - Parameter firmware: asks what the firmware registers; `nil` = not known, not checked.
  /// - Complexity: O(operators + operands).
  public static func refusals(
    _ graph: Graph, kernels: Kernels, firmware: DeviceSupport.FirmwareRefusal? = nil
  ) -> [Refusal] {
    graph.main.operators.indices.compactMap { index in
      let context = OperatorContext(graph: graph, subgraph: 0, index: index)
      guard let reason = reason(context, kernels, firmware) else { return nil }
      return Refusal(layer: context.place, index: LayerIndex(subgraph: 0, index: index), reason: reason)
    }
  }

  private static func reason(
    _ context: OperatorContext, _ kernels: Kernels, _ firmware: DeviceSupport.FirmwareRefusal?
  ) -> String? {
    switch context.op.code {
    case .delegate(let backend): return "delegate \(backend): not available on ESP32-S3"
    case .executorch(let name):
      return libraryReason(name, kernels) ?? operandReason(context, name) ?? firmware?(name, 1)
    default: return "not an ExecuTorch kernel"
    }
  }

  private static func libraryReason(_ name: String, _ kernels: Kernels) -> String? {
    let library = name.split(separator: ":").first ?? ""
    let (has, needed): (Bool, String)
    switch library {
    case "executorch_prim": return nil
    case "aten", "dim_order_ops": (has, needed) = (kernels.portable, "portable")
    case "quantized_decomposed": (has, needed) = (kernels.quantized, "quantized")
    case "cortex_m": (has, needed) = (kernels.cortexM, "cortex_m")
    case "move", "jump_if_false": return "control flow (\(library)), which this program does not judge"
    default: return "kernels of \(library) are in none of portable, quantized and cortex_m"
    }
    return has ? nil : "the firmware has no \(needed) kernels (runtime.kernels of the target)"
  }

  /// int8 kernels reinterpret whatever they get: the runtime refuses floats and other memory orders.
  private static func operandReason(_ context: OperatorContext, _ name: String) -> String? {
    guard name.hasPrefix("cortex_m::quantized_") || name == "cortex_m::pad.out",
      let input = context.optionalInput(0)
    else { return nil }
    guard input.type == .int8 else {
      return "takes int8; input 0 is \(input.type.rawValue), a float region feeding an int8 kernel"
    }
    let ordered = ["conv2d", "depthwise_conv2d", "avg_pool2d", "max_pool2d"]
    guard ordered.contains(where: { name == "cortex_m::quantized_\($0).out" }), input.shape.count == 4 else {
      return nil
    }
    return isChannelsLast(input) ? nil : "takes channels last; input 0 lies in order \(order(input))"
  }

  private static func order(_ tensor: Tensor) -> [Int] {
    tensor.dimOrder.isEmpty ? Array(tensor.shape.indices) : tensor.dimOrder
  }

  /// Whether elements lie as `[batch, row, column, channel]`, whatever order of lengths 1 is written.
  private static func isChannelsLast(_ tensor: Tensor) -> Bool {
    var last = tensor
    last.dimOrder = [0, 2, 3, 1]
    return Operand(tensor, 0).hasLayout(of: Operand(last, 0))
  }
}
