import AssayFiles
import Glibc

/// Where baselines are, wherever the command is run from.
enum ProjectFolder {
  /// `baselines` of the working folder or its nearest ancestor, else of the folders above the
  /// program itself, so that a build in a checkout finds the checkout's targets.
  static let baselines: String = {
    for start in [workingFolder, Path.parent(program)] {
      var folder = start
      for _ in 0..<32 {
        let candidate = Path.join(folder, "baselines")
        if Folder.exists(Path.join(candidate, "targets")) {
          return start == workingFolder && folder == start ? "baselines" : candidate
        }
        let parent = Path.parent(folder)
        if parent == folder { break }
        folder = parent
      }
    }
    return "baselines"
  }()

  /// `ASSAY_BASELINES`, or `assay.db` in the baselines folder.
  static func database(_ baselines: String) -> String {
    CommandLineTool.environment()["ASSAY_BASELINES"].flatMap { $0.isEmpty ? nil : $0 }
      ?? Path.join(baselines, "assay.db")
  }

  private static var workingFolder: String { resolved(".") }
  private static var program: String { resolved("/proc/self/exe") }

  private static func resolved(_ path: String) -> String {
    guard let resolved = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }
}
