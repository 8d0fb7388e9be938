import AssayDocument
import AssayFiles
import AssayGate
import AssayMeasure
import AssayRuntime
import AssayUpdate

let otaExploreCommand = CommandSpecification(
  name: "ota explore", arguments: "--model M [--seed S]", positionals: 0...0,
  summary: "cut power at every flash operation of an update, in every way, and judge every recovery",
  options: [
    .value("model", "M", "the payload, of any size"),
    .value("seed", "S", "what everything random is drawn from (default: 1)"),
    .value("workers", "N", "threads (default: 2); the result does not depend on it"),
  ] + targetOptions,
  example: "assay ota explore --model model.tflite --seed 7 --target esp32s3-n16r8"
) { invocation, console in
  let payload = try invocation.payload(&console)
  let workers = try invocation.integer("workers", in: 1...64) ?? 2
  let begun = ContinuousClock.now
  let found: FullExploration
  do { found = try Exploration.exploreAll(payload, workers: workers) } catch {
    throw CommandFailure(.failed, "\(error)")
  }
  if invocation.wantsJSON {
    console.print(found.json.text())
  } else {
    found.print(since: begun, &console)
  }
  return found.violations == 0 ? .done : .failed
}

let otaMutantsCommand = CommandSpecification(
  name: "ota mutants", arguments: "[--seed S]", positionals: 0...0,
  summary: "devices that are wrong on purpose: each must be caught, by the invariant that must notice",
  options: [
    .value("seed", "S", "what everything random is drawn from (default: 1)"),
    .value("workers", "N", "threads (default: 2); the result does not depend on it"),
  ],
  example: "assay ota mutants"
) { invocation, console in
  let table = KillTable.make(
    seed: try invocation.seed(), workers: try invocation.integer("workers", in: 1...64) ?? 2)
  if invocation.wantsJSON {
    console.print(table.json.text())
  } else {
    for row in table.rows {
      let verdict = row.killed ? Paint.green("killed  ", console) : Paint.red("SURVIVED", console)
      let name = row.name.padded(to: 28)
      console.print("\(verdict) \(name) \(row.invariant.padded(to: 4)) \(row.mistake)")
      if console.verbose, let evidence = row.evidence { console.print("         \(evidence)") }
    }
    console.print("\(table.rows.count) wrong devices, \(table.survivors.count) survived")
  }
  return table.survivors.isEmpty ? .done : .failed
}

extension Invocation {
  func seed() throws(CommandFailure) -> UInt64 {
    UInt64(try integer("seed", in: 0 ... .max) ?? 1)
  }

  /// The model of `--model` with its self-test, in the slot of the target.
  func payload(_ console: inout Console) throws -> Payload {
    let path = try required("model", of: "ota explore")
    let image = try FileBytes.read(path, limit: FlashGeometry.largestSlotBytes)
    let target = try target()
    let slot = target?.partitions.modelSlotBytes ?? FlashGeometry(fitting: image.count)?.slotBytes ?? 0
    let seed = try seed()
    // Bytes that claim no model format are rehearsed as what they are.
    guard ModelFormat.detect(image) != "raw" else {
      console.diagnose("assay: \(path) is in no format a device loads; the self-test compares bytes only")
      return Payload(image: image, slotBytes: slot, seed: seed) { $0 == image ? .good : .wrong }
    }
    let test = try goldenSelfTest(image, path, target, seed)
    var payload = Payload(image: image, slotBytes: slot, seed: seed) { test.result(of: $0) }
    payload.arenaLimitBytes = test.arenaBytes
    payload.latencyLimitMicroseconds = max(payload.latencyLimitMicroseconds, test.latencyMicroseconds)
    return payload
  }

  /// The self-test on golden inputs, with the target's kernel library and latency where one is named.
  func goldenSelfTest(
    _ image: [UInt8], _ path: String, _ target: Target?, _ seed: UInt64
  ) throws -> GoldenSelfTest {
    var library = KernelLibrary.reference
    var latency: Int64 = 0
    if let target {
      do {
        library = try target.runtime.kernelLibrary()
        let model = try LoadedModel(path: path)
        let estimate = try ProfiledLatency([], version: Version.current)
          .estimate(model.graph, sha256: model.sha256, on: target).estimate
        latency = Int64(estimate.range.highMilliseconds * 1000)
      } catch { throw CommandFailure(.undecided, "\(error)") }
    }
    let chosen = (library, latency)
    return try loading { () throws(GateError) in
      try GoldenSelfTest(image, seed: seed, library: chosen.0, latencyMicroseconds: chosen.1)
    }
  }
}

extension SelfTestResult {
  static let wrong = SelfTestResult(
    outputsAgree: false, arenaBytes: 0, latencyMicroseconds: 0, durationMicroseconds: 0)
}

extension FullExploration {
  func print(since begun: ContinuousClock.Instant, _ console: inout Console) {
    let elapsed = (ContinuousClock.now - begun).components
    let seconds = max(0.001, Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18)
    let all = payload.cases + payload.secondCuts + rehearsals.cases + rehearsals.secondCuts + random.runs
    console.print(
      "payload     \(payload.operations) flash operations, \(payload.cases) cuts, \(payload.secondCuts) of them cut again"
    )
    console.print(
      "rehearsals  \(rehearsals.operations) flash operations, \(rehearsals.cases) cuts, \(rehearsals.secondCuts) of them cut again"
    )
    console.print(
      "random      \(random.runs) schedules, \(random.missing.isEmpty ? "every" : "not every") class of fault happened"
    )
    console.print("speed       \(Int(Double(all) / seconds)) cases per second")
    console.print("trace       \(traceHash)")
    let verdict =
      violations == 0 ? Paint.green("no violation", console) : Paint.red("\(violations) violations", console)
    console.print("verdict     \(verdict)")
    for finding in findings { console.print("  \(finding)") }
  }
}
