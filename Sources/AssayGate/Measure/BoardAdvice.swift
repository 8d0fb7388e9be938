import AssayMeasure
import AssayModel
import AssayRuntime

/// What avoids the defects that a model meets on a firmware, and what that costs.
struct BoardAdvice {
  let model: LoadedModel
  let target: Target
  let latency: ProfiledLatency

  /// The release first, then the network, one sentence each.
  func sentences(_ findings: [BoardFinding]) -> [String] {
    guard !findings.isEmpty else { return [] }
    return release(findings) + network(findings)
  }

  private func release(_ findings: [BoardFinding]) -> [String] {
    guard let agreement = try? BoardAgreement(runtime: target.runtime) else { return [] }
    if let free = agreement.nearestFreeRelease(for: model.graph) {
      return ["\(free.title) is the nearest release that is free of every rule: \(costs(of: free))."]
    }
    return [
      "No modelled release is free of every rule; ESP-NN's C kernels (ansi) are: \(costs(of: .ansi))."
    ]
  }

  /// `arena 35,504 B (-21,744 B), latency 27.10 ms (+7.5 %)`.
  private func costs(of library: KernelLibrary) -> String {
    var other = target
    other.runtime.espNN = library.rawValue
    var parts: [String] = []
    let own = (try? target.runtime.kernelLibrary()).flatMap { model.minimumArenaBytes($0) }
    if let bytes = model.minimumArenaBytes(library) {
      let change = own.map { " (\(bytes < $0 ? "-" : "+")\(ReportText.bytes(abs(bytes - $0))))" } ?? ""
      parts.append("arena \(ReportText.bytes(bytes))\(change)")
    } else {
      parts.append("arena unknown")
    }
    parts.append(latencyText(other))
    return parts.joined(separator: ", ")
  }

  private func latencyText(_ other: Target) -> String {
    guard let after = milliseconds(other) else { return "latency unknown" }
    let text = "latency \(ReportText.fixed(after, places: 2)) ms"
    guard let before = milliseconds(target), before > 0 else { return text }
    let percent = (after / before - 1) * 100
    return text + " (\(percent < 0 ? "" : "+")\(ReportText.fixed(percent, places: 1)) %)"
  }

  private func milliseconds(_ target: Target) -> Double? {
    (try? latency.estimate(model.graph, sha256: model.sha256, on: target))?.estimate.range.milliseconds
  }

  /// One sentence per change, the layers that need it in front.
  private func network(_ findings: [BoardFinding]) -> [String] {
    var layers: [String: [String]] = [:]
    var order: [String] = []
    for finding in findings {
      if layers[finding.remedy] == nil { order.append(finding.remedy) }
      layers[finding.remedy, default: []].append(LayerName.text(model.graph, finding.layer))
    }
    return order.map { remedy in
      "Or change the network at \((layers[remedy] ?? []).joined(separator: ", ")): \(remedy)."
    }
  }
}
