internal import AssayFiles

/// Why a file is not a recording that Assay accepts: one line with the file and the array.
///
///     inputs.npz: in_0: object arrays (pickled Python) are refused
public struct RecordingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What class of problem it is; the set may grow.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// The file itself could not be read.
    case unreadable
    /// Not a ZIP archive of NumPy arrays, or a damaged one.
    case malformed
    /// Above an explicit limit of this program.
    case limit
    /// A kind of array or archive that is refused on purpose.
    case unsupported
    /// A good file that does not fit the model: names, types, shapes, lengths, values.
    case mismatch
  }

  public var code: Code
  public var file: String
  /// The array's name, where the problem belongs to one.
  public var array: String?
  public var message: String

  public init(_ code: Code, file: String, array: String? = nil, _ message: String) {
    self.code = code
    self.file = file
    self.array = array
    self.message = message
  }

  public var description: String {
    PrintableText.line([file, array, message].compactMap { $0 }.joined(separator: ": "))
  }
}
