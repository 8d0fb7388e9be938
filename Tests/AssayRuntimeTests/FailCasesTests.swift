import AssayFiles
import AssayTestSupport
import Testing

/// Every file that ever made the reader, the planner or the interpreter fail.
@Suite struct `Fail cases` {
  static let folder = "\(Checkout.root)/Tests/FailCases/tflite"
  static let names = ((try? Folder.list(folder)) ?? []).map(\.name).filter {
    $0.hasSuffix(".tflite") || !$0.contains(".")
  }

  @Test(.enabled(if: !names.isEmpty, "no file has failed yet"), arguments: names)
  func `a file that failed once is refused, stopped or run`(_ name: String) throws {
    _ = try ModelExamination.examine(FileBytes.read(Path.join(Self.folder, name), limit: 1 << 26))
  }

  static let formats = "\(Checkout.root)/Tests/FailCases/formats"
  static let programs = ((try? Folder.list(formats)) ?? []).map(\.name)

  @Test(arguments: programs)
  func `a program or ONNX model that failed once is refused, stopped or run`(_ name: String) throws {
    _ = try ModelExamination.examine(FileBytes.read(Path.join(Self.formats, name), limit: 1 << 26))
  }
}
