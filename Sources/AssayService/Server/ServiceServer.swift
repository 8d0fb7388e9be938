internal import AssayFiles
public import AssayUpdate
internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// Why a server or a relay cannot run.
public enum ServiceError: Error, Sendable, Equatable, CustomStringConvertible {
  case portInUse(port: Int)
  /// A key or a certificate that TLS cannot be done with.
  case certificate(path: String)
  case socket(call: String, error: Int32)
  case spawn(command: String, error: Int32)
  /// A program that was needed did not do its work.
  case tool(String, ClientProcess.Ending)

  public var description: String {
    switch self {
    case .portInUse(let port): "port \(port) is in use"
    case .certificate(let path): "\(path) is not a certificate in PEM with a key of its own"
    case .socket(let call, let error): unsafe "\(call): \(String(cString: strerror(error)))"
    case .spawn(let command, let error): unsafe "cannot start \(command): \(String(cString: strerror(error)))"
    case .tool(let name, let ending): "\(name): \(ending)"
    }
  }
}

/// The model service on a real socket, by libmicrohttpd.
///
///     let server = try ServiceServer(core, port: 0)
///     server.port                       // what the system chose
///     server.withCore { $0.journal.entries.count }
public final class ServiceServer: Sendable {
  private let shared: SharedCore
  private let daemon: DaemonHandle
  /// The port the server listens on.
  public let port: Int

  /// Listens on 127.0.0.1, or on all addresses for a board on the bench; port 0 lets the system choose.
  ///
  /// With a certificate it speaks HTTPS only; behind a relay that does, its links say so.
  public init(
    _ core: ServiceCore, port: Int = 0, allAddresses: Bool = false, tls: TestCertificate? = nil,
    isBehindTLS: Bool = false
  ) throws(ServiceError) {
    guard let number = UInt16(exactly: port) else { throw .portInUse(port: port) }
    var core = core
    core.scheme = tls == nil && !isBehindTLS ? "http" : "https"
    shared = SharedCore(core)
    let key = try SecretText(tls?.keyPath)
    let certificate = try SecretText(tls?.certificatePath)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = number.bigEndian
    address.sin_addr.s_addr = (allAddresses ? UInt32(0) : UInt32(0x7F00_0001)).bigEndian
    let context = unsafe Unmanaged.passUnretained(shared).toOpaque()
    let started = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
        unsafe assay_http_start(
          rebound, number, handleRequest, completeRequest, context, 30, 256, key.text, certificate.text)
      }
    }
    guard let started = unsafe started else {
      // Two reasons the library does not tell apart: a free port says which.
      if let tls, Sockets.isFree(port: port) { throw .certificate(path: tls.certificatePath) }
      throw .portInUse(port: port)
    }
    unsafe daemon = DaemonHandle(started, key, certificate)
    self.port = unsafe Int(assay_http_port(started))
  }

  /// Looks at or changes the service between two requests.
  public func withCore<Value: Sendable>(_ body: @Sendable (inout ServiceCore) -> Value) -> Value {
    shared.core.withLock { core in body(&core) }
  }

  /// Changes the service as a row says, just before it answers a request.
  public func apply(_ events: [ServiceEvent], at step: Request.Step, _ occurrence: Int) {
    withCore { core in
      for event in events where event.step == step && event.occurrence == occurrence {
        event.apply(&core.models)
      }
    }
  }

  /// Prints each request from now on; the closure runs on the server's thread.
  public func onRequest(_ print: @escaping @Sendable (Journal.Entry) -> Void) {
    shared.observer.withLock { $0 = print }
  }
}

/// Owns the daemon; stopping waits for its thread, after which nobody uses the context.
@safe private final class DaemonHandle: Sendable {
  private let address: UInt
  private let key: SecretText
  private let certificate: SecretText

  init(_ daemon: OpaquePointer, _ key: SecretText, _ certificate: SecretText) {
    address = UInt(bitPattern: daemon)
    self.key = key
    self.certificate = certificate
  }

  deinit { unsafe MHD_stop_daemon(OpaquePointer(bitPattern: address)) }
}

/// The text of a PEM file as a C string that stays where it is; none for no path.
@safe private final class SecretText: Sendable {
  private let address: UInt

  init(_ path: String?) throws(ServiceError) {
    guard let path else {
      address = 0
      return
    }
    guard let bytes = try? FileBytes.read(path, limit: 1 << 16), !bytes.contains(0) else {
      throw .certificate(path: path)
    }
    address = unsafe UInt(bitPattern: strdup(String(decoding: bytes, as: UTF8.self)))
  }

  var text: UnsafePointer<CChar>? { unsafe UnsafePointer(bitPattern: address) }

  deinit { unsafe free(UnsafeMutableRawPointer(bitPattern: address)) }
}

/// What the server's thread and its owner share.
private final class SharedCore: Sendable {
  let core: Mutex<ServiceCore>
  let observer = Mutex<(@Sendable (Journal.Entry) -> Void)?>(nil)
  private let begun = ContinuousClock.now

  init(_ core: ServiceCore) { self.core = Mutex(core) }

  func respond(to request: HTTPRequest) -> HTTPResponse {
    let elapsed = (ContinuousClock.now - begun).components
    let microseconds = elapsed.seconds * 1_000_000 + elapsed.attoseconds / 1_000_000_000_000
    let (response, entry) = core.withLock { core in
      let response = core.respond(to: request, at: microseconds)
      return (response, core.journal.entries.last)
    }
    if let entry { observer.withLock { $0 }?(entry) }
    return response
  }
}

/// A request whose body is still arriving.
private final class PendingRequest {
  var body: [UInt8] = []
  var isTooLarge = false
  static let limitBytes = 64 << 20

  func append(_ data: UnsafePointer<CChar>, _ count: Int) {
    guard body.count + count <= Self.limitBytes else { isTooLarge = true; return }
    unsafe body += UnsafeRawBufferPointer(start: data, count: count)
  }
}

/// Called by libmicrohttpd: once for the header, for each part of the body, and once more at its end.
private func handleRequest(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?,
  _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ data: UnsafePointer<CChar>?,
  _ dataCount: UnsafeMutablePointer<Int>?, _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let context = unsafe context, let connection = unsafe connection, let url = unsafe url,
    let method = unsafe method, let dataCount = unsafe dataCount, let state = unsafe state
  else { return assay_http_no }
  guard let pending = unsafe state.pointee else {
    unsafe state.pointee = Unmanaged.passRetained(PendingRequest()).toOpaque()
    return assay_http_yes
  }
  let request = unsafe Unmanaged<PendingRequest>.fromOpaque(pending).takeUnretainedValue()
  if unsafe dataCount.pointee > 0, let data = unsafe data {
    unsafe request.append(data, dataCount.pointee)
    unsafe dataCount.pointee = 0
    return assay_http_yes
  }
  let shared = unsafe Unmanaged<SharedCore>.fromOpaque(context).takeUnretainedValue()
  let message = unsafe HTTPRequest(
    String(cString: method), String(cString: url), headers: headers(of: connection), body: request.body)
  let tooLarge = HTTPResponse(status: 413, text: "more than \(PendingRequest.limitBytes) bytes")
  return unsafe send(request.isTooLarge ? tooLarge : shared.respond(to: message), on: connection)
}

private func completeRequest(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_RequestTerminationCode
) {
  guard let state = unsafe state, let pending = unsafe state.pointee else { return }
  unsafe Unmanaged<PendingRequest>.fromOpaque(pending).release()
  unsafe state.pointee = nil
}

/// The header fields the service looks at, by lower-case name.
private func headers(of connection: OpaquePointer) -> [String: String] {
  let names = [
    "authorization", "if-none-match", "if-range", "range", "host", "x-api-key", "x-checksum-sha256",
    "x-running-sha256", "x-boot", "content-type",
  ]
  var found: [String: String] = [:]
  for name in names {
    guard let value = unsafe assay_http_header(connection, name) else { continue }
    found[name] = unsafe String(cString: value)
  }
  return found
}

private func send(_ response: HTTPResponse, on connection: OpaquePointer) -> MHD_Result {
  let made = unsafe response.body.withUnsafeBytes { bytes in
    unsafe assay_http_response(bytes.baseAddress, bytes.count)
  }
  guard let made = unsafe made else { return assay_http_no }
  defer { unsafe MHD_destroy_response(made) }
  for field in response.fields { _ = unsafe MHD_add_response_header(made, field.name, field.value) }
  return unsafe MHD_queue_response(connection, UInt32(clamping: response.status), made)
}
