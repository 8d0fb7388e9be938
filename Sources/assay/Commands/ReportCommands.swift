import AssayBaseline
import AssayFiles
import AssayGate

let reportCommand = CommandSpecification(
  name: "report", arguments: "RUN --to FORMAT=PATH...", positionals: 1...1,
  summary: "render a stored run again: a run.assay file, or a run's id in the database",
  options: [
    .value(
      "to", "FORMAT=PATH", "html, json, markdown, junit, sarif or run; - is standard output", repeats: true),
    .value("baselines", "DIR", "where the database is (default: baselines)"),
  ],
  example: "assay report reports/latest/run.assay --to html=report.html --to markdown=-"
) { invocation, console in
  let outputs = try invocation.all("to").map(ReportOutput.init)
  let run = try StoredRun.read(invocation.positionals[0], invocation)
  guard !outputs.isEmpty else {
    if invocation.wantsJSON {
      console.print(try JSONReport.render(run).withoutLineEnd)
    } else {
      let style = TerminalReport.Style(colours: console.colours)
      for line in TerminalReport.render(run, width: console.width, style: style, verbose: console.verbose) {
        console.print(line)
      }
    }
    return .done
  }
  for output in outputs {
    let text = try output.format.render(run)
    if output.path == "-" {
      console.print(text.withoutLineEnd)
    } else {
      try FileBytes.write(text, to: output.path)
    }
  }
  return .done
}

let mergeCommand = CommandSpecification(
  name: "merge", arguments: "RUN... --output FILE", positionals: 1...1000,
  summary: "one run from shards that judged different cases; exits as the whole run does",
  options: [
    .value("output", "FILE", "the run file to write"),
    .value("baselines", "DIR", "where the database is (default: baselines)"),
  ],
  example: "assay merge shard-1/run.assay shard-2/run.assay --output run.assay"
) { invocation, console in
  let output = try invocation.required("output", of: "merge")
  let shards = try invocation.positionals.map { name in
    RunMerge.Shard(name: name, run: try StoredRun.read(name, invocation))
  }
  let run = try loading { () throws(GateError) in try RunMerge.merge(shards) }
  try FileBytes.write(try JSONReport.render(run), to: output)
  if invocation.wantsJSON {
    console.print(try JSONReport.render(run).withoutLineEnd)
  } else if !console.quiet {
    let style = TerminalReport.Style(colours: console.colours)
    for line in TerminalReport.render(run, width: console.width, style: style).suffix(1) {
      console.print(line)
    }
    console.print("wrote \(output) from \(shards.count) run\(shards.count == 1 ? "" : "s")")
  }
  return ExitCode(rawValue: Int32(run.exitCode)) ?? .undecided
}

/// `html=report.html`.
private struct ReportOutput {
  var format: ReportFormat
  var path: String

  init(_ text: String) throws(CommandFailure) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    let names = ReportFormat.allCases.map(\.rawValue)
    guard parts.count == 2 else { throw .usage("--to is FORMAT=PATH, not \"\(text)\"") }
    guard let format = ReportFormat(rawValue: parts[0]) else {
      throw .usage("--to: unknown format \"\(parts[0])\"; one of \(names.joined(separator: ", "))")
    }
    self.format = format
    path = parts[1]
  }
}

/// A run that was judged before.
enum StoredRun {
  /// Largest run file that is read, in bytes.
  static let maximumBytes = 256 << 20

  /// The run of a file or, where `name` is the form of an id and no file, of the database.
  static func read(_ name: String, _ invocation: Invocation) throws -> Run {
    if !Folder.exists(name), !name.contains("/"), !name.hasSuffix(".assay"), !name.hasSuffix(".json") {
      return try fromDatabase(name, invocation)
    }
    let bytes = try FileBytes.read(name, limit: maximumBytes)
    return try loading { () throws(GateError) in try JSONReport.read(bytes, file: name) }
  }

  private static func fromDatabase(_ id: String, _ invocation: Invocation) throws -> Run {
    let store = try BaselineSession(invocation).store
    guard let record = try BaselineSession.answering({ try store.run(id) }) else {
      throw CommandFailure.usage("\(id): no such file, and no complete run of that id in \(store.path)")
    }
    guard let document = record.document else {
      throw CommandFailure.usage("\(id): imported without its run file: only its numbers are known")
    }
    return try loading { () throws(GateError) in try JSONReport.read(Array(document.utf8), file: id) }
  }
}
