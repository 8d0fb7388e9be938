internal import Glibc
internal import Synchronization

/// The relay's thread: accepts, passes bytes on, and does to each connection what the plan says.
final class RelayLoop {
  private struct Link {
    let client: Int32
    let server: Int32
    let fault: RelayFault
    /// Bytes passed on to the client.
    var passed = 0
    var isStalled = false
    /// Milliseconds to wait before more is read, when throttled.
    var resumesAt = ContinuousClock.now
  }

  private let listener: Int32
  private let wake: Int32
  private let target: Int
  private let plan: @Sendable (Int) -> RelayFault
  private let state: RelayState
  private var links: [Link] = []
  private static let linkLimit = 256

  init(
    listener: Int32, wake: Int32, target: Int, plan: @escaping @Sendable (Int) -> RelayFault,
    state: RelayState
  ) {
    self.listener = listener
    self.wake = wake
    self.target = target
    self.plan = plan
    self.state = state
  }

  func run() {
    while step() {}
    for link in links { close(link) }
    Glibc.close(listener)
    Glibc.close(wake)
    state.isStopped.withLock { $0 = true }
  }

  /// One round; false when the owner is gone.
  private func step() -> Bool {
    var watched = [
      pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
      pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
    ]
    let now = ContinuousClock.now
    for link in links {
      let isHeld = link.isStalled || link.resumesAt > now
      watched.append(pollfd(fd: link.client, events: Int16(POLLIN), revents: 0))
      watched.append(pollfd(fd: isHeld ? -1 : link.server, events: Int16(POLLIN), revents: 0))
    }
    guard unsafe poll(&watched, nfds_t(watched.count), 20) >= 0 else { return errno == EINTR }
    if watched[0].revents != 0 { return false }
    var kept: [Link] = []
    for (index, link) in links.enumerated() {
      var link = link
      let isAlive =
        (watched[2 + 2 * index].revents == 0 || forward(&link))
        && (watched[3 + 2 * index].revents == 0 || backward(&link))
      if isAlive { kept.append(link) }
    }
    links = kept
    if watched[1].revents != 0 { accept() }
    return true
  }

  private func accept() {
    let client = Glibc.accept(listener, nil, nil)
    guard client >= 0 else { return }
    let number = state.connections.withLock { count in
      count += 1
      return count
    }
    let fault = plan(number)
    if fault == .reset || links.count >= Self.linkLimit { return Sockets.abort(client) }
    if case .answer(let text) = fault {
      // The request is read first, so that the client has somebody to talk to.
      _ = receive(client)
      _ = send(Array(text.utf8), to: client)
      shutdown(client, Int32(SHUT_WR))
      Glibc.close(client)
      return
    }
    guard let server = Sockets.connect(port: target) else { return Sockets.abort(client) }
    links.append(Link(client: client, server: server, fault: fault))
  }

  /// From the client to the service.
  private func forward(_ link: inout Link) -> Bool {
    let bytes = receive(link.client)
    guard !bytes.isEmpty, send(bytes, to: link.server) else {
      close(link)
      return false
    }
    return true
  }

  /// From the service to the client, with the fault.
  private func backward(_ link: inout Link) -> Bool {
    var bytes = receive(link.server)
    guard !bytes.isEmpty else {
      close(link)
      return false
    }
    switch link.fault {
    case .cut(let limit) where link.passed + bytes.count >= limit:
      _ = send(Array(bytes.prefix(max(0, limit - link.passed))), to: link.client)
      Sockets.abort(link.client)
      Glibc.close(link.server)
      return false
    case .stall(let limit) where link.passed + bytes.count >= limit:
      bytes = Array(bytes.prefix(max(0, limit - link.passed)))
      link.isStalled = true
    case .flip(let byte, let bit) where (link.passed..<link.passed + bytes.count).contains(byte):
      bytes[byte - link.passed] ^= 1 << UInt8(bit & 7)
    case .throttle(let rate):
      link.resumesAt = ContinuousClock.now + .milliseconds(bytes.count * 1000 / max(1, rate))
    default: break
    }
    link.passed += bytes.count
    guard bytes.isEmpty || send(bytes, to: link.client) else {
      close(link)
      return false
    }
    return true
  }

  private func close(_ link: Link) {
    Glibc.close(link.client)
    Glibc.close(link.server)
  }

  private func receive(_ socket: Int32) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      count = max(0, unsafe recv(socket, buffer.baseAddress, buffer.count, 0))
    }
  }

  private func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let done = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.send(
          socket, buffer.baseAddress.map { unsafe $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard done > 0 else { return false }
      sent += done
    }
    return true
  }
}
