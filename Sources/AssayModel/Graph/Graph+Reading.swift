extension Graph {
  /// Reads a model of whatever supported format the bytes are in.
  ///
  /// - Throws: `ModelError`; bytes of another known format are named in it.
  /// - Parameter options: which method of a program, and where weights outside the file come from.
  public static func read(
    _ bytes: [UInt8], options: ReadingOptions = ReadingOptions(), limits: ModelLimits = .default
  ) throws(ModelError) -> Graph {
    guard !bytes.isEmpty else { throw ModelError(.notAModel, "the file is empty") }
    switch FlatBuffer.identifier(of: bytes) {
    case TFLiteSchema.identifier: return try TFLiteReader.read(bytes, limits: limits)
    case let identifier? where ExecuTorchReader.reads(identifier):
      return try ExecuTorchReader.read(bytes, options: options, limits: limits)
    case _ where ONNXReader.reads(bytes): return try ONNXReader.read(bytes, options: options, limits: limits)
    default: throw ModelError(.notAModel, at: 0, ForeignFormat.description(of: bytes))
    }
  }
}

/// What a file alone does not say.
public struct ReadingOptions: Sendable {
  /// The method of an ExecuTorch program that is run.
  public var method: String
  /// The bytes of a `.ptd` file, for programs whose weights lie outside.
  public var externalWeights: [UInt8]?
  /// Reads a file that an ONNX model names, by a path relative to the model; the caller keeps it
  /// beneath the model's folder.
  public var externalFile: (@Sendable (String) throws(ModelError) -> [UInt8])?

  public init(method: String = "forward", externalWeights: [UInt8]? = nil) {
    self.method = method
    self.externalWeights = externalWeights
  }
}

/// Says what bytes are that are not a model of a known format.
private enum ForeignFormat {
  static func description(of bytes: [UInt8]) -> String {
    for (signature, name) in signatures where bytes.starts(with: signature.utf8) {
      return "this is \(name), not a model"
    }
    if bytes.starts(with: [0x89, 0x48, 0x44, 0x46]) { return "this is an HDF5 file (Keras), not a model" }
    if bytes.count < 8 { return "\(bytes.count) bytes are too few for a model" }
    return "no known model format: the identifier TFL3 is missing at byte 4"
  }

  private static let signatures: [(signature: String, name: String)] = [
    ("PK\u{3}\u{4}", "a zip archive (Keras, PyTorch or NumPy)"),
    ("GGUF", "a GGUF file"),
    ("version https://git-lfs", "a Git LFS pointer"),
    ("<", "markup (a web page?)"),
    ("{", "JSON"),
  ]
}
