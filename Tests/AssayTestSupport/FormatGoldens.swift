public import AssayRecording
internal import AssayFiles

/// Single operators of ONNX and ExecuTorch with the outputs of ONNX Runtime and of ExecuTorch's own
/// runtime: `Tests/Goldens/formats`, made by `tools/operators`.
public struct FormatGolden: Sendable, CustomStringConvertible {
  /// `onnx/convolution/conv_same_upper_2`.
  public let name: String
  public let model: [UInt8]
  public let inputs: [RecordedArray]
  public let outputs: [RecordedArray]
  /// Whether outputs come out bit for bit; otherwise floats lie within a few units in the last place.
  public let isExact: Bool

  public var description: String { name }

  private static let folder = "\(Checkout.root)/Tests/Goldens/formats"

  /// All cases of a format, `onnx` or `pte`, in the order of their names.
  public static func all(_ format: String) -> [FormatGolden] {
    let files = ((try? Folder.list("\(folder)/\(format)")) ?? []).map(\.name).filter { $0.hasSuffix(".npz") }
    return files.sorted().flatMap { (try? cases(format, $0)) ?? [] }
  }

  private static func cases(_ format: String, _ file: String) throws -> [FormatGolden] {
    let bytes = try FileBytes.read("\(folder)/\(format)/\(file)", limit: 1 << 24)
    let arrays = try Recording.read(bytes, file: file).arrays
    var members: [String: [RecordedArray]] = [:]
    for array in arrays {
      members[array.name.split(separator: ".").first.map(String.init) ?? "", default: []].append(array)
    }
    return members.sorted { $0.key < $1.key }.map { name, arrays in
      func members(_ kind: String) -> [RecordedArray] {
        arrays.filter { $0.name.hasPrefix("\(name).\(kind)_") }
      }
      return FormatGolden(
        name: "\(format)/\(file.dropLast(4))/\(name)",
        model: arrays.first { $0.name == "\(name).model" }?.bytes ?? [], inputs: members("in"),
        outputs: members("out"), isExact: !file.contains(".close."))
    }
  }
}
