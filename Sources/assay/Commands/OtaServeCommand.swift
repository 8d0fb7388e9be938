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
  try invocation.registerDevices(in: &core)
  let port = try invocation.integer("port", in: 0...65_535) ?? 8080
  let server = try start(core, port, invocation, &console)
  server.onRequest { entry in try? StandardStream.output.write("\(entry.line)\n") }
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
  _ core: ServiceCore, _ port: Int, _ invocation: Invocation, _ console: inout Console
) throws -> ServiceServer {
  do {
    let certificate = try certificate(invocation)
    let server = try ServiceServer(
      core, port: port, allAddresses: invocation.has("all-addresses"), tls: certificate)
    let scheme = certificate == nil ? "http" : "https"
    console.print("listening on \(scheme)://127.0.0.1:\(server.port)")
    if let certificate {
      console.print("certificate for clients (curl --cacert): \(certificate.certificatePath)")
    }
    console.flush()
    return server
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

extension Invocation {
  fileprivate func registerDevices(in core: inout ServiceCore) throws {
    guard let version = ModelVersion(value("version") ?? "2.0.0") else {
      throw CommandFailure.usage("--version is three numbers such as 2.0.0")
    }
    let image = try value("model").map { try FileBytes.read($0, limit: FlashGeometry.largestSlotBytes) }
    for device in all("device") {
      let parts = device.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw CommandFailure.usage("--device is MAC=TOKEN, not \"\(device)\"") }
      core.register(mac: parts[0], token: parts[1])
      if let image { core.assign(image, version: version, to: parts[0]) }
    }
  }
}
