import AssayDocument
import AssayGate
import AssayModel
import AssayRecording
import AssayRuntime

let compareCommand = CommandSpecification(
  name: "compare", arguments: "A B --inputs F", positionals: 2...2,
  summary: "two models, versions or formats: drift, first layer that differs, what changed",
  options: [
    .value("inputs", "F.npz", "recorded inputs that both are fed, in real units or codes"),
    .value("tolerance", "SHARE", "relative RMSE above which a layer counts as divergent (default 0.1)"),
    .value("permute-input", "AXES", "axes that bring the recording to B's layout: 0,3,1,2"),
    .value("permute-input-a", "AXES", "axes that bring the recording to A's layout"),
  ] + targetOptions + programOptions,
  example: "assay compare v1.tflite v2.tflite --inputs heldout.npz"
) { invocation, console in
  let inputs = try invocation.required("inputs", of: "compare")
  let tolerance = try invocation.fraction("tolerance") ?? 0.1
  let permutation = try invocation.axes("permute-input")
  let permutationA = try invocation.axes("permute-input-a")
  let target = try invocation.target()
  let before = try invocation.model()
  let after = try invocation.model(at: 1)
  let recording = try ModelRecording.open(inputs)
  let comparison = try loading { () throws(GateError) in
    try Comparison(
      before, after, recording, permutation: permutation, permutationA: permutationA, target: target,
      tolerance: tolerance)
  }
  if invocation.wantsJSON { console.print(comparison.json.text()) } else { comparison.print(&console) }
  return .done
}

extension Invocation {
  /// A number that is not negative.
  func fraction(_ option: String) throws(CommandFailure) -> Double? {
    guard let text = value(option) else { return nil }
    guard let number = Double(text), number.isFinite, number >= 0 else {
      throw .usage("--\(option) is a number from 0, not \"\(text)\"")
    }
    return number
  }

  /// Comma-separated axes.
  func axes(_ option: String) throws(CommandFailure) -> [Int]? {
    guard let text = value(option) else { return nil }
    let axes = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let numbers = axes.compactMap { $0 }
    guard numbers.count == axes.count, numbers.sorted() == Array(0..<numbers.count) else {
      throw .usage("--\(option) is a permutation such as 0,3,1,2, not \"\(text)\"")
    }
    return numbers
  }
}

extension Comparison {
  var json: JSONValue {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["a"] = .string(before.path)
    object["b"] = .string(after.path)
    object["samples"] = .integer(samples)
    object["identical"] = .bool(isIdentical)
    object["outputs"] = .array(outputs.map(outputJSON))
    object["firstDivergentLayer"] = firstDivergentLayer.map { .string($0) } ?? .null
    object["tolerance"] = .number(tolerance)
    object["layerCount"] = .integer(layerCount)
    object["layers"] = .array(
      layers.map { layer in
        var row = JSONObject()
        row["layer"] = .string(layer.layer)
        if let counterpart = layer.counterpart { row["counterpart"] = .string(counterpart) }
        row["relativeRmse"] = .number(layer.accumulated)
        if let own = layer.own { row["ownRelativeRmse"] = .number(own) }
        return .object(row)
      })
    object["changes"] = .array(changes.map { .string($0) })
    object["bytes"] = .array([.integer(before.graph.file.count), .integer(after.graph.file.count)])
    object["verdict"] = .string(verdict)
    return .object(object)
  }

  private func outputJSON(_ facts: DriftFacts) -> JSONValue {
    var row = JSONObject()
    row["name"] = .string(facts.name)
    let reason = facts.reason ?? "undefined"
    let isSound = facts.nonFinite == 0
    row.set("maxAbs", isSound ? facts.maxAbs : nil, reason: reason)
    row.set("rmse", isSound ? facts.rmse : nil, reason: reason)
    row.set("cosine", facts.cosine, reason: "undefined for a zero vector")
    row.set("sqnrDb", facts.sqnrDb, reason: reason)
    row.set("top1Agreement", facts.top1Agreement, reason: "the output has one element")
    return .object(row)
  }

  func print(_ console: inout Console) {
    console.print("\(Paint.bold("A", console)) \(before.path)  \(ReportWords.bytes(before.graph.file.count))")
    console.print("\(Paint.bold("B", console)) \(after.path)  \(ReportWords.bytes(after.graph.file.count))")
    for line in TerminalReport.wrapped(verdict, console.width, indent: 0) { console.print(line) }
    for facts in outputs {
      let sqnr = facts.sqnrDb.map { "\(ReportWords.number($0)) dB" } ?? facts.reason ?? "undefined"
      let text =
        "output \(facts.name): max \(ReportWords.number(facts.maxAbs)), rmse \(ReportWords.number(facts.rmse)), SQNR \(sqnr)"
      for line in TerminalReport.wrapped(text, console.width, indent: 2) { console.print(line) }
    }
    console.print(
      Paint.bold(
        "\(layers.count) of \(layerCount) layers of B paired; relative RMSE (accumulated, own)", console))
    for layer in layers {
      let own = layer.own.map { ReportWords.percent($0) } ?? ""
      let mark = layer.overTolerance ? Paint.red("over", console) : ""
      if console.verbose, let counterpart = layer.counterpart { console.print("  A: \(counterpart)") }
      console.print(
        "  \(String(layer.layer.prefix(46)).padded(to: 46)) \(ReportWords.percent(layer.accumulated).leftPadded(to: 10)) \(own.leftPadded(to: 10)) \(mark)"
          .trimmedRight)
    }
    console.print(Paint.bold("changes from A to B", console))
    if changes.isEmpty { console.print("  none") }
    for change in changes {
      for line in TerminalReport.wrapped(change, console.width, indent: 2) { console.print(line) }
    }
    if !arenas.isEmpty { console.print(Paint.bold("minimum arena", console)) }
    for row in arenas {
      guard let a = row.before, let b = row.after else { continue }
      console.print(
        "  \(row.library.title.padded(to: 34)) \(ReportWords.bytes(a).leftPadded(to: 12)) -> \(ReportWords.bytes(b).leftPadded(to: 12))"
      )
    }
  }
}
