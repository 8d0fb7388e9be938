public import AssayUpdate
internal import Glibc

/// Somebody's own updater, run through rows of scenario files against the service, behind a relay to
/// which the rows' faults happen.
///
///     let rehearsal = ClientRehearsal(["sh", "-c", "scripts/ota-client-curl"])
///     let result = try rehearsal.run(row)         // result.violations
///
/// The contract with the client, by environment variables, is in `docs/ota.md`. A run of the client is
/// one attempt to update; it is run again until it has converged, at most `runLimit` times.
public struct ClientRehearsal: Sendable {
  public let command: [String]
  /// Time for one run of the client; a row may take three times as much.
  public var limitSeconds = 60
  /// How the model is wrapped for this client.
  public var package = ModelPackage.raw
  /// File that gets what the client prints.
  public var outputPath: String?
  /// Runs of the client within which it must converge.
  public var runLimit = 12
  /// The longest Retry-After that is told: it is waited for in real time.
  public static let longestRetrySeconds = 2

  public init(_ command: [String]) { self.command = command }

  /// What of a row this client can be asked.
  public var form: ClientForm { package == .raw ? .native : .packaged }

  /// Runs the client through one row.
  public func run(_ row: ClientRow) throws(ServiceError) -> Result {
    let old = row.image("old")?.bytes ?? []
    var random = SeededRandom(seed: 1, purpose: 0x2000)
    let bench = try ClientBench.make(old: old, neighbour: random.bytes(4_096))
    let order = ModelPackage.Order(version: "", path: bench.image, folder: bench.scratch)
    let delivery = try ClientDelivery(row, package, order)
    let server = try ServiceServer(core(row, delivery))
    let events = delivery.events
    let relay = try FaultRelay(
      to: server.port, rules: row.rules, longestRetrySeconds: Self.longestRetrySeconds
    ) { step, occurrence, _ in server.apply(events, at: step, occurrence) }
    var session = ClientSession(row: row, delivery: delivery, server: server, relay: relay)
    let begun = ContinuousClock.now
    while session.runs < runLimit, ContinuousClock.now - begun < .seconds(3 * limitSeconds) {
      if let wait = relay.retryAfter { Self.sleep(wait) }
      session.begin(bench)
      let ending = try process(bench, row, port: relay.port).run()
      if relay.traffic.requests == 0, let error = notStarted(ending) {
        throw .spawn(command: command.last ?? "", error: error)
      }
      session.end(ending, bench)
      if session.isDone { break }
    }
    return session.result(bench)
  }

  /// What a shell says of a program that is not there, or is none.
  private func notStarted(_ ending: ClientProcess.Ending) -> Int32? {
    guard command.first == "sh" else { return nil }
    return switch ending {
    case .exited(127): ENOENT
    case .exited(126): EACCES
    default: nil
    }
  }

  private static func sleep(_ duration: Duration) {
    let milliseconds = min(max(duration / .milliseconds(1), 0), 60_000)
    usleep(UInt32(milliseconds) * 1000)
  }

  private func process(_ bench: borrowing ClientBench, _ row: ClientRow, port: Int) -> ClientProcess {
    var process = ClientProcess(command)
    process.limitSeconds = limitSeconds
    process.outputPath = outputPath
    process.watchedFolder = bench.root
    process.environment = Self.environment(bench, row.profile, port: port)
    return process
  }

  /// What a client is told (`docs/ota.md`).
  static func environment(
    _ bench: borrowing ClientBench, _ profile: DeviceProfile, port: Int
  ) -> [String: String] {
    [
      "ASSAY_SERVICE_URL": "http://127.0.0.1:\(port)", "ASSAY_MAC": profile.mac,
      "ASSAY_TOKEN": profile.token, "ASSAY_FLASH_IMAGE": bench.image, "ASSAY_SCRATCH": bench.scratch,
      "TMPDIR": bench.scratch, "HOME": bench.scratch,
      "ASSAY_CERTIFICATE": "\(bench.scratch)/certificate.pem",
      "ASSAY_RUNNING_VERSION": "1.0.0", "ASSAY_SLOT_BYTES": "\(profile.slotBytes)",
      "ASSAY_ARENA_BYTES": "\(profile.arenaBytes)", "ASSAY_TARGET": profile.target,
      "ASSAY_CONTRACT": profile.contract, "ASSAY_RUNTIME": "\(profile.runtime)",
      "ASSAY_FORMATS": profile.formats.joined(separator: " "),
      "ASSAY_SIGNING_KEY": profile.keys.map { "\($0.name)=\($0.hexadecimalSecret)" }.first ?? "",
    ]
  }

  private func core(_ row: ClientRow, _ delivery: ClientDelivery) -> ServiceCore {
    var core = ServiceCore()
    core.models.epochSeconds = Int64(time(nil))
    core.register(mac: row.profile.mac, token: row.profile.token)
    core.artifactName = package.fileName
    for artifact in delivery.artifacts { core.models.store(artifact) }
    core.assign(inTurn: delivery.manifests, to: row.profile.mac)
    return core
  }
}

// What came of it.
extension ClientRehearsal {
  public struct Result: Sendable, Equatable {
    /// Name of the row.
    public let row: String
    /// `file:line:column` of the row.
    public let place: String
    /// How the client's last run ended.
    public let ending: ClientProcess.Ending
    /// How often it was run.
    public let runs: Int
    /// `old`, `new`, `other`, or `damaged` for anything else: what the flash image holds afterwards.
    public let serves: String
    /// The status log the service saw: `1 started`, `1 succeeded`.
    public let log: [String]
    /// What went through the relay.
    public let traffic: RelayTraffic
    /// Faults and events whose requests this client never made: they decide nothing.
    public let unmet: [String]
    /// Invariants that did not hold, in words.
    public let violations: [String]

    /// `cut-and-resume: new, succeeded, 2 runs, 31 kB`, after a verdict at most 80 columns.
    public var line: String {
      let told = log.last.map { ", \($0.split(separator: " ").last ?? "")" } ?? ""
      let size = (traffic.artifactBytes + 999) / 1000
      return "\(row): \(serves)\(told), \(runs) \(runs == 1 ? "run" : "runs"), \(size) kB"
    }

    /// More of it, for `-v`.
    public var details: [String] {
      func list(_ items: [String]) -> String { items.isEmpty ? "none" : items.joined(separator: " > ") }
      let counts = Request.Step.allCases.map { "\(traffic.counts[$0, default: 0]) \($0.rawValue)" }
      return [
        "faults \(list(traffic.fired))", "reports \(list(log))",
        "requests \(counts.joined(separator: ", ")), \(traffic.others) others; last run: \(ending)",
      ]
    }
  }
}
