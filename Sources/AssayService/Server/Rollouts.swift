internal import AssayDocument
internal import AssayUpdate

// POST /api/v1/rollouts, /pause, /rollback: a version for the registered devices, in groups.
//
//     {"model": "digits", "version": "2.0.0", "groups": [10, 90], "successPercent": 90, "failurePercent": 10}

extension ServiceCore {
  mutating func rollOut(_ request: HTTPRequest, _ parts: [String]) -> HTTPResponse {
    guard request.method == "POST" else { return HTTPResponse(status: 405, text: "POST only") }
    guard request.headers["x-api-key"] != nil else {
      return HTTPResponse(status: 401, text: "X-API-KEY is missing")
    }
    guard role(request) == .publisher else {
      return HTTPResponse(status: 403, text: "this key may not roll out")
    }
    switch parts.dropFirst(3).joined(separator: "/") {
    case "": return begin(request)
    case "pause":
      rollout?.pause()
      return state()
    case "rollback":
      rollout?.rollBack()
      cancelOpenAssignments()
      return state()
    default: return HTTPResponse(status: 404, text: "no such resource")
    }
  }

  private mutating func begin(_ request: HTTPRequest) -> HTTPResponse {
    var limits = JSON.Limits()
    limits.bytes = 65_536
    limits.depth = 4
    do {
      let root = try JSON.parse(request.body, file: "rollout", limits: limits)
      guard let name = root["model"]?.string,
        let version = root["version"]?.string.flatMap(ModelVersion.init),
        let groups = root["groups"]?.array?.compactMap(\.integer),
        groups.allSatisfy({ $0 > 0 && $0 < 1 << 32 }),
        let success = root["successPercent"]?.integer, let failure = root["failurePercent"]?.integer,
        let rollout = Rollout(
          groupSizes: groups, successPercent: success, failurePercent: failure,
          silenceSeconds: Int64(clamping: root["silenceSeconds"]?.integer ?? 86_400))
      else {
        return HTTPResponse(status: 400, text: "model, version, groups, successPercent, failurePercent")
      }
      guard let image = uploads.image(name: name, version: version) else {
        return HTTPResponse(status: 404, text: "\(name) \(version) was never uploaded")
      }
      self.rollout = rollout
      rolloutManifest = makeManifest(ImageDigest(of: image), bytes: image, version: version, model: name)
      openGroups()
      return state()
    } catch {
      return HTTPResponse(status: 400, text: "\(error.errors.first.map(\.description) ?? "not JSON")")
    }
  }

  /// Assigns the version to every device of the groups that are open.
  mutating func openGroups() {
    guard let rollout, let manifest = rolloutManifest else { return }
    let count = rollout.groupSizes.prefix(rollout.openGroups).reduce(0) {
      $0.addingReportingOverflow($1).partialValue
    }
    for mac in fleet.prefix(max(0, count)) where models.manifest(of: mac)?.digest != manifest.digest {
      models.assign(manifest, to: mac)
    }
  }

  private mutating func cancelOpenAssignments() {
    guard let manifest = rolloutManifest else { return }
    for mac in fleet where models.manifest(of: mac)?.assignment == manifest.assignment {
      let isDone = models.reports(of: mac).contains {
        $0.assignment == manifest.assignment && $0.status.isFinal
      }
      if !isDone { models.cancelAssignment(of: mac) }
    }
  }

  /// A device's final report moves the rollout on.
  mutating func countReport(_ request: HTTPRequest, at microseconds: Int64) {
    let parts = request.path.split(separator: "/").map(String.init)
    guard parts.count == 5, let index = fleet.firstIndex(of: parts[3]), var rollout,
      let manifest = rolloutManifest
    else { return }
    let finals = models.reports(of: parts[3]).filter {
      $0.assignment == manifest.assignment && $0.status.isFinal
    }
    guard finals.count == 1, models.reports(of: parts[3]).last == finals.first, let group = group(of: index)
    else {
      return
    }
    rollout.count(success: finals[0].status == .succeeded, group: group, atSeconds: microseconds / 1_000_000)
    self.rollout = rollout
    if rollout.state == .rolledBack { cancelOpenAssignments() } else { openGroups() }
  }

  private func group(of index: Int) -> Int? {
    var end = 0
    for (group, size) in (rollout?.groupSizes ?? []).enumerated() {
      end += size
      if index < end { return group }
    }
    return nil
  }

  private func state() -> HTTPResponse {
    let text: String
    switch rollout?.state {
    case nil: text = "none"
    case .running(let group): text = "running group \(group + 1)"
    case .paused: text = "paused"
    case .rolledBack: text = "rolled back"
    case .finished: text = "finished"
    }
    var response = HTTPResponse(status: 200, body: Array("{\"state\":\"\(text)\"}\n".utf8))
    response.set("Content-Type", "application/json")
    return response
  }
}
