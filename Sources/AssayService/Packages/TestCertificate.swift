internal import AssayFiles
internal import Glibc

/// A self-signed certificate and its key, made by the `openssl` command for one run.
///
/// It vouches for nothing but the run: TLS of the mock service, and signatures of packages whose
/// clients insist on one.
public struct TestCertificate: Sendable {
  /// PEM files.
  public let certificatePath: String
  public let keyPath: String

  public init(certificatePath: String, keyPath: String) {
    self.certificatePath = certificatePath
    self.keyPath = keyPath
  }

  /// Makes `certificate.pem` and `key.pem` in a folder, for 127.0.0.1, localhost and `hosts`.
  public static func make(in folder: String, hosts: [String] = []) throws(ServiceError) -> TestCertificate {
    let made = TestCertificate(certificatePath: "\(folder)/certificate.pem", keyPath: "\(folder)/key.pem")
    let names = ["IP:127.0.0.1", "DNS:localhost"] + hosts.map { isAddress($0) ? "IP:\($0)" : "DNS:\($0)" }
    try openssl(
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "30", "-subj", "/CN=assay-test",
        "-addext", "subjectAltName=\(names.joined(separator: ","))",
        "-addext", "extendedKeyUsage=serverAuth,emailProtection",
        "-keyout", made.keyPath, "-out", made.certificatePath,
      ], in: folder)
    return made
  }

  /// A detached CMS signature (DER) over bytes.
  func signature(of bytes: [UInt8], in folder: String) throws(ServiceError) -> [UInt8] {
    let text = "\(folder)/signed"
    let signature = "\(folder)/signature"
    do { try FileBytes.write(bytes, to: text) } catch { throw .socket(call: "write \(text)", error: EIO) }
    try Self.openssl(
      [
        "cms", "-sign", "-binary", "-nosmimecap", "-outform", "DER", "-in", text, "-out", signature,
        "-signer", certificatePath, "-inkey", keyPath,
      ], in: folder)
    do { return try FileBytes.read(signature, limit: 1 << 20) } catch {
      throw .socket(call: "read \(signature)", error: EIO)
    }
  }

  private static func openssl(_ arguments: [String], in folder: String) throws(ServiceError) {
    var process = ClientProcess(["openssl"] + arguments)
    process.environment = ["HOME": folder, "RANDFILE": "\(folder)/.rnd"]
    let ending = try process.run()
    guard ending == .exited(0) else {
      throw .tool("openssl \(arguments.first ?? "")", ending)
    }
  }

  private static func isAddress(_ host: String) -> Bool {
    host.contains(":") || host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
  }
}
