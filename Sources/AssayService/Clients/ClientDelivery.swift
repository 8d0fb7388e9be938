internal import AssayUpdate

/// A row with its images wrapped as a client wants them.
struct ClientDelivery {
  private(set) var manifests: [Manifest] = []
  private(set) var events: [ServiceEvent] = []
  /// Everything the service can deliver, and what its manifests name.
  private(set) var artifacts: [[UInt8]] = []
  /// Which image a URL leads to.
  private(set) var names: [String: String] = [:]
  /// By the URL of the bare image.
  private var packages: [String: [UInt8]] = [:]
  private let row: ClientRow
  private let package: ModelPackage
  private var order: ModelPackage.Order

  init(
    _ row: ClientRow, _ package: ModelPackage, _ order: ModelPackage.Order
  ) throws(ServiceError) {
    self.row = row
    self.package = package
    self.order = order
    if package == .swu { self.order.certificate = try TestCertificate.make(in: order.folder) }
    for image in row.images where package == .raw { add(image.bytes, image.name) }
    // What a manifest with a wrong digest names.
    artifacts.append(Array("another image".utf8))
    for manifest in row.manifests { manifests.append(try deliver(manifest)) }
    for event in row.events { events.append(try deliver(event)) }
  }

  private mutating func add(_ bytes: [UInt8], _ name: String) {
    artifacts.append(bytes)
    names[Self.url(bytes)] = name
  }

  private static func url(_ bytes: [UInt8]) -> String { "/api/v1/models/\(ImageDigest(of: bytes).hex)" }

  private mutating func deliver(_ manifest: Manifest) throws(ServiceError) -> Manifest {
    guard package != .raw, let image = row.images.first(where: { manifest.url.hasSuffix($0.digest.hex) })
    else { return manifest }
    let isWrong = manifest.digest != image.digest
    let bytes = try wrapped(image, manifest, isWrong: isWrong)
    var delivered = manifest
    delivered.sizeBytes = bytes.count
    delivered.url = Self.url(bytes)
    // mender looks at the digests in the package, not at those of a manifest.
    if !isWrong || package == .mender { delivered.digest = ImageDigest(of: bytes) }
    return delivered
  }

  private mutating func wrapped(
    _ image: ClientRow.Image, _ manifest: Manifest, isWrong: Bool
  ) throws(ServiceError) -> [UInt8] {
    if !isWrong, let known = packages[manifest.url] { return known }
    var order = order
    order.version = "\(manifest.version)"
    order.isWrong = isWrong && package == .mender
    let bytes = try package.wrap(image.bytes, order)
    if !isWrong { packages[manifest.url] = bytes }
    add(bytes, image.name)
    return bytes
  }

  private mutating func deliver(_ event: ServiceEvent) throws(ServiceError) -> ServiceEvent {
    var event = event
    switch event.change {
    case .assign(let manifest): event.change = .assign(try deliver(manifest))
    case .delete(let digest):
      let package = packages.first { $0.key.hasSuffix(digest.hex) }?.value
      if let package { event.change = .delete(ImageDigest(of: package)) }
    default: break
    }
    return event
  }
}
