import AssayGate

let gateCommand = CommandSpecification(
  name: "gate", arguments: "[SUITE|MODEL.bpte ...]", positionals: 0...1000,
  summary: "judge models against their budgets; default: everything under suites/",
  options: [
    .value(
      "reports", "DIR", "write report.html, report.json, summary.md, junit.xml, results.sarif, run.assay"),
    .value("baselines", "DIR", "reviewed targets, budgets and accepted values (default: baselines)"),
    .value("target", "ID", "target of a bundled program (default: all that run ExecuTorch)", repeats: true),
    .value("set", "path=value", "override a field of every target", repeats: true), threadsOption,
  ],
  example: "assay gate suites/digits --reports reports/latest"
) { invocation, console in
  var options = GateOptions()
  options.suites = invocation.positionals
  options.targets = invocation.all("target")
  options.overrides = invocation.all("set")
  options.version = Version.current
  options.baselinesFolder = invocation.value("baselines") ?? ProjectFolder.baselines
  options.database = ProjectFolder.database(options.baselinesFolder)
  var (run, since) = Parallel.limited(to: try invocation.threads()) { [options] in
    Gate(options).runLookingBack()
  }
  var code = ExitCode(rawValue: Int32(run.exitCode)) ?? .undecided
  if let folder = invocation.value("reports") {
    do throws(GateError) { try ReportFiles.write(run, to: folder) } catch {
      run.problems.append(error.message)
      code = code.combined(with: .unusable)
      (run.verdict, run.exitCode) = (.unusable, Int(code.rawValue))
      console.diagnose("assay: \(error.message)")
    }
  }
  if invocation.wantsJSON {
    console.print(try JSONReport.render(run))
  } else {
    let style = TerminalReport.Style(colours: console.colours)
    for line in TerminalReport.render(
      run, width: console.width, style: style, verbose: console.verbose, since: since)
    {
      console.print(line)
    }
  }
  return code
}
