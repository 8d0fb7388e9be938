internal import AssayDocument

// The manifest as JSON, and back from bytes that nobody vouches for.

extension Manifest {
  /// The longest document a device reads, in bytes.
  public static let limitBytes = 8192
  private static let nameLimit = 64

  private static var limits: JSON.Limits {
    var limits = JSON.Limits()
    limits.bytes = limitBytes
    limits.depth = 8
    limits.values = 256
    return limits
  }

  /// The document the service sends.
  public var json: [UInt8] {
    var document = JSONObject()
    document["assignment"] = .integer(Int(assignment))
    document["model"] = .string(model)
    document["version"] = .string(version.description)
    document["format"] = .string(format)
    document["size"] = .integer(sizeBytes)
    document["sha256"] = .string(digest.hex)
    document["url"] = .string(url)
    document["target"] = .string(target)
    document["minimumRuntime"] = .string(minimumRuntime.description)
    document["contract"] = .string(contract)
    document["arenaBytes"] = .integer(arenaBytes)
    document["confirmSeconds"] = .integer(confirmSeconds)
    document["expirySeconds"] = .integer(Int(expirySeconds))
    document["order"] = .string(order.rawValue)
    document["windowOpensHour"] = window.map { .integer($0.lowerBound) }
    document["windowClosesHour"] = window.map { .integer($0.upperBound) }
    document["signature"] = .string(signature)
    return Array(JSONValue.object(document).text(isPretty: false).utf8)
  }

  /// Reads a document; nil unless every field is there, of its type and within its range.
  ///
  /// Unknown members are ignored, so that the service can grow; they are not signed and decide nothing.
  public init?(json bytes: [UInt8]) {
    guard let root = try? JSON.parse(bytes, file: "manifest", limits: Self.limits),
      let assignment = root["assignment"]?.integer.flatMap({ UInt32(exactly: $0) }),
      let model = root["model"]?.string, Self.isOpaqueName(model),
      let version = root["version"]?.string.flatMap(ModelVersion.init),
      let format = root["format"]?.string,
      let sizeBytes = root["size"]?.integer, sizeBytes >= 0,
      let digest = root["sha256"]?.string.flatMap(ImageDigest.init(hex:)),
      let url = root["url"]?.string, Self.isPlausibleURL(url),
      let target = root["target"]?.string,
      let runtime = root["minimumRuntime"]?.string.flatMap(ModelVersion.init),
      let contract = root["contract"]?.string,
      let arenaBytes = root["arenaBytes"]?.integer, arenaBytes >= 0,
      let seconds = root["confirmSeconds"]?.integer, let confirmSeconds = UInt16(exactly: seconds),
      let expiry = root["expirySeconds"]?.integer,
      let order = root["order"]?.string.flatMap(Order.init),
      let signature = root["signature"]?.string
    else { return nil }
    self.init(
      assignment: assignment, model: model, version: version, format: format, sizeBytes: sizeBytes,
      digest: digest, url: url, target: target, minimumRuntime: runtime, contract: contract,
      arenaBytes: arenaBytes, confirmSeconds: Int(confirmSeconds), expirySeconds: Int64(expiry), order: order,
      signature: signature)
    guard let window = Self.readWindow(root) else { return nil }
    self.window = window.hours
  }

  /// Letters, digits, `.`, `_` and `-`, not beginning with a dot: never a path such as `../../nvs`.
  public static func isOpaqueName(_ name: String) -> Bool {
    guard (1...nameLimit).contains(name.utf8.count), !name.hasPrefix(".") else { return false }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
      default: false
      }
    }
  }

  /// An absolute path or an https URL, printable, without steps upwards.
  static func isPlausibleURL(_ url: String) -> Bool {
    guard url.hasPrefix("/") || url.hasPrefix("https://"), url.utf8.count <= 512 else { return false }
    guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
    return !url.split(separator: "/", omittingEmptySubsequences: false).contains("..")
  }

  private struct Window { let hours: ClosedRange<Int>? }

  private static func readWindow(_ root: JSONValue) -> Window? {
    guard let opens = root["windowOpensHour"] else { return Window(hours: nil) }
    guard let first = opens.integer, let last = root["windowClosesHour"]?.integer, (0...23).contains(first),
      (0...23).contains(last), first <= last
    else { return nil }
    return Window(hours: first...last)
  }
}
