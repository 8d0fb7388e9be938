import AssayFiles

/// The report formats that `assay report` and the gate write.
public enum ReportFormat: String, Sendable, CaseIterable {
  case html, json, markdown, junit, sarif, run

  /// The file name in a reports folder.
  public var fileName: String {
    switch self {
    case .html: "report.html"
    case .json: "report.json"
    case .markdown: "summary.md"
    case .junit: "junit.xml"
    case .sarif: "results.sarif"
    case .run: "run.assay"
    }
  }

  public func render(_ run: Run) throws -> String {
    switch self {
    case .html: HTMLReport.render(run)
    case .json, .run: try JSONReport.render(run)
    case .markdown: SummaryReport.render(run)
    case .junit: JUnitReport.render(run)
    case .sarif: SARIFReport.render(run)
    }
  }
}

/// Writes every report of a run; each file is replaced whole or not at all.
public enum ReportFiles {
  /// - Throws: `GateError.unusable` for a folder that cannot be written.
  public static func write(_ run: Run, to folder: String) throws(GateError) {
    do {
      try Folder.create(folder)
      for format in ReportFormat.allCases {
        try FileBytes.write(try format.render(run), to: Path.join(folder, format.fileName))
      }
    } catch { throw GateError(.unusable, "reports: \(error)") }
  }
}
