import AssayKernels

/// Weights in the order in which this CPU's vectors read them, packed once when a model is prepared.
struct PackedWeights: Sendable {
  /// Bytes; what vectors load from fastest.
  private static let alignment = 64

  private let bytes: [UInt8]
  /// Of the packed weights in `bytes`, so that they start at an aligned address.
  private let offset: Int

  /// - Parameters:
  ///   - byteCount: 0 where there is no packed form.
  ///   - pack: fills the memory; false when the weights cannot be packed, `nil` when they are computed
  ///     at run time.
  init?(byteCount: Int, _ pack: (UnsafeMutableRawPointer) -> Bool?) {
    guard byteCount > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: byteCount + Self.alignment)
    let offset: Int? = unsafe bytes.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return nil }
      let offset = (0 &- Int(bitPattern: base)) & (Self.alignment - 1)
      return unsafe pack(base + offset) == true ? offset : nil
    }
    guard let offset else { return nil }
    self.bytes = bytes
    self.offset = offset
  }

  var byteCount: Int { bytes.count }

  func withPointer(_ body: (UnsafeRawPointer) -> Void) {
    unsafe bytes.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { unsafe body(base + offset) }
    }
  }
}

extension OperatorContext {
  /// For kernels that need nothing packed: reference or the fastest that runs here.
  var variant: ak_variant { kernels == .fast ? FastKernels.variant : AK_VARIANT_REFERENCE }

  /// `prepared`, said to run in the kernels of ``variant``.
  func vectorized(_ prepared: PreparedOperator) -> PreparedOperator {
    var prepared = prepared
    prepared.isVectorized = variant != AK_VARIANT_REFERENCE
    return prepared
  }
}

/// Kernels for the vector units of the CPU that runs this process.
enum FastKernels {
  static let variant = ak_best_variant()
  static let hasVectors = variant != AK_VARIANT_REFERENCE
}
