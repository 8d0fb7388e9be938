import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

@Suite struct `Operator samples` {
  @Test(arguments: OperatorSamples.all.map(\.name).indices)
  func `each runs, with one result whatever memory held`(_ index: Int) throws {
    let sample = OperatorSamples.all[index]
    let outcome = try ModelExamination.examine(sample.model.bytes())
    switch outcome {
    case .ran: break
    // Operators still without a kernel are said to be so, by name.
    case .notRunnable(let reason) where reason.contains("no kernel for"): break
    default: Issue.record("\(sample.name): \(outcome)")
    }
  }
}
