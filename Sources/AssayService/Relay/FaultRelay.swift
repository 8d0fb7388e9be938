public import AssayUpdate
internal import Glibc
internal import Synchronization

/// A TCP relay in front of a service, to which the faults of a scenario happen.
///
///     let relay = try FaultRelay(to: server.port, rules: [try NetworkRule.read(phrase: "artifact 1 cut 4096")])
///     relay.port                          // for clients
///     relay.traffic.counts[.artifact]     // 2: one that was cut, one that resumed
///
/// It reads requests and answers as HTTP/1.1 to know which step of an update each of them is, also
/// on connections that are kept, and counts them as the simulated network does. Places in a body are
/// true offsets: the header does not count. One thread, one `poll` loop.
public final class FaultRelay: Sendable {
  /// The port the relay listens on.
  public let port: Int
  private let director: RelayDirector
  private let wake: Int32
  private let thread: pthread_t

  /// Relays to `target` on 127.0.0.1; `onStep` is called with step, number and faults of a request before
  /// anything becomes of it. With a certificate clients come by HTTPS only; the service is asked by HTTP.
  public init(
    to target: Int, port: Int = 0, allAddresses: Bool = false, rules: [NetworkRule] = [],
    longestRetrySeconds: Int = .max, tls certificate: TestCertificate? = nil,
    onStep: @escaping @Sendable (Request.Step, Int, [NetworkFault]) -> Void = { _, _, _ in }
  ) throws(ServiceError) {
    var tls: RelayTLS?
    if let certificate { tls = try RelayTLS(certificate) }
    let listener = try Sockets.listen(port: port, allAddresses: allAddresses)
    self.port = Sockets.port(of: listener)
    var pipe: [Int32] = [0, 0]
    guard unsafe Glibc.pipe(&pipe) == 0 else {
      let error = errno
      close(listener)
      throw .socket(call: "pipe", error: error)
    }
    wake = pipe[1]
    director = RelayDirector(
      rules, longestRetrySeconds: longestRetrySeconds, scheme: tls == nil ? "http" : "https", onStep: onStep)
    thread = try Self.start(
      RelayLoop(listener: listener, wake: pipe[0], target: target, director: director, tls: tls))
  }

  deinit {
    close(wake)
    pthread_join(thread, nil)
  }

  /// What went through so far.
  public var traffic: RelayTraffic { director.traffic }

  /// How long a client was told to wait from now on; nil when it may ask.
  var retryAfter: Duration? { director.waitsUntil.map { $0 - .now } }

  private static func start(_ loop: RelayLoop) throws(ServiceError) -> pthread_t {
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
    return thread
  }
}
