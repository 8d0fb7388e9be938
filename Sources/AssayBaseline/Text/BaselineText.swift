internal import AssayDocument
internal import AssayFiles

/// The reviewed files under a baselines folder, as bytes with their digests.
struct BaselineText {
  enum Kind: String, CaseIterable { case budgets, accepted }

  struct File {
    var kind: Kind
    /// Relative to the folder, and how the database knows it: `budgets/digits.yaml`.
    var path: String
    var bytes: [UInt8]
    var sha256: String
    /// Changes when the file, the checks that are known or the way of reading change.
    var loadKey: String
  }

  let folder: String
  let files: [File]

  private static let readerVersion = 1

  /// Reads `budgets/*.yaml` and `accepted/*.yaml` of `folder`, in the order of their names; folders
  /// that are not there are empty.
  init(_ folder: String, checks: [BudgetCheck]) throws(FileError) {
    self.folder = folder
    let known = checks.map { "\($0.code) \($0.unit.rawValue) \($0.rules.map(\.rawValue)) \($0.isWaivable)" }
    let catalog = SHA256.hex(of: "\(Self.readerVersion)\n" + known.joined(separator: "\n"))
    var files: [File] = []
    for kind in Kind.allCases {
      let place = Path.join(folder, kind.rawValue)
      guard Folder.exists(place) else { continue }
      for entry in try Folder.list(place) where Self.isYAML(entry) {
        let bytes = try FileBytes.read(Path.join(place, entry.name), limit: YAML.Limits().bytes)
        let digest = SHA256.hex(of: bytes)
        files.append(
          File(
            kind: kind, path: Path.join(kind.rawValue, entry.name), bytes: bytes, sha256: digest,
            loadKey: "\(digest) \(catalog)"))
      }
    }
    self.files = files
  }

  private static func isYAML(_ entry: Folder.Entry) -> Bool {
    let isText = ["yaml", "yml"].contains(Path.fileExtension(entry.name))
    return isText && !entry.name.hasPrefix(".") && entry.kind != .folder
  }

  /// What errors and reports call a file.
  func shown(_ path: String) -> String { Path.join(folder, path) }
}
