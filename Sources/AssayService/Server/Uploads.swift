public import AssayUpdate

/// What build pipelines uploaded: immutable by name, version and file.
public struct UploadStore: Sendable {
  struct Key: Hashable, Sendable {
    let name: String
    let version: ModelVersion
    let file: String
  }

  private(set) var digests: [Key: ImageDigest] = [:]
  private(set) var images: [ImageDigest: [UInt8]] = [:]

  public init() {}

  /// Bytes of an uploaded file; nil when there is none.
  public func image(name: String, version: ModelVersion) -> [UInt8]? {
    digests.first { $0.key.name == name && $0.key.version == version }.flatMap { images[$0.value] }
  }

  /// False when other bytes are there under the same name.
  mutating func store(_ bytes: [UInt8], _ key: Key) -> (digest: ImageDigest, isStored: Bool) {
    let digest = ImageDigest(of: bytes)
    if let present = digests[key] { return (digest, present == digest) }
    digests[key] = digest
    images[digest] = bytes
    return (digest, true)
  }
}

extension ServiceCore {
  /// `curl -T model.tflite -H "X-API-KEY: ..." .../api/v1/artifacts/NAME/VERSION/FILE`
  mutating func upload(_ request: HTTPRequest, _ parts: [String]) -> HTTPResponse {
    guard request.method == "PUT" else { return HTTPResponse(status: 405, text: "PUT only") }
    guard request.headers["x-api-key"] != nil else {
      return HTTPResponse(status: 401, text: "X-API-KEY is missing")
    }
    guard role(request) == .publisher else {
      return HTTPResponse(status: 403, text: "this key may not upload")
    }
    guard parts.count == 6, Manifest.isOpaqueName(parts[3]), Manifest.isOpaqueName(parts[5]) else {
      return HTTPResponse(status: 400, text: "names have letters, digits, . _ and - only")
    }
    guard let version = ModelVersion(parts[4]) else {
      return HTTPResponse(status: 400, text: "\"\(parts[4])\" is not a version such as 1.2.0")
    }
    guard !request.body.isEmpty else { return HTTPResponse(status: 400, text: "the body is empty") }
    return store(request, UploadStore.Key(name: parts[3], version: version, file: parts[5]))
  }

  private mutating func store(_ request: HTTPRequest, _ key: UploadStore.Key) -> HTTPResponse {
    let found = ImageDigest(of: request.body)
    if let claimed = request.headers["x-checksum-sha256"], claimed.lowercased() != found.hex {
      return HTTPResponse(status: 400, text: "SHA-256 is \(found.hex), not what X-Checksum-SHA256 says")
    }
    let (digest, isStored) = uploads.store(request.body, key)
    guard isStored else {
      return HTTPResponse(status: 409, text: "other bytes are stored under this version")
    }
    models.store(request.body)
    var response = HTTPResponse(status: 201, text: digest.hex)
    response.set("Location", "/api/v1/models/\(digest.hex)")
    return response
  }
}
