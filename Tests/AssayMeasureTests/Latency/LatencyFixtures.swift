import AssayDocument
import AssayFiles
import AssayMeasure
import AssayModel
import AssayTestSupport

/// Targets and models for latency tests.
enum LatencyFixtures {
  static let hasConformance = Folder.exists(Checkout.conformance)
  static let absent = "the fixtures beside the checkout are absent"

  /// The committed base profile with overrides.
  static func target(_ overrides: String...) throws -> Target {
    let path = Checkout.root + "/baselines/targets/esp32s3-n16r8.yaml"
    let library = try TargetLibrary(profiles: [
      .init(file: path, bytes: try FileBytes.read(path, limit: 1 << 16))
    ])
    return try library.resolve("esp32s3-n16r8", overrides: overrides)
  }

  /// A committed profile, with the one it extends.
  static func target(named name: String) throws -> Target {
    let folder = Checkout.root + "/baselines/targets/"
    let profiles = try [name, "esp32s3-n16r8"].map {
      try TargetLibrary.Profile(
        file: "\(folder)\($0).yaml", bytes: FileBytes.read("\(folder)\($0).yaml", limit: 1 << 16))
    }
    return try TargetLibrary(profiles: name == "esp32s3-n16r8" ? [profiles[0]] : profiles)
      .resolve(name, overrides: [])
  }

  static func model(_ name: String) throws -> Graph {
    try TFLiteReader.read(try FileBytes.read("\(Checkout.conformance)/\(name).tflite", limit: 1 << 24))
  }

  /// Rows of a tab-separated table, by column name.
  static func table(_ path: String) throws -> [[String: String]] {
    let text = try FileBytes.readText("\(Checkout.conformance)/\(path)", limit: 1 << 22)
    var lines = text.split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    let header = lines.removeFirst()
    return lines.map { Dictionary(zip(header, $0)) { first, _ in first } }
  }
}
