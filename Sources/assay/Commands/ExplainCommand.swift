import AssayDocument
import AssayGate

let explainCommand = CommandSpecification(
  name: "explain", arguments: "[CODE]", positionals: 0...1, summary: "a rule or metric in words",
  options: [], example: "assay explain drop-vs-baseline"
) { invocation, console in
  guard let code = invocation.positionals.first else {
    for rule in Rulebook.rules { console.print("\(rule.code.padded(to: 20)) \(rule.title)") }
    return .done
  }
  guard let rule = Rulebook.rule(code) else {
    throw CommandFailure.usage("no rule \"\(code)\"\(Suggestion.hint(for: code, in: Rulebook.codes))")
  }
  if invocation.wantsJSON {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["code"] = .string(rule.code)
    object["title"] = .string(rule.title)
    object["bound"] = .string(rule.bound.rawValue)
    object["unit"] = .string(rule.unit.rawValue)
    object["hard"] = .bool(rule.isHard)
    object["text"] = .string(rule.text)
    console.print(JSONValue.object(object).text())
    return .done
  }
  console.print(Paint.bold("\(rule.code): \(rule.title)", console))
  for line in TerminalReport.wrapped(rule.text, console.width, indent: 2) { console.print(line) }
  switch rule.bound {
  case .atMost: console.print("  budget row: check: \(rule.code), max: ... (\(rule.unit.rawValue))")
  case .atLeast: console.print("  budget row: check: \(rule.code), min: ... (\(rule.unit.rawValue))")
  case .margin: console.print("  budget row: check: \(rule.code), margin: ... (\(rule.unit.rawValue))")
  case .none: console.print("  no budget row: it holds or it does not")
  }
  return .done
}
