import AssayMeasure
import AssayModel
import AssayRecording
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

  @Test(arguments: 1...30)
  func `pointwise convolutions lose the last pixel alone`(_ seed: Int) throws {
    var random = BoardRandom(seed: UInt64(seed))
    let channels = Int.random(in: 1...28, using: &random)
    let (height, width) = (Int.random(in: 3...7, using: &random), Int.random(in: 3...7, using: &random))
    let outputs = Int.random(in: 3...6, using: &random)
    let model = try BoardModel.convolution(
      input: [1, height, width, channels], filter: [outputs, 1, 1, channels], random: &random)
    let isMet =
      channels % 8 != 0 && (channels + 7) / 8 % 2 == 1 && (outputs + height * width) % 2 == 1
    for version in Self.versions {
      let isBroken = isMet && ["1.1.2", "1.2.1"].contains(version)
      #expect(try rules(model, version) == (isBroken ? [.b] : []), "seed \(seed)")
      let runs = try runs(model, version, &random)
      let size = height * width * outputs
      for sample in 0..<3 {
        let range = sample * size..<(sample + 1) * size - (isBroken ? outputs : 0)
        #expect(runs[0].outputs[0][range] == runs[1].outputs[0][range], "seed \(seed), esp-nn \(version)")
      }
    }
  }

  @Test(arguments: 1...20)
  func `softmax keeps its first row`(_ seed: Int) throws {
    var random = BoardRandom(seed: UInt64(seed))
    let (rows, depth) = (Int.random(in: 1...4, using: &random), Int.random(in: 20...70, using: &random))
    let model = try BoardModel.softmax(rows: rows, depth: depth, random: &random)
    for version in Self.versions {
      let isMet = version != "1.1.2" && rows > 1 && depth >= 32 && depth % 16 != 0
      #expect(try rules(model, version) == (isMet ? [.e] : []), "seed \(seed)")
      let runs = try runs(model, version, &random)
      let kept = isMet ? depth : rows * depth
      #expect(runs[0].outputs[0].prefix(kept) == runs[1].outputs[0].prefix(kept), "seed \(seed)")
    }
  }

  @Test(arguments: 1...20)
  func `products are off by one behind the last whole eight alone`(_ seed: Int) throws {
    var random = BoardRandom(seed: UInt64(seed))
    let count = Int.random(in: 1...60, using: &random)
    let model = try BoardModel.product(count, random: &random)
    for version in Self.versions {
      #expect(try rules(model, version) == (count % 8 == 0 ? [] : [.i]), "seed \(seed)")
      let runs = try runs(model, version, &random)
      for (index, pair) in zip(runs[0].outputs[0], runs[1].outputs[0]).enumerated() {
        let (own, board) = (Int8(bitPattern: pair.0), Int8(bitPattern: pair.1))
        #expect(own == board || index % count >= count / 8 * 8 && Int(board) == Int(own) + 1, "seed \(seed)")
      }
    }
  }

  @Test(arguments: 1...16)
  func `tall depthwise filters are wrong where rows are padded alone`(_ seed: Int) throws {
    var random = BoardRandom(seed: UInt64(seed))
    let (side, channels) = (
      Int.random(in: 24...40, using: &random), [16, 24].randomElement(using: &random) ?? 16
    )
    let taps = [5, 7].randomElement(using: &random) ?? 5
    let model = try BoardModel.depthwise(
      input: [1, side, side, channels], filter: [1, taps, 1, channels], random: &random)
    let isLarge = 2 * (taps * channels + side * side * channels) > 48 * 1024
    for version in Self.versions {
      let isMet = isLarge && version != "1.1.2"
      #expect(try rules(model, version) == (isMet ? [.k] : []), "seed \(seed)")
      let runs = try runs(model, version, &random)
      #expect((runs[0].outputs == runs[1].outputs) == !isMet, "seed \(seed)")
      let row = side * channels
      let inner = taps / 2 * row..<(side - taps / 2) * row
      #expect(runs[0].outputs[0][inner] == runs[1].outputs[0][inner], "seed \(seed)")
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

  @Test func `a layer that crashes has no figure`() throws {
    var random = BoardRandom(seed: 3)
    var model = try BoardModel.depthwise(input: [1, 6, 6, 16], filter: [1, 3, 3, 16], random: &random)
    #expect(try rules(model, "1.2.3").isEmpty)
    model.graph.subgraphs[0].operators[0].inputs[2] = nil
    let runtime = try runtime("1.2.3")
    let findings = try BoardAgreement(runtime: runtime).findings(in: model.graph)
    #expect(findings.map(\.rule) == [.j] && findings[0].alwaysBlocks)
    let folder = try TemporaryFolder()
    let description = ArrayDescription(name: "in_0", type: .int8, shape: [2, 1, 6, 6, 16])
    let array = try RecordedArray(description, bytes: random.bytes(2 * 576))
    try folder.write("in.npz", try Recording([array]).encoded())
    let prediction = try BoardPrediction(model.loaded(), recordings: folder("in.npz"), metric: .none)
    let facts = BoardFacts(try model.loaded(), runtime, findings, prediction)
    #expect(facts.reason == "rule J: the board crashes before it answers" && facts.unknownOutputs == 2)
    #expect(facts.low == nil && facts.high == nil)
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
