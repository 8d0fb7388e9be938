internal import AssayUpdate
internal import Glibc

/// One client's connection through the relay: request after request.
///
///     reading -> asking -> sending -> reading ...
///                               \-> draining (then a reset), lingering (then closed), held
struct RelayLink {
  private enum Phase {
    case reading
    case asking(RelayRequest, [NetworkFault], server: Int32, HTTPReader)
    case sending(RelayAnswer, sent: Int, keeps: Bool)
    /// Everything is sent; the connection is reset when it has arrived.
    case draining
    /// Everything is sent and the end said; what still comes is thrown away.
    case lingering
    /// Open, and nothing more is said.
    case held
    case over
  }

  private let stream: RelayStream
  private var client: Int32 { stream.socket }
  private var phase = Phase.reading
  private var reader = Self.makeReader()
  private var saidContinue = false
  /// When something last happened here.
  private var latest = ContinuousClock.now
  /// A throttled body goes on then.
  private var resumesAt: ContinuousClock.Instant?
  /// When the last answer was sent, on a connection that ends with it.
  private var ended = ContinuousClock.now

  private static let bodyLimitBytes = 64 << 20
  private static let silenceLimit = Duration.seconds(120)
  private static let holdLimit = Duration.seconds(3600)
  private static let endLimit = Duration.seconds(5)
  private static let tick = Duration.milliseconds(2)

  init(_ stream: RelayStream) { self.stream = stream }

  private static func makeReader() -> HTTPReader { HTTPReader(bodyLimit: bodyLimitBytes, kind: .request) }

  var isOver: Bool { if case .over = phase { true } else { false } }
  var isHeld: Bool { if case .held = phase { true } else { false } }

  /// When it must be looked at without any socket being ready.
  var wakesAt: ContinuousClock.Instant? {
    if case .draining = phase { return .now + Self.tick }
    return resumesAt
  }

  /// What to wait for.
  func watched(at now: ContinuousClock.Instant) -> pollfd {
    switch phase {
    case .reading, .lingering, .held: return pollfd(fd: client, events: Int16(POLLIN), revents: 0)
    case .asking(_, _, let server, _): return pollfd(fd: server, events: Int16(POLLIN), revents: 0)
    case .sending:
      let waits = resumesAt.map { $0 > now } ?? false
      return pollfd(fd: client, events: waits ? 0 : Int16(POLLOUT), revents: 0)
    case .draining, .over: return pollfd(fd: -1, events: 0, revents: 0)
    }
  }

  /// Moves on; `events` is what `poll` found.
  mutating func step(_ events: Int16, _ director: RelayDirector, _ target: Int) {
    if events != 0 { latest = .now }
    switch phase {
    case .reading: if events != 0 { read(director, target) }
    case .asking(let request, let faults, let server, let reader):
      if events != 0 { ask(request, faults, server, reader, director) }
    case .sending(let answer, let sent, let keeps): send(answer, sent, keeps, events, director, target)
    case .draining: drain()
    case .lingering: linger(events)
    case .held: if events != 0, case .ended = stream.receive() { abandon(); phase = .over }
    case .over: break
    }
    let limit = isHeld ? Self.holdLimit : Self.silenceLimit
    if !isOver, ContinuousClock.now - latest > limit { abandon(); phase = .over }
  }

  /// Closes everything, whatever was going on.
  func abandon() {
    if case .over = phase { return }
    if case .asking(_, _, let server, _) = phase { close(server) }
    Sockets.abort(client)
  }

  private mutating func finish() {
    close(client)
    phase = .over
  }
}

// From the client to the service.
extension RelayLink {
  private mutating func read(_ director: RelayDirector, _ target: Int) {
    switch stream.receive() {
    case .bytes(let bytes): take(bytes, director, target)
    case .nothing: break
    case .ended: finish()
    }
  }

  private mutating func take(_ bytes: [UInt8], _ director: RelayDirector, _ target: Int) {
    do throws(HTTPReader.Failure) { try reader.take(bytes) } catch {
      return answer(.refusal(error == .headTooLarge ? 431 : 400), keeps: false)
    }
    guard reader.isFinished else {
      let expectation = reader.message.fields["expect"]?.lowercased()
      if reader.hasHead, !saidContinue, expectation == "100-continue" {
        saidContinue = true
        _ = stream.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)[...])
      }
      return
    }
    guard reader.message.ending == .complete else { return answer(.refusal(413), keeps: false) }
    pass(RelayRequest(reader.message, scheme: director.scheme), director, target)
  }

  private mutating func pass(_ request: RelayRequest, _ director: RelayDirector, _ target: Int) {
    switch director.decide(request) {
    case .answer(let made): answer(made, keeps: request.keepsAlive)
    case .ask(let faults):
      guard let server = Sockets.connect(port: target) else { return answer(.refusal(502), keeps: false) }
      guard Self.sendAll(request.forwarded(faults), to: server) else {
        close(server)
        return answer(.refusal(502), keeps: false)
      }
      let kind: HTTPReader.Kind = request.method == "HEAD" ? .answerToHead : .answer
      phase = .asking(request, faults, server: server, HTTPReader(bodyLimit: Self.bodyLimitBytes, kind: kind))
    }
  }

  /// The service is on this machine and reads whatever comes.
  private static func sendAll(_ bytes: [UInt8], to server: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = Sockets.send(bytes[sent...], to: server, waits: true)
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}

// From the service to the client.
extension RelayLink {
  private mutating func ask(
    _ request: RelayRequest, _ faults: [NetworkFault], _ server: Int32, _ reader: HTTPReader,
    _ director: RelayDirector
  ) {
    var reader = reader
    let bytes = Sockets.receive(server) ?? []
    do throws(HTTPReader.Failure) {
      try reader.take(bytes)
      guard reader.isFinished || bytes.isEmpty else {
        phase = .asking(request, faults, server: server, reader)
        return
      }
      close(server)
      let made = director.answer(try reader.finish(), to: request, faults)
      answer(made, keeps: request.keepsAlive)
    } catch {
      if !bytes.isEmpty { close(server) }
      answer(.refusal(502), keeps: false)
    }
  }

  private mutating func answer(_ answer: RelayAnswer, keeps: Bool) {
    resumesAt = nil
    phase = .sending(answer, sent: 0, keeps: keeps)
  }

  private mutating func send(
    _ answer: RelayAnswer, _ sent: Int, _ keeps: Bool, _ events: Int16, _ director: RelayDirector,
    _ target: Int
  ) {
    if let resumesAt, resumesAt > .now {
      // A client that gives up shows it by closing.
      if Int32(events) & (POLLERR | POLLHUP) != 0 { abandon(); phase = .over }
      return
    }
    resumesAt = nil
    var sent = sent
    if sent < answer.bytes.count {
      let count = stream.send(answer.bytes[sent..<sent + allowance(answer, sent)])
      guard count >= 0 else { return finish() }
      sent += count
      pause(answer, sent, count)
    }
    guard sent == answer.bytes.count else {
      phase = .sending(answer, sent: sent, keeps: keeps)
      return
    }
    end(answer, keeps, director, target)
  }

  /// How many bytes may be sent now: a throttled body goes in tenths of a second.
  private func allowance(_ answer: RelayAnswer, _ sent: Int) -> Int {
    let left = answer.bytes.count - sent
    guard let rate = answer.bytesPerSecond else { return left }
    return sent < answer.bodyStart ? answer.bodyStart - sent : min(left, max(1, rate / 10))
  }

  private mutating func pause(_ answer: RelayAnswer, _ sent: Int, _ count: Int) {
    guard let rate = answer.bytesPerSecond, count > 0, sent > answer.bodyStart else { return }
    latest = .now
    resumesAt = .now + .microseconds(count * 1_000_000 / rate)
  }

  private mutating func end(
    _ answer: RelayAnswer, _ keeps: Bool, _ director: RelayDirector, _ target: Int
  ) {
    resumesAt = nil
    ended = .now
    switch answer.ending {
    case .keep where keeps:
      let rest = reader.rest
      reader = Self.makeReader()
      saidContinue = false
      phase = .reading
      if !rest.isEmpty { take(rest, director, target) }
    case .keep, .close:
      stream.endSending()
      phase = .lingering
    case .reset: phase = .draining
    case .hold: phase = .held
    }
  }

  /// A reset overtakes what is still on its way, so everything must have arrived before.
  private mutating func drain() {
    guard Sockets.unsentBytes(client) == 0 || ContinuousClock.now - ended > Self.endLimit else { return }
    Sockets.abort(client)
    phase = .over
  }

  private mutating func linger(_ events: Int16) {
    if events != 0, case .ended = stream.receive() { return finish() }
    if ContinuousClock.now - ended > Self.endLimit { finish() }
  }
}
