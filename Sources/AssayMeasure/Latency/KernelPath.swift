/// The code that a layer runs in, of which library.
public enum KernelPath: String, Sendable, Hashable, CaseIterable {
  // ESP-NN, ESP32-S3 assembly.
  case s3Convolution1x1, s3Convolution1x1Padded, s3Convolution1x1C, s3Convolution, s3ConvolutionColumns
  case s3Depthwise3x3, s3Depthwise3x3Wide, s3Depthwise3x3Padded, s3Depthwise, s3DepthwiseOdd
  case s3Depthwise3x3Multiplied, s3DepthwiseMultiplied8, s3DepthwiseMultiplied4
  case s3FullyConnected, s3Add, s3Multiply, s3MaximumPool, s3AveragePool
  // ESP-NN, C.
  case ansiConvolution, ansiDepthwise, ansiFullyConnected, ansiAdd, ansiMultiply, ansiPool, ansiSoftmax
  // TFLite Micro's reference kernels.
  case referenceInteger, referenceFloat, referenceFloatFullyConnected
  /// The interpreter's own control flow: what it calls, and how often, is known only when it runs.
  case control
  /// Bytes are copied, or nothing at all happens.
  case copy
  // ExecuTorch.
  case executorchPortable, executorchCortexM
  /// No cost is known: counted as nothing, and the estimate says so.
  case unknown

  /// Who wrote it: what a drawing colours by.
  public enum Family: String, Sendable, Hashable, CaseIterable {
    case s3, ansi, reference, float, copy, executorch, unknown
  }

  public var family: Family {
    switch self {
    case .ansiConvolution, .ansiDepthwise, .ansiFullyConnected, .ansiAdd, .ansiMultiply, .ansiPool,
      .ansiSoftmax:
      .ansi
    case .referenceInteger, .control: .reference
    case .referenceFloat, .referenceFloatFullyConnected: .float
    case .copy: .copy
    case .executorchPortable, .executorchCortexM: .executorch
    case .unknown: .unknown
    default: .s3
    }
  }

  /// For tables: `esp-nn S3`, `esp-nn C`, `TFLM reference`.
  public var title: String {
    switch family {
    case .s3: "esp-nn S3"
    case .ansi: "esp-nn C"
    case .reference: "TFLM reference"
    case .float: "TFLM float"
    case .copy: "copy"
    case .executorch: self == .executorchPortable ? "ExecuTorch portable" : "ExecuTorch cortex_m"
    case .unknown: "unknown"
    }
  }
}

/// How well a latency figure is founded, best first.
public enum LatencyProvenance: String, Sendable, Hashable, CaseIterable, Comparable {
  /// Imported from a device.
  case measured
  /// Executed instruction counts, checked against published figures.
  case validated
  /// An estimated instruction count.
  case extrapolated
  /// No published figure exists.
  case unvalidated

  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
