/// Every verb, in the order that help shows them.
let commandTable: [CommandSpecification] = [
  gateCommand, compareCommand, runCommand, inspectCommand, operatorsCommand, arenaCommand, latencyCommand,
  boardCommand,
  targetListCommand,
  targetShowCommand, targetImportCommand, baselineListCommand, baselineReviewCommand,
  baselineAcceptCommand, baselineRejectCommand, baselineHistoryCommand, baselineExportCommand,
  baselineImportCommand, otaReplayCommand, otaExploreCommand, otaMutantsCommand, otaFleetCommand,
  otaServeCommand,
  deviceImportCommand, deviceListCommand, reportCommand, mergeCommand, benchCommand,
  explainCommand, doctorCommand, manualCommand,
  completionsCommand,
]

private let manualCommand = CommandSpecification(
  name: "manual", arguments: "", positionals: 0...0, summary: "print the man page", options: [],
  example: "assay manual > assay.1"
) { _, console in
  console.print(Help.manual())
  return .done
}

private let completionsCommand = CommandSpecification(
  name: "completions", arguments: "bash|zsh|fish", positionals: 1...1,
  summary: "print completions for a shell", options: [], example: "source <(assay completions bash)"
) { invocation, console in
  let shell = invocation.positionals[0]
  guard ["bash", "zsh", "fish"].contains(shell) else {
    throw CommandFailure.usage("unknown shell \"\(shell)\"")
  }
  console.print(Help.completions(for: shell))
  return .done
}
