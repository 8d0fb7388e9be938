/// Why bytes are not a model that Assay accepts, and where.
///
/// One line, for a person: `kws.tflite: byte 1204: subgraph 0, operator 3 (CONV_2D): stride 0 is
/// not between 1 and 256`.
public struct ModelError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What class of problem it is; the set may grow.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// Not the format at all: wrong identifier, empty, too short.
    case notAModel
    /// The container is damaged: an offset, length or table outside its bounds.
    case malformed
    /// Well formed but meaningless: shapes, indices, quantisation or attributes that contradict.
    case invalid
    /// Above an explicit limit of this program.
    case limit
    /// Readable, but for a newer format or a feature that is not understood.
    case unsupported
  }

  public var code: Code
  /// Byte offset in the file, where one is known.
  public var fileOffset: Int?
  /// Place in the model's own terms: `subgraph 0, tensor 4 ("conv1/bias")`.
  public var place: String?
  public var message: String

  public init(_ code: Code, at fileOffset: Int? = nil, in place: String? = nil, _ message: String) {
    self.code = code
    self.fileOffset = fileOffset
    self.place = place
    self.message = message
  }

  public var description: String {
    var parts: [String] = []
    if let fileOffset { parts.append("byte \(fileOffset)") }
    if let place { parts.append(place) }
    parts.append(message)
    return parts.joined(separator: ": ")
  }
}
