// Requests and reports: how many, how soon, and whether they are true.

/// What the monitor remembers of the network.
struct Traffic {
  /// Times of the latest requests, oldest first, at most `burstLimit`.
  private var recent: [Int64] = []
  /// Moments before which a step was asked not to come back.
  private var notBefore: [Int64] = [0, 0, 0]
  /// Replies per assignment after which trying again is pointless.
  var hopeless: [UInt32: Int] = [:]
  /// Downloads from the first byte, per assignment.
  var starts: [UInt32: Int] = [:]
  /// Replies that excuse one more download from the first byte.
  var excuses = 0
  /// Where the bytes that arrived last stand in the image.
  var latestOffset = 0
  /// True while a body of another artifact continues the download.
  var isSpliced = false
  /// The tag of the answer that is being read, and of the one whose bytes are in the slot.
  var latestTag: String?
  var keptTag: String?
  /// The assignment whose manifest came with a tag last.
  var tagged: UInt32?
  /// Why the body that is being read must not cost an erase.
  var bodyProblem: String?
  /// Sectors of this body that came slower than the policy allows.
  var slowSectors = 0
  /// Progress saved since the last request for the image.
  var saves = 0
  /// The report that ended each assignment.
  var ends: [UInt32: UInt32] = [:]
  /// Deferrals that were told, by assignment and reason.
  var deferrals: [String: Int] = [:]
  var rhythm = Rhythm()
  /// True once a body was not what the service sent.
  var isCorrupted = false
  static let burstLimit = 48
  static let burstMicroseconds: Int64 = 60_000_000

  /// True when this request is one too many within a minute.
  mutating func isBurst(at time: Int64) -> Bool {
    recent.append(time)
    guard recent.count > Self.burstLimit else { return false }
    let oldest = recent.removeFirst()
    return time - oldest < Self.burstMicroseconds
  }

  func isTooSoon(_ step: Request.Step, at time: Int64) -> Bool { time < notBefore[Self.index(step)] }

  mutating func promise(_ step: Request.Step, notBefore time: Int64) { notBefore[Self.index(step)] = time }

  /// A reset: the device has forgotten, and is forgiven.
  mutating func forgetPromises() {
    notBefore = [0, 0, 0]
    recent = []
  }

  /// What an answer to a request for the image means for what follows.
  mutating func noteArtifact(_ response: Response, _ manifest: Manifest?, start: Int, recordedTag: String?) {
    isSpliced = response.status == 206 && response.tag != recordedTag
    latestTag = response.tag
    slowSectors = 0
    saves = 0
    bodyProblem = manifest.flatMap { Self.problem(response, $0, start: start) }
    // A portal, a slow or a broken connection: waiting may help. Wrong bytes are not an excuse.
    let isSlow = response.body.microsecondsPerKibibyte > 1_000_000
    let isGood = response.status == 200 || response.status == 206
    let isPortal = response.contentType == "text/html"
    if isSlow || isPortal || !isGood || response.body.ending != .complete { excuses += 1 }
  }

  /// What can be seen before the first byte of a body is written.
  private static func problem(_ response: Response, _ manifest: Manifest, start: Int) -> String? {
    let from = response.status == 206 ? start : 0
    if let range = response.contentRange, range.start != from || range.total != manifest.sizeBytes {
      return
        "erases for bytes \(range.start)... of \(range.total), wanted \(from)... of \(manifest.sizeBytes)"
    }
    if let length = response.contentLength, length != manifest.sizeBytes - from {
      return "erases for a body of \(length) bytes, wanted \(manifest.sizeBytes - from)"
    }
    let head = response.body.bytes.dropFirst(response.body.position).prefix(8)
    guard from == 0, !beginsRightly(Array(head), manifest.format) else { return nil }
    return "erases for bytes that are not a \(manifest.format)"
  }

  /// The identifiers of flatbuffers, at byte 4, looked up without the device's help.
  private static func beginsRightly(_ head: [UInt8], _ format: String) -> Bool {
    switch format {
    case "tflite": head.dropFirst(4).elementsEqual("TFL3".utf8)
    case "pte": head.count == 8 && head.dropFirst(4).starts(with: "ET".utf8)
    default: true
    }
  }

  private static func index(_ step: Request.Step) -> Int {
    switch step {
    case .poll: 0
    case .artifact: 1
    case .report: 2
    }
  }
}

extension InvariantMonitor {
  mutating func willSend(_ request: Request, flash: Flash, images: ImageJudge, at time: Int64) {
    if traffic.isBurst(at: time) {
      fail(.triesBounded, "more than \(Traffic.burstLimit) requests in a minute", at: time)
    }
    if traffic.isTooSoon(request.step, at: time) {
      fail(.triesBounded, "asks again before Retry-After is over", at: time)
    }
    judgeAddress(request, at: time)
    if let problem = traffic.rhythm.problem(request.step, at: time) { fail(.triesBounded, problem, at: time) }
    if let (invariant, problem) = pacing.problem(request.step, oracle.best?.record, at: time),
      !flash.hasDefects
    {
      fail(invariant, problem, at: time)
    }
    switch request.step {
    case .poll: judgePoll(request, at: time)
    case .artifact: judgeArtifactRequest(request, flash, images, at: time)
    case .report: judgeReport(request, flash, at: time)
    }
  }

  /// A device that has what it is assigned asks whether that changed, and no more.
  private mutating func judgePoll(_ request: Request, at time: Int64) {
    counters.polls += 1
    guard let record = oracle.best?.record, record.isSettled, record.active != nil,
      request.ifNoneMatch == nil,
      !record.manifestTag.isEmpty || traffic.tagged == record.assignment
    else { return }
    fail(.downloadsOnce, "asks for a manifest that it has, without its tag", at: time)
  }

  private mutating func judgeAddress(_ request: Request, at time: Int64) {
    guard !request.url.hasPrefix("/") else { return }
    if !request.url.hasPrefix("https://") {
      fail(.acceptsAuthentic, "follows a redirect without TLS", at: time)
    }
    if request.token != nil { fail(.acceptsAuthentic, "sends its token to another host", at: time) }
  }

  private mutating func judgeArtifactRequest(
    _ request: Request, _ flash: Flash, _ images: ImageJudge, at time: Int64
  ) {
    counters.artifactRequests += 1
    guard let manifest = truth?.manifest, let record = oracle.best?.record else { return }
    let wanted = manifest.digest
    judgeStart(request, manifest, images, flash, at: time)
    if failed.contains(wanted) { fail(.rollsBackExactly, "downloads an image that failed here", at: time) }
    for slot in SlotIndex.allCases {
      let isDescribed = record[slot]?.digest == wanted || held[slot] == wanted
      let found = isDescribed ? images.digest(of: flash, slot: slot, count: manifest.sizeBytes) : nil
      guard found == wanted else { continue }
      fail(.downloadsOnce, "downloads what slot \(slot.rawValue) holds", at: time)
    }
  }

  /// A resumed download continues bytes that are there; one from the start needs a reason.
  private mutating func judgeStart(
    _ request: Request, _ manifest: Manifest, _ images: ImageJudge, _ flash: Flash, at time: Int64
  ) {
    if let start = request.rangeStart {
      if request.ifRange == nil { fail(.acceptsAuthentic, "resumes without If-Range", at: time) }
      if let kept = traffic.keptTag, let asked = request.ifRange, kept != asked {
        fail(.acceptsAuthentic, "resumes under another tag than its bytes came with", at: time)
      }
      guard !traffic.isCorrupted, !flash.hasDefects, let slot = oracle.best?.record.candidate,
        let holds = images.slot(slot, of: flash, beginsWith: manifest.digest, count: start), !holds
      else { return }
      return fail(.switchesAtomically, "resumes after bytes that were never written", at: time)
    }
    traffic.starts[manifest.assignment, default: 0] += 1
    let excused = profile.policy.failureLimit + traffic.excuses + counters.resets
    if traffic.starts[manifest.assignment, default: 0] > excused {
      fail(.triesBounded, "fetches the image from the start again and again", at: time)
    }
  }

  /// Each assignment ends once, and a deferral is told once after each reset.
  private mutating func judgeRepetition(_ report: Report, _ flash: Flash, at time: Int64) {
    switch report.status {
    case .succeeded, .failed, .refused:
      if let ended = traffic.ends[report.assignment], ended != report.sequence, !flash.hasDefects {
        fail(.reportsTruth, "ends assignment \(report.assignment) twice", at: time)
      }
      traffic.ends[report.assignment] = report.sequence
    case .degraded:
      // What was damaged is installed again, and told again.
      traffic.ends = [:]
    case .deferred:
      let key = "\(report.assignment) \(report.reason.rawValue) \(report.sequence)"
      let told = "\(report.assignment) \(report.reason.rawValue)"
      guard traffic.deferrals[key] == nil else { return }
      traffic.deferrals[key] = 1
      traffic.deferrals[told, default: 0] += 1
      if traffic.deferrals[told, default: 0] > 1 + counters.resets {
        fail(.triesBounded, "tells the same deferral again and again", at: time)
      }
    case .started: break
    }
  }

  private mutating func judgeReport(_ request: Request, _ flash: Flash, at time: Int64) {
    counters.reportRequests += 1
    guard let report = Report(json: request.body) else {
      return fail(.reportsTruth, "sends a report nobody can read", at: time)
    }
    if let running = report.running, !confirmed.contains(running) {
      fail(.reportsTruth, "reports an unconfirmed image as running", at: time)
    }
    judgeRepetition(report, flash, at: time)
    if report.status == .degraded { owesDamageReport = false }
    guard report.status == .succeeded, let image = assigned[report.assignment] else { return }
    if !confirmed.contains(image) { fail(.reportsTruth, "reports success before it is confirmed", at: time) }
    if report.running != image {
      fail(.reportsTruth, "reports another image than the one that runs", at: time)
    }
  }

  mutating func didReceive(_ reply: Reply, to request: Request, at time: Int64) {
    pacing.didReceive(reply, to: request.step, oracle.best?.record, at: time)
    guard case .response(let response) = reply else {
      if request.step == .artifact { traffic.excuses += 1 }
      return
    }
    if let seconds = response.retryAfterSeconds, response.status == 429 || response.status >= 500 {
      let wait = min(max(0, seconds), profile.policy.pollLimitsSeconds.upperBound)
      traffic.promise(request.step, notBefore: time + Int64(wait) * 1_000_000)
    }
    switch request.step {
    case .poll where response.status == 200:
      noteTag(response)
      didReceiveManifest(response)
    case .artifact: didReceiveArtifact(response, request, at: time)
    default: break
    }
  }

  /// A settled device does not look at what it is told again, nor at its tag.
  private mutating func noteTag(_ response: Response) {
    guard let truth = response.truth, truth.isAuthentic, let manifest = truth.manifest,
      let record = oracle.best?.record, !record.isSettled || record.assignment != manifest.assignment
    else { return }
    traffic.tagged = response.tag == nil ? nil : manifest.assignment
  }

  private mutating func didReceiveManifest(_ response: Response) {
    truth = response.truth
    isAdmissionChecked = false
    guard let manifest = truth?.manifest, truth?.isAuthentic == true else { return }
    assigned[manifest.assignment] = manifest.digest
    manifests[manifest.assignment] = manifest
  }

  private mutating func didReceiveArtifact(_ response: Response, _ request: Request, at time: Int64) {
    if request.rangeStart != nil, response.status == 200 || response.status == 416 { counters.restarts += 1 }
    if response.isCorrupted { traffic.isCorrupted = true; counters.restarts += 1 }
    traffic.noteArtifact(
      response, truth?.manifest, start: request.rangeStart ?? 0,
      recordedTag: oracle.best?.record.download?.tag)
    guard let assignment = truth?.manifest?.assignment, response.status == 404 || response.status == 410
    else {
      return
    }
    traffic.hopeless[assignment, default: 0] += 1
    if traffic.hopeless[assignment, default: 0] > profile.policy.failureLimit + counters.resets {
      fail(.triesBounded, "asks for a missing image for ever", at: time)
    }
  }

  mutating func didReceiveBytes(
    _ count: Int, offset: Int, step: Request.Step, microseconds: Int64, at time: Int64
  ) {
    pacing.didReceiveBytes(of: step, at: time)
    guard step == .artifact else {
      if count > Manifest.limitBytes + 1 {
        fail(.triesBounded, "reads \(count) bytes of a manifest", at: time)
      }
      return
    }
    let slowest = Int64(profile.policy.slowestBytesPerSecond)
    if microseconds > 0, Int64(count) * 1_000_000 / microseconds < slowest { traffic.slowSectors += 1 }
    if traffic.slowSectors > 1 { fail(.triesBounded, "keeps reading a body that trickles", at: time) }
    counters.artifactBytes += count
    traffic.latestOffset = offset
  }

  /// At the end of a run: were the erases and the bytes on the wire worth it?
  ///
  /// `interruptions`: how often power or the network ended a download that could be resumed.
  /// `restarts`: how often an image that cannot succeed may be fetched again.
  mutating func judgeEffort(
    flash: Flash, imageBytes: Int, interruptions: Int, restarts: Int, at time: Int64
  ) {
    for slot in SlotIndex.allCases {
      let most = flash.erases[flash.geometry.sectors(of: slot)].max() ?? 0
      let downloads = counters.artifactRequests
      if Int(most) > downloads {
        fail(.triesBounded, "a sector was erased \(most) times in \(downloads) downloads", at: time)
      }
    }
    let lost = (profile.policy.sectorsBetweenSaves + 1) * FlashGeometry.sectorBytes
    let excused = counters.restarts + restarts
    let allowed = imageBytes * (1 + excused) + (interruptions + excused) * lost
    let fetched = counters.artifactBytes
    if fetched > allowed {
      fail(.downloadsOnce, "\(fetched) bytes fetched, at most \(allowed) needed", at: time)
    }
  }
}
