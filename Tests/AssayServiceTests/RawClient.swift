import Glibc

@testable import AssayService

/// A connection on which a test says exactly the bytes it wants, and sees exactly what comes.
struct RawClient: ~Copyable {
  enum Ending: Equatable {
    /// Nothing more within a moment, and the connection is open.
    case open
    /// An orderly end.
    case closed
    case reset
  }

  private let socket: Int32

  init(port: Int) throws {
    guard let socket = Sockets.connect(port: port) else {
      throw ServiceError.socket(call: "connect", error: errno)
    }
    self.socket = socket
  }

  deinit { close(socket) }

  func send(_ bytes: [UInt8]) { _ = Sockets.send(bytes[...], to: socket, waits: true) }

  func send(_ text: String) { send(Array(text.utf8)) }

  func ask(_ line: String, _ fields: [String] = []) {
    send(([line + " HTTP/1.1", "Host: test"] + fields).joined(separator: "\r\n") + "\r\n\r\n")
  }

  /// What comes until the connection ends, or says nothing for so long.
  func receive(silence milliseconds: Int32 = 10_000) -> (bytes: [UInt8], ending: Ending) {
    var all: [UInt8] = []
    while true {
      guard isReady(within: milliseconds) else { return (all, .open) }
      guard let bytes = Sockets.receive(socket) else { return (all, .reset) }
      if bytes.isEmpty { return (all, .closed) }
      all += bytes
    }
  }

  /// One answer, whole or as far as it comes; on a connection that is held, until `held` bytes of its
  /// body are there and nothing follows for a moment.
  func answer(
    held: Int = .max, _ kind: HTTPReader.Kind = .answer
  ) throws -> (answer: HTTPReader.Answer, ending: Ending) {
    var reader = HTTPReader(bodyLimit: 1 << 24, kind: kind)
    var ending = Ending.open
    while !reader.isFinished {
      // A busy machine may take its time to say something.
      let hasAll = reader.hasHead && reader.message.body.count >= held
      guard isReady(within: hasAll ? 100 : 10_000) else { break }
      guard let bytes = Sockets.receive(socket) else { ending = .reset; break }
      if bytes.isEmpty { ending = .closed; break }
      try reader.take(bytes)
    }
    return (try reader.finish(), ending)
  }

  private func isReady(within milliseconds: Int32) -> Bool {
    var watched = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&watched, 1, milliseconds) > 0
  }
}
