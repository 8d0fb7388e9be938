import AssayUpdate
import Glibc
import Synchronization
import Testing

@testable import AssayService

/// What arrives at a client is exactly what the fault says.
struct RelayTests {
  static let mac = "24:6f:28:00:00:01"
  static let image: [UInt8] = {
    var random = SeededRandom(seed: 21)
    return random.bytes(10_000)
  }()

  struct Bench {
    let server: ServiceServer
    let relay: FaultRelay
    let artifact: String
    let poll = "GET /api/v1/devices/\(RelayTests.mac)/model"
    let report = "POST /api/v1/devices/\(RelayTests.mac)/reports"
    let token = "Authorization: Bearer token"
  }

  static func bench(_ faults: [String]) throws -> Bench {
    var core = ServiceCore()
    core.register(mac: mac, token: "token")
    let manifest = core.assign(image, version: ModelVersion(2, 0, 0), to: mac)
    let server = try ServiceServer(core)
    let rules = try faults.map { try NetworkRule.read(phrase: $0) }
    return Bench(
      server: server, relay: try FaultRelay(to: server.port, rules: rules), artifact: "GET \(manifest.url)")
  }

  struct Expectation: Sendable, CustomTestStringConvertible {
    var faults: [String]
    var fields: [String] = []
    var status = 200
    var body: [UInt8] = RelayTests.image
    var ending = RawClient.Ending.open
    /// Header fields that must be as written; empty for one that must be missing.
    var header: [String: String] = [:]

    var testDescription: String { faults.joined(separator: ", ") + fields.joined() }
  }

  static func flipped(_ byte: Int, _ bit: Int) -> [UInt8] {
    var bytes = image
    bytes[byte] ^= 1 << UInt8(bit)
    return bytes
  }

  static let page = Array("<html><body><h1>503</h1>please log in</body></html>\n".utf8)
  static let part = ["Range: bytes=4000-"]
  static let tag = "\"\(ImageDigest(of: image).hex.prefix(32))\""

  static let table: [Expectation] = [
    Expectation(faults: [], header: ["content-length": "10000", "etag": tag]),
    Expectation(faults: ["artifact 2 cut 0"]),
    Expectation(faults: ["artifact 1 cut 0"], body: [], ending: .reset),
    Expectation(faults: ["artifact 1 cut 1"], body: Array(image.prefix(1)), ending: .reset),
    Expectation(faults: ["artifact 1 cut 50 %"], body: Array(image.prefix(5_000)), ending: .reset),
    Expectation(
      faults: ["artifact 1 cut 100"], fields: part, status: 206, body: Array(image[4_000..<4_100]),
      ending: .reset, header: ["content-range": "bytes 4000-9999/10000"]),
    Expectation(faults: ["artifact 1 stall 9999"], body: Array(image.prefix(9_999)), ending: .open),
    Expectation(faults: ["artifact 1 throttle 100000"]),
    Expectation(faults: ["artifact 1 flip 0 7"], body: flipped(0, 7)),
    Expectation(faults: ["artifact 1 flip 60 % 3"], body: flipped(6_000, 3)),
    Expectation(faults: ["artifact 1 wrong-bytes"], body: flipped(5_000, 3)),
    Expectation(
      faults: ["artifact 1 status 503 retry 7 s"], status: 503, body: page,
      header: ["retry-after": "7", "etag": "", "content-type": "text/html"]),
    Expectation(faults: ["artifact 1 status 204"], status: 204, body: []),
    Expectation(faults: ["artifact 1 not-modified"], status: 304, body: []),
    Expectation(
      faults: ["artifact 1 captive-portal"],
      body: Array("<html><body><h1>200</h1>please log in</body></html>\n".utf8),
      header: ["content-type": "text/html"]),
    Expectation(faults: ["artifact 1 ignore-range"], fields: part, header: ["content-range": ""]),
    Expectation(
      faults: ["artifact 1 wrong-range"], fields: part, status: 206, body: Array(image[4_001...]),
      header: ["content-range": "bytes 4001-9999/10000", "content-length": "5999"]),
    Expectation(faults: [], fields: part + ["If-Range: \(tag)"], status: 206, body: Array(image[4_000...])),
    Expectation(
      faults: ["artifact 1 replace"], fields: part + ["If-Range: \(tag)"],
      body: Array(image.prefix(8)) + image.dropFirst(8).map { ~$0 }, header: ["etag": "\"replaced\""]),
    Expectation(
      faults: ["artifact 1 splice"], fields: part + ["If-Range: \"another\""], status: 206,
      body: image[4_000...].map { ~$0 }, header: ["etag": "\"replaced\""]),
    Expectation(
      faults: ["artifact 1 wrong-length 5"], ending: .closed, header: ["content-length": "10005"]),
    Expectation(
      faults: ["artifact 1 missing-bytes 7"], body: Array(image.dropLast(7)), ending: .closed,
      header: ["content-length": "10000"]),
    Expectation(
      faults: ["artifact 1 extra-bytes 3", "artifact 1 chunked"], body: image + [0xA5, 0xA5, 0xA5],
      header: ["transfer-encoding": "chunked", "content-length": ""]),
    Expectation(
      faults: ["artifact 1 chunked", "artifact 1 cut 5000"], body: Array(image.prefix(5_000)), ending: .reset,
      header: ["transfer-encoding": "chunked"]),
    Expectation(faults: ["artifact 1 body hello"], body: Array("hello".utf8)),
    Expectation(faults: ["artifact 1 flood 70000"], body: [UInt8](repeating: 0x20, count: 70_000)),
  ]

  @Test(arguments: table)
  func `what arrives is what the fault says`(expected: Expectation) throws {
    let bench = try Self.bench(expected.faults)
    let client = try RawClient(port: bench.relay.port)
    client.ask(bench.artifact, expected.fields)
    let (answer, ending) = try client.answer(held: expected.body.count)
    #expect(answer.status == expected.status)
    #expect(answer.body == expected.body)
    #expect(ending == expected.ending)
    for (name, value) in expected.header { #expect(answer.fields[name] ?? "" == value, "\(name)") }
  }

  @Test(arguments: [
    ("artifact 1 reset", RawClient.Ending.reset, 0), ("artifact 1 timeout", .open, 0),
    ("artifact 1 lose", .reset, 1),
  ])
  func `where nothing arrives, the service is asked only when the answer is lost`(
    fault: String, ending: RawClient.Ending, requests: Int
  ) throws {
    let bench = try Self.bench([fault])
    let client = try RawClient(port: bench.relay.port)
    client.ask(bench.artifact)
    let found = client.receive(silence: ending == .open ? 100 : 10_000)
    #expect(found.bytes == [] && found.ending == ending)
    #expect(bench.server.withCore { $0.journal.entries.count } == requests)
  }

  @Test func `requests of one connection are counted by their step`() throws {
    let bench = try Self.bench([
      "poll 2 status 500", "artifact 2 flip 5 0", "report 1 status 503 retry 1 s", "artifact 3 cut 10",
    ])
    let client = try RawClient(port: bench.relay.port)
    let body = "{\"assignment\":1,\"sequence\":1,\"status\":\"started\"}"
    var statuses: [Int] = []
    for line in [bench.poll, bench.artifact, bench.poll, bench.artifact, bench.poll] {
      client.ask(line, [bench.token])
      statuses.append(try client.answer().answer.status)
    }
    for _ in 0..<2 {
      client.ask(bench.report, [bench.token, "Content-Length: \(body.utf8.count)"])
      client.send(body)
      statuses.append(try client.answer().answer.status)
    }
    #expect(statuses == [200, 200, 500, 200, 200, 503, 200])
    client.ask(bench.artifact)
    let (answer, ending) = try client.answer()
    #expect(answer.body == Array(Self.image.prefix(10)) && ending == .reset)
    #expect(bench.relay.traffic.counts == [.poll: 3, .artifact: 3, .report: 2])
    #expect(bench.relay.traffic.fired == ["status", "flip", "status", "cut"])
    #expect(bench.relay.traffic.hurried == 1)
  }

  @Test func `requests sent at once are answered in their order`() throws {
    let bench = try Self.bench(["artifact 2 status 404"])
    let client = try RawClient(port: bench.relay.port)
    let one = "\(bench.artifact) HTTP/1.1\r\nHost: t\r\nRange: bytes=9990-\r\n\r\n"
    client.send(one + one + one.replacing("Host: t", with: "Host: t\r\nConnection: close"))
    var reader = HTTPReader(bodyLimit: 1 << 20)
    let (bytes, ending) = client.receive()
    var rest = bytes
    var found: [Int] = []
    while !rest.isEmpty {
      reader = HTTPReader(bodyLimit: 1 << 20)
      try reader.take(rest)
      guard reader.isFinished else { break }
      found.append(reader.message.status)
      rest = reader.rest
    }
    #expect(found == [206, 404, 206] && ending == .closed)
  }

  @Test func `DDI is told apart by its URLs, and its links lead through the relay`() throws {
    let bench = try Self.bench(["poll 2 status 503", "artifact 1 cut 9", "report 1 lose"])
    let base = "/default/controller/v1/\(Self.mac)"
    let token = "Authorization: TargetToken token"
    var client = try RawClient(port: bench.relay.port)
    client.ask("GET \(base)", [token])
    let links = String(decoding: try client.answer().answer.body, as: UTF8.self)
    #expect(links.contains("http://test\(base)/deploymentBase/1"))
    client.ask("GET \(base)/deploymentBase/1", [token])
    #expect(try client.answer().answer.status == 200)
    client.ask("GET \(base)", [token])
    #expect(try client.answer().answer.status == 503)
    client.ask("HEAD \(base)/softwaremodules/1/artifacts/model.bin", [token])
    #expect(try client.answer(.answerToHead).answer.status == 200)
    client.ask("GET \(base)/softwaremodules/1/artifacts/model.bin", [token])
    #expect(try client.answer().answer.body.count == 9)
    client = try RawClient(port: bench.relay.port)
    let body = "{\"id\":\"1\",\"status\":{\"execution\":\"closed\",\"result\":{\"finished\":\"success\"}}}"
    client.ask("POST \(base)/deploymentBase/1/feedback", [token, "Transfer-Encoding: chunked"])
    client.send("\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n")
    #expect(client.receive().ending == .reset)
    #expect(bench.server.withCore { $0.models.reports(of: Self.mac).map(\.status) } == [.succeeded])
    #expect(bench.relay.traffic.counts == [.poll: 2, .artifact: 1, .report: 1])
  }

  @Test func `a redirection leads to the same service under another name`() throws {
    let bench = try Self.bench(["artifact 1-3 redirect-loop https://cdn.example/m"])
    let client = try RawClient(port: bench.relay.port)
    let authority = "127.0.0.1:\(bench.relay.port)"
    client.send("\(bench.artifact) HTTP/1.1\r\nHost: \(authority)\r\n\r\n")
    let first = try client.answer().answer
    let path = bench.artifact.dropFirst(4)
    #expect(first.fields["location"] == "http://localhost:\(bench.relay.port)/assay-redirect/1\(path)")
    client.ask("GET /assay-redirect/1\(path)")
    #expect(try client.answer().answer.fields["location"] == "http://test/assay-redirect/2\(path)")
    client.send("GET /assay-redirect/2\(path) HTTP/1.1\r\nHost: localhost:1\r\n\(bench.token)\r\n\r\n")
    #expect(try client.answer().answer.status == 302)
    client.ask("GET /assay-redirect/3\(path)")
    #expect(try client.answer().answer.body == Self.image)
    #expect(bench.relay.traffic.leaks == 1)
  }

  @Test func `a manifest is tampered with and replayed`() throws {
    let bench = try Self.bench(["poll 2 tamper version 9.9.9", "poll 3 replay", "poll 4 tamper key somebody"])
    let client = try RawClient(port: bench.relay.port)
    var manifests: [Manifest] = []
    for _ in 0..<4 {
      client.ask(bench.poll, [bench.token])
      manifests.append(try #require(Manifest(json: try client.answer().answer.body)))
    }
    #expect(manifests[1].version == ModelVersion(9, 9, 9) && manifests[1].signature == manifests[0].signature)
    #expect(manifests[2] == manifests[0])
    #expect(manifests[3].signature.contains(":somebody:"))
  }

  @Test func `events happen just before the request they name`() throws {
    let seen = Recorder()
    let bench = try Self.bench([])
    let relay = try FaultRelay(to: bench.server.port, rules: []) { step, number, _ in
      seen.add("\(step.rawValue) \(number)")
      if step == .poll, number == 2 {
        bench.server.withCore { $0.models.cancelAssignment(of: Self.mac) }
      }
    }
    let client = try RawClient(port: relay.port)
    var statuses: [Int] = []
    for _ in 0..<3 {
      client.ask(bench.poll, [bench.token])
      statuses.append(try client.answer().answer.status)
    }
    #expect(statuses == [200, 204, 204] && seen.all == ["poll 1", "poll 2", "poll 3"])
  }
}

private final class Recorder: Sendable {
  private let lines = Mutex<[String]>([])

  func add(_ line: String) { lines.withLock { $0.append(line) } }
  var all: [String] { lines.withLock { $0 } }
}

/// What a client may send that is not a request.
struct HostileClientTests {
  @Test(arguments: [
    ("nonsense\r\n\r\n", 400), ("GET / HTTP/2\r\n\r\n", 400), ("GET  / HTTP/1.1\r\n\r\n", 400),
    ("get / HTTP/1.1\r\n\r\n", 400), ("\r\n\r\n", 400), ("GET /\u{7F} HTTP/1.1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ("GET / HTTP/1.1\r\nX: " + String(repeating: "y", count: 40_000), 431),
    ("GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 8_000) + "\r\n", 431),
  ])
  func `what is no request is refused, and the next client is served`(text: String, status: Int) throws {
    let bench = try RelayTests.bench([])
    let hostile = try RawClient(port: bench.relay.port)
    hostile.send(text)
    #expect(try hostile.answer().answer.status == status)
    let client = try RawClient(port: bench.relay.port)
    client.ask(bench.artifact)
    #expect(try client.answer().answer.body == RelayTests.image)
  }

  @Test func `bytes of every kind are survived`() throws {
    let bench = try RelayTests.bench(["artifact 1- cut 5"])
    var random = SeededRandom(seed: 99)
    for round in 0..<40 {
      let hostile = try RawClient(port: bench.relay.port)
      let noise = random.bytes(random.within(1...600))
      hostile.send(round.isMultiple(of: 2) ? noise : Array("\(bench.artifact) HTTP/1.1\r\n".utf8) + noise)
    }
    let client = try RawClient(port: bench.relay.port)
    client.ask(bench.artifact)
    #expect(try client.answer().answer.body == Array(RelayTests.image.prefix(5)))
  }

  /// The relay's way with a request, without a socket, over requests that are damaged at random.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `whatever a client sends, what is passed on is bounded and in lines`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let director = RelayDirector(
      try ["poll 1- redirect https://a/b", "artifact 1- ignore-range", "report 1- status 503 retry 1 s"]
        .map { try NetworkRule.read(phrase: $0) }, longestRetrySeconds: 1, scheme: "http",
      onStep: { _, _, _ in })
    var passed = 0
    for _ in 0..<4_000 {
      var bytes = Array(Self.requests[random.below(Self.requests.count)].utf8)
      for _ in 0..<random.below(4) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
      var reader = HTTPReader(bodyLimit: 1 << 16, kind: .request)
      var start = 0
      while start < bytes.count, !reader.isFinished {
        let end = min(bytes.count, start + random.within(1...bytes.count))
        do { try reader.take(Array(bytes[start..<end])) } catch { break }
        start = end
      }
      guard reader.isFinished else { continue }
      let request = RelayRequest(reader.message, scheme: "http")
      guard case .ask(let faults) = director.decide(request) else { continue }
      passed += 1
      let sent = request.forwarded(faults)
      let head = sent.dropLast(reader.message.body.count)
      #expect(sent.count < bytes.count + 64)
      #expect(head.filter { $0 < 0x20 && $0 != 0x0D && $0 != 0x0A } == [], "seed \(seed)")
      #expect(head.count { $0 == 0x0D } == head.count { $0 == 0x0A }, "seed \(seed)")
    }
    #expect(passed > 1_000)
  }

  private static let requests = [
    "GET /api/v1/models/00ff HTTP/1.1\r\nHost: h\r\nRange: bytes=5-9\r\nIf-Range: \"a\"\r\n\r\n",
    "GET /assay-redirect/3/api/v1/devices/m/model HTTP/1.1\r\nHost: localhost:1\r\nAuthorization: Bearer t\r\n\r\n",
    "GET /t/controller/v1/m HTTP/1.0\nHost: h\nConnection: keep-alive\n\n",
    "POST /x/feedback HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
    "PUT /api/v1/artifacts/a/1.0.0/f HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc",
  ]

  @Test func `clients that only connect do not keep others out`() throws {
    let bench = try RelayTests.bench(["artifact 1-300 timeout"])
    var held: [Int32] = []
    defer { for socket in held { close(socket) } }
    for _ in 0..<280 {
      let socket = try #require(Sockets.connect(port: bench.relay.port))
      _ = Sockets.send(Array("\(bench.artifact) HTTP/1.1\r\n\r\n".utf8)[...], to: socket)
      held.append(socket)
    }
    let client = try RawClient(port: bench.relay.port)
    client.ask(bench.poll, [bench.token])
    #expect(try client.answer().answer.status == 200)
  }

  @Test func `a service that is not there is a bad gateway`() throws {
    let relay = try FaultRelay(to: 1)
    let client = try RawClient(port: relay.port)
    client.ask("GET /api/v1/models/00")
    #expect(try client.answer().answer.status == 502)
  }
}
