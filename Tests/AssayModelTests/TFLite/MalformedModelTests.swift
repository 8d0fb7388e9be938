import AssayModel
import AssayTestSupport
import Testing

@Suite struct `Malformed tflite models` {
  @Test(
    arguments: containerCases + modelCases + tensorCases + quantizationCases + operatorCases + customCases
      + optionCases
      + orderCases + callCases)
  func `each is refused with one line that names the place`(_ sample: MalformedModel) throws {
    let bytes = sample.bytes()
    let error = try #require(throws: ModelError.self) { _ = try Graph.read(bytes) }
    #expect(error.code == sample.code)
    #expect(error.withoutOffset == sample.text)
    #expect(error.fileOffset.map { (0...bytes.count).contains($0) } ?? true)
    #expect(!error.description.contains("\n"))
  }

  @Test func `the error says at which byte`() throws {
    var bytes = SampleModels.unary(.relu).bytes()
    bytes.replaceSubrange(0..<4, with: littleEndian(UInt32(0x7fff_ffff)))
    let error = try #require(throws: ModelError.self) { _ = try Graph.read(bytes) }
    #expect(error.description == "byte 0: root table: offset 2147483647 leads out of the file")
  }

  @Test func `every truncation of a model is refused`() {
    let bytes = SampleModels.classifier().bytes()
    for count in bytes.indices {
      #expect(throws: ModelError.self, "\(count) of \(bytes.count) bytes") {
        _ = try Graph.read(Array(bytes[..<count]))
      }
    }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func `random bytes behind the identifier are refused`(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for round in 0..<2_000 {
      var bytes = (0..<Int.random(in: 8...400, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      bytes.replaceSubrange(4..<8, with: "TFL3".utf8)
      if round % 2 == 0 { bytes.replaceSubrange(0..<4, with: [8, 0, 0, 0]) }
      #expect(throws: ModelError.self, "seed \(seed), round \(round)") { _ = try Graph.read(bytes) }
    }
  }

  @Test(arguments: [UInt64(11), 12, 13, 14])
  func `one changed byte is refused or read, never a trap`(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let original = SampleModels.classifier().bytes()
    var accepted = 0
    for _ in 0..<4_000 {
      var bytes = original
      bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      if (try? Graph.read(bytes)) != nil { accepted += 1 }
    }
    // Weights and names make up much of the file, and any byte is a legal one there.
    #expect(accepted > 0 && accepted < 4_000, "seed \(seed)")
  }
}

/// Bytes that are not an acceptable model, and what is said about them.
struct MalformedModel: CustomTestStringConvertible, Sendable {
  let name: String
  let code: ModelError.Code
  let text: String
  let bytes: @Sendable () -> [UInt8]

  /// A file made freely.
  init(_ name: String, _ code: ModelError.Code, _ text: String, _ bytes: @escaping @Sendable () -> [UInt8]) {
    self.name = name
    self.code = code
    self.text = text
    self.bytes = bytes
  }

  /// The sample classifier with its tables changed before they are written.
  init(
    changed name: String, _ code: ModelError.Code, _ text: String,
    _ change: @escaping @Sendable (inout FlatTableValue) -> Void
  ) {
    self.init(name, code, text) {
      var root = SampleModels.classifier().root
      change(&root)
      return ModelWriter.file(root)
    }
  }

  var testDescription: String { name }
}

extension ModelError {
  /// The error without the byte, which moves whenever the writer of the tests changes.
  var withoutOffset: String {
    var error = self
    error.fileOffset = nil
    return error.description
  }
}
