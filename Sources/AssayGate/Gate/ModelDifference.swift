public import AssayMeasure
import AssayModel
import AssayRuntime

/// What changed from one model to another, as a plan is reviewed: `+` only the second has it, `-` only
/// the first, `~` both have it otherwise. The same for two versions of one file and across formats.
public struct ModelDifference: Sendable {
  public let lines: [String]

  /// - Parameter target: whose memory and refusals are compared; `nil`: those of each format's runtime.
  public init(_ before: LoadedModel, _ after: LoadedModel, target: Target? = nil) {
    let (a, b) = (ModelSummary(before), ModelSummary(after))
    var lines: [String] = []
    func change(_ what: String, _ old: String, _ new: String) {
      if old != new { lines.append("~ \(what): \(old) -> \(new)") }
    }
    change("format", before.graph.format.rawValue, after.graph.format.rawValue)
    lines += Self.size("file", before.graph.file.count, after.graph.file.count)
    lines += Self.size("constants", a.constantBytes, b.constantBytes)
    lines += Self.tensors("input", before.inputs, after.inputs)
    lines += Self.tensors("output", before.outputs, after.outputs)
    change("quantisation", a.quantization, b.quantization)
    lines += Self.operators(a, b)
    change("memory", a.memory(target?.runtime), b.memory(target?.runtime))
    lines += Self.sets(a.memoryFindings, b.memoryFindings)
    lines += Self.sets(Self.refusals(before, target), Self.refusals(after, target)).map {
      "\($0.prefix(2))refused: \($0.dropFirst(2))"
    }
    self.lines = lines
  }

  private static func size(_ what: String, _ old: Int, _ new: Int) -> [String] {
    guard old != new else { return [] }
    let change = "\(new > old ? "+" : "")\(ReportText.grouped(new - old)) B"
    return ["~ \(what): \(ReportText.bytes(old)) -> \(ReportText.bytes(new)) (\(change))"]
  }

  private static func tensors(_ what: String, _ old: [Tensor], _ new: [Tensor]) -> [String] {
    (0..<max(old.count, new.count)).compactMap { index in
      let left = old.indices.contains(index) ? text(old[index]) : nil
      let right = new.indices.contains(index) ? text(new[index]) : nil
      switch (left, right) {
      case (let left?, let right?): return left == right ? nil : "~ \(what) \(index): \(left) -> \(right)"
      case (nil, let right?): return "+ \(what) \(index): \(right)"
      case (let left?, nil): return "- \(what) \(index): \(left)"
      case (nil, nil): return nil
      }
    }
  }

  private static func text(_ tensor: Tensor) -> String {
    let quantization = tensor.quantization.map { " scale \($0.scale), zero point \($0.zeroPoint)" } ?? ""
    return "\(tensor.type.rawValue) \(tensor.shape)\(quantization)"
  }

  /// By operator within one format; across formats by what layers compute, because every format has
  /// its own names and its own ways to split a layer.
  private static func operators(_ a: ModelSummary, _ b: ModelSummary) -> [String] {
    let isSameFormat = a.model.graph.format == b.model.graph.format
    let (left, right) =
      isSameFormat
      ? (counts(a.operators), counts(b.operators)) : (layers(a.model.graph), layers(b.model.graph))
    return Set(left.keys).union(right.keys).sorted().compactMap { name in
      switch (left[name], right[name]) {
      case (nil, let added?): "+ \(added) \(name)"
      case (let removed?, nil): "- \(removed) \(name)"
      case (let old?, let new?) where old != new: "~ \(name) \(old) -> \(new)"
      default: nil
      }
    }
  }

  private static func counts(_ operators: [ModelSummary.OperatorCount]) -> [String: Int] {
    operators.reduce(into: [:]) { $0[$1.name, default: 0] += $1.count }
  }

  private static func layers(_ graph: Graph) -> [String: Int] {
    LayerUnits(graph).units.reduce(into: [:]) { $0["\($1.kind.rawValue) layer", default: 0] += 1 }
  }

  private static func refusals(_ model: LoadedModel, _ target: Target?) -> [String] {
    Refusals.grouped(Refusals.all(model.graph, target)).map { group in
      group.count == 1
        ? "\(group.reason) (\(group.first))"
        : "\(group.reason) (\(group.count) layers, first \(group.first))"
    }
  }

  private static func sets(_ old: [String], _ new: [String]) -> [String] {
    old.filter { !new.contains($0) }.map { "- \($0)" } + new.filter { !old.contains($0) }.map { "+ \($0)" }
  }
}

extension Refusals {
  /// Findings with one reason together: the reason, how many layers, and the first of them.
  public static func grouped(_ findings: [Finding]) -> [(reason: String, first: String, count: Int)] {
    var reasons: [String] = []
    var layers: [String: [String]] = [:]
    for finding in findings {
      if layers[finding.reason] == nil { reasons.append(finding.reason) }
      layers[finding.reason, default: []].append(finding.layer)
    }
    return reasons.map { reason in
      let found = layers[reason] ?? []
      return (reason, found.first ?? "", found.count)
    }
  }
}
