import AssayMeasure
import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

@testable import AssayGate

/// Generated layers of every rule: where a rule is met the board's kernel differs where the rule says so,
/// and nowhere else.
@Suite struct `Generated layers on boards` {
  private func runtime(_ version: String) throws -> RuntimeProfile {
    try TargetProfiles.read("\(Checkout.root)/baselines").resolve(
      "esp32s3-n16r8", overrides: ["runtime.esp_nn=\(version)"]
    ).runtime
  }

  private func rules(_ model: BoardModel, _ version: String) throws -> [BoardRule] {
    try BoardAgreement(runtime: runtime(version)).findings(in: model.graph).map(\.rule)
  }

  /// Reference and board on the same random recordings.
  private func runs(_ model: BoardModel, _ version: String, _ random: inout BoardRandom) throws -> [ModelRun]
  {
    let feed = try model.feed(3, random: &random)
    let own = try ModelRun(model.loaded(), feed)
    return [own, try ModelRun(model.loaded().onBoard(try runtime(version)), feed)]
  }

  static let versions = ["1.1.2", "1.2.1", "1.2.2", "1.2.3"]

  @Test(arguments: 1...40)
  func `convolutions keep every window that the padding does not reach`(_ seed: Int) throws {
    var random = BoardRandom(seed: UInt64(seed))
    let size = (0..<2).map { _ in Int.random(in: 4...12, using: &random) }
    let channels = [4, 8, 12, 16].randomElement(using: &random) ?? 8
    let filter = [2, 3, 4, 5].randomElement(using: &random) ?? 3
    let stride = Int.random(in: 1...2, using: &random)
    let model = try BoardModel.convolution(
      input: [1, size[0], size[1], channels], filter: [5, filter, filter, channels], stride: stride,
      random: &random)
    for version in Self.versions {
      let found = try rules(model, version)
      let runs = try runs(model, version, &random)
      let output = [(size[0] + stride - 1) / stride, (size[1] + stride - 1) / stride]
      let before = (0..<2).map { axis in max(0, (output[axis] - 1) * stride + filter - size[axis]) / 2 }
      let total = (0..<2).map { axis in max(0, (output[axis] - 1) * stride + filter - size[axis]) }
      let isUneven = total.contains { $0 % 2 == 1 }
      let gathers = filter * channels < 16 && filter * filter * channels >= 16
      let expected =
        version == "1.1.2" ? isUneven : isUneven && before.contains { $0 > 0 } && !gathers
      #expect(found.isEmpty != expected, "seed \(seed), esp-nn \(version): \(found)")
      // A window is untouched while it ends within the input and as much padding as stands before it.
      let untouched = (0..<2).map { axis in
        (0..<output[axis]).filter { $0 * stride + filter <= size[axis] + 2 * before[axis] }
      }
      for sample in 0..<3 {
        for y in untouched[0] {
          for x in untouched[1] {
            let start = sample * output[0] * output[1] * 5 + (y * output[1] + x) * 5
            #expect(
              runs[0].outputs[0][start..<start + 5] == runs[1].outputs[0][start..<start + 5],
              "seed \(seed), esp-nn \(version), output \(y), \(x)")
          }
        }
      }
      #expect((runs[0].outputs == runs[1].outputs) == found.isEmpty, "seed \(seed), esp-nn \(version)")
    }
  }

  @Test(arguments: 1...30)
  func `dense rows of an odd number of sixteens are wrong on 1.2.1 alone`(_ seed: Int) throws {
    var random = BoardRandom(seed: UInt64(seed))
    let depth = Int.random(in: 8...160, using: &random)
    let model = try BoardModel.connected(depth: depth, outputs: 12, random: &random)
    let isOdd = depth / 16 >= 3 && depth / 16 % 2 == 1
    for version in Self.versions {
      let found = try rules(model, version)
      let runs = try runs(model, version, &random)
      #expect(found == (isOdd && version == "1.2.1" ? [.c] : []), "seed \(seed): \(depth)")
      #expect((runs[0].outputs == runs[1].outputs) == found.isEmpty, "seed \(seed), esp-nn \(version)")
    }
  }

  @Test(arguments: 1...20)
  func `average pools are wrong where the output is not square`(_ seed: Int) throws {
    var random = BoardRandom(seed: UInt64(seed))
    let (height, width) = (Int.random(in: 2...8, using: &random), Int.random(in: 2...8, using: &random))
    let channels = Int.random(in: 1...3, using: &random) * 2
    let model = try BoardModel.averagePool(input: [1, 2 * height, 2 * width, channels], random: &random)
    let isMet = channels % 4 == 0 && height != width
    for version in Self.versions {
      #expect(try rules(model, version) == (isMet ? [.d] : []), "seed \(seed)")
      let runs = try runs(model, version, &random)
      // The first row begins where it belongs; the second may begin before it ends.
      let kept = min(width, isMet ? height : width) * channels
      #expect(runs[0].outputs[0].prefix(kept) == runs[1].outputs[0].prefix(kept), "seed \(seed)")
    }
  }

  @Test(arguments: [
    (48, 48, 2, Padding.same, true), (28, 48, 2, .same, true), (27, 48, 2, .same, false),
    (49, 48, 2, .valid, true), (48, 48, 2, .valid, false), (48, 48, 1, .same, false),
    (26, 48, 2, .same, false),
    (64, 40, 2, .same, false),
  ])
  func `downsampling depthwise convolutions meet F by what the kernel copies`(
    size: Int, channels: Int, stride: Int, padding: Padding, isMet: Bool
  ) throws {
    var random = BoardRandom(seed: 7)
    let model = try BoardModel.depthwise(
      input: [1, size, size, channels], filter: [1, 3, 3, channels], stride: stride, padding: padding,
      random: &random)
    #expect(try rules(model, "1.2.1").contains(.f) == isMet)
    #expect(try !rules(model, "1.1.2").contains(.f))
    guard isMet else { return }
    let graph = model.graph
    let plan = try MemoryPlan(graph, ArenaConfiguration(library: .espNN121))
    let layer = LayerIndex(subgraph: 0, index: 0)
    let found = try BoardOverrun(graph, plan, layer: layer, .wholeInput)
    let overrun = try #require(found)
    // Rows are padded to one window more than there are outputs.
    let side = ((size - (padding == .valid ? 3 : 1)) / stride + 1) * stride + 2
    #expect(overrun.writtenEnd - overrun.given.lowerBound == 9 * channels + 16 + side * side * channels)
    #expect(overrun.given.count == 9 * channels + 3 * side * channels + 16)
    // The scratch is planned last: nothing of this model lies behind it but the runtime's structures.
    #expect(overrun.tailBytes > 0 && overrun.harmlessArenaBytes > plan.minimumBytes)
    let roomy = try BoardOverrun(
      graph, plan, layer: layer, .wholeInput, arenaBytes: overrun.harmlessArenaBytes)
    #expect(roomy?.tailBytes == 0)
  }

  @Test(arguments: [
    (9, 8, false), (8, 8, true), (12, 8, true), (25, 8, false), (16, 4, true), (9, 4, true), (11, 4, false),
  ])
  func `multiplied depthwise convolutions meet H where the gap is too small`(
    taps: Int, multiplier: Int, isMet: Bool
  ) throws {
    var random = BoardRandom(seed: 7)
    let model = try BoardModel.depthwise(
      input: [1, 30, 6, 1], filter: [1, taps, 1, multiplier], random: &random)
    let over = 2 * (16 - taps * multiplier % 16) - 16
    #expect((over > 0) == isMet)
    #expect(try rules(model, "1.1.2") == (isMet ? [.h] : []))
    #expect(try rules(model, "1.2.1").isEmpty)
  }

  @Test func `rows of a batch that start off eight bytes are a reported defect of every release`() throws {
    var random = BoardRandom(seed: 7)
    for (depth, isMet) in [(20, true), (24, false), (32, false)] {
      let model = try BoardModel.connected(rows: 3, depth: depth, outputs: 4, random: &random)
      #expect(try rules(model, "1.2.3") == (isMet ? [.unalignedRows] : []))
      let reported = BoardAgreement.reportedFindings(in: model.graph, runtime: try runtime("1.2.4"))
      #expect(reported.map(\.rule) == (depth % 16 == 0 ? [] : [.unalignedRows]))
      #expect(BoardAgreement.reportedFindings(in: model.graph, runtime: try runtime("1.2.3")).isEmpty)
    }
  }

  @Test func `a build with SKIP_NUDGE meets its rule in layers that round in C`() throws {
    var random = BoardRandom(seed: 7)
    let model = try BoardModel.convolution(input: [1, 9, 9, 3], filter: [4, 3, 3, 3], random: &random)
    var skipping = try runtime("1.2.3")
    #expect(try BoardAgreement(runtime: skipping).findings(in: model.graph).isEmpty)
    skipping.skipsNudge = true
    let findings = try BoardAgreement(runtime: skipping).findings(in: model.graph)
    #expect(findings.map(\.rule) == [.skipNudge])
    #expect(findings[0].message.hasSuffix("free of it: the same release built without SKIP_NUDGE"))
  }

  @Test func `remedies are free of the rule they are for`() throws {
    var random = BoardRandom(seed: 9)
    let padded = try BoardModel.depthwise(
      input: [1, 50, 50, 48], filter: [1, 3, 3, 48], stride: 2, padding: .valid, random: &random)
    #expect(try rules(padded, "1.2.3").isEmpty)
    let sized = try BoardModel.convolution(
      input: [1, 9, 9, 8], filter: [5, 3, 3, 8], stride: 2, padding: .valid, random: &random)
    #expect(try rules(sized, "1.1.2").isEmpty)
    let long = try BoardModel.connected(depth: 64, outputs: 3, random: &random)
    #expect(try rules(long, "1.2.1").isEmpty)
  }
}
