/// Reads one HTTP/1.1 message from bytes nobody vouches for: bounded header, bounded body.
struct HTTPReader {
  /// How the answer ended.
  enum Ending: Equatable {
    case complete
    /// The connection ended before the body did.
    case cut
    /// Longer than the reader wants; what is there is the beginning.
    case tooLong
  }

  /// What is being read.
  enum Kind: Equatable {
    case answer
    /// The answer to HEAD: its fields speak of a body that does not come.
    case answerToHead
    case request
  }

  struct Answer: Equatable {
    /// The first line: `HTTP/1.1 206 Partial Content`, `GET /model HTTP/1.1`.
    var startLine = ""
    /// Of an answer.
    var status = 0
    /// Header fields as they came, in their order.
    var lines: [HTTPResponse.Field] = []
    /// Header fields by lower-case name; the first of a kind counts.
    var fields: [String: String] = [:]
    var body: [UInt8] = []
    var ending = Ending.complete
  }

  enum Failure: Error, Equatable {
    /// Not HTTP.
    case malformed(String)
    /// A header larger than `headLimit`.
    case headTooLarge
  }

  static let headLimit = 32_768
  private static let fieldLimit = 128
  private let kind: Kind
  private let bodyLimit: Int
  private var pending: [UInt8] = []
  /// Bytes of `pending` in which no header ends.
  private var searched = 0
  private var answer = Answer()
  private var body = BodyForm.none
  private(set) var hasHead = false
  private(set) var isFinished = false

  private enum BodyForm: Equatable {
    case none
    case counted(left: Int)
    case chunked(ChunkState)
    case untilClosed
  }

  private enum ChunkState: Equatable {
    case size
    case data(left: Int)
    case dataEnd
    case trailer
  }

  init(bodyLimit: Int, kind: Kind = .answer) {
    self.bodyLimit = bodyLimit
    self.kind = kind
  }

  /// True when nothing has come at all.
  var isUntouched: Bool { !hasHead && pending.isEmpty }

  /// Bytes behind the message: the beginning of the next one.
  var rest: [UInt8] { isFinished ? pending : [] }

  /// The header, and as much of the body as has come.
  var message: Answer { answer }

  /// Takes the next bytes of the connection.
  mutating func take(_ bytes: [UInt8]) throws(Failure) {
    pending += bytes
    while !hasHead {
      guard try readHead() else { return }
    }
    try readBody()
  }

  /// The answer, after the connection ended or `isFinished`.
  consuming func finish() throws(Failure) -> Answer {
    guard hasHead else { throw .malformed("the answer ends inside its header") }
    if !isFinished, body != .untilClosed { answer.ending = .cut }
    return answer
  }

  /// False when more bytes are needed.
  private mutating func readHead() throws(Failure) -> Bool {
    guard let end = Self.headEnd(pending, from: searched) else {
      if pending.count > Self.headLimit { throw .headTooLarge }
      searched = max(0, pending.count - 3)
      return false
    }
    guard end.lowerBound <= Self.headLimit else { throw .headTooLarge }
    let text = String(decoding: pending[..<end.lowerBound], as: UTF8.self)
    pending.removeFirst(end.upperBound)
    searched = 0
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\r\n" || $0 == "\n" }.map(String.init)[
      ...]
    answer.startLine = lines.popFirst() ?? ""
    try readStart()
    // Interim answers carry nothing.
    if kind != .request, answer.status < 200 { return true }
    for line in lines { readField(line) }
    hasHead = true
    try chooseBody()
    return true
  }

  private mutating func readStart() throws(Failure) {
    let words = answer.startLine.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    if kind == .request {
      guard words.count == 3, !words[0].isEmpty, words[0].utf8.allSatisfy({ (0x41...0x5A).contains($0) }),
        words[1].utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !words[1].isEmpty,
        words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0"
      else { throw .malformed("not an HTTP request") }
      return
    }
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].utf8.count == 3,
      let status = Int(words[1]), (100...599).contains(status)
    else { throw .malformed("not an HTTP answer") }
    answer.status = status
  }

  /// Where the empty line behind a header stands, with the line end before it.
  private static func headEnd(_ bytes: [UInt8], from start: Int) -> Range<Int>? {
    for index in start..<bytes.count where bytes[index] == 0x0A {
      if index >= 3, bytes[index - 1] == 0x0D, bytes[index - 2] == 0x0A { return index - 3..<index + 1 }
      if index >= 1, bytes[index - 1] == 0x0A { return index - 1..<index + 1 }
    }
    return nil
  }

  private mutating func readField(_ line: String) {
    guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), answer.lines.count < Self.fieldLimit else {
      return
    }
    let name = line[..<colon].lowercased()
    let value = line[line.index(after: colon)...].split(separator: " ").joined(separator: " ")
    answer.lines.append(HTTPResponse.Field(name: String(line[..<colon]), value: value))
    if answer.fields[name] == nil { answer.fields[name] = value }
  }

  private mutating func chooseBody() throws(Failure) {
    if answer.status == 204 || answer.status == 304 || kind == .answerToHead {
      isFinished = true
    } else if let coding = answer.fields["transfer-encoding"]?.lowercased() {
      guard coding == "chunked" else { throw .malformed("transfer-encoding \(coding)") }
      body = .chunked(.size)
    } else if let text = answer.fields["content-length"] {
      guard let count = Int(text), count >= 0 else { throw .malformed("content-length \(text.prefix(32))") }
      body = .counted(left: count)
    } else if kind == .request {
      isFinished = true
    } else {
      body = .untilClosed
    }
  }

  private mutating func readBody() throws(Failure) {
    while !isFinished {
      switch body {
      case .none: isFinished = true
      case .untilClosed:
        keep(pending.count)
        if pending.isEmpty { return }
      case .counted(let left):
        let count = min(left, pending.count)
        keep(count)
        body = .counted(left: left - count)
        if left == count { isFinished = true } else if pending.isEmpty { return }
      case .chunked(let state): if try !readChunk(state) { return }
      }
    }
  }

  /// False when more bytes are needed.
  private mutating func readChunk(_ state: ChunkState) throws(Failure) -> Bool {
    if case .data(let left) = state {
      let count = min(left, pending.count)
      keep(count)
      body = .chunked(left == count ? .dataEnd : .data(left: left - count))
      return left == count
    }
    guard let line = try takeLine() else { return false }
    switch state {
    case .size:
      let digits = line.split(separator: ";").first ?? ""
      guard let size = Int(digits, radix: 16), size >= 0, digits.utf8.count <= 8 else {
        throw .malformed("a chunk without a size")
      }
      body = .chunked(size == 0 ? .trailer : .data(left: size))
    case .dataEnd:
      guard line.isEmpty else { throw .malformed("a chunk longer than it says") }
      body = .chunked(.size)
    case .trailer: if line.isEmpty { isFinished = true }
    case .data: break
    }
    return true
  }

  private mutating func takeLine() throws(Failure) -> String? {
    guard let end = pending.firstIndex(of: 0x0A) else {
      if pending.count > 1024 { throw .malformed("a chunk line without end") }
      return nil
    }
    let line = String(decoding: pending[..<end].filter { $0 != 0x0D }, as: UTF8.self)
    pending.removeFirst(end + 1)
    return line
  }

  private mutating func keep(_ count: Int) {
    let room = max(0, bodyLimit - answer.body.count)
    answer.body += pending.prefix(min(count, room))
    pending.removeFirst(count)
    guard count > room else { return }
    answer.ending = .tooLong
    isFinished = true
  }
}
