internal import CTLS
internal import Glibc

/// TLS of a relay's clients, by OpenSSL: version 1.2 or later, with the service's own certificate.
@safe final class RelayTLS: Sendable {
  private let address: UInt

  init(_ certificate: TestCertificate) throws(ServiceError) {
    guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
      throw .certificate(path: certificate.certificatePath)
    }
    guard unsafe assay_tls_minimum(context) == 1, unsafe assay_tls_partial_writes(context) != 0,
      unsafe SSL_CTX_use_certificate_chain_file(context, certificate.certificatePath) == 1,
      unsafe SSL_CTX_use_PrivateKey_file(context, certificate.keyPath, SSL_FILETYPE_PEM) == 1,
      unsafe SSL_CTX_check_private_key(context) == 1
    else {
      unsafe SSL_CTX_free(context)
      throw .certificate(path: certificate.certificatePath)
    }
    address = UInt(bitPattern: context)
  }

  deinit { unsafe SSL_CTX_free(OpaquePointer(bitPattern: address)) }

  /// The service's side of one connection; nil when OpenSSL has no memory for it.
  func accept(_ socket: Int32) -> RelayTLSSession? {
    guard let connection = unsafe SSL_new(OpaquePointer(bitPattern: address)) else { return nil }
    guard unsafe SSL_set_fd(connection, socket) == 1 else {
      unsafe SSL_free(connection)
      return nil
    }
    unsafe SSL_set_accept_state(connection)
    return unsafe RelayTLSSession(connection)
  }
}

/// One connection; its socket does not wait, and belongs to somebody else.
@safe final class RelayTLSSession {
  private let connection: OpaquePointer

  init(_ connection: OpaquePointer) { unsafe self.connection = connection }

  deinit { unsafe SSL_free(connection) }

  /// The first call does the handshake, as far as it has come.
  func receive() -> RelayStream.Received {
    var result: Int32 = 0
    ERR_clear_error()
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
      result = unsafe SSL_read(connection, buffer.baseAddress, Int32(clamping: buffer.count))
      count = max(0, Int(result))
    }
    if result > 0 { return .bytes(bytes) }
    return waits(result) ? .nothing : .ended
  }

  /// How many bytes were taken; negative when the connection is gone.
  func send(_ bytes: ArraySlice<UInt8>) -> Int {
    guard !bytes.isEmpty else { return 0 }
    ERR_clear_error()
    let result = unsafe bytes.withUnsafeBytes { buffer in
      unsafe SSL_write(connection, buffer.baseAddress, Int32(clamping: buffer.count))
    }
    if result > 0 { return Int(result) }
    return waits(result) ? 0 : -1
  }

  private func waits(_ result: Int32) -> Bool {
    let error = unsafe SSL_get_error(connection, result)
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE
  }

  /// Says that nothing more will come; without it an end may be an attack.
  func sayEnd() { _ = unsafe SSL_shutdown(connection) }
}
