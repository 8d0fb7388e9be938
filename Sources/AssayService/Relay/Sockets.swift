internal import Glibc

/// Plain sockets on 127.0.0.1.
enum Sockets {
  /// Listens on 127.0.0.1, or on all addresses; port 0 lets the system choose.
  static func listen(port: Int, allAddresses: Bool = false) throws(ServiceError) -> Int32 {
    guard UInt16(exactly: port) != nil else { throw .portInUse(port: port) }
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw .socket(call: "socket", error: errno) }
    var one: Int32 = 1
    unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    let isBound = unsafe withAddress(port, allAddresses) { unsafe bind(socket, $0, $1) } == 0
    guard isBound, Glibc.listen(socket, 256) == 0 else {
      close(socket)
      throw .portInUse(port: port)
    }
    return socket
  }

  /// True when a port of 127.0.0.1 can be listened on.
  static func isFree(port: Int) -> Bool {
    guard let socket = try? listen(port: port) else { return false }
    close(socket)
    return true
  }

  static func connect(port: Int) -> Int32? {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return nil }
    guard unsafe withAddress(port, false, { unsafe Glibc.connect(socket, $0, $1) }) == 0 else {
      close(socket)
      return nil
    }
    sendAtOnce(socket)
    return socket
  }

  static func port(of socket: Int32) -> Int {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(socket, $0, &length)
      }
    }
    return result == 0 ? Int(UInt16(bigEndian: address.sin_port)) : 0
  }

  /// Closes with a reset instead of an orderly end.
  static func abort(_ socket: Int32) {
    var option = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close(socket)
  }

  /// Calls on it return at once; small writes are not held back.
  static func makeNonblocking(_ socket: Int32) {
    _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK)
    sendAtOnce(socket)
  }

  private static func sendAtOnce(_ socket: Int32) {
    var one: Int32 = 1
    unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
  }

  /// Bytes that were sent and that the other side has not got yet.
  static func unsentBytes(_ socket: Int32) -> Int {
    var count: Int32 = 0
    return unsafe ioctl(socket, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : 0
  }

  /// What there is to read, at most 16 KiB: empty at an orderly end, nil when there is nothing or an error.
  static func receive(_ socket: Int32) -> [UInt8]? {
    var result = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
      result = unsafe recv(socket, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
      count = max(0, result)
    }
    return result < 0 ? nil : bytes
  }

  /// Sends as much as there is room for; negative when the connection is gone.
  static func send(_ bytes: ArraySlice<UInt8>, to socket: Int32, waits: Bool = false) -> Int {
    let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
    let sent = unsafe bytes.withUnsafeBytes { buffer in
      unsafe Glibc.send(socket, buffer.baseAddress, buffer.count, flags)
    }
    return sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) ? 0 : sent
  }

  private static func withAddress(
    _ port: Int, _ allAddresses: Bool, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = (allAddresses ? UInt32(0) : UInt32(0x7F00_0001)).bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
        unsafe body(rebound, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
