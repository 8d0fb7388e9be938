import AssayBaseline
import AssayDocument

let baselineListCommand = CommandSpecification(
  name: "baseline list", arguments: "", positionals: 0...0, summary: "budgets, accepted values and waivers",
  options: BaselineSession.filterOptions + BaselineSession.options,
  example: "assay baseline list --suite digits"
) { invocation, console in
  let baselines = try BaselineSession(invocation).baselines()
  let filter = invocation.candidateFilter
  let budgets = baselines.budgets.filter { filter.matches($0.key, $0.check) }
  let accepted = baselines.accepted.filter { filter.matches($0.key, $0.metric) }
  let waivers = baselines.waivers.filter { filter.matches($0.key, $0.check) }
  if invocation.wantsJSON {
    console.print(BaselineJSON.list(budgets, accepted, waivers).text().withoutLineEnd)
    return .done
  }
  for row in budgets {
    let limit = BaselineWords.amount(row.value, row.unit.rawValue)
    console.print("budget    \(row.key)  \(row.check) \(row.rule.rawValue) \(limit)  (\(row.location))")
  }
  for row in accepted {
    let value = BaselineWords.amount(row.value, row.unit)
    console.print(
      "accepted  \(row.key)  \(row.metric) \(value) by \(row.acceptedBy) on \(row.acceptedAt.prefix(10))")
  }
  for row in waivers {
    console.print(
      "waiver    \(row.key)  \(row.check) until \(row.lastDay) by \(row.grantedBy): \(row.reason)")
  }
  if budgets.isEmpty && accepted.isEmpty && waivers.isEmpty { console.diagnose("assay: nothing matches") }
  return .done
}

let baselineReviewCommand = CommandSpecification(
  name: "baseline review", arguments: "[RUN]", positionals: 0...1,
  summary: "what a run measured beside what is accepted; default: the newest run",
  options: BaselineSession.filterOptions + BaselineSession.options,
  example: "assay baseline review --suite digits"
) { invocation, console in
  let session = try BaselineSession(invocation)
  let baselines = try session.baselines()
  let (run, candidates) = try BaselineSession.answering {
    try session.store.review(invocation.positionals.first, against: baselines, invocation.candidateFilter)
  }
  if invocation.wantsJSON {
    console.print(BaselineJSON.review(run, candidates).text().withoutLineEnd)
    return .done
  }
  console.print("run \(run.id), \(run.verdict.rawValue)")
  for candidate in candidates { console.print("  \(line(candidate))") }
  return .done
}

private func line(_ candidate: Candidate) -> String {
  let measured = candidate.measurement
  var text = "\(measured.key)  \(measured.metric) \(BaselineWords.amount(measured.value, measured.unit))"
  if let accepted = candidate.accepted, let change = candidate.change {
    text += ", accepted \(BaselineWords.amount(accepted.value, accepted.unit))"
    text += " (\(BaselineWords.change(change, measured.unit)))"
  } else {
    text += ", nothing accepted yet"
  }
  if !candidate.versionChanges.isEmpty { text += "; \(candidate.versionChanges.joined(separator: ", "))" }
  return candidate.isRejected ? text + "; rejected" : text
}

let baselineHistoryCommand = CommandSpecification(
  name: "baseline history", arguments: "[METRIC --suite S --model M [--target T]]", positionals: 0...1,
  summary: "what runs measured over time; without a metric: the runs themselves",
  options: [
    .value("suite", "NAME", "of this suite"), .value("model", "NAME", "of this model"),
    .value("target", "NAME", "on this target (default: what does not depend on one)"),
    .value("limit", "N", "at most the newest N (default: 50)"),
  ] + BaselineSession.options,
  example: "assay baseline history arena --suite digits --model digits-v2 --target esp32s3-n16r8"
) { invocation, console in
  let session = try BaselineSession(invocation)
  let limit = try invocation.integer("limit", in: 1...1_000_000) ?? 50
  guard let metric = invocation.positionals.first else {
    let runs = try BaselineSession.answering { try session.store.runs(limit: limit) }
    if invocation.wantsJSON {
      console.print(BaselineJSON.runs(runs).text().withoutLineEnd)
    } else {
      list(runs, &console)
    }
    return .done
  }
  let key = BaselineKey(
    suite: try invocation.required("suite", of: "baseline history"),
    model: try invocation.required("model", of: "baseline history"),
    target: invocation.value("target") ?? BaselineKey.any)
  let points = try BaselineSession.answering { try session.store.history(of: metric, for: key, limit: limit) }
  if invocation.wantsJSON {
    console.print(BaselineJSON.history(points).text().withoutLineEnd)
  } else {
    for point in points {
      let value = BaselineWords.amount(point.measurement.value, point.measurement.unit)
      console.print(
        "\(point.startedAt)  \(value.leftPadded(to: 14))  \(point.verdict.rawValue)  \(point.run)")
    }
    if points.isEmpty { console.diagnose("assay: no complete run measured \(metric) of \(key)") }
  }
  return .done
}

private func list(_ runs: [RunSummary], _ console: inout Console) {
  for run in runs {
    let end = run.verdict.map { "\($0.rawValue), exit \(run.exitCode ?? 3)" } ?? "not completed"
    console.print("\(run.startedAt)  \(run.id)  \(run.judgedCases) of \(run.plannedCases) cases  \(end)")
  }
  if runs.isEmpty { console.diagnose("assay: no run yet") }
}
