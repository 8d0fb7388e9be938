public import AssayDocument
internal import AssayFiles

// Carrying runs from one database to another, as text.
extension BaselineStore {
  static let exportVersion = 1

  /// Bytes up to which an export is read.
  public static let importByteLimit = 512 << 20

  /// Every complete run, oldest first, as JSON: the same runs always give the same text.
  ///
  /// - Parameter includesDocuments: also the run files' contents, which are most of the size.
  public func export(includesDocuments: Bool = true) throws(BaselineError) -> JSONValue {
    try connection.reading { () throws(BaselineError) in
      let ids = try connection.run("SELECT id FROM runs WHERE state = 'complete' ORDER BY started_at, id")
      var runs: [JSONValue] = []
      for id in ids {
        guard var run = try run(id.text(0)) else { continue }
        if !includesDocuments { run.document = nil }
        runs.append(RunJSON.value(of: run))
      }
      return ["schemaVersion": .integer(Self.exportVersion), "runs": .array(runs)]
    }
  }

  /// Adds the runs of an export that are not there yet: all of them or, after an error, none.
  ///
  /// - Parameter file: the name that errors carry.
  /// - Returns: how many were added, and how many were there already.
  public func importRuns(
    _ bytes: [UInt8], file: String, by who: String, at moment: String
  ) throws(BaselineLoadError) -> (added: Int, known: Int) {
    try BaselineLoadError.wrapping {
      var limits = JSON.Limits()
      limits.bytes = Self.importByteLimit
      let runs = try RunJSON.runs(JSON.parse(bytes, file: file, limits: limits), file: file)
      return try connection.attempt {
        var added = 0
        for run in runs where try connection.run("SELECT 1 FROM runs WHERE id = ?", .text(run.id)).isEmpty {
          try insertComplete(run)
          added += 1
        }
        let digest = SHA256.hex(of: bytes)
        try audit("import", by: who, at: moment, "\(added) of \(runs.count) runs from \(file) (\(digest))")
        return (added, runs.count - added)
      }
    }
  }
}
