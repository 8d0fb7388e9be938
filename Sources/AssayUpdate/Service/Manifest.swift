/// What a device is told to run: the answer to a poll.
///
/// The signature binds every field, so that no two manifests can be mixed.
public struct Manifest: Sendable, Equatable {
  /// Why the service assigns it.
  public enum Order: String, Sendable {
    case update
    /// A lower version on purpose.
    case rollback
  }

  /// Counts up: a lower number is an answer to an older poll.
  public var assignment: UInt32
  /// Opaque name of the model.
  public var model: String
  public var version: ModelVersion
  /// Model format: `tflite`, `pte`, or `raw` when nothing is known about the bytes.
  public var format: String
  public var sizeBytes: Int
  public var digest: ImageDigest
  /// Where the image is: a path on the service, or a whole URL.
  public var url: String
  /// Chip the model was made for.
  public var target: String
  /// The oldest firmware that runs it.
  public var minimumRuntime: ModelVersion
  /// Shapes, types, scales and label order as one digest or text; compared, never interpreted.
  public var contract: String
  /// Tensor arena it needs, in bytes.
  public var arenaBytes: Int
  /// How long a trial may take, in seconds.
  public var confirmSeconds: Int
  /// Last moment at which it may be acted on, in seconds since 1970.
  public var expirySeconds: Int64
  public var order: Order = .update
  /// The hours of the day (UTC) in which the device may install; nil for any.
  public var window: ClosedRange<Int>?
  /// `hmac-sha256:KEY:64 hexadecimal digits`, over `signedText`.
  public var signature = ""

  public init(
    assignment: UInt32, model: String, version: ModelVersion, format: String, sizeBytes: Int,
    digest: ImageDigest, url: String, target: String, minimumRuntime: ModelVersion, contract: String,
    arenaBytes: Int, confirmSeconds: Int, expirySeconds: Int64, order: Order = .update,
    window: ClosedRange<Int>? = nil, signature: String = ""
  ) {
    self.assignment = assignment
    self.model = model
    self.version = version
    self.format = format
    self.sizeBytes = sizeBytes
    self.digest = digest
    self.url = url
    self.target = target
    self.minimumRuntime = minimumRuntime
    self.contract = contract
    self.arenaBytes = arenaBytes
    self.confirmSeconds = confirmSeconds
    self.expirySeconds = expirySeconds
    self.order = order
    self.window = window
    self.signature = signature
  }

  /// Every field but the signature, one a line, in a fixed order.
  var signedText: String {
    """
    \(assignment)
    \(model)
    \(version)
    \(format)
    \(sizeBytes)
    \(digest.hex)
    \(target)
    \(minimumRuntime)
    \(contract)
    \(arenaBytes)
    \(confirmSeconds)
    \(expirySeconds)
    \(order.rawValue)
    \(window.map { "\($0.lowerBound)-\($0.upperBound)" } ?? "any")
    """
  }

  /// Signs every field but the URL, which a service may change while an assignment lives
  /// (pre-signed links expire); the image it leads to is bound by its digest.
  public mutating func sign(with key: SigningKey) { signature = key.signature(of: signedText) }
}

/// What is true about a manifest on the wire, for the invariants: the device cannot see it.
struct ManifestTruth: Sendable, Equatable {
  /// The manifest as the service made it; nil when what arrives is not a manifest at all.
  var manifest: Manifest?
  /// False when somebody between the service and the device changed it, or signed it with another key.
  var isAuthentic = true
}
