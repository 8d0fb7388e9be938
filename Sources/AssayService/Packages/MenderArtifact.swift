internal import AssayDocument
internal import AssayFiles

/// A .mender artifact, format version 3:
///
///     version | manifest (SHA-256 of every file) | header.tar.gz | data/0000.tar.gz
struct MenderArtifact {
  struct File {
    let name: String
    let bytes: [UInt8]
    /// What the manifest says of the file.
    var described: [UInt8]
  }

  /// Name of an update module.
  var payload: String
  var artifactName: String
  var files: [File] = []

  /// The artifact that brings the model.
  static func wrap(_ model: [UInt8], _ described: [UInt8], _ order: ModelPackage.Order) -> [UInt8] {
    let parts = order.path.split(separator: "/").map(String.init)
    let name = parts.last ?? ""
    var artifact = MenderArtifact(payload: "single-file", artifactName: "model-\(order.version)")
    artifact.add("dest_dir", "/\(parts.dropLast().joined(separator: "/"))\n")
    artifact.add("filename", "\(name)\n")
    artifact.add("permissions", "644\n")
    artifact.files.append(File(name: name, bytes: model, described: described))
    return artifact.bytes
  }

  mutating func add(_ name: String, _ text: String) {
    files.append(File(name: name, bytes: Array(text.utf8), described: Array(text.utf8)))
  }

  var bytes: [UInt8] {
    let head = GzipStream.wrap(header)
    let stamp = Array("{\"format\":\"mender\",\"version\":3}".utf8)
    var manifest = files.map { (SHA256.hex(of: $0.described), "data/0000/\($0.name)") }
    manifest += [(SHA256.hex(of: head), "header.tar.gz"), (SHA256.hex(of: stamp), "version")]
    let lines = manifest.map { "\($0.0)  \($0.1)\n" }.joined()
    var data = TarArchive()
    for file in files { data.add(file.name, file.bytes) }
    var archive = TarArchive()
    archive.add("version", stamp)
    archive.add("manifest", Array(lines.utf8))
    archive.add("header.tar.gz", head)
    archive.add("data/0000.tar.gz", GzipStream.wrap(data.finish()))
    return archive.finish()
  }

  private var header: [UInt8] {
    let information: JSONValue = [
      "payloads": [["type": .string(payload)]], "artifact_provides": ["artifact_name": .string(artifactName)],
      "artifact_depends": ["device_type": ["assay"]],
    ]
    let module: JSONValue = [
      "type": .string(payload),
      "artifact_provides": ["rootfs-image.single-file.version": .string(artifactName)],
    ]
    var header = TarArchive()
    header.add("header-info", Array(information.text(isPretty: false).utf8))
    header.add("headers/0000/type-info", Array(module.text(isPretty: false).utf8))
    return header.finish()
  }
}
