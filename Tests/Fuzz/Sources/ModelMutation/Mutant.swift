public import AssayTestSupport

/// Makes damaged and strange models out of good ones.
///
/// The mutant of a seed and a number is always the same, whatever was made before it, so that a
/// failing one can be made again from two numbers.
public struct ModelMutator: Sendable {
  private let corpus: [FlatTableValue]
  private let seed: UInt64

  /// - Parameter corpus: files as `ModelDecoder` takes them apart; not empty.
  public init(corpus: [FlatTableValue], seed: UInt64) {
    self.corpus = corpus
    self.seed = seed
  }

  /// Mutant `number` of this seed.
  public func mutant(_ number: UInt64) -> [UInt8] {
    var random = SeededGenerator(seed: seed &* 0x1_0000_0001 &+ number)
    // Neighbouring states give neighbouring first numbers away; a few steps part them.
    for _ in 0..<3 { _ = random.next() }
    return Self.mutate(pick(&random), donor: pick(&random), &random)
  }

  /// A changed version of one model, possibly with parts of another.
  public static func mutate(
    _ model: FlatTableValue, donor: FlatTableValue, _ random: inout SeededGenerator
  ) -> [UInt8] {
    var trees = TreeMutations(root: model, donor: donor, random: random)
    for _ in 0..<Int.random(in: 0...4, using: &trees.random) { trees.applyOne() }
    var (bytes, sites) = FlatWriter.fileAndSites(trees.root, identifier: "TFL3")
    random = trees.random
    if Int.random(in: 0..<3, using: &random) == 0 {
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        ByteMutations.applyOne(&bytes, sites: sites, &random)
      }
    }
    return bytes
  }

  private func pick(_ random: inout SeededGenerator) -> FlatTableValue {
    corpus[Int.random(in: corpus.indices, using: &random)]
  }
}

/// Numbers that break things.
enum Interesting {
  static let int32s: [Int32] = [
    0, 1, -1, 2, 3, -2, 4, 5, 7, 8, 15, 16, 17, 31, 32, 127, 128, -128, 255, 256, 1000, 32767, 32768, 65535,
    65536,
    1 << 24, 1 << 30, .max, .min, .max - 1, .min + 1, -100_000,
  ]

  static let floats: [Float] = [
    0, -0.0, 1, -1, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, .leastNormalMagnitude,
    .greatestFiniteMagnitude, 1e-30, 1e30, 1e-7, 0.003_906_25, 1e10, -0.5,
  ]

  static func int32(_ random: inout SeededGenerator) -> Int32 {
    Bool.random(using: &random)
      ? int32s[Int.random(in: int32s.indices, using: &random)] : Int32.random(in: -4...12, using: &random)
  }
}
