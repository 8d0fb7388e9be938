internal import CTLS
internal import Glibc

/// Why a service cannot be talked to.
enum RemoteFailure: Error, Equatable {
  case dns(String)
  case refused(String)
  case tls(String)
  case reset
  case timeout
}

/// One connection to a service, plain or TLS, that waits no longer than its deadline.
///
/// A class: as a struct that cannot be copied its `deinit` never ran (Swift 6.3), and every request
/// left a socket and a TLS session behind, which the address sanitizer found.
final class RemoteStream {
  private let socket: Int32
  private let session: TLSSession?
  private let deadline: ContinuousClock.Instant

  /// Connects; `certificates` is a PEM file of authorities instead of the system's.
  init(
    to address: ServiceAddress, certificates: String?, deadline: ContinuousClock.Instant
  ) throws(RemoteFailure) {
    let socket = try Self.connect(address, deadline)
    var session: TLSSession?
    if address.isSecure {
      do { session = try TLSSession(socket, host: address.host, certificates: certificates) } catch {
        close(socket)
        throw error
      }
    }
    self.socket = socket
    self.session = session
    self.deadline = deadline
  }

  deinit {
    session?.end()
    close(socket)
  }

  func send(_ bytes: [UInt8]) throws(RemoteFailure) {
    var sent = 0
    while sent < bytes.count {
      guard ContinuousClock.now < deadline else { throw .timeout }
      let done = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[sent...])
        return unsafe session?.write(rest)
          ?? Glibc.send(socket, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      }
      guard done > 0 else { throw Self.failure(errno) }
      sent += done
    }
  }

  /// The next bytes, at most 16 KiB; empty when the service closed the connection.
  func receive() throws(RemoteFailure) -> [UInt8] {
    guard ContinuousClock.now < deadline else { throw .timeout }
    var result = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
      result = unsafe session?.read(buffer) ?? recv(socket, buffer.baseAddress, buffer.count, 0)
      count = max(0, result)
    }
    guard result >= 0 else { throw Self.failure(errno) }
    return bytes
  }

  private static func failure(_ error: Int32) -> RemoteFailure {
    error == EAGAIN || error == EWOULDBLOCK || error == ETIMEDOUT ? .timeout : .reset
  }
}

// Connecting.
extension RemoteStream {
  private static func connect(
    _ address: ServiceAddress, _ deadline: ContinuousClock.Instant
  ) throws(RemoteFailure) -> Int32 {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let error = unsafe getaddrinfo(address.host, "\(address.port)", &hints, &found)
    guard error == 0, let first = unsafe found else {
      throw .dns("cannot resolve \(address.host): \(unsafe String(cString: gai_strerror(error)))")
    }
    defer { unsafe freeaddrinfo(first) }
    var next: UnsafeMutablePointer<addrinfo>? = unsafe first
    var reason = ECONNREFUSED
    while let candidate = unsafe next {
      let socket = unsafe Glibc.socket(candidate.pointee.ai_family, Int32(SOCK_STREAM.rawValue), 0)
      if socket >= 0 {
        limitWaits(socket, deadline)
        if unsafe Glibc.connect(socket, candidate.pointee.ai_addr, candidate.pointee.ai_addrlen) == 0 {
          return socket
        }
        reason = errno == EINPROGRESS ? ETIMEDOUT : errno
        close(socket)
      }
      unsafe next = candidate.pointee.ai_next
    }
    let words = unsafe String(cString: strerror(reason))
    throw reason == ETIMEDOUT ? .timeout : .refused("cannot connect to \(address.authority): \(words)")
  }

  /// No single call waits longer than what is left.
  private static func limitWaits(_ socket: Int32, _ deadline: ContinuousClock.Instant) {
    let left = max(.milliseconds(1), deadline - ContinuousClock.now).components
    var time = timeval(
      tv_sec: Int(left.seconds), tv_usec: Int(left.attoseconds / 1_000_000_000_000) + 1)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      _ = unsafe setsockopt(
        socket, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
  }
}
