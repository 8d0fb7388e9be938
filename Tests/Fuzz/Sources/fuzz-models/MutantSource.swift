import AssayTestSupport
import ModelMutation

/// Mutants of one format, each the same for the same seed, number and corpus.
struct MutantSource {
  let modelCount: Int
  let mutant: (UInt64) -> [UInt8]

  init(_ arguments: Arguments) {
    let seed = arguments.seed
    switch arguments.format {
    case "onnx":
      let goldens = FormatGolden.all("onnx").compactMap { ONNXDecoder.decode($0.model) }
      let mutator = ONNXMutator(
        corpus: MutationCorpus.models + goldens, names: MutationCorpus.nodes, seed: seed)
      modelCount = MutationCorpus.models.count + goldens.count
      mutant = { mutator.mutant($0) }
    case "pte":
      let goldens = FormatGolden.all("pte").map(\.model)
      let mutator = ProgramMutator(
        corpus: MutationCorpus.programs, names: MutationCorpus.kernels, seed: seed)
      modelCount = MutationCorpus.programs.count + goldens.count
      // Exported programs are damaged as bytes, written ones as tables.
      mutant = { number in
        guard number % 2 == 0, !goldens.isEmpty else { return mutator.mutant(number) }
        var random = SeededGenerator(seed: seed &* 0x1_0000_0001 &+ number)
        for _ in 0..<3 { _ = random.next() }
        return Self.damaged(goldens[Int.random(in: goldens.indices, using: &random)], &random)
      }
    default:
      let corpus = Corpus.load(arguments.corpus)
      let mutator = ModelMutator(corpus: corpus, seed: seed)
      modelCount = corpus.count
      mutant = { mutator.mutant($0) }
    }
  }

  /// Numbers replaced by ones that break things, and now and then any damage at all.
  private static func damaged(_ program: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = program
    for _ in 0...Int.random(in: 0..<3, using: &random) {
      let place = Int.random(in: 3..<max(4, bytes.count / 4), using: &random) * 4
      guard place + 4 <= bytes.count else { continue }
      bytes.replaceSubrange(
        place..<place + 4, with: littleEndian(Int32(truncatingIfNeeded: TroubleNumbers.integer(&random))))
    }
    if Int.random(in: 0..<6, using: &random) == 0 { TroubleNumbers.damage(&bytes, &random) }
    return bytes
  }
}
