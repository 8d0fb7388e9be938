public import AssayDocument

/// A table of alternatives: every combination of a few fields' values.
public struct LatencySweep: Sendable {
  /// A field and the values it takes.
  public struct Axis: Sendable, Hashable {
    public var path: String
    public var values: [String]
  }

  public struct Row: Sendable, Hashable {
    /// `path=value`, as `--set` takes them.
    public var overrides: [String]
    /// `nil` where the combination cannot be estimated; `reason` then says why. Beside a range, `reason`
    /// says what limits it.
    public var range: LatencyRange?
    public var provenance: LatencyProvenance?
    public var reason: String?
  }

  public let axes: [Axis]

  /// Fields that can be swept without naming values.
  public static let defaults: [(path: String, values: [String])] = [
    ("cpu.clock", ["80 MHz", "160 MHz", "240 MHz"]),
    ("runtime.esp_nn", ["none", "ansi", "1.1.2", "1.2.1", "1.2.2", "1.2.3"]),
    ("runtime.esp_tflite_micro", ["1.3.7", "1.4.0"]),
    ("flash.mode", ["dio", "qio"]), ("flash.clock", ["40 MHz", "80 MHz", "120 MHz"]),
    ("psram.clock", ["40 MHz", "80 MHz", "120 MHz"]), ("cache.data", ["16 KiB", "32 KiB", "64 KiB"]),
    ("cache.line", ["16 B", "32 B", "64 B"]), ("memory.arena", ["internal", "psram"]),
    ("memory.weights", ["internal", "flash", "psram"]),
  ]

  /// Reads `cpu.clock,runtime.esp_nn`, or with the values to try `cpu.clock=160MHz/240MHz`.
  ///
  /// - Throws: a field that has no list of values, with the ones that have.
  public init(_ text: String) throws(DocumentErrors) {
    var axes: [Axis] = []
    for field in text.split(separator: ",").map(String.init) {
      let (path, values) = Self.named(field)
      if !values.isEmpty {
        guard values.count <= 32, values.allSatisfy({ !$0.isEmpty }) else {
          throw DocumentErrors(
            DocumentLocation(file: "--sweep"), "expected 1 to 32 values after \"\(path)=\", as in a/b/c")
        }
        axes.append(Axis(path: path, values: values))
        continue
      }
      guard let known = Self.defaults.first(where: { $0.path == path }) else {
        let allowed = Self.defaults.map(\.path)
        throw DocumentErrors(
          DocumentLocation(file: "--sweep"),
          "cannot sweep \"\(path)\"\(Suggestion.hint(for: path, in: allowed))")
      }
      axes.append(Axis(path: known.path, values: known.values))
    }
    guard (1...3).contains(axes.count) else {
      throw DocumentErrors(
        DocumentLocation(file: "--sweep"), "expected one to three fields, such as cpu.clock")
    }
    self.axes = axes
  }

  private static func named(_ field: String) -> (path: String, values: [String]) {
    guard let sign = field.firstIndex(of: "=") else { return (field, []) }
    let values = field[field.index(after: sign)...].split(separator: "/", omittingEmptySubsequences: false)
    return (String(field[..<sign]), values.map(String.init))
  }

  /// Estimates every combination, the last axis fastest.
  ///
  /// - Parameters:
  ///   - resolve: the target with overrides applied, as `TargetLibrary.resolve` gives it.
  ///   - estimate: the latency on such a target: what boards measured may stand in for an estimate.
  public func rows(
    resolve: ([String]) throws(DocumentErrors) -> Target,
    estimate: (Target) throws(UnmodelledLatency) -> LatencyEstimate
  ) -> [Row] {
    combinations.map { overrides in
      do throws(DocumentErrors) {
        let target = try resolve(overrides)
        do throws(UnmodelledLatency) {
          let estimate = try estimate(target)
          let note = estimate.unpriced.isEmpty ? nil : "a lower bound: not every operator has a known cost"
          return Row(
            overrides: overrides, range: estimate.range, provenance: estimate.provenance, reason: note)
        } catch {
          return Row(overrides: overrides, range: nil, provenance: nil, reason: error.description)
        }
      } catch {
        return Row(overrides: overrides, range: nil, provenance: nil, reason: error.description)
      }
    }
  }

  private var combinations: [[String]] {
    axes.reduce([[]]) { rows, axis in
      rows.flatMap { row in axis.values.map { row + ["\(axis.path)=\($0)"] } }
    }
  }
}
