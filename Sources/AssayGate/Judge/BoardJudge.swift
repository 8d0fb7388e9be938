import AssayMeasure
import AssayRuntime

/// Known defects of a firmware's kernels: met or not, what they cost, what avoids them.
extension TargetJudge {
  /// Layers that meet a known defect, as one check; defects that touch memory make it hard.
  func judgeAgreement(_ result: inout TargetResult) {
    let runtime = variant.target.runtime
    let findings: [BoardFinding]
    do {
      findings = try BoardAgreement(runtime: runtime).findings(in: graph)
    } catch {
      return judgeReports(error.description, &result)
    }
    guard runtime.name == .tflm else {
      return result.checks.append(agreementCheck([], BoardFacts(library: "")))
    }
    var facts = BoardFacts(
      measurement.candidate, runtime, findings, findings.isEmpty ? nil : prediction,
      arenaBytes: model.arena.declaredBytes)
    let unknown = BoardAgreement.unknownLayers(of: graph, runtime: runtime)
    if findings.isEmpty, let first = unknown.first {
      return judgeUnknown("what \(first) computes on the board is not known", unknown.count, &result)
    }
    if findings.isEmpty { facts.takeReference(measurement.result) }
    facts.advice = BoardAdvice(
      model: measurement.candidate, target: variant.target, latency: latency
    ).sentences(findings)
    result.checks.append(agreementCheck(findings, facts))
    result.board = facts
  }

  /// No rule is met, and yet nobody can say that the board gives the reference's bits.
  private func judgeUnknown(_ reason: String, _ count: Int, _ result: inout TargetResult) {
    result.checks.append(
      writer.holds(
        "board-agreement", .undecided, expected: "the reference's bits on the board",
        found: "\(ReportText.count(count, "layer")) of which nothing is known", message: reason,
        reproduce: agreementCommand))
    var facts = BoardFacts(library: "esp-nn \(variant.target.runtime.espNN ?? "none")")
    facts.reason = reason
    result.board = facts
  }

  private var agreementCommand: String {
    guard let recordings = model.recordings else {
      return "assay inspect \(model.candidate) --target \(variant.target.name)"
    }
    let library = variant.target.runtime.espNN ?? "none"
    return
      "assay board \(model.candidate) --inputs \(recordings) --target \(variant.target.name) --set runtime.esp_nn=\(library)"
  }

  private func agreementCheck(_ findings: [BoardFinding], _ facts: BoardFacts) -> Check {
    let worst = findings.first(where: \.alwaysBlocks) ?? findings.first
    let message =
      findings.isEmpty ? "No layer meets a known defect of these kernels." : words(findings, facts)
    var check = writer.holds(
      "board-agreement", findings.isEmpty ? .pass : .fail, expected: "the reference's bits on the board",
      found: findings.isEmpty
        ? "no known defect met" : ReportText.count(findings.count, "layer") + " with a known defect",
      message: message, layer: facts.layerAtFault ?? worst?.place, reproduce: agreementCommand)
    check.isHard = findings.contains(where: \.alwaysBlocks) || !facts.memory.isEmpty
    return check
  }

  private func words(_ findings: [BoardFinding], _ facts: BoardFacts) -> String {
    var parts = findings.prefix(4).map(\.message)
    if findings.count > 4 { parts.append("and \(ReportText.count(findings.count - 4, "more layer"))") }
    return (parts + facts.memory + [BoardText.prediction(facts)] + facts.advice).joined(separator: "\n")
  }

  /// A release that was never executed: what users report of it fails, everything else is undecided.
  private func judgeReports(_ reason: String, _ result: inout TargetResult) {
    let findings = BoardAgreement.reportedFindings(in: graph, runtime: variant.target.runtime)
    let worst = findings.first
    result.checks.append(
      writer.holds(
        "board-agreement", findings.isEmpty ? .undecided : .fail,
        expected: "the reference's bits on the board",
        found: findings.isEmpty
          ? "unknown" : ReportText.count(findings.count, "layer") + " with a reported defect",
        message: (findings.map(\.message) + [reason]).joined(separator: "\n"), layer: worst?.place,
        reproduce: agreementCommand))
    var facts = BoardFacts(library: "esp-nn \(variant.target.runtime.espNN ?? "none")")
    facts.reason = reason
    result.board = facts
  }
}

extension BoardFacts {
  /// The board computes the reference's bytes: its figures are the reference's.
  mutating func takeReference(_ model: ModelResult) {
    reason = nil
    samples = model.samples
    guard let own = model.accuracy.first(where: { $0.of == "candidate" }) else { return }
    metric = own.metric
    (reference, low, high) = (own.value, own.value, own.value)
  }

  /// The first layer whose defect changes an output, else the first that meets a rule.
  var layerAtFault: String? {
    let first = layers.first { ($0.differingOutputs ?? 0) > 0 } ?? layers.first
    return first?.layer
  }
}
