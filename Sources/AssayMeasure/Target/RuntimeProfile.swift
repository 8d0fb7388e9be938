public import AssayRuntime

/// What a firmware links to run models.
public struct RuntimeProfile: Sendable, Hashable {
  public enum Name: String, Sendable, Hashable, CaseIterable {
    /// TensorFlow Lite Micro, as Espressif packages it.
    case tflm
    case executorch
  }

  /// Kernel sets of an ExecuTorch build.
  public enum KernelSet: String, Sendable, Hashable, CaseIterable {
    case portable, quantized
    case cortexM = "cortex_m"
  }

  public var name: Name
  /// The `esp-tflite-micro` component; before 1.3.8 it sends convolutions of esp-nn 1.2.3 to C.
  public var espTFLiteMicro: ComponentVersion?
  /// As written: `none`, `ansi` or a version, modelled or not. See ``kernelLibrary()``.
  public var espNN: String?
  /// ESP-NN is built with SKIP_NUDGE: its C functions round shorter.
  public var skipsNudge = false
  public var executorch: ComponentVersion?
  /// Empty for TFLM.
  public var kernels: [KernelSet]
  /// What the firmware's resolver registers; `nil` = not stated, so not checked.
  public var operators: OperatorSet?
  public var resourceVariables: ResourceVariableTable

  /// The newest esp-tflite-micro whose structures and kernels are known, and the first that is not.
  private static let newestKnownWrapper = "1.4"
  private static let firstUnknownWrapper = ComponentVersion(1, 5, 0)

  /// The kernel library, for arena and latency.
  ///
  /// - Throws: ``UnmodelledKernelLibrary`` for a version that was never measured: undecided (exit 3),
  ///   never the nearest one.
  public func kernelLibrary() throws(UnmodelledKernelLibrary) -> KernelLibrary {
    if let wrapper = espTFLiteMicro, wrapper >= Self.firstUnknownWrapper {
      throw UnmodelledKernelLibrary(
        component: "esp-tflite-micro \(wrapper)",
        reason: "structures and kernels were measured up to \(Self.newestKnownWrapper)")
    }
    return try KernelLibrary(parsing: espNN ?? KernelLibrary.reference.rawValue)
  }
}

/// Operators that a firmware registers, each with the highest version it accepts.
public struct OperatorSet: Sendable, Hashable {
  /// By operator name (`CONV_2D`, `CUSTOM:Name`); `nil` = any version.
  public private(set) var maximumVersions: [String: Int?]

  public init(_ maximumVersions: [String: Int?]) { self.maximumVersions = maximumVersions }

  public var names: [String] { maximumVersions.keys.sorted() }

  /// Why the firmware would refuse an operator; `nil` when it would not.
  public func refusal(of name: String, version: Int) -> String? {
    guard let limit = maximumVersions[name] else {
      return "\(name) is not registered by the firmware's operator resolver"
    }
    guard let limit, version > limit else { return nil }
    return "\(name) version \(version) is newer than version \(limit), which the firmware registers"
  }
}

/// A released version of a component: `1.4.0`, compared number by number.
public struct ComponentVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  public var major: Int
  public var minor: Int
  public var patch: Int

  public init(_ major: Int, _ minor: Int, _ patch: Int) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Reads `1.4.0`; the component registry's packaging revision (`1.4.0~1`) is left out, because it
  /// changes no code. `nil` for anything else.
  public init?(_ text: String) {
    let release = text.split(separator: "~", maxSplits: 1, omittingEmptySubsequences: false)[0]
    let parts = release.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, text.utf8.count <= 32 else { return nil }
    var numbers: [Int] = []
    for part in parts {
      guard !part.isEmpty, part.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(part)
      else { return nil }
      numbers.append(number)
    }
    self.init(numbers[0], numbers[1], numbers[2])
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }

  public var description: String { "\(major).\(minor).\(patch)" }
}
