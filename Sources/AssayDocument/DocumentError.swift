internal import AssayFiles

/// A place in a text that a person wrote.
public struct DocumentLocation: Sendable, Hashable, CustomStringConvertible {
  public var file: String
  /// Counted from 1; 0 where the text has no lines, as on the command line.
  public var line: Int
  /// In characters, counted from 1.
  public var column: Int

  public init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `suite.yaml:3:7`, or only the file where there is no line.
  public var description: String { line > 0 ? "\(file):\(line):\(column)" : file }
}

/// One thing that is wrong with a document: `suite.yaml:3:7: unknown key "modle"; did you mean "model"?`
public struct DocumentError: Error, Sendable, Hashable, CustomStringConvertible {
  public var location: DocumentLocation
  public var message: String

  public init(_ location: DocumentLocation, _ message: String) {
    self.location = location
    self.message = message
  }

  public var description: String { PrintableText.line("\(location): \(message)") }
}

/// Everything that is wrong with a document, so that one run shows all of it; never empty.
public struct DocumentErrors: Error, Sendable, Hashable, CustomStringConvertible {
  /// In the order of the document's lines.
  public private(set) var errors: [DocumentError]

  public init(_ first: DocumentError, _ others: [DocumentError] = []) {
    errors = ([first] + others).enumerated().sorted {
      ($0.element.location.line, $0.element.location.column, $0.offset)
        < ($1.element.location.line, $1.element.location.column, $1.offset)
    }.map(\.element)
  }

  public init(_ location: DocumentLocation, _ message: String) {
    errors = [DocumentError(location, message)]
  }

  /// One line each.
  public var description: String { errors.map(\.description).joined(separator: "\n") }
}
