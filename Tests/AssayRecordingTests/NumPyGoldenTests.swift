import AssayFiles
import AssayRecording
import AssayTestSupport
import Testing

@Suite struct `NumPy's own files` {
  static func golden(_ name: String) throws -> [UInt8] {
    try FileBytes.read("\(Checkout.root)/Tests/Goldens/recordings/\(name)", limit: 1 << 20)
  }

  @Test func `compressed are a model's recording`() throws {
    let view = try ModelRecording(Recording.read(Self.golden("compressed.npz"), file: "f"), file: "f")
    #expect(view.inputs.map(\.description) == ["in_0: int8 [3, 1, 8]"])
    #expect(
      view.labels?.integers == [2, 0, 1] && view.tags == ["a", "bc", "é"]
        && view.resets == [true, false, true])
    #expect(try view.array("in_0")?.integers == Array(-12..<12))
    #expect(try view.array("out_0")?.doubles == [0, 0.25, 0.5, 0.75, 1, 1.25])
  }

  @Test func `in other orders of bytes and dimensions hold the same numbers`() throws {
    let recording = try Recording.read(Self.golden("orders.npz"), file: "f")
    #expect(recording["c"]?.integers == Array(0..<12))
    #expect(recording["f"]?.doubles == (0..<24).map(Double.init))
    #expect(recording["half"]?.doubles == [1.5, -2, 0] && recording["scalar"]?.integers == [7])
  }

  @Test(arguments: ["compressed.npz", "orders.npz"])
  func `mutated at random are refused in one line or hold together`(name: String) throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    let good = try Self.golden(name)
    var accepted = 0
    for round in 0..<3_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2:
          bytes.replaceSubrange(
            place..., with: bytes[place...].dropFirst(Int.random(in: 1...8, using: &random)))
        default: bytes.insert(contentsOf: bytes[place...].prefix(6), at: place)
        }
        if bytes.isEmpty { bytes = [0] }
      }
      do {
        if try InputExamination.examine(bytes, as: .recording) { accepted += 1 }
      } catch {
        Issue.record("seed \(seed), round \(round): \(error)")
      }
    }
    #expect(accepted < 3_000, "seed \(seed): nothing was ever refused")
  }
}

@Suite struct `Inputs that failed once` {
  static let folder = "\(Checkout.root)/Tests/FailCases/inputs"
  static let names = ((try? Folder.list(folder)) ?? []).map(\.name)

  @Test(.enabled(if: !names.isEmpty, "nothing has failed yet"), arguments: names)
  func `do not fail again`(name: String) throws {
    let bytes = try FileBytes.read("\(Self.folder)/\(name)", limit: 1 << 20)
    let kind = try #require(bytes.first.flatMap { InputExamination.Kind(rawValue: $0 % 3) })
    try InputExamination.examine(Array(bytes.dropFirst()), as: kind)
  }
}
