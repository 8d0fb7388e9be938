internal import Glibc

/// The relay's thread: accepts clients, and moves each connection on when its socket is ready.
final class RelayLoop {
  private let listener: Int32
  private let wake: Int32
  private let target: Int
  private let director: RelayDirector
  private let tls: RelayTLS?
  private var links: [RelayLink] = []
  private static let linkLimit = 256

  init(listener: Int32, wake: Int32, target: Int, director: RelayDirector, tls: RelayTLS?) {
    self.tls = tls
    self.listener = listener
    self.wake = wake
    self.target = target
    self.director = director
    Sockets.makeNonblocking(listener)
  }

  func run() {
    Self.ignoreBrokenPipes()
    while step() {}
    for link in links { link.abandon() }
    close(listener)
    close(wake)
  }

  /// OpenSSL writes without MSG_NOSIGNAL: a client that is gone must not end the process.
  private static func ignoreBrokenPipes() {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGPIPE)
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// One round; false when the owner is gone.
  private func step() -> Bool {
    var watched = [
      pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
      pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
    ]
    let now = ContinuousClock.now
    for link in links { watched.append(link.watched(at: now)) }
    let timeout = links.compactMap { $0.wakesAt }.min().map { Self.milliseconds($0 - now) } ?? 1000
    guard unsafe poll(&watched, nfds_t(watched.count), Int32(min(max(timeout, 0), 1000))) >= 0 else {
      return errno == EINTR
    }
    if watched[0].revents != 0 { return false }
    for index in links.indices { links[index].step(watched[2 + index].revents, director, target) }
    links.removeAll { $0.isOver }
    if watched[1].revents != 0 { acceptAll() }
    return true
  }

  private static func milliseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return min(seconds, 1000) * 1000 + attoseconds / 1_000_000_000_000_000 + 1
  }

  /// Everybody who waits, but no more than a round can carry.
  private func acceptAll() {
    for _ in 0..<Self.linkLimit {
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else { return }
      add(client)
    }
  }

  private func add(_ client: Int32) {
    // Connections that are held on purpose give way first.
    if links.count >= Self.linkLimit, let held = links.firstIndex(where: \.isHeld) {
      links.remove(at: held).abandon()
    }
    guard links.count < Self.linkLimit else { return Sockets.abort(client) }
    Sockets.makeNonblocking(client)
    guard let tls else { return links.append(RelayLink(RelayStream(client))) }
    guard let session = tls.accept(client) else { return Sockets.abort(client) }
    links.append(RelayLink(RelayStream(client, session)))
  }
}
