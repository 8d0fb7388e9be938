import AssayDocument
import AssayFiles
import AssayGate
import AssayMeasure
import AssayService
import AssayUpdate
import Glibc

/// The simulated device against a real service: `assay ota replay --service URL --device MAC=TOKEN`.
func replayAgainstService(
  _ url: String, _ invocation: Invocation, _ console: inout Console
) throws -> ExitCode {
  guard let address = ServiceAddress(url) else {
    throw CommandFailure.usage("--service is http://HOST[:PORT] or https://HOST[:PORT], not \"\(url)\"")
  }
  var replay = try remoteReplay(invocation)
  var transport = RemoteTransport(address)
  transport.certificates = invocation.value("certificate")
  transport.limitSeconds = try invocation.integer("limit", in: 1...3600) ?? transport.limitSeconds
  transport.bodyLimitBytes = replay.slotBytes + FlashGeometry.sectorBytes
  // A bad path to the service is not a finding about the service.
  try reach(&transport, replay, url)
  replay.seed = try invocation.seed()
  guard let outcome = replay.run(on: transport, pause: { usleep(UInt32(min($0, 500_000))) }) else {
    throw CommandFailure.usage("a slot of \(replay.slotBytes) bytes is not a multiple of 64 KiB")
  }
  guard outcome.isReachable else {
    throw CommandFailure(.undecided, "\(url): \(transport.lastFailure ?? "no answer any more")")
  }
  var probe = ContractProbe(transport, mac: replay.mac, token: replay.token)
  let findings = probe.ask(outcome.manifest, outcome.lastReport)
  let isGood = outcome.violations.isEmpty && outcome.isSettled && findings.allSatisfy(\.holds)
  if invocation.wantsJSON {
    console.print(outcome.json(findings).text())
  } else {
    outcome.print(findings, &console)
  }
  return isGood ? .done : .failed
}

private func remoteReplay(_ invocation: Invocation) throws -> RemoteReplay {
  guard invocation.positionals.isEmpty else {
    throw CommandFailure.usage("assay ota replay: scenario files or --service, not both; faults by --fault")
  }
  let device = try invocation.required("device", of: "ota replay --service")
  let parts = device.split(separator: "=", maxSplits: 1).map(String.init)
  guard parts.count == 2, Manifest.isOpaqueName(parts[0].replacing(":", with: "-")) else {
    throw CommandFailure.usage("--device is MAC=TOKEN, not \"\(device)\"")
  }
  var replay = RemoteReplay(mac: parts[0], token: parts[1])
  if let key = invocation.value("signing-key") {
    let parts = key.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, let key = SigningKey(name: parts[0], hexadecimalSecret: parts[1]) else {
      throw CommandFailure.usage("--signing-key is NAME=SECRET, the secret 32 to 128 hexadecimal digits")
    }
    replay.keys = [key]
  }
  replay.faults = try invocation.all("fault").map { try NetworkRule.read(phrase: $0) }
  if let slot = try invocation.target()?.partitions.modelSlotBytes { replay.slotBytes = slot }
  let seed = try invocation.seed()
  replay.epochSeconds = Int64(time(nil))
  replay.selfTest = { image in
    // Bytes that claim no model format are taken for what they are.
    guard ModelFormat.detect(image) != "raw" else { return .good }
    return (try? GoldenSelfTest(image, seed: seed))?.result(of: image) ?? .unloadable
  }
  return replay
}

private func reach(
  _ transport: inout RemoteTransport, _ replay: RemoteReplay, _ url: String
) throws(CommandFailure) {
  var request = Request(step: .poll, url: "/api/v1/devices/\(replay.mac)/model")
  request.token = replay.token
  guard case .failed = transport.exchange(request, at: 0).reply else { return }
  throw CommandFailure(.undecided, "\(url): \(transport.lastFailure ?? "no answer")")
}

extension SelfTestResult {
  static let unloadable = SelfTestResult(
    ending: .crashed, outputsAgree: false, arenaBytes: 0, latencyMicroseconds: 0, durationMicroseconds: 0)
}
