import AssayDocument
import AssayFiles
import AssayGate
import AssayService
import AssayUpdate
import Glibc
import Synchronization

let otaServeCommand = CommandSpecification(
  name: "ota serve", arguments: "[--port P] [--device MAC=TOKEN ...]", positionals: 0...0,
  summary: "the model service on a real socket, for a board on the bench; prints every request",
  options: [
    .value("port", "P", "port to listen on (default: 8080)"),
    .flag("all-addresses", "listen on all addresses, not only 127.0.0.1"),
    .value("device", "MAC=TOKEN", "a device that may ask", repeats: true),
    .value("gateway-token", "TOKEN", "token with which any device may speak DDI"),
    .value("key", "KEY", "X-API-KEY of a pipeline that may upload and roll out", repeats: true),
    .value("model", "M", "assigned to every device from the beginning"),
    .value("version", "X.Y.Z", "its version (default: 2.0.0)"),
    .value("fault", "PHRASE", "what goes wrong in front of it: \"artifact 1 cut 4096\"", repeats: true),
    .value("scenario", "FILE", "its faults, events and assignments, for the one --device"),
    .value("row", "NAME", "the row of that file"),
    .flag("tls", "speak HTTPS with a certificate made for this run (openssl)"),
    .value("certificate", "PEM", "speak HTTPS with this certificate, and its key from --private-key"),
    .value("private-key", "PEM", "key of the certificate"),
    .value("journal", "FILE", "write the session as scenarios there when it ends"),
    .value("seconds", "N", "stop after so long (default: at an interrupt)"),
  ],
  example: "assay ota serve --device 24:6f:28:00:00:01=secret --model model.tflite"
) { invocation, console in
  var core = ServiceCore()
  core.models.epochSeconds = Int64(time(nil))
  core.gatewayToken = invocation.value("gateway-token")
  for key in invocation.all("key") { core.keys[key] = .publisher }
  let plan = try invocation.benchPlan(&console)
  try invocation.registerDevices(in: &core, plan)
  let port = try invocation.integer("port", in: 0...65_535) ?? 8080
  let (server, relay) = try start(core, port, plan, invocation, &console)
  server.onRequest { entry in try? StandardStream.output.write("\(entry.line)\n") }
  defer { withExtendedLifetime(relay) {} }
  let seconds = try invocation.integer("seconds", in: 1...31_536_000)
  StopSignal.listen()
  let begun = ContinuousClock.now
  while !StopSignal.came, seconds.map({ ContinuousClock.now - begun < .seconds($0) }) ?? true {
    usleep(100_000)
  }
  let scenarios = server.withCore { $0.journal.scenarios() }
  guard let path = invocation.value("journal") else {
    console.print(scenarios)
    return .done
  }
  try FileBytes.write(scenarios, to: path)
  console.print("the session as scenarios: \(path)")
  return .done
}

private func start(
  _ core: ServiceCore, _ port: Int, _ plan: BenchPlan?, _ invocation: Invocation, _ console: inout Console
) throws -> (ServiceServer, FaultRelay?) {
  do {
    let certificate = try certificate(invocation)
    let isOpen = invocation.has("all-addresses")
    // The relay looks into what it passes on, so TLS ends there.
    let server = try ServiceServer(
      core, port: plan == nil ? port : 0, allAddresses: isOpen && plan == nil,
      tls: plan == nil ? certificate : nil, isBehindTLS: certificate != nil)
    let relay = try plan.map { plan throws(ServiceError) in
      try FaultRelay(
        to: server.port, port: port, allAddresses: isOpen, rules: plan.rules, tls: certificate
      ) { step, number, faults in
        server.apply(plan.events, at: step, number)
        let words = faults.map(\.phrase).joined(separator: ", ")
        if !faults.isEmpty {
          try? StandardStream.output.write("fault  \(step.rawValue) \(number) \(words)\n")
        }
      }
    }
    let scheme = certificate == nil ? "http" : "https"
    console.print("listening on \(scheme)://127.0.0.1:\(relay?.port ?? server.port)")
    if let certificate {
      console.print("certificate for clients (curl --cacert): \(certificate.certificatePath)")
    }
    console.flush()
    return (server, relay)
  } catch let error as ServiceError { throw CommandFailure(.unusable, "\(error)") }
}

/// A given certificate, one made for the run, or none.
private func certificate(_ invocation: Invocation) throws -> TestCertificate? {
  switch (invocation.value("certificate"), invocation.value("private-key")) {
  case (let certificate?, let key?): return TestCertificate(certificatePath: certificate, keyPath: key)
  case (nil, nil): break
  default: throw CommandFailure.usage("--certificate and --private-key belong together")
  }
  guard invocation.has("tls") else { return nil }
  var template = Array("/tmp/assay-tls-XXXXXX".utf8CString)
  guard unsafe mkdtemp(&template) != nil else {
    throw CommandFailure(.undecided, "no temporary folder can be made under /tmp")
  }
  let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  return try TestCertificate.make(in: folder)
}

/// An interrupt ends the server in order, so that its journal is not lost.
private enum StopSignal {
  private static let flag = Atomic(false)

  static var came: Bool { flag.load(ordering: .relaxed) }

  static func listen() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in StopSignal.flag.store(true, ordering: .relaxed) }
    }
  }
}

/// What is to go wrong on the bench.
private struct BenchPlan {
  var rules: [NetworkRule] = []
  var events: [ServiceEvent] = []
  /// The row whose assignments the device gets; nil for `--model` alone.
  var row: ClientRow?
}

extension Invocation {
  /// Faults of `--fault` and of the row of `--scenario`; nil when nothing is to go wrong.
  fileprivate func benchPlan(_ console: inout Console) throws -> BenchPlan? {
    guard !all("fault").isEmpty || value("scenario") != nil else {
      guard value("row") == nil else { throw CommandFailure.usage("--row is a row of a --scenario file") }
      return nil
    }
    var plan = BenchPlan()
    plan.rules = try all("fault").map { try NetworkRule.read(phrase: $0) }
    if let file = value("scenario") {
      let row = try benchRow(file, &console)
      plan.rules += row.rules
      plan.events = row.events
      plan.row = row
    }
    for rule in plan.rules {
      if let obstacle = rule.obstacle {
        throw CommandFailure.usage("\"\(rule.phrase)\" cannot be done: \(obstacle)")
      }
    }
    return plan
  }

  private func benchRow(_ file: String, _ console: inout Console) throws -> ClientRow {
    let rows = try rehearsals(of: [file], only: "row")
    guard rows.count == 1, let row = rows.first else {
      throw CommandFailure.usage("\(file) has \(rows.count) rows: --row NAME says which")
    }
    guard case .device(let scenario) = row else {
      throw CommandFailure.usage("\(row.name) is a rollout over a fleet, not for one board")
    }
    guard all("device").count == 1, let device = all("device").first else {
      throw CommandFailure.usage("--scenario is for exactly one --device MAC=TOKEN")
    }
    guard value("version") == nil else {
      throw CommandFailure.usage("--version: the row says which versions")
    }
    if let obstacle = scenario.obstacle(for: .native) {
      console.print("left to the board: \(obstacle)")
    }
    let mac = device.split(separator: "=", maxSplits: 1).first.map(String.init)
    var subject = Subject()
    subject.image = try value("model").map { try FileBytes.read($0, limit: FlashGeometry.largestSlotBytes) }
    guard let row = scenario.clientRow(subject, epochSeconds: Int64(time(nil)), mac: mac) else {
      throw CommandFailure.usage("\(file): no such slot")
    }
    return row
  }

  fileprivate func registerDevices(in core: inout ServiceCore, _ plan: BenchPlan?) throws {
    guard let version = ModelVersion(value("version") ?? "2.0.0") else {
      throw CommandFailure.usage("--version is three numbers such as 2.0.0")
    }
    let image = try value("model").map { try FileBytes.read($0, limit: FlashGeometry.largestSlotBytes) }
    for device in all("device") {
      let parts = device.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw CommandFailure.usage("--device is MAC=TOKEN, not \"\(device)\"") }
      core.register(mac: parts[0], token: parts[1])
      if let row = plan?.row {
        for image in row.images { core.models.store(image.bytes) }
        core.assign(inTurn: row.manifests, to: parts[0])
      } else if let image {
        core.assign(image, version: version, to: parts[0])
      }
    }
  }
}
