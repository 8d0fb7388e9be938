internal import Glibc
internal import Synchronization

/// What a relay does to one connection, counted in bytes of the response's stream (header included).
public enum RelayFault: Sendable, Equatable {
  case none
  /// The connection is reset after this many bytes.
  case cut(Int)
  /// Nothing more is passed on after this many bytes; the connection stays open.
  case stall(Int)
  case throttle(bytesPerSecond: Int)
  /// One bit of this byte arrives changed.
  case flip(byte: Int, bit: Int)
  /// Closed before anything is passed on.
  case reset
  /// This text instead of the service's answer.
  case answer(String)
}

/// A TCP relay in front of a service that misbehaves as told, connection by connection.
///
/// One thread, one `poll` loop; connections are numbered from 1 in the order in which they come.
public final class FaultRelay: Sendable {
  /// The port the relay listens on.
  public let port: Int
  private let state: RelayState
  private let wake: Int32

  /// Relays to `target` on 127.0.0.1; `plan` gives each connection its fault.
  public init(to target: Int, port: Int = 0, plan: @escaping @Sendable (Int) -> RelayFault)
    throws(ServiceError)
  {
    let listener = try Sockets.listen(port: port)
    self.port = Sockets.port(of: listener)
    var pipe: [Int32] = [0, 0]
    guard unsafe Glibc.pipe(&pipe) == 0 else { throw .socket(call: "pipe", error: errno) }
    wake = pipe[1]
    state = RelayState()
    let loop = RelayLoop(listener: listener, wake: pipe[0], target: target, plan: plan, state: state)
    try Self.start(loop)
  }

  deinit {
    close(wake)
    state.waitUntilStopped()
  }

  /// Connections that came so far.
  public var connections: Int { state.connections.withLock { $0 } }

  private static func start(_ loop: RelayLoop) throws(ServiceError) {
    let context = unsafe Unmanaged.passRetained(loop).toOpaque()
    var thread = pthread_t()
    let error = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<RelayLoop>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context)
    guard error == 0 else {
      unsafe Unmanaged<RelayLoop>.fromOpaque(context).release()
      throw .socket(call: "pthread_create", error: error)
    }
    pthread_detach(thread)
  }
}

/// What the relay's thread tells its owner.
final class RelayState: Sendable {
  let connections = Mutex(0)
  let isStopped = Mutex(false)

  func waitUntilStopped() {
    for _ in 0..<500 where !isStopped.withLock({ $0 }) { usleep(2_000) }
  }
}

/// Plain sockets on 127.0.0.1.
enum Sockets {
  static func listen(port: Int) throws(ServiceError) -> Int32 {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw .socket(call: "socket", error: errno) }
    var one: Int32 = 1
    unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    let isBound = unsafe withAddress(port) { unsafe bind(socket, $0, $1) } == 0
    guard isBound, Glibc.listen(socket, 64) == 0 else {
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
    guard unsafe withAddress(port, { unsafe Glibc.connect(socket, $0, $1) }) == 0 else {
      close(socket)
      return nil
    }
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

  private static func withAddress(
    _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
        unsafe body(rebound, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
