import AssayUpdate
import Testing

@testable import AssayService

struct ServiceCoreTests {
  static let mac = "24:6f:28:00:00:01"

  static func core() -> ServiceCore {
    var core = ServiceCore()
    core.keys = ["ci-key": .publisher, "look": .viewer]
    core.register(mac: mac, token: "t1")
    core.register(mac: "24:6f:28:00:00:02", token: "t2")
    return core
  }

  private static func put(_ path: String, key: String?, body: String = "bytes", sum: String? = nil)
    -> HTTPRequest
  {
    var headers: [String: String] = [:]
    headers["x-api-key"] = key
    headers["x-checksum-sha256"] = sum
    return HTTPRequest("PUT", "/api/v1/artifacts/\(path)", headers: headers, body: Array(body.utf8))
  }

  @Test(
    arguments: [
      ("digits/2.0.0/model.tflite", "ci-key", 201), ("digits/2.0.0/model.tflite", nil, 401),
      ("digits/2.0.0/model.tflite", "wrong", 403), ("digits/2.0.0/model.tflite", "look", 403),
      ("digits/2.0.0/model.tflite", "ci-key ", 403), ("digits/two/model.tflite", "ci-key", 400),
      ("../../nvs", "ci-key", 400), ("digits/2.0.0/..", "ci-key", 400), (".hidden/2.0.0/m", "ci-key", 400),
      ("digits/2.0.0", "ci-key", 400),
    ] as [(String, String?, Int)])
  func `uploads need a key and plain names`(path: String, key: String?, status: Int) {
    var core = Self.core()
    #expect(core.respond(to: Self.put(path, key: key), at: 0).status == status)
    #expect(core.uploads.digests.count == (status == 201 ? 1 : 0))
  }

  @Test func `a version is immutable, and a wrong checksum stores nothing`() {
    var core = Self.core()
    let path = "digits/2.0.0/m"
    #expect(
      core.respond(to: Self.put(path, key: "ci-key", sum: String(repeating: "0", count: 64)), at: 0).status
        == 400)
    #expect(core.respond(to: Self.put(path, key: "ci-key"), at: 0).status == 201)
    #expect(core.respond(to: Self.put(path, key: "ci-key"), at: 0).status == 201, "the same bytes again")
    #expect(core.respond(to: Self.put(path, key: "ci-key", body: "other"), at: 0).status == 409)
    #expect(core.uploads.image(name: "digits", version: ModelVersion(2, 0, 0)) == Array("bytes".utf8))
  }

  @Test func `a token is good for its own device only`() {
    var core = Self.core()
    core.assign([1, 2, 3], version: ModelVersion(2, 0, 0), to: Self.mac)
    func poll(_ token: String?) -> Int {
      var request = HTTPRequest("GET", "/api/v1/devices/\(Self.mac)/model")
      request.headers["authorization"] = token.map { "Bearer \($0)" }
      return core.respond(to: request, at: 0).status
    }
    #expect(poll("t1") == 200)
    #expect(poll("t2") == 403)
    #expect(poll(nil) == 401)
  }

  @Test(
    arguments: [
      (nil, nil, 200, 100), ("bytes=40-", nil, 206, 60), ("bytes=40-49", nil, 206, 10),
      ("bytes=100-", nil, 416, 0), ("bytes=40-9223372036854775807", nil, 206, 60),
      ("bytes=40-", "\"other\"", 200, 100), ("bytes=x", nil, 200, 100), ("bytes=5-1", nil, 200, 100),
    ] as [(String?, String?, Int, Int)])
  func `ranges are answered as RFC 9110 says`(range: String?, ifRange: String?, status: Int, count: Int) {
    var core = Self.core()
    let image = (0..<100).map { UInt8($0) }
    let manifest = core.assign(image, version: ModelVersion(2, 0, 0), to: Self.mac)
    var request = HTTPRequest("GET", manifest.url)
    request.headers["range"] = range
    request.headers["if-range"] = ifRange
    let response = core.respond(to: request, at: 0)
    #expect(response.status == status)
    #expect(response.body.count == count)
    if range == "bytes=40-49" { #expect(response.field("Content-Range") == "bytes 40-49/100") }
    if status == 206 { #expect(response.body == Array(image[40..<40 + count])) }
  }

  @Test func `a rollout opens the next group only on success`() {
    var core = Self.core()
    _ = core.respond(to: Self.put("digits/2.0.0/m", key: "ci-key"), at: 0)
    let plan = #"{"model":"digits","version":"2.0.0","groups":[1,1],"successPercent":100,"failurePercent":0}"#
    let headers = ["x-api-key": "ci-key"]
    let begun = core.respond(
      to: HTTPRequest("POST", "/api/v1/rollouts", headers: headers, body: Array(plan.utf8)), at: 0)
    #expect(begun.status == 200)
    #expect(core.models.manifest(of: Self.mac) != nil)
    #expect(core.models.manifest(of: "24:6f:28:00:00:02") == nil)
    let report = #"{"assignment":1,"sequence":1,"status":"succeeded","sha256":null}"#
    let path = "/api/v1/devices/\(Self.mac)/reports"
    let post = HTTPRequest("POST", path, headers: ["authorization": "Bearer t1"], body: Array(report.utf8))
    #expect(core.respond(to: post, at: 0).status == 200)
    #expect(core.models.manifest(of: "24:6f:28:00:00:02") != nil)
    #expect(core.respond(to: post, at: 0).status == 200, "a repetition counts once")
  }

  @Test(arguments: [
    "", "{", "[]", "{\"model\":3}",
    #"{"model":"digits","version":"2.0.0","groups":[0],"successPercent":1,"failurePercent":1}"#,
  ])
  func `a rollout nobody can read is refused`(body: String) {
    var core = Self.core()
    let request = HTTPRequest(
      "POST", "/api/v1/rollouts", headers: ["x-api-key": "ci-key"], body: Array(body.utf8))
    #expect(core.respond(to: request, at: 0).status == 400)
  }

  @Test func `hawkBit clients poll, download and give feedback`() {
    var core = Self.core()
    core.fleetTokens["dev1"] = "x"
    core.register(mac: "dev1", token: "x")
    core.assign([9, 9, 9], version: ModelVersion(2, 0, 0), to: "dev1")
    func ask(_ method: String, _ path: String, _ body: String = "") -> HTTPResponse {
      core.respond(
        to: HTTPRequest(
          method, "/default/controller/v1/dev1\(path)",
          headers: ["authorization": "TargetToken x", "host": "h:1"],
          body: Array(body.utf8)), at: 0)
    }
    let poll = String(decoding: ask("GET", "").body, as: UTF8.self)
    #expect(poll.contains("http://h:1/default/controller/v1/dev1/deploymentBase/1"))
    #expect(ask("GET", "/deploymentBase/1").status == 200)
    #expect(ask("GET", "/softwaremodules/1/artifacts/model.bin").body == [9, 9, 9])
    let feedback = #"{"id":"1","status":{"execution":"closed","result":{"finished":"success"}}}"#
    #expect(ask("POST", "/deploymentBase/1/feedback", feedback).status == 200)
    #expect(ask("POST", "/deploymentBase/1/feedback", feedback).status == 410, "closed")
    #expect(!String(decoding: ask("GET", "").body, as: UTF8.self).contains("deploymentBase/1"))
    #expect(core.models.reports(of: "dev1").map(\.status) == [.succeeded])
    let stranger = HTTPRequest(
      "GET", "/default/controller/v1/dev1", headers: ["authorization": "TargetToken y"])
    #expect(core.respond(to: stranger, at: 0).status == 401)
  }
}
