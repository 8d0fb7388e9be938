internal import AssayDocument

// Telling the service, for as long as it takes; nothing on the device depends on the answer.

extension Device {
  mutating func sendReports(on board: inout Board) throws(Reset) {
    // A number that was sent must never be used again: after a cut the service would take another
    // report for a repetition. So the queue is stored before any of it is sent.
    if !flaws.contains(.reusesReportNumbers) { _ = try commit(on: &board) }
    var isAcknowledged = false
    while let report = record.reports.first {
      guard deliver(report, on: &board) else {
        if try reactToLostReport(report, on: &board) { return }
        break
      }
      record.reports.removeFirst()
      if flaws.contains(.forgetsQueueAfterFirstReport) { record.reports = [] }
      isAcknowledged = true
    }
    // A cut before this sends them again; the service recognises them by their numbers.
    if isAcknowledged { _ = try commit(on: &board) }
  }

  /// True when the service has it, or will never want it.
  private mutating func deliver(_ report: Report, on board: inout Board) -> Bool {
    var request = Request(step: .report, url: "/api/v1/devices/\(profile.mac)/reports")
    request.method = .post
    request.token = profile.token
    request.body = sent(report).json
    let reply = send(request, on: &board)
    var schedule = self.schedule
    defer { self.schedule = schedule }
    if case .response(let response) = reply {
      // 410: the assignment is closed. 400: it will never be accepted.
      if holds(.receipt, isReceipt(response.status), on: &board) {
        schedule.succeeded(.report)
        return true
      }
      schedule.backOff(
        .report, because: .report, retryAfterSeconds: response.retryAfterSeconds, device: self, board: &board)
    } else {
      schedule.backOff(.report, because: .report, retryAfterSeconds: nil, device: self, board: &board)
    }
    return false
  }

  private func isReceipt(_ status: Int) -> Bool {
    if flaws.contains(.takesAnyAnswerForReceipt) { return true }
    return (200..<300).contains(status) || status == 410 && !flaws.contains(.retriesClosedReport)
      || status == 400 && !flaws.contains(.retriesRefusedReport)
  }

  private func sent(_ report: Report) -> Report {
    guard flaws.contains(.reportsWrongImage) else { return report }
    return Report(
      assignment: report.assignment, sequence: report.sequence, status: report.status, reason: report.reason,
      running: record.slotZero?.digest)
  }

  /// Flaws only: a lost report changes nothing on a correct device. True when the device rolled back.
  private mutating func reactToLostReport(_ report: Report, on board: inout Board) throws(Reset) -> Bool {
    if flaws.contains(.dropsReportAfterOneTry) { record.reports.removeFirst() }
    let isSuccessQueued = record.reports.contains { $0.status == .succeeded }
    guard flaws.contains(.rollsBackWhenReportIsLost), isSuccessQueued, let active = record.active
    else { return false }
    record.candidate = active
    record.active = active.other
    try rollBack(.none, on: &board)
    return true
  }
}

extension Report {
  /// The body of the POST.
  public var json: [UInt8] {
    var document = JSONObject()
    document["assignment"] = .integer(Int(assignment))
    document["sequence"] = .integer(Int(sequence))
    document["status"] = .string(status.rawValue)
    if reason != .none { document["reason"] = .string(reason.rawValue) }
    document["sha256"] = running.map { .string($0.hex) } ?? .null
    return Array(JSONValue.object(document).text(isPretty: false).utf8)
  }

  /// Reads a body; nil unless it is a report.
  public init?(json bytes: [UInt8]) {
    var limits = JSON.Limits()
    limits.bytes = 4096
    limits.depth = 4
    guard let root = try? JSON.parse(bytes, file: "report", limits: limits),
      let assignment = root["assignment"]?.integer.flatMap({ UInt32(exactly: $0) }),
      let sequence = root["sequence"]?.integer.flatMap({ UInt32(exactly: $0) }),
      let status = root["status"]?.string.flatMap(Status.init)
    else { return nil }
    let reason = root["reason"]?.string.flatMap(Reason.init) ?? .none
    let running = root["sha256"]?.string.flatMap(ImageDigest.init(hex:))
    self.init(assignment: assignment, sequence: sequence, status: status, reason: reason, running: running)
  }
}
