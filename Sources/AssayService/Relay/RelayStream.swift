internal import Glibc

/// A client's socket at the relay, plain or TLS; no call waits.
struct RelayStream {
  enum Received {
    case bytes([UInt8])
    case nothing
    /// An orderly end, or a connection that is lost.
    case ended
  }

  let socket: Int32
  private let session: RelayTLSSession?

  init(_ socket: Int32, _ session: RelayTLSSession? = nil) {
    self.socket = socket
    self.session = session
  }

  /// What there is to read, at most 16 KiB.
  func receive() -> Received {
    if let session { return session.receive() }
    guard let bytes = Sockets.receive(socket) else {
      return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? .nothing : .ended
    }
    return bytes.isEmpty ? .ended : .bytes(bytes)
  }

  /// Sends as much as there is room for; negative when the connection is gone.
  func send(_ bytes: ArraySlice<UInt8>) -> Int {
    session?.send(bytes) ?? Sockets.send(bytes, to: socket)
  }

  /// Nothing more will be sent; what the client still says can be read.
  func endSending() {
    session?.sayEnd()
    shutdown(socket, Int32(SHUT_WR))
  }
}
