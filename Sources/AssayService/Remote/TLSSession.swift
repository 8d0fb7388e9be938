internal import CTLS
internal import Glibc

/// TLS over a connected socket, by OpenSSL: version 1.2 or later, certificate and name verified.
@safe struct TLSSession {
  private let context: OpaquePointer
  private let connection: OpaquePointer

  init(_ socket: Int32, host: String, certificates: String?) throws(RemoteFailure) {
    guard let context = unsafe SSL_CTX_new(TLS_client_method()) else { throw .tls("OpenSSL cannot be used") }
    do throws(RemoteFailure) { unsafe try Self.configure(context, certificates) } catch {
      unsafe SSL_CTX_free(context)
      throw error
    }
    guard let connection = unsafe SSL_new(context) else {
      unsafe SSL_CTX_free(context)
      throw .tls("OpenSSL cannot be used")
    }
    unsafe self.context = context
    unsafe self.connection = connection
    do throws(RemoteFailure) { try handshake(socket, host) } catch {
      end(isOrderly: false)
      throw error
    }
  }

  private static func configure(_ context: OpaquePointer, _ certificates: String?) throws(RemoteFailure) {
    guard unsafe assay_tls_minimum(context) == 1 else { throw .tls("TLS 1.2 cannot be asked for") }
    unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    guard let certificates else {
      _ = unsafe SSL_CTX_set_default_verify_paths(context)
      return
    }
    guard unsafe SSL_CTX_load_verify_file(context, certificates) == 1 else {
      throw .tls("cannot read certificates from \(certificates)")
    }
  }

  private func handshake(_ socket: Int32, _ host: String) throws(RemoteFailure) {
    guard unsafe Self.expect(host, connection), unsafe SSL_set_fd(connection, socket) == 1 else {
      throw .tls("\(host) cannot be verified")
    }
    guard PipeSignal.held({ unsafe SSL_connect(connection) }) == 1 else { throw .tls(problem(host)) }
  }

  private static func expect(_ host: String, _ connection: OpaquePointer) -> Bool {
    let isAddress = host.contains(":") || host.utf8.allSatisfy { $0 < 0x3A }
    if isAddress {
      return unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host) == 1
    }
    return unsafe assay_tls_name(connection, host) == 1 && SSL_set1_host(connection, host) == 1
  }

  /// Why the handshake failed, in OpenSSL's words.
  private func problem(_ host: String) -> String {
    let result = unsafe SSL_get_verify_result(connection)
    guard result == Int(X509_V_OK) else {
      return unsafe "certificate of \(host): \(String(cString: X509_verify_cert_error_string(result)))"
    }
    let code = ERR_get_error()
    guard code != 0, let words = unsafe ERR_reason_error_string(code) else {
      return "\(host) does not speak TLS"
    }
    return unsafe "\(host): \(String(cString: words))"
  }

  func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    PipeSignal.held { unsafe Int(SSL_write(connection, bytes.baseAddress, Int32(clamping: bytes.count))) }
  }

  /// Zero at an orderly end; negative, with `errno`, when the connection is lost.
  func read(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    let count = PipeSignal.held {
      unsafe SSL_read(connection, buffer.baseAddress, Int32(clamping: buffer.count))
    }
    if count > 0 { return Int(count) }
    return unsafe SSL_get_error(connection, count) == SSL_ERROR_ZERO_RETURN ? 0 : -1
  }

  func end(isOrderly: Bool = true) {
    if isOrderly { PipeSignal.held { _ = unsafe SSL_shutdown(connection) } }
    unsafe SSL_free(connection)
    unsafe SSL_CTX_free(context)
  }
}
