internal import AssayUpdate
internal import Glibc

/// Somebody's own updater, run against the service through a relay that misbehaves.
///
/// The contract with the client, by environment variables (`docs/ota.md` has the whole of it):
///
///     ASSAY_SERVICE_URL   http://127.0.0.1:PORT: the native contract, and DDI under /default/controller/v1
///     ASSAY_MAC           the device's name there
///     ASSAY_TOKEN         its token: Authorization: Bearer TOKEN, or TargetToken TOKEN
///     ASSAY_FLASH_IMAGE   a file that holds the old model; a successful update replaces its bytes
///     ASSAY_SCRATCH       a folder for whatever else it writes; also TMPDIR and HOME
///     ASSAY_CERTIFICATE   the certificate a signed package is verified with (PEM)
///
/// The client updates once and ends; it may report to the service. It runs in a process group of its
/// own and is killed after `limitSeconds`.
public struct ClientRehearsal: Sendable {
  public enum Case: String, Sendable, CaseIterable {
    case happyPath = "happy-path"
    /// The connections are reset inside the image, three times.
    case cutAndResume = "cut-and-resume"
    /// One bit of the image arrives changed.
    case flippedBit = "flipped-bit"
    /// The manifest names another digest than the image has.
    case wrongHash = "wrong-hash"
    /// 503 with Retry-After before the service answers.
    case overloaded
  }

  public let command: [String]
  public var limitSeconds = 60
  /// How the model is wrapped for this client.
  public var package = ModelPackage.raw
  /// File that gets what the client prints.
  public var outputPath: String?
  private static let mac = "24:6f:28:00:00:01"

  public init(_ command: [String]) { self.command = command }

  /// Runs one case with images derived from the seed.
  public func run(_ rehearsal: Case, seed: UInt64 = 1) throws(ServiceError) -> Result {
    var random = SeededRandom(seed: seed)
    let old = random.bytes(40_000)
    let new = random.bytes(50_000)
    let bench = try ClientBench.make(old: old, neighbour: random.bytes(4_096))
    let server = try ServiceServer(core(rehearsal, new, bench))
    let relay = try FaultRelay(to: server.port) { number in Self.fault(rehearsal, connection: number) }
    let ending = try process(bench, port: relay.port).run()
    let log = server.withCore { $0.models.reports(of: Self.mac).map(\.status.rawValue) }
    let (requests, imageBytes) = server.withCore { core in
      (core.journal.entries.count, core.journal.artifactBytes)
    }
    let serves = bench.serves(new)
    return Result(
      rehearsal: rehearsal, ending: ending, serves: serves, log: log, requests: requests,
      artifactBytes: imageBytes,
      violations: Self.judge(rehearsal, ending, serves, log) + bench.trespasses)
  }

  private func process(_ bench: borrowing ClientBench, port: Int) -> ClientProcess {
    var process = ClientProcess(command)
    process.limitSeconds = limitSeconds
    process.outputPath = outputPath
    process.watchedPath = bench.image
    process.environment = [
      "ASSAY_SERVICE_URL": "http://127.0.0.1:\(port)", "ASSAY_MAC": Self.mac, "ASSAY_TOKEN": "token",
      "ASSAY_FLASH_IMAGE": bench.image, "ASSAY_SCRATCH": bench.scratch, "TMPDIR": bench.scratch,
      "HOME": bench.scratch, "ASSAY_CERTIFICATE": "\(bench.scratch)/certificate.pem",
    ]
    return process
  }

  private func core(
    _ rehearsal: Case, _ new: [UInt8], _ bench: borrowing ClientBench
  ) throws(ServiceError) -> ServiceCore {
    var core = ServiceCore()
    core.register(mac: Self.mac, token: "token")
    core.artifactName = package.fileName
    let isWrong = rehearsal == .wrongHash
    let version = ModelVersion(2, 0, 0)
    var order = ModelPackage.Order(version: "\(version)", path: bench.image, folder: bench.scratch)
    order.isWrong = isWrong && package == .mender
    let image = try package.wrap(new, order)
    var manifest = core.assign(image, version: version, to: Self.mac)
    if isWrong, package != .mender {
      // The digests of another image, beside the way to this one.
      manifest.digest = core.models.store(Array("another image".utf8))
      core.models.assign(manifest, to: Self.mac)
    }
    return core
  }

  /// Only answers as long as an image reach the byte at which a fault stands.
  private static func fault(_ rehearsal: Case, connection: Int) -> RelayFault {
    switch rehearsal {
    case .happyPath, .wrongHash: return .none
    case .cutAndResume: return connection <= 4 ? .cut(20_000) : .none
    case .flippedBit: return .flip(byte: 30_000, bit: 2)
    case .overloaded:
      let answer =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
      return connection <= 2 ? .answer(answer) : .none
    }
  }
}

// What came of it.
extension ClientRehearsal {
  public struct Result: Sendable, Equatable {
    public let rehearsal: Case
    public let ending: ClientProcess.Ending
    /// `old`, `new` or `other`: what the flash image holds afterwards.
    public let serves: String
    /// The status log the service saw.
    public let log: [String]
    public let requests: Int
    /// Bytes of the image that the service sent, all requests together.
    public let artifactBytes: Int
    /// Invariants that did not hold, in words.
    public let violations: [String]

    /// `pass cut-and-resume: serves new, log started > succeeded, 7 requests, 61234 bytes, exit 0`
    public var line: String {
      let verdict = violations.isEmpty ? "pass" : "FAIL"
      let told = log.isEmpty ? "nothing" : log.joined(separator: " > ")
      return
        "\(verdict) \(rehearsal.rawValue): serves \(serves), log \(told), \(requests) requests, "
        + "\(artifactBytes) bytes, \(ending)"
    }
  }

  private static func judge(
    _ rehearsal: Case, _ ending: ClientProcess.Ending, _ serves: String, _ log: [String]
  ) -> [String] {
    var found: [String] = []
    if serves == "other" { found.append("I1 the flash image holds neither the old nor the new model") }
    if rehearsal == .wrongHash, serves == "new" {
      found.append("I2 installed an image its manifest does not name")
    }
    switch ending {
    case .timedOut: found.append("I3 did not end within its time limit")
    case .signalled(let signal): found.append("I3 the client was killed by signal \(signal)")
    case .outgrew: found.append("I6 writes without end")
    case .exited: break
    }
    let mustSucceed = rehearsal != .wrongHash && rehearsal != .flippedBit
    if mustSucceed, serves != "new", ending != .timedOut {
      found.append("I3 did not reach the assigned model")
    }
    if log.last == "succeeded", serves != "new" { found.append("I4 reports success without the new model") }
    if log.last == "failed", serves == "new" { found.append("I4 reports failure with the new model") }
    return found
  }
}
