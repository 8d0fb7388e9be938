import AssayFiles
import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

@Suite struct `Mutants of programs and ONNX models` {
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `a mutant of a program is refused, stopped or run, alike each time`(_ seed: UInt64) throws {
    let mutator = ProgramMutator(corpus: MutationCorpus.programs, names: MutationCorpus.kernels, seed: seed)
    var counts = OutcomeCounts()
    for number in 0..<5_000 as Range<UInt64> {
      try counts.note("seed \(seed), mutant \(number)") { mutator.mutant(number) }
    }
    #expect(counts.refused > 0 && counts.ran > 0, "seed \(seed): \(counts)")
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `a mutant of an ONNX model is refused, stopped or run, alike each time`(_ seed: UInt64) throws {
    let mutator = ONNXMutator(corpus: MutationCorpus.models, names: MutationCorpus.nodes, seed: seed)
    var counts = OutcomeCounts()
    for number in 0..<5_000 as Range<UInt64> {
      try counts.note("seed \(seed), mutant \(number)") { mutator.mutant(number) }
    }
    #expect(counts.refused > 0 && counts.ran > 0, "seed \(seed): \(counts)")
  }
}

/// How far mutants came.
private struct OutcomeCounts: CustomStringConvertible {
  var refused = 0
  var stopped = 0
  var ran = 0
  var description: String { "refused \(refused), stopped \(stopped), ran \(ran)" }

  mutating func note(_ name: String, _ bytes: () -> [UInt8]) throws {
    do {
      switch try ModelExamination.examine(bytes()) {
      case .refused: refused += 1
      case .notRunnable, .stopped: stopped += 1
      case .ran: ran += 1
      }
    } catch {
      Issue.record("\(name): \(error)")
    }
  }
}
