/// The kernels a firmware is built with: TFLite Micro's own, or one version of ESP-NN.
///
/// The same model needs a different arena with each, so that a budget means something only
/// together with the library it was measured for.
public enum KernelLibrary: String, Sendable, Hashable, CaseIterable, Comparable, CustomStringConvertible {
  /// TFLite Micro's reference kernels, without ESP-NN.
  case reference = "none"
  /// ESP-NN's wrappers around its portable C kernels: larger operator data, no scratch.
  case ansi = "ansi"
  case espNN112 = "1.1.2"
  case espNN120 = "1.2.0"
  case espNN121 = "1.2.1"
  case espNN122 = "1.2.2"
  case espNN123 = "1.2.3"

  /// The library that `runtime.esp_nn` names in a target profile.
  ///
  /// A version that was never measured is refused, not replaced by its neighbour: scratch formulas
  /// changed between patch releases (1.1.2 to 1.2.1 took okay_nabu from 25,808 to 33,776 bytes).
  public init(parsing text: String) throws(UnmodelledKernelLibrary) {
    guard let library = Self(rawValue: text) else { throw UnmodelledKernelLibrary(name: text) }
    self = library
  }

  /// As target profiles spell it: `none`, `ansi`, `1.2.1`.
  public var description: String { rawValue }

  /// For tables and reports: `reference kernels`, `esp-nn 1.2.1`.
  public var title: String {
    switch self {
    case .reference: "reference kernels"
    case .ansi: "esp-nn, C kernels"
    default: "esp-nn \(rawValue)"
    }
  }

  /// In order of age, the reference first.
  public static func < (left: Self, right: Self) -> Bool { left.age < right.age }

  private var age: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Whether operators go through ESP-NN's wrappers, whose data structures are larger.
  var hasWrappers: Bool { self != .reference }

  /// Which scratch formulas the S3 kernels use; `nil` where there are none.
  var scratchGeneration: ScratchGeneration? {
    switch self {
    case .reference, .ansi: nil
    case .espNN112: .v110
    case .espNN120: .v120
    case .espNN121, .espNN122: .v121
    case .espNN123: .v123
    }
  }
}

/// ESP-NN releases that request the same scratch.
enum ScratchGeneration: Int, Comparable {
  /// 1.0.0 to 1.1.2.
  case v110
  /// 1.2.0.
  case v120
  /// 1.2.1 and 1.2.2.
  case v121
  /// 1.2.3.
  case v123

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A kernel library whose memory was never measured: whatever depends on it is undecided.
public struct UnmodelledKernelLibrary: Error, Sendable, Hashable, CustomStringConvertible {
  /// The version of esp-nn, or the component and version that is not modelled.
  public var name: String
  /// Why, where it is not esp-nn's version.
  private var reason: String?

  public init(name: String) { self.name = name }

  public init(component name: String, reason: String) {
    self.name = name
    self.reason = reason
  }

  public var description: String {
    if let reason { return "\(name) is not modelled: \(reason)" }
    let modelled = KernelLibrary.allCases.map(\.rawValue).joined(separator: ", ")
    return "esp-nn version \"\(name)\" is not modelled; modelled are \(modelled)"
  }
}
