import AssayFiles
import AssayModel
import AssayTestSupport
import Testing

@Suite struct `Field models` {
  static let paths: [String] = ["models", "layers", "board"].flatMap { folder in
    let path = "\(Checkout.conformance)/\(folder)"
    return ((try? Folder.list(path)) ?? []).map { "\(path)/\($0.name)" }.filter { $0.hasSuffix(".tflite") }
  }

  @Test(
    .enabled(if: !paths.isEmpty, "shared/conformance is not beside the checkout"), arguments: paths)
  func `every model that the device's runtime runs is read`(_ path: String) throws {
    let graph = try Graph.read(FileBytes.read(path, limit: 1 << 24))
    #expect(!graph.main.operators.isEmpty)
    #expect(graph.notes.isEmpty)
  }
}
