import AssayDocument
import AssayFiles
import AssayGate
import AssayService
import AssayUpdate
import Glibc

let otaServeCommand = CommandSpecification(
  name: "ota serve", arguments: "[--port P] [--device MAC=TOKEN ...]", positionals: 0...0,
  summary: "the model service on a real socket, for a board on the bench; prints every request",
  options: [
    .value("port", "P", "port to listen on (default: 8080)"),
    .flag("all-addresses", "listen on all addresses, not only 127.0.0.1"),
    .value("device", "MAC=TOKEN", "a device that may ask", repeats: true),
    .value("key", "KEY", "X-API-KEY of a pipeline that may upload and roll out", repeats: true),
    .value("model", "M", "assigned to every device from the beginning"),
    .value("version", "X.Y.Z", "its version (default: 2.0.0)"),
    .value("seconds", "N", "stop after so long (default: never)"),
  ],
  example: "assay ota serve --device 24:6f:28:00:00:01=secret --model model.tflite"
) { invocation, console in
  var core = ServiceCore()
  for key in invocation.all("key") { core.keys[key] = .publisher }
  try invocation.registerDevices(in: &core)
  let port = try invocation.integer("port", in: 0...65_535) ?? 8080
  let server: ServiceServer
  do { server = try ServiceServer(core, port: port, allAddresses: invocation.has("all-addresses")) } catch {
    throw CommandFailure(.unusable, "\(error)")
  }
  console.print("listening on port \(server.port)")
  console.flush()
  server.onRequest { entry in try? StandardStream.output.write("\(entry.line)\n") }
  let seconds = try invocation.integer("seconds", in: 1...31_536_000)
  let begun = ContinuousClock.now
  while seconds.map({ ContinuousClock.now - begun < .seconds($0) }) ?? true { sleep(1) }
  console.print("as a scenario: \(server.withCore { $0.journal.scenarioRow(name: "served") })")
  return .done
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
