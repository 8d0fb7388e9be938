import AssayDocument
import AssayFiles
public import AssayMeasure

/// The target profiles of a baselines folder.
public enum TargetProfiles {
  /// The profile files of `folder`, in the order of their names.
  static func files(_ folder: String) throws(GateError) -> [String] {
    let path = Path.join(folder, "targets")
    do {
      return try Folder.list(path).filter { $0.kind == .file && $0.name.hasSuffix(".yaml") }
        .map { Path.join(path, $0.name) }
    } catch { throw GateError(.unusable, "\(error)") }
  }

  /// - Throws: `GateError.unusable` with every problem of every profile.
  public static func read(_ folder: String) throws(GateError) -> TargetLibrary {
    let files = try files(folder)
    do {
      return try TargetLibrary(
        profiles: files.map { file in
          TargetLibrary.Profile(file: file, bytes: try FileBytes.read(file, limit: YAML.Limits().bytes))
        })
    } catch { throw GateError(.unusable, "\(error)") }
  }
}
