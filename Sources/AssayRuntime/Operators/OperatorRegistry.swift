import AssayModel

/// The one place that says which function prepares which operator.
///
/// Families live in files of their own beside this one (`Convolution.swift`, `Pooling.swift`, ...),
/// each an `enum` of static functions `(OperatorContext) throws(ModelError) -> PreparedOperator`.
enum OperatorRegistry {
  static func prepare(_ context: OperatorContext, kernels: KernelSelection) throws(ModelError)
    -> PreparedOperator
  {
    var context = context
    context.kernels = kernels
    if case .board(let board) = kernels {
      // Layers without a defect compute the reference's numbers, which the fast kernels do as well.
      context.kernels = .fast
      if let defect = board.defect(of: LayerIndex(subgraph: context.subgraph, index: context.index)) {
        return try BoardOperators.prepare(context, defect)
      }
    }
    switch context.op.code {
    case .builtin(let builtin): return try prepare(context, builtin)
    case .executorch(let name): return try PortableRegistry.prepare(context, name)
    case .delegate(let backend): throw context.missing("handed to backend \(backend)")
    case .onnx:
      guard case .kernelCall(let kernel, let arguments) = context.op.options else {
        throw context.missing("no kernel")
      }
      // A node that was kept by its name says itself why nothing computes it.
      if kernel == "onnx::none", case .text(let reason)? = arguments.first { throw context.missing(reason) }
      return try PortableRegistry.prepare(context, kernel)
    case .custom: throw context.missing("custom operator: no kernel")
    }
  }

  private static func prepare(
    _ context: OperatorContext, _ builtin: BuiltinOperator
  ) throws(ModelError) -> PreparedOperator {
    switch builtin {
    case .conv2D: return try Convolution.prepareConv2D(context)
    case .depthwiseConv2D: return try DepthwiseConvolution.prepare(context)
    case .fullyConnected: return try FullyConnected.prepare(context)
    case .averagePool2D: return try Pooling.prepareAverage(context)
    case .maxPool2D: return try Pooling.prepareMax(context)
    case .l2Pool2D: return try Pooling.prepareL2(context)
    case .transposeConv: return try TransposeConvolution.prepare(context)
    case .batchMatmul: return try BatchMatMul.prepare(context)
    case .svdf: return try SVDF.prepare(context)
    case .unidirectionalSequenceLSTM: return try LSTM.prepare(context)
    default:
      guard let prepare = families[builtin] else { throw context.missing("no kernel for \(builtin.name)") }
      return try prepare(context)
    }
  }

  /// Families that list what they prepare.
  private static let families: [BuiltinOperator: Preparation] = [
    Activation.operators, Arithmetic.operators, BorderPadding.operators, Comparison.operators,
    Gathering.operators, Joining.operators, Quantize.operators, Rearrangement.operators, Reduction.operators,
    Resize.operators, Scanning.operators, Shape.operators, Slice.operators, Softmax.operators,
  ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }
}

/// Checks an operator and settles everything that does not depend on tensor contents.
typealias Preparation = @Sendable (OperatorContext) throws(ModelError) -> PreparedOperator

/// Which implementation of the same numbers runs.
public enum KernelSelection: Sendable, Hashable {
  /// The shortest readable loops: the truth every variant is compared with.
  case reference
  /// Whatever this CPU does fastest with the same result, bit for bit.
  case fast
  /// What a board with one release of ESP-NN computes, defects included.
  case board(BoardKernels)
}
