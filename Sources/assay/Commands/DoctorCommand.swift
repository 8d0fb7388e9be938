import AssayDocument
import AssayGate

let doctorCommand = CommandSpecification(
  name: "doctor", arguments: "", positionals: 0...0,
  summary: "can this installation judge? targets, suites, database",
  options: [.value("baselines", "DIR", "where baselines are (default: baselines)")], example: "assay doctor"
) { invocation, console in
  var options = GateOptions()
  options.baselinesFolder = invocation.value("baselines") ?? ProjectFolder.baselines
  options.database = ProjectFolder.database(options.baselinesFolder)
  let findings = Doctor.examine(options)
  if invocation.wantsJSON {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["version"] = .string(Version.current)
    object["findings"] = .array(
      findings.map { finding in
        var row = JSONObject()
        row["subject"] = .string(finding.subject)
        row["ok"] = .bool(finding.problem == nil)
        row["detail"] = .string(finding.detail)
        return .object(row)
      })
    console.print(JSONValue.object(object).text())
  } else {
    console.print("assay \(Version.current)")
    for finding in findings {
      let mark = finding.problem == nil ? Paint.green("ok  ", console) : Paint.red("BAD ", console)
      console.print("\(mark) \(finding.subject.padded(to: 10)) \(finding.detail)")
    }
  }
  return findings.compactMap(\.problem).reduce(.done) { code, problem in
    code.combined(with: problem.code == .unusable ? .unusable : .undecided)
  }
}
