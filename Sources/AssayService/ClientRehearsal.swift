internal import AssayUpdate
internal import AssayFiles
internal import Glibc

/// Somebody's own updater, run against the service through a relay that misbehaves.
///
/// The contract with the client, by environment variables:
///
///     ASSAY_SERVICE_URL   http://127.0.0.1:PORT, the native contract of the model service
///     ASSAY_MAC           the device's name there
///     ASSAY_TOKEN         its token: Authorization: Bearer TOKEN
///     ASSAY_FLASH_IMAGE   a file that holds the old model; a successful update replaces its bytes
///
/// The client updates once and ends; it may report to the service. It runs in a process group of its
/// own and is killed after `limitSeconds`.
public struct ClientRehearsal: Sendable {
  public enum Case: String, Sendable, CaseIterable {
    case happyPath = "happy-path"
    /// The connections are reset inside the image, twice.
    case cutAndResume = "cut-and-resume"
    /// One bit of the image arrives changed.
    case flippedBit = "flipped-bit"
    /// The manifest names another digest than the image has.
    case wrongHash = "wrong-hash"
    /// 503 with Retry-After before the service answers.
    case overloaded
  }

  public struct Result: Sendable, Equatable {
    public let rehearsal: Case
    public let ending: ClientProcess.Ending
    /// `old`, `new` or `other`: what the flash image holds afterwards.
    public let serves: String
    /// The status log the service saw.
    public let log: [String]
    public let requests: Int
    /// Invariants that did not hold, in words.
    public let violations: [String]

    public var line: String {
      let verdict = violations.isEmpty ? "pass" : "FAIL"
      return "\(verdict) \(rehearsal.rawValue): serves \(serves), log \(log), \(requests) requests, \(ending)"
    }
  }

  public let command: [String]
  public var limitSeconds = 30
  /// Folder for the flash image; must exist.
  public let folder: String
  private static let mac = "24:6f:28:00:00:01"

  public init(_ command: [String], folder: String) {
    self.command = command
    self.folder = folder
  }

  /// Runs one case with images derived from the seed.
  public func run(_ rehearsal: Case, seed: UInt64 = 1) throws(ServiceError) -> Result {
    var random = SeededRandom(seed: seed)
    let old = random.bytes(40_000)
    let new = random.bytes(50_000)
    let flash = "\(folder)/flash-\(rehearsal.rawValue).img"
    do { try FileBytes.write(old, to: flash) } catch { throw .socket(call: "write \(flash)", error: EIO) }
    let server = try ServiceServer(core(rehearsal, new))
    let relay = try FaultRelay(to: server.port) { number in Self.fault(rehearsal, connection: number) }
    var process = ClientProcess(command)
    process.limitSeconds = limitSeconds
    process.environment = [
      "ASSAY_SERVICE_URL": "http://127.0.0.1:\(relay.port)", "ASSAY_MAC": Self.mac, "ASSAY_TOKEN": "token",
      "ASSAY_FLASH_IMAGE": flash,
    ]
    let ending = try process.run()
    let found = (try? FileBytes.read(flash, limit: 1 << 24)) ?? []
    let serves = found == new ? "new" : found == old ? "old" : "other"
    let log = server.withCore { $0.models.reports(of: Self.mac).map(\.status.rawValue) }
    let requests = server.withCore { $0.journal.entries.count }
    return Result(
      rehearsal: rehearsal, ending: ending, serves: serves, log: log, requests: requests,
      violations: Self.judge(rehearsal, ending, serves, log))
  }

  private func core(_ rehearsal: Case, _ new: [UInt8]) -> ServiceCore {
    var core = ServiceCore()
    core.register(mac: Self.mac, token: "token")
    var manifest = core.assign(new, version: ModelVersion(2, 0, 0), to: Self.mac)
    if rehearsal == .wrongHash {
      manifest.digest = ImageDigest(of: Array("another image".utf8))
      core.models.assign(manifest, to: Self.mac)
    }
    return core
  }

  /// Only answers as long as an image reach the byte at which a fault stands.
  private static func fault(_ rehearsal: Case, connection: Int) -> RelayFault {
    switch rehearsal {
    case .happyPath, .wrongHash: return .none
    case .cutAndResume: return connection <= 3 ? .cut(20_000) : .none
    case .flippedBit: return .flip(byte: 30_000, bit: 2)
    case .overloaded:
      let answer =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
      return connection <= 2 ? .answer(answer) : .none
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
    if ending == .timedOut { found.append("I3 did not end within its time limit") }
    let mustSucceed = rehearsal != .wrongHash && rehearsal != .flippedBit
    if mustSucceed, serves != "new", ending != .timedOut {
      found.append("I3 did not reach the assigned model")
    }
    if log.last == "succeeded", serves != "new" { found.append("I4 reports success without the new model") }
    if log.last == "failed", serves == "new" { found.append("I4 reports failure with the new model") }
    return found
  }
}
