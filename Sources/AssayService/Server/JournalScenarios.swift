internal import AssayUpdate

// A session of a real client, as scenarios that replay what the network and the service did to it.

extension Journal {
  /// A scenario file with a row for every device that polled; a comment when none did.
  public func scenarios() -> String {
    var devices: [String] = []
    for entry in entries where entry.step == .poll {
      if let device = entry.device, !devices.contains(device) { devices.append(device) }
    }
    guard !devices.isEmpty else { return "# no device polled\n" }
    let rows = devices.enumerated().map { index, device in
      "      # \(device)\n      - \(row(of: device, name: "served-\(index + 1)"))"
    }
    return "ota: 1\ntables:\n  - table: a session of assay ota serve\n    rows:\n"
      + rows.joined(separator: "\n")
      + "\n"
  }

  private func row(of device: String, name: String) -> String {
    let session = Session(entries.filter { $0.device == device })
    var parts = ["name: \(name)", "row: \(session.row)"]
    if let kind = session.selfTest { parts.append("self-test: \(kind)") }
    if !session.faults.isEmpty { parts.append("faults: [\(session.faults.joined(separator: ", "))]") }
    parts.append("ends: [\"\(session.ending)\"]")
    return "{\(parts.joined(separator: ", "))}"
  }
}

/// What happened to one device.
private struct Session {
  private(set) var faults: [String] = []
  private(set) var selfTest: String?
  /// How the assignment ended, in the words of a scenario.
  private(set) var ending = "any"

  init(_ entries: [Journal.Entry]) {
    var seen: [Request.Step: Int] = [:]
    let artifacts = entries.filter { $0.step == .artifact }
    for entry in entries {
      guard let step = entry.step else { continue }
      seen[step, default: 0] += 1
      let number = seen[step, default: 0]
      if let fault = Self.fault(entry) { faults.append("\(step.rawValue) \(number) \(fault)") }
      if step == .artifact, let cut = Self.cut(artifacts, number) {
        faults.append("artifact \(number) cut \(cut)")
      }
      if let report = entry.report, entry.status == 200 { learn(report) }
    }
  }

  /// The row of the catalogue that is nearest to what happened.
  var row: String {
    if faults.contains(where: { $0.contains(" cut ") }) { return "N01" }
    if faults.contains(where: { $0.contains(" status 404") }) { return "S01" }
    if !faults.isEmpty { return "S02" }
    return selfTest == nil ? "P01" : "C06"
  }

  private static func fault(_ entry: Journal.Entry) -> String? {
    guard entry.status >= 400 else { return nil }
    return "status \(entry.status)" + (entry.retryAfterSeconds.map { " retry \($0) s" } ?? "")
  }

  /// A client that resumes at a byte had lost its connection there.
  private static func cut(_ artifacts: [Journal.Entry], _ number: Int) -> Int? {
    guard number < artifacts.count, let resumed = artifacts[number].rangeStart else { return nil }
    let length = resumed - (artifacts[number - 1].rangeStart ?? 0)
    return length >= 0 && length < artifacts[number - 1].bytes ? length : nil
  }

  private mutating func learn(_ report: String) {
    let parts = report.split(separator: ":", maxSplits: 1).map(String.init)
    switch (parts[0], parts.dropFirst().first) {
    case ("succeeded", nil): ending = "succeeded"
    case ("failed", let reason?):
      selfTest = Self.selfTests[reason]
      // Other failures need more than the journal knows: any final report will do.
      ending = selfTest == nil ? "any" : report
    default: break
    }
  }

  private static let selfTests = [
    "self-test-output": "output", "self-test-arena": "arena", "self-test-latency": "latency",
    "trial-interrupted": "crash", "deadline": "slow",
  ]
}
