import AssayModel

/// The kernels of ExecuTorch programs, by their name with overload.
enum PortableRegistry {
  static func prepare(_ context: OperatorContext, _ name: String) throws(ModelError) -> PreparedOperator {
    guard let prepare = kernels[name] else { throw context.missing("no kernel for \(name)") }
    return try prepare(context)
  }

  /// Every kernel, sorted.
  static var names: [String] { kernels.keys.sorted() }

  static func has(_ name: String) -> Bool { kernels[name] != nil }

  private static let kernels: [String: Preparation] = [
    PortableConvolution.kernels, PortablePooling.kernels, PortableMatMul.kernels, PortableElementwise.kernels,
    PortableMovement.kernels, PortableReduction.kernels, PortableNormalization.kernels,
    PortableQuantization.kernels,
    PortableLogic.kernels, PortableIndexing.kernels, PortableOrdering.kernels, PortableStatistics.kernels,
    PortableParts.kernels,
    CortexM.kernels, ONNXKernels.kernels,
  ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }
}
