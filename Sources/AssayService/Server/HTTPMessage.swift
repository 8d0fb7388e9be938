/// A request as it came from a socket, its body whole.
public struct HTTPRequest: Sendable, Equatable {
  public var method: String
  /// Path without the query, percent-decoded by the server.
  public var path: String
  /// Header fields by lower-case name.
  public var headers: [String: String]
  public var body: [UInt8]

  public init(_ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = []) {
    self.method = method
    self.path = path
    self.headers = headers
    self.body = body
  }
}

/// What is sent back.
public struct HTTPResponse: Sendable, Equatable {
  public struct Field: Sendable, Equatable {
    public let name: String
    public let value: String
  }

  public var status: Int
  public var fields: [Field] = []
  public var body: [UInt8] = []

  public init(status: Int, body: [UInt8] = []) {
    self.status = status
    self.body = body
  }

  /// A status with one line of text.
  public init(status: Int, text: String) {
    self.init(status: status, body: Array("\(text)\n".utf8))
    set("Content-Type", "text/plain; charset=utf-8")
  }

  public mutating func set(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

  /// The value of a field.
  public func field(_ name: String) -> String? {
    fields.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// `bytes=FIRST-` or `bytes=FIRST-LAST`; anything else is not a range and the whole file is sent.
struct ByteRange: Equatable {
  let first: Int
  let last: Int?

  init?(_ header: String?) {
    guard let header, header.hasPrefix("bytes="), !header.contains(",") else { return nil }
    let parts = header.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let first = Int(parts[0]), first >= 0 else { return nil }
    guard !parts[1].isEmpty else { self.first = first; last = nil; return }
    guard let last = Int(parts[1]), last >= first else { return nil }
    self.first = first
    self.last = last
  }
}
