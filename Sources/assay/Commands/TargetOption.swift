import AssayDocument
import AssayGate
import AssayMeasure

/// `--target` and `--set`, as several verbs take them.
let targetOptions: [OptionSpecification] = [
  .value("target", "ID", "a profile of baselines/targets"),
  .value("set", "path=value", "override a field of the target", repeats: true),
  .value("baselines", "DIR", "where targets are (default: baselines)"),
]

extension Invocation {
  /// The resolved target of `--target`, `nil` when none is named.
  func target() throws -> Target? {
    guard let name = value("target") else {
      guard all("set").isEmpty else { throw CommandFailure.usage("--set needs --target") }
      return nil
    }
    let library = try targetLibrary()
    return try library.resolve(name, overrides: all("set"))
  }

  /// Every profile.
  func targetLibrary() throws -> TargetLibrary {
    let folder = value("baselines") ?? ProjectFolder.baselines
    return try loading { () throws(GateError) in try TargetProfiles.read(folder) }
  }

  func requiredTarget(of command: String) throws -> Target {
    guard let target = try target() else {
      throw CommandFailure.usage("assay \(command): --target is missing")
    }
    return target
  }
}
