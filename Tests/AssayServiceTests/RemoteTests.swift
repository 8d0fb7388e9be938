import AssayFiles
import AssayTestSupport
import AssayUpdate
import Glibc
import Testing

@testable import AssayService

private let hasOpenSSL = unsafe access("/usr/bin/openssl", X_OK) == 0

struct RemoteTests {
  private static let mac = "24:6f:28:00:00:01"

  private static func server(_ tls: TestCertificate? = nil, bytes: Int = 30_000) throws -> ServiceServer {
    var core = ServiceCore()
    core.register(mac: mac, token: "secret")
    var random = SeededRandom(seed: 5)
    core.assign(random.bytes(bytes), version: ModelVersion(2, 0, 0), to: mac)
    return try ServiceServer(core, tls: tls)
  }

  private static func outcome(
    _ address: String, certificates: String? = nil, faults: [String] = []
  ) throws -> RemoteOutcome {
    var transport = RemoteTransport(try #require(ServiceAddress(address)))
    transport.certificates = certificates
    transport.limitSeconds = 5
    var replay = RemoteReplay(mac: mac, token: "secret")
    replay.slotBytes = 65_536
    replay.faults = try faults.map { try NetworkRule.read(phrase: $0) }
    return try #require(replay.run(on: transport) { _ in })
  }

  @Test(
    arguments: [
      [], ["artifact 1 cut 9000"], ["poll 1 status 503 retry 5 s", "artifact 1 flip 9000 1"],
      ["report 1 lose", "artifact 1 stall 50 %"],
    ])
  func `the simulated device updates from a real server`(faults: [String]) throws {
    let server = try Self.server()
    let outcome = try Self.outcome("http://127.0.0.1:\(server.port)", faults: faults)
    #expect(outcome.log == ["1 started", "1 succeeded"])
    #expect(outcome.violations == [] && outcome.isSettled && outcome.isReachable)
    #expect(outcome.chain.last == outcome.serves)
    #expect(server.withCore { $0.models.reports(of: Self.mac).map(\.status) } == [.started, .succeeded])
  }

  @Test(.enabled(if: hasOpenSSL, "openssl is not installed"))
  func `the same over TLS, and never with a certificate nobody vouches for`() throws {
    let folder = try AssayTestSupport.TemporaryFolder()
    let certificate = try TestCertificate.make(in: folder.path)
    let server = try Self.server(certificate)
    let good = try Self.outcome(
      "https://localhost:\(server.port)", certificates: certificate.certificatePath)
    #expect(good.log == ["1 started", "1 succeeded"])
    let stranger = try Self.outcome("https://localhost:\(server.port)")
    #expect(!stranger.isReachable && stranger.log.isEmpty)
    let plain = try Self.outcome("http://127.0.0.1:\(server.port)")
    #expect(!plain.isReachable)
  }

  @Test(.enabled(if: hasOpenSSL, "openssl is not installed"))
  func `faults happen inside TLS, where the relay ends it`() throws {
    let folder = try AssayTestSupport.TemporaryFolder()
    let certificate = try TestCertificate.make(in: folder.path)
    let server = try Self.server()
    let rules = try ["poll 1 status 503 retry 1 s", "artifact 1 cut 9000", "artifact 2 flip 50 1"].map {
      try NetworkRule.read(phrase: $0)
    }
    let relay = try FaultRelay(to: server.port, rules: rules, tls: certificate)
    let plain = try Self.outcome("http://127.0.0.1:\(relay.port)")
    #expect(!plain.isReachable && relay.traffic.requests == 0)
    let outcome = try Self.outcome(
      "https://localhost:\(relay.port)", certificates: certificate.certificatePath)
    #expect(outcome.log == ["1 started", "1 succeeded"])
    #expect(outcome.violations == [] && outcome.isSettled)
    #expect(relay.traffic.fired == ["status", "cut", "flip"])
  }

  @Test func `a relay does not start with a certificate that is none`() {
    let none = TestCertificate(certificatePath: "/dev/null", keyPath: "/dev/null")
    #expect(throws: ServiceError.certificate(path: "/dev/null")) { try FaultRelay(to: 1, tls: none) }
  }

  @Test func `a connection is closed when its answer has been read`() throws {
    let server = try Self.server()
    var transport = RemoteTransport(try #require(ServiceAddress("http://127.0.0.1:\(server.port)")))
    let before = try OpenDescriptors.count()
    for _ in 0..<150 { _ = transport.exchange(Request(step: .poll, url: "/nothing"), at: 0) }
    // Other tests open and close files meanwhile.
    #expect(try OpenDescriptors.count() < before + 100)
  }

  @Test func `nobody there is said, not judged`() throws {
    let outcome = try Self.outcome("http://127.0.0.1:1")
    #expect(!outcome.isReachable && outcome.polls <= 8)
    var transport = RemoteTransport(try #require(ServiceAddress("http://127.0.0.1:1")))
    _ = transport.exchange(Request(step: .poll, url: "/"), at: 0)
    #expect(transport.lastFailure == "cannot connect to 127.0.0.1:1: Connection refused")
  }

  @Test func `an image larger than the slot is refused before anything is fetched`() throws {
    let server = try Self.server(bytes: 70_000)
    let outcome = try Self.outcome("http://127.0.0.1:\(server.port)")
    #expect(outcome.log == ["1 refused:size"] && outcome.serves == "old" && outcome.artifactBytes == 0)
  }

  @Test func `the mock service keeps its own contract`() throws {
    let server = try Self.server()
    let address = "http://127.0.0.1:\(server.port)"
    let outcome = try Self.outcome(address)
    var probe = ContractProbe(
      RemoteTransport(try #require(ServiceAddress(address))), mac: Self.mac, token: "secret")
    let findings = probe.ask(outcome.manifest, outcome.lastReport)
    #expect(findings.map(\.row) == ["A03", "S06", "S03", "N01", "N02", "N03", "N04", "R06"])
    #expect(findings.filter { !$0.holds }.map(\.line) == [])
  }

  @Test(
    arguments: [
      ("http://h", "h", 80, ""), ("https://h/", "h", 443, ""), ("http://h:8080/a/b/", "h", 8080, "/a/b"),
      ("http://[::1]:81", "::1", 81, ""),
    ])
  func `addresses are read`(text: String, host: String, port: Int, base: String) throws {
    let address = try #require(ServiceAddress(text))
    #expect(address.host == host && address.port == port && address.base == base)
  }

  @Test(
    arguments: [
      "", "h", "ftp://h", "http://", "http://:80", "http://h:0", "http://h:65536", "http://h:x",
      "http://u@h", "http://h?q", "http://h x", "http://[::1", "http://[::1]x", "http://h\r\nX: y",
    ])
  func `what is no address is none`(text: String) { #expect(ServiceAddress(text) == nil) }

  @Test(
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000),
    ])
  func `dates are read`(text: String, seconds: Int64) { #expect(HTTPDate.seconds(text) == seconds) }

  @Test(arguments: ["", "now", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT"])
  func `what is no date is none`(text: String) { #expect(HTTPDate.seconds(text) == nil) }
}

/// Answers nobody vouches for.
struct HTTPReaderTests {
  private static func read(_ text: String, limit: Int = 100, step: Int = 1) throws -> HTTPReader.Answer {
    var reader = HTTPReader(bodyLimit: limit)
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: step) where !reader.isFinished {
      try reader.take(Array(bytes[start..<min(start + step, bytes.count)]))
    }
    return try reader.finish()
  }

  @Test(arguments: [1, 3, 1000])
  func `bodies are read however they arrive`(step: Int) throws {
    let counted = try Self.read(
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nETag: \"a\"\r\n\r\nabcde", step: step)
    #expect(counted.status == 200 && counted.body == Array("abc".utf8) && counted.ending == .complete)
    #expect(counted.fields["etag"] == "\"a\"")
    let chunked = try Self.read(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: x\r\n\r\n",
      step: step)
    #expect(chunked.body == Array("abc".utf8) && chunked.ending == .complete)
    let closed = try Self.read("HTTP/1.0 200 OK\n\nabc", step: step)
    #expect(closed.body == Array("abc".utf8) && closed.ending == .complete)
    let interim = try Self.read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 304 N\r\n\r\n", step: step)
    #expect(interim.status == 304)
  }

  @Test(
    arguments: [
      ("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nabc", HTTPReader.Ending.cut, 3),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", .cut, 3),
      ("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nabcdefghijkl", .tooLong, 10),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\nabcdefghijkl", .tooLong, 10),
      ("HTTP/1.1 200 OK\r\n\r\nabcdefghijkl", .tooLong, 10),
    ])
  func `a body that is cut or endless is bounded`(text: String, ending: HTTPReader.Ending, count: Int) throws
  {
    let answer = try Self.read(text, limit: 10)
    #expect(answer.ending == ending && answer.body.count == count)
  }

  @Test(
    arguments: [
      "", "HTTP/1.1", "nonsense\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 999 OK\r\n\r\n",
      "HTTP/2 200\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
      "HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 40_000),
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + String(repeating: "y", count: 2_000),
    ])
  func `what is not HTTP is refused`(text: String) {
    #expect(throws: HTTPReader.Failure.self) { try Self.read(text, step: 7) }
  }
}
