import AssayDocument
import AssayGate
import AssayMeasure

let explainCommand = CommandSpecification(
  name: "explain", arguments: "[CODE]", positionals: 0...1, summary: "a rule or metric in words",
  options: [], example: "assay explain drop-vs-baseline"
) { invocation, console in
  guard let code = invocation.positionals.first else {
    for rule in Rulebook.rules { console.print("\(rule.code.padded(to: 20)) \(rule.title)") }
    let codes = BoardRule.allCases.map(\.rawValue).joined(separator: " ")
    for line in TerminalReport.wrapped("defects of esp-nn    \(codes)", console.width, indent: 0) {
      console.print(line)
    }
    return .done
  }
  if let rule = BoardRule(rawValue: code.uppercased()) { return explain(rule, invocation, &console) }
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

/// A known defect of ESP-NN.
private func explain(_ rule: BoardRule, _ invocation: Invocation, _ console: inout Console) -> ExitCode {
  if invocation.wantsJSON {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["code"] = .string(rule.rawValue)
    object["releases"] = .string(rule.releaseNames)
    object["condition"] = .string(rule.condition)
    object["effect"] = .string(rule.effect)
    object["hard"] = .bool(rule.alwaysBlocks)
    console.print(JSONValue.object(object).text())
    return .done
  }
  console.print(Paint.bold("rule \(rule.rawValue): a defect of \(rule.releaseNames)", console))
  for text in ["met by \(rule.condition)", rule.effect] {
    for line in TerminalReport.wrapped(text, console.width, indent: 2) { console.print(line) }
  }
  console.print(rule.alwaysBlocks ? "  always blocks" : "  may be waived with a reason")
  return .done
}
