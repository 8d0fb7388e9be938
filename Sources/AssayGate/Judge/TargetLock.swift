import AssayDocument
import AssayFiles
import AssayMeasure

/// Does a target say what its ESP-IDF build says?
enum TargetLock {
  /// Facts of the build files that `files` names, paths relative to `folder`; `nil` without any.
  ///
  /// - Throws: `GateError.unusable` for a file that is missing or unreadable.
  static func facts(_ files: Target.BuildFiles, folder: String) throws(GateError) -> BuildFacts? {
    guard files != Target.BuildFiles() else { return nil }
    do {
      let lock = try files.lock.map { try DependenciesLock(read($0, folder), file: $0) }
      let config = try files.sdkconfig.map { try SdkConfiguration(read($0, folder), file: $0) }
      let table = try files.partitionTable.map { try PartitionTable(read($0, folder), file: $0) }
      return try BuildFacts(lock: lock, sdkconfig: config, partitions: table)
    } catch { throw GateError(.unusable, "\(error)") }
  }

  private static func read(_ path: String, _ folder: String) throws -> [UInt8] {
    try FileBytes.read(Path.join(folder, path), limit: SdkConfiguration.byteLimit)
  }
}
