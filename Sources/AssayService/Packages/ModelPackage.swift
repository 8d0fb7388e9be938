internal import AssayDocument
internal import AssayFiles

/// How a model is wrapped for an update client that does not take bare images.
public enum ModelPackage: String, Sendable, CaseIterable {
  /// The model's own bytes.
  case raw
  /// A `.swu` of swupdate: cpio with `sw-description` first.
  case swu
  /// A `.mender` artifact for the update module `single-file`.
  case mender

  var fileName: String { self == .raw ? "model.bin" : "model.\(rawValue)" }

  /// What a package is made of besides the model.
  struct Order: Sendable {
    var version: String
    /// The file the client is to replace.
    var path: String
    /// Folder for signing; the certificate is left there as `certificate.pem`.
    var folder: String
    /// True when the package's own description is to name other bytes than it carries.
    var isWrong = false
    /// What a package is signed with, where it has to be.
    var certificate: TestCertificate?
  }

  /// The package that puts `model` into the file of the order.
  func wrap(_ model: [UInt8], _ order: Order) throws(ServiceError) -> [UInt8] {
    let described = order.isWrong ? Array("another image".utf8) : model
    switch self {
    case .raw: return model
    case .swu: return try Self.swu(model, described, order)
    case .mender: return MenderArtifact.wrap(model, described, order)
    }
  }
}

// A .swu of swupdate.
extension ModelPackage {
  /// Debian's swupdate takes signed packages only: CMS over `sw-description`, which has the digests.
  private static func swu(
    _ model: [UInt8], _ described: [UInt8], _ order: Order
  ) throws(ServiceError) -> [UInt8] {
    let text = Array(description(described, version: order.version, path: order.path).utf8)
    let certificate: TestCertificate
    if let given = order.certificate {
      certificate = given
    } else {
      certificate = try TestCertificate.make(in: order.folder)
    }
    var archive = CpioArchive()
    archive.add("sw-description", text)
    archive.add("sw-description.sig", try certificate.signature(of: text, in: order.folder))
    archive.add("model.bin", model)
    return archive.finish()
  }

  /// The handler `rawfile` with `atomic-install` writes beside the file and renames.
  private static func description(_ model: [UInt8], version: String, path: String) -> String {
    """
    software =
    {
      version = "\(version)";
      hardware-compatibility: [ "1.0" ];
      files: (
        {
          filename = "model.bin";
          path = "\(path)";
          type = "rawfile";
          sha256 = "\(SHA256.hex(of: model))";
          properties = { atomic-install = "true"; };
        }
      );
    }

    """
  }
}
