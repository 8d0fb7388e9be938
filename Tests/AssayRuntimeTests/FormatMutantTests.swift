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

  /// Damaged single operators of every kind, so that every kernel is prepared with what nobody meant.
  @Test(arguments: ["onnx", "pte"])
  func `a damaged operator is refused, stopped or run, alike each time`(_ format: String) throws {
    var counts = OutcomeCounts()
    for golden in FormatGolden.all(format) {
      let fields = format == "onnx" ? ONNXDecoder.decode(golden.model) : nil
      for seed in 0..<6 as Range<UInt64> {
        try counts.note("\(golden.name), seed \(seed)") {
          var random = SeededGenerator(seed: seed &* 0x9e37 &+ UInt64(golden.model.count))
          guard var fields else { return damaged(golden.model, &random) }
          var mutation = ProtobufMutation(random: random, texts: MutationCorpus.nodes)
          for _ in 0...seed % 3 { mutation.apply(to: &fields) }
          return ProtobufWriter.bytes(fields)
        }
      }
    }
    #expect(counts.refused > 0 && counts.ran > 0, "\(format): \(counts)")
  }

  /// A number of the FlatBuffer replaced by one that breaks things.
  private func damaged(_ program: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = program
    guard bytes.count > 64 else { return bytes }
    let place = Int.random(in: 12..<bytes.count / 4, using: &random) * 4
    bytes.replaceSubrange(
      place..<place + 4, with: littleEndian(Int32(truncatingIfNeeded: TroubleNumbers.integer(&random))))
    return bytes
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
