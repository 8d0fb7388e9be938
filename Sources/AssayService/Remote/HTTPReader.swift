/// Reads one HTTP/1.1 answer from bytes nobody vouches for: bounded header, bounded body.
struct HTTPReader {
  /// How the answer ended.
  enum Ending: Equatable {
    case complete
    /// The connection ended before the body did.
    case cut
    /// Longer than the reader wants; what is there is the beginning.
    case tooLong
  }

  struct Answer: Equatable {
    var status = 0
    /// Header fields by lower-case name; the first of a kind counts.
    var fields: [String: String] = [:]
    var body: [UInt8] = []
    var ending = Ending.complete
  }

  enum Failure: Error, Equatable {
    /// Not HTTP, or a header larger than `headLimit`.
    case malformed(String)
  }

  static let headLimit = 32_768
  private let bodyLimit: Int
  private var pending: [UInt8] = []
  private var answer = Answer()
  private var body = BodyForm.none
  private var hasHead = false
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

  init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

  /// Takes the next bytes of the connection.
  mutating func take(_ bytes: [UInt8]) throws(Failure) {
    pending += bytes
    if !hasHead { try readHead() }
    if hasHead { try readBody() }
  }

  /// The answer, after the connection ended or `isFinished`.
  consuming func finish() throws(Failure) -> Answer {
    guard hasHead else { throw .malformed("the answer ends inside its header") }
    if !isFinished, body != .untilClosed { answer.ending = .cut }
    return answer
  }

  private mutating func readHead() throws(Failure) {
    guard let end = Self.headEnd(pending) else {
      if pending.count > Self.headLimit { throw .malformed("a header of more than \(Self.headLimit) bytes") }
      return
    }
    let text = String(decoding: pending[..<end.lowerBound], as: UTF8.self)
    pending.removeFirst(end.upperBound)
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\r\n" || $0 == "\n" }.map(String.init)[
      ...]
    let words = (lines.popFirst() ?? "").split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].utf8.count == 3,
      let status = Int(words[1]), (100...599).contains(status)
    else { throw .malformed("not an HTTP answer") }
    // Interim answers carry nothing.
    if status < 200 { return try readHead() }
    answer.status = status
    for line in lines { readField(line) }
    hasHead = true
    try chooseBody()
  }

  private static func headEnd(_ bytes: [UInt8]) -> Range<Int>? {
    for index in bytes.indices where bytes[index] == 0x0A {
      if index >= 3, bytes[index - 1] == 0x0D, bytes[index - 2] == 0x0A { return index - 3..<index + 1 }
      if index >= 1, bytes[index - 1] == 0x0A { return index - 1..<index + 1 }
    }
    return nil
  }

  private mutating func readField(_ line: String) {
    guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), answer.fields.count < 128 else { return }
    let name = line[..<colon].lowercased()
    let value = line[line.index(after: colon)...]
    if answer.fields[name] == nil {
      answer.fields[name] = value.split(separator: " ").joined(separator: " ")
    }
  }

  private mutating func chooseBody() throws(Failure) {
    if answer.status == 204 || answer.status == 304 {
      isFinished = true
    } else if let coding = answer.fields["transfer-encoding"]?.lowercased() {
      guard coding == "chunked" else { throw .malformed("transfer-encoding \(coding)") }
      body = .chunked(.size)
    } else if let text = answer.fields["content-length"] {
      guard let count = Int(text), count >= 0 else { throw .malformed("content-length \(text.prefix(32))") }
      body = .counted(left: count)
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
