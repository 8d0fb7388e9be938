import AssayFiles
import AssayUpdate
import Glibc
import Testing

@testable import AssayService

private let hasCurl = unsafe access("/usr/bin/curl", X_OK) == 0

private func remove(_ path: String) { _ = unsafe unlink(path) }

/// Real sockets, a real client: Debian's curl.
@Suite(.serialized, .enabled(if: hasCurl, "curl is not installed"))
struct ServerTests {
  private static let image: [UInt8] = {
    var random = SeededRandom(seed: 11)
    return random.bytes(50_000)
  }()

  private static func server() throws -> (ServiceServer, Manifest) {
    var core = ServiceCoreTests.core()
    let manifest = core.assign(image, version: ModelVersion(2, 0, 0), to: ServiceCoreTests.mac)
    return (try ServiceServer(core), manifest)
  }

  /// Runs curl in a folder of its own; its exit code and the file it wrote.
  private static func curl(_ arguments: [String], file: String) throws -> (ClientProcess.Ending, [UInt8]) {
    var process = ClientProcess(["curl", "-s", "-S", "--max-time", "10"] + arguments + ["-o", file])
    process.limitSeconds = 30
    let ending = try process.run()
    return (ending, (try? FileBytes.read(file, limit: 1 << 24)) ?? [])
  }

  private static func temporary() -> String {
    "/tmp/assay-service-\(getpid())-\(UInt64.random(in: 0 ... .max))"
  }

  @Test func `curl downloads an image whole and in part`() throws {
    let (server, manifest) = try Self.server()
    let file = Self.temporary()
    defer { remove(file) }
    let url = "http://127.0.0.1:\(server.port)\(manifest.url)"
    #expect(try Self.curl([url], file: file) == (.exited(0), Self.image))
    #expect(try Self.curl(["-r", "100-199", url], file: file) == (.exited(0), Array(Self.image[100..<200])))
  }

  private static func relay(_ server: ServiceServer, _ fault: String) throws -> FaultRelay {
    try FaultRelay(to: server.port, rules: [try NetworkRule.read(phrase: fault)])
  }

  @Test func `curl resumes after the relay cut its connection`() throws {
    let (server, manifest) = try Self.server()
    let relay = try Self.relay(server, "artifact 1 cut 20000")
    let file = Self.temporary()
    defer { remove(file) }
    let url = "http://127.0.0.1:\(relay.port)\(manifest.url)"
    let (ending, part) = try Self.curl([url], file: file)
    #expect(ending != .exited(0))
    #expect(part == Array(Self.image.prefix(20_000)))
    #expect(try Self.curl(["-C", "-", url], file: file) == (.exited(0), Self.image))
    #expect(server.withCore { $0.journal.entries.map(\.status) }.suffix(1) == [206])
  }

  @Test func `a flipped bit passes curl and is caught by the digest`() throws {
    let (server, manifest) = try Self.server()
    let relay = try Self.relay(server, "artifact 1- flip 30000 2")
    let file = Self.temporary()
    defer { remove(file) }
    let (ending, found) = try Self.curl(["http://127.0.0.1:\(relay.port)\(manifest.url)"], file: file)
    #expect(ending == .exited(0))
    #expect(found.count == Self.image.count && ImageDigest(of: found) != manifest.digest)
  }

  @Test func `a stalled service ends curl by its own time limit`() throws {
    let (server, manifest) = try Self.server()
    let relay = try Self.relay(server, "artifact 1- stall 1000")
    let file = Self.temporary()
    defer { remove(file) }
    let url = "http://127.0.0.1:\(relay.port)\(manifest.url)"
    #expect(try Self.curl(["--max-time", "1", url], file: file).0 == .exited(28))
  }

  @Test func `an early 503 is answered instead of the service`() throws {
    let (server, manifest) = try Self.server()
    let relay = try Self.relay(server, "artifact 1- status 503 retry 30 s")
    let file = Self.temporary()
    defer { remove(file) }
    let url = "http://127.0.0.1:\(relay.port)\(manifest.url)"
    #expect(try Self.curl(["-f", url], file: file).0 == .exited(22))
    #expect(server.withCore { $0.journal.entries.count } == 0)
  }

  @Test func `curl -T uploads with a key, and a cut upload stores nothing`() throws {
    let (server, _) = try Self.server()
    let source = Self.temporary()
    let sink = Self.temporary()
    defer { remove(source); remove(sink) }
    try Self.write(Self.image, to: source)
    let url = "http://127.0.0.1:\(server.port)/api/v1/artifacts/digits/2.0.0/model.bin"
    let refused = try Self.curl(["-f", "-T", source, url], file: sink)
    #expect(refused.0 == .exited(22), "401 without a key")
    #expect(server.withCore { $0.uploads.digests.count } == 0)
    #expect(try Self.curl(["-f", "-H", "X-API-KEY: ci-key", "-T", source, url], file: sink).0 == .exited(0))
    #expect(
      server.withCore { $0.uploads.image(name: "digits", version: ModelVersion(2, 0, 0)) } == Self.image)
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    guard let file = unsafe fopen(path, "w") else { throw ServiceError.socket(call: "fopen", error: errno) }
    unsafe fwrite(bytes, 1, bytes.count, file)
    unsafe fclose(file)
  }

  @Test func `a port that is in use is said to be`() throws {
    let (server, _) = try Self.server()
    #expect(throws: ServiceError.portInUse(port: server.port)) {
      try ServiceServer(ServiceCore(), port: server.port)
    }
    #expect(throws: ServiceError.portInUse(port: server.port)) {
      try FaultRelay(to: 1, port: server.port)
    }
    #expect(throws: ServiceError.portInUse(port: 70_000)) { try ServiceServer(ServiceCore(), port: 70_000) }
  }
}

struct ClientProcessTests {
  @Test(arguments: [
    ("exit 0", ClientProcess.Ending.exited(0)), ("exit 7", .exited(7)), ("kill -9 $$", .signalled(9)),
  ])
  func `a client's ending is told`(script: String, ending: ClientProcess.Ending) throws {
    #expect(try ClientProcess(["sh", "-c", script]).run() == ending)
  }

  @Test func `a client that never ends is killed with its children`() throws {
    var process = ClientProcess(["sh", "-c", "sleep 1000 & sleep 1000"])
    process.limitSeconds = 1
    #expect(try process.run() == .timedOut)
  }

  @Test(arguments: ["(sleep 1000; echo) &", "setsid sh -c 'sleep 1000' & sleep 0.1", "setsid -f sleep 1000"])
  func `children that outlive their client are ended with it`(script: String) throws {
    let folder = try TemporaryFolder()
    var process = ClientProcess(["sh", "-c", script])
    process.environment = [ClientProcess.marker: folder.path]
    #expect(try process.run() == .exited(0))
    #expect(ClientProcess.processes(marked: folder.path) == [])
  }

  @Test func `a client that fills its scratch folder is ended`() throws {
    let folder = try TemporaryFolder()
    var process = ClientProcess(["sh", "-c", "mkdir -p $D/a/b; yes > $D/a/b/c"])
    process.environment = ["D": folder.path]
    process.watchedFolder = folder.path
    process.watchedLimitBytes = 1 << 20
    #expect(try process.run() == .outgrew)
  }

  @Test func `a program that does not exist is an error`() {
    #expect(throws: ServiceError.self) { try ClientProcess(["/nonexistent/updater"]).run() }
  }
}
