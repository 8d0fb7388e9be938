import AssayMeasure
import AssayModel
import AssayRuntime

/// What layers that meet a rule overwrite in the plan of their release.
enum BoardMemory {
  struct Found {
    var rule: BoardRule
    var overrun: BoardOverrun
  }

  /// Layers that cannot be planned have nothing to say.
  static func overruns(_ graph: Graph, _ library: KernelLibrary, _ findings: [BoardFinding], arenaBytes: Int?)
    -> [Found]
  {
    guard let plan = try? MemoryPlan(graph, ArenaConfiguration(library: library)) else { return [] }
    return findings.compactMap { finding in
      guard let kind = finding.rule.overwrite(by: library),
        let overrun = try? BoardOverrun(graph, plan, layer: finding.layer, kind, arenaBytes: arenaBytes)
      else { return nil }
      return Found(rule: finding.rule, overrun: overrun)
    }
  }

  /// `3 DEPTHWISE_CONV_2D (rule F) writes 112,800 B behind its scratch: over ...`.
  static func text(_ overrun: BoardOverrun, _ rule: BoardRule, _ graph: Graph) -> String {
    var parts = overrun.victims.map { victim in
      "\(ReportText.bytes(victim.byteCount)) of \(victim.isOwn ? "its own " : "")\(ArenaFacts.words(victim.content, graph))"
    }
    if overrun.tailBytes > 0 {
      parts.append(
        "\(ReportText.bytes(overrun.tailBytes)) of the runtime's own structures at the end of an arena of \(ReportText.bytes(overrun.arenaBytes))"
      )
    }
    let what = parts.isEmpty ? "nothing that is in use at that moment" : parts.joined(separator: ", ")
    let own = rule == .d ? "its output" : "its scratch of \(ReportText.bytes(overrun.given.count))"
    return
      "\(LayerName.text(graph, overrun.layer)) (rule \(rule.rawValue)) writes \(ReportText.bytes(overrun.outsideBytes)) behind \(own): over \(what)"
  }
}
