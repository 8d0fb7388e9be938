/// How long a device may be silent: a device that asks too late does not converge, one that asks too soon is a burden.
///
/// Bounds, not exact times: the delay that policy and service allow, with a quarter of jitter and a minute for what
/// the device does in between.
struct Pacing {
  /// A delay that began at `base`.
  private struct Wait {
    var base: Int64
    var shortestSeconds = 0
    var longestSeconds: Int

    var earliest: Int64 { base + Int64(shortestSeconds) * 1_000_000 }
    var latest: Int64 { base + Int64(longestSeconds) * 1_250_000 }
  }

  private let policy: DevicePolicy
  private var polls: Wait?
  private var reports: Wait?
  /// The download since the latest poll.
  private var download: Wait?
  /// True until a report is sent: what is written then is about the report.
  private var isDownloading = false
  /// Sectors that the record spoke of when the download went on, and what it is a download of.
  private var sectorsBefore = 0
  private var assignment: UInt32?
  private var pollFailures = 0
  private var reportFailures = 0
  /// Downloads in a row that came no further.
  private var downloadFailures = 0
  /// When the device did anything last.
  private var latestDeed: Int64 = 0
  private static let slackMicroseconds: Int64 = 60_000_000

  init(policy: DevicePolicy) { self.policy = policy }

  mutating func didBoot(at time: Int64) {
    self = Pacing(policy: policy)
    polls = Wait(base: time, longestSeconds: policy.bootJitterSeconds)
    latestDeed = time
  }

  /// Flash was written: a download that goes on is not silent.
  mutating func didOperate(at time: Int64) {
    latestDeed = max(latestDeed, time)
    if isDownloading { download?.base = time }
  }

  mutating func didReceiveBytes(of step: Request.Step, at time: Int64) {
    latestDeed = time
    switch step {
    case .poll: polls?.base = time
    case .artifact: download?.base = time
    case .report: break
    }
  }

  /// What is wrong with asking now; `record` is the one that decides.
  mutating func problem(_ step: Request.Step, _ record: DeviceRecord?, at time: Int64) -> (Invariant, String)?
  {
    defer { latestDeed = time }
    switch step {
    case .artifact: return nil
    case .report:
      isDownloading = false
      return reports.flatMap { judge($0, "reports", at: time) }
    case .poll:
      defer { download = nil }
      guard let record, let wait = waitForPoll(record) else { return nil }
      return judge(wait, "polls", at: time)
    }
  }

  /// A download that was interrupted goes on sooner than the next poll would come.
  private mutating func waitForPoll(_ record: DeviceRecord) -> Wait? {
    guard var download, record.phase == .downloading else {
      var wait = polls
      // A model that is damaged is asked for at once.
      if !record.isSettled, pollFailures == 0 { wait?.shortestSeconds = 0 }
      return wait
    }
    let isFurther = Int(record.download?.sectorsDone ?? 0) > sectorsBefore
    downloadFailures = isFurther ? 1 : downloadFailures + 1
    download.longestSeconds = max(download.longestSeconds, backoffSeconds(after: downloadFailures))
    return download
  }

  private func judge(_ wait: Wait, _ deed: String, at time: Int64) -> (Invariant, String)? {
    if time < wait.earliest {
      return (.triesBounded, "\(deed) again within \(wait.shortestSeconds) s")
    }
    let latest = max(wait.latest, latestDeed) + Self.slackMicroseconds
    guard time > latest else { return nil }
    let seconds = (time - wait.base) / 1_000_000
    return (
      .converges, "\(deed) after \(seconds) s of silence, \(wait.longestSeconds) s and jitter are allowed"
    )
  }

  private func backoffSeconds(after failures: Int) -> Int {
    min(policy.longestBackoffSeconds, policy.backoffSeconds << min(max(failures - 1, 0), 16))
  }
}

// What the answers allow.
extension Pacing {
  mutating func didReceive(_ reply: Reply, to step: Request.Step, _ record: DeviceRecord?, at time: Int64) {
    latestDeed = time
    var asked = 0
    if case .response(let response) = reply {
      asked = min(max(0, response.retryAfterSeconds ?? 0), policy.pollLimitsSeconds.upperBound)
    }
    switch step {
    case .poll: didReceivePoll(reply, asked, at: time)
    case .artifact: didReceiveArtifact(record, asked, at: time)
    case .report:
      if case .response(let response) = reply, Self.isReceipt(response.status) {
        reportFailures = 0
        reports = nil
      } else {
        reportFailures += 1
        reports = Wait(
          base: time, shortestSeconds: Self.isRedirection(reply) ? 0 : policy.backoffSeconds,
          longestSeconds: max(asked, backoffSeconds(after: reportFailures)))
      }
    }
  }

  private mutating func didReceivePoll(_ reply: Reply, _ asked: Int, at time: Int64) {
    guard case .response(let response) = reply, [200, 204, 304, 404].contains(response.status) else {
      pollFailures += 1
      polls = Wait(
        base: time, shortestSeconds: Self.isRedirection(reply) ? 0 : policy.backoffSeconds,
        longestSeconds: max(asked, backoffSeconds(after: pollFailures)))
      return
    }
    let limits = policy.pollLimitsSeconds
    let seconds = min(max(response.pollSeconds ?? policy.pollSeconds, limits.lowerBound), limits.upperBound)
    let isClear = response.status != 200 || Self.isReadable(response)
    pollFailures = isClear ? 0 : pollFailures + 1
    polls = Wait(
      base: time, shortestSeconds: isClear ? seconds : policy.backoffSeconds,
      longestSeconds: isClear ? seconds : max(seconds, backoffSeconds(after: pollFailures)))
  }

  private mutating func didReceiveArtifact(_ record: DeviceRecord?, _ asked: Int, at time: Int64) {
    if assignment != record?.assignment { downloadFailures = 0 }
    assignment = record?.assignment
    if download == nil { sectorsBefore = Int(record?.download?.sectorsDone ?? 0) }
    isDownloading = true
    download = Wait(base: time, shortestSeconds: policy.backoffSeconds, longestSeconds: asked)
  }

  /// True when nothing keeps a device from reading this manifest.
  private static func isReadable(_ response: Response) -> Bool {
    guard let truth = response.truth, truth.isAuthentic, truth.manifest != nil else { return false }
    return response.body.ending == .complete && response.body.remaining <= Manifest.limitBytes
  }

  private static func isRedirection(_ reply: Reply) -> Bool {
    guard case .response(let response) = reply else { return false }
    return (300..<400).contains(response.status)
  }

  private static func isReceipt(_ status: Int) -> Bool {
    (200..<300).contains(status) || status == 400 || status == 410
  }
}
