import AssayFiles
import AssayModel
import AssayTestSupport
import Testing

@Suite struct `Malformed ONNX models` {
  @Test(arguments: wireCases + graphCases + constantCases + nodeCases)
  func `each is refused with one line that names the place`(_ sample: MalformedModel) throws {
    let bytes = sample.bytes()
    let error = try #require(throws: ModelError.self) { _ = try Graph.read(bytes) }
    #expect(error.code == sample.code)
    #expect(error.withoutOffset == sample.text)
    #expect(error.fileOffset.map { (0...bytes.count).contains($0) } ?? true)
    #expect(!error.description.contains("\n"))
  }

  @Test func `every truncation of a model is refused`() {
    let bytes = SampleONNX.network().bytes()
    // Cut between the graph and the opset nothing is damaged, but the opset is missing.
    for count in bytes.indices {
      #expect(throws: ModelError.self, "\(count) of \(bytes.count) bytes") {
        _ = try Graph.read(Array(bytes[..<count]))
      }
    }
  }

  @Test func `a node without a kernel is read, named and not run`() throws {
    var model = ONNXWriter()
    model.input("x", .float32, [1, 4])
    model.node("Whirl", ["x"], ["turned"], domain: "org.example")
    model.node("Relu", ["turned"], ["y"])
    model.output("y", .float32, [1, 4])
    let graph = try Graph.read(model.bytes())
    #expect(graph.main.operators.map(\.code.name) == ["org.example.Whirl", "Relu"])
  }

  @Test(arguments: externalCases)
  func `external data outside the model's folder or its file is refused`(_ sample: ExternalCase) throws {
    let folder = try TemporaryFolder()
    try sample.prepare(folder)
    var model = SampleONNX.unary("Relu")
    model.external("w", [4], location: sample.location, offset: sample.offset, length: sample.length)
    var options = ReadingOptions()
    let root = folder("inside")
    options.externalFile = { (name) throws(ModelError) in
      do throws(FileError) {
        return try FileBytes.read(Path.contained(name, inside: root, links: .refused), limit: 1 << 20)
      } catch { throw ModelError(.invalid, in: "external data", error.description) }
    }
    let error = try #require(throws: ModelError.self) {
      _ = try Graph.read(model.bytes(), options: options)
    }
    #expect(error.description.replacing(root, with: "FOLDER") == sample.text)
  }

  @Test func `external data is not read unless the caller says how`() throws {
    var model = SampleONNX.unary("Relu")
    model.external("w", [4], location: "w.bin")
    let error = try #require(throws: ModelError.self) { _ = try Graph.read(model.bytes()) }
    #expect(error.description == "constant \"w\": lies in another file, \"w.bin\"")
  }
}

/// A place of external data, and what is said about it.
struct ExternalCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let location: String
  var offset: String?
  var length: String?
  let text: String

  init(_ name: String, _ location: String, offset: String? = nil, length: String? = nil, _ text: String) {
    testDescription = name
    self.location = location
    self.offset = offset
    self.length = length
    self.text = text
  }

  /// `inside/w.bin` of 16 bytes, a secret beside the folder, and links to it.
  func prepare(_ folder: TemporaryFolder) throws {
    try Folder.create(folder("inside"))
    try FileBytes.write(SamplePrograms.floats(4), to: folder("inside/w.bin"))
    try FileBytes.write(SamplePrograms.floats(4), to: folder("secret.bin"))
    try folder.link(from: "inside/link.bin", to: folder("secret.bin"))
    try folder.link(from: "inside/up", to: folder.path)
  }
}

private let externalCases: [ExternalCase] = [
  ExternalCase(
    "the folder above", "../secret.bin", "external data: ../secret.bin: must be a relative path inside FOLDER"
  ),
  ExternalCase(
    "the folder above, by way of itself", "up/../../secret.bin",
    "external data: up/../../secret.bin: must be a relative path inside FOLDER"),
  ExternalCase(
    "an absolute path", "/etc/passwd", "external data: /etc/passwd: must be a relative path inside FOLDER"),
  ExternalCase("a link", "link.bin", "external data: FOLDER/link.bin: links are not allowed here"),
  ExternalCase(
    "a folder that is a link", "up/secret.bin", "external data: FOLDER/up: links are not allowed here"),
  ExternalCase("no name", "", "external data: \"\": empty path"),
  ExternalCase(
    "a name with a zero byte", "w.bin\u{0}.png",
    "external data: FOLDER/w.bin\\x00.png: no such file or folder"),
  ExternalCase("a file that is not there", "v.bin", "external data: FOLDER/v.bin: no such file or folder"),
  ExternalCase("a folder", ".", "external data: FOLDER/.: it is a folder, not a file"),
  ExternalCase(
    "an offset beyond the file", "w.bin", offset: "17",
    "constant \"w\": 16 bytes at 17 end beyond \"w.bin\" of 16 bytes"),
  ExternalCase(
    "an offset that wraps", "w.bin", offset: "9223372036854775807",
    "constant \"w\": 16 bytes at 9223372036854775807 end beyond \"w.bin\" of 16 bytes"),
  ExternalCase(
    "an offset that is no number", "w.bin", offset: "1e3",
    "constant \"w\": 16 bytes at -1 end beyond \"w.bin\" of 16 bytes"),
  ExternalCase(
    "a negative offset", "w.bin", offset: "-4",
    "constant \"w\": 16 bytes at -4 end beyond \"w.bin\" of 16 bytes"),
  ExternalCase(
    "a length of another size", "w.bin", length: "12",
    "constant \"w\": 16 bytes at 0 end beyond \"w.bin\" of 16 bytes"),
  ExternalCase(
    "a length beyond any number", "w.bin", length: "99999999999999999999",
    "constant \"w\": 16 bytes at 0 end beyond \"w.bin\" of 16 bytes"),
]
