import AssayDocument
import AssayGate
import AssayMeasure
import AssayRuntime

let boardCommand = CommandSpecification(
  name: "board", arguments: "MODEL --inputs IN.npz", positionals: 1...1,
  summary: "what every modelled esp-nn computes: agreement, accuracy, arena, latency, rules met",
  options: [
    .value("inputs", "IN.npz", "recorded inputs in_0, in_1, ..., with labels where there are"),
    .value(
      "expected", "FILE", "outputs that a board logged (.npz with out_0, .npy, text): which release fits best"
    ),
  ] + targetOptions,
  example: "assay board model.tflite --inputs heldout.npz --target esp32s3-n16r8 --expected logged.npz"
) { invocation, console in
  let inputs = try invocation.required("inputs", of: "board")
  let target = try invocation.boardTarget()
  let model = try loading { () throws(GateError) in try LoadedModel(path: invocation.positionals[0]) }
  let profiles = try invocation.deviceProfiles()
  let logged = invocation.value("expected")
  let sweep = try loading { () throws(GateError) in
    try BoardSweep(
      model, inputs: inputs, target: target, latency: ProfiledLatency(profiles, version: Version.current),
      expected: logged)
  }
  if invocation.wantsJSON {
    console.print(BoardView(sweep: sweep, target: target).json.text())
  } else {
    BoardView(sweep: sweep, target: target).print(&console)
  }
  return sweep.fitsLog ? .done : .failed
}

extension Invocation {
  /// The target named, or the module most products use.
  ///
  /// - Throws: exit 3 for a firmware whose kernels were never executed.
  fileprivate func boardTarget() throws -> Target {
    let target =
      value("target") == nil
      ? try targetLibrary().resolve("esp32s3-n16r8", overrides: all("set")) : try requiredTarget(of: "board")
    do { _ = try BoardAgreement(runtime: target.runtime) } catch {
      throw CommandFailure(.undecided, error.description)
    }
    return target
  }
}

/// The table of `assay board`.
struct BoardView {
  let sweep: BoardSweep
  let target: Target

  func print(_ console: inout Console) {
    console.print("\(Paint.bold(sweep.model.path, console)) on \(target.name), \(sweep.samples) recordings")
    let metric = sweep.metric ?? "answers"
    var head = "  esp-nn " + "outputs".leftPadded(to: 9) + metric.leftPadded(to: 17)
    head += "arena".leftPadded(to: 12) + "latency".leftPadded(to: 13)
    if sweep.loggedFile != nil { head += "board".leftPadded(to: 10) }
    console.print(Paint.bold(head + "  rules", console))
    for row in sweep.rows { for line in lines(row, console) { console.print(line) } }
    for line in summary { wrap(line, &console) }
  }

  private func wrap(_ text: String, _ console: inout Console) {
    for line in TerminalReport.wrapped(text, console.width, indent: 0) { console.print(line) }
  }

  private func lines(_ row: BoardSweep.Row, _ console: Console) -> [String] {
    let facts = row.facts
    let mark = row.isTarget ? "*" : " "
    let isKnown = facts.samples > 0 && facts.reason == nil
    let share = isKnown ? ReportWords.percent(row.agreement) : "unknown"
    let changes = isKnown ? "\(facts.changedAnswers) change" : "unknown"
    let figure = facts.metric == nil ? changes : BoardText.figure(facts)
    let arena = row.arenaBytes.map { ReportWords.bytes($0) } ?? "unknown"
    let latency = row.milliseconds.map { ReportWords.milliseconds($0) } ?? "unknown"
    let logged = sweep.loggedFile == nil ? "" : (row.matching.map { "\($0)" } ?? "unknown").leftPadded(to: 10)
    var text =
      "\(mark) \(row.library.rawValue.padded(to: 7)) \(share.leftPadded(to: 8))\(shorter(figure).leftPadded(to: 17))"
      + "\(arena.leftPadded(to: 12))\(latency.leftPadded(to: 13))\(logged)  "
    let rules = row.ruleNames.isEmpty ? (facts.reason ?? "-") : row.ruleNames.joined(separator: " ")
    let margin = text.count
    text += rules
    guard text.count > console.width else { return [text] }
    return TerminalReport.wrapped(rules, max(console.width - margin, 12), indent: 0).enumerated().map {
      index, part in
      (index == 0 ? String(text.prefix(margin)) : String(repeating: " ", count: margin)) + part.trimmedRight
    }
  }

  /// `6.01-90.99 %` fits where `6.01 % to 90.99 %` does not.
  private func shorter(_ figure: String) -> String {
    let ends = figure.split(separator: " % to ", maxSplits: 1)
    return ends.count == 2 ? "\(ends[0])-\(ends[1])" : figure
  }

  private var summary: [String] {
    var lines = ["", "outputs: recordings with the reference's bytes; * this target; rules: RULE@operator"]
    lines += sweep.logSentences
    lines += sweep.layerSentences
    for row in sweep.rows where row.isTarget {
      lines += row.findings.map(\.message) + row.facts.memory
      if !row.findings.isEmpty { lines.append(BoardText.prediction(row.facts)) }
      lines += row.facts.advice
    }
    let others = sweep.rows.filter { !$0.isTarget && !$0.facts.memory.isEmpty }
    lines += others.flatMap { row in row.facts.memory.map { "\(row.library.title): \($0)" } }
    return lines
  }

  var json: JSONValue {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["model"] = .string(sweep.model.path)
    object["sha256"] = .string(sweep.model.sha256)
    object["target"] = .string(target.name)
    object["samples"] = .integer(sweep.samples)
    if let metric = sweep.metric { object["metric"] = .string(metric) }
    object["releases"] = .array(sweep.rows.map(rowJSON))
    object["layers"] = .array(sweep.layerSentences.map { .string($0) })
    if let file = sweep.loggedFile { object["expected"] = .string(file) }
    if let best = sweep.bestMatch { object["bestMatch"] = .string(best.library.rawValue) }
    return .object(object)
  }

  private func rowJSON(_ row: BoardSweep.Row) -> JSONValue {
    let facts = row.facts
    var object = JSONObject()
    object["espNN"] = .string(row.library.rawValue)
    object["isTarget"] = .bool(row.isTarget)
    object["agreement"] = .number(row.agreement)
    object["differingOutputs"] = .integer(facts.differingOutputs)
    object["changedAnswers"] = .integer(facts.changedAnswers)
    object["unknownOutputs"] = .integer(facts.unknownOutputs)
    object.set("reference", facts.reference, reason: "no metric")
    object.set("low", facts.low, reason: facts.reason ?? "no metric")
    object.set("high", facts.high, reason: facts.reason ?? "no metric")
    if let reason = facts.reason { object["reason"] = .string(reason) }
    if let bytes = row.arenaBytes { object["arenaBytes"] = .integer(bytes) }
    object.set("milliseconds", row.milliseconds, reason: "not estimated")
    object["layers"] = .array(facts.layers.map(layerJSON))
    object["memory"] = .array(facts.memory.map { .string($0) })
    object["advice"] = .array(facts.advice.map { .string($0) })
    if let matching = row.matching { object["matchingExpected"] = .integer(matching) }
    return .object(object)
  }

  private func layerJSON(_ layer: BoardLayerFacts) -> JSONValue {
    var object = JSONObject()
    object["layer"] = .string(layer.layer)
    object["rule"] = .string(layer.rule)
    object["condition"] = .string(layer.condition)
    object["effect"] = .string(layer.effect)
    if let count = layer.differingOutputs { object["differingOutputs"] = .integer(count) }
    if let count = layer.changedAnswers { object["changedAnswers"] = .integer(count) }
    return .object(object)
  }
}
