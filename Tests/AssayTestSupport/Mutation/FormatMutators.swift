/// Makes damaged and strange ExecuTorch programs; the same seed and number always make the same one.
public struct ProgramMutator: Sendable {
  private let corpus: [(root: FlatTableValue, segment: [UInt8])]
  private let names: [String]
  private let seed: UInt64

  /// - Parameter names: kernels and overloads that operators may be renamed to.
  public init(corpus: [(root: FlatTableValue, segment: [UInt8])], names: [String], seed: UInt64) {
    self.corpus = corpus
    self.names = names
    self.seed = seed
  }

  public func mutant(_ number: UInt64) -> [UInt8] {
    var mutation = FlatMutation(random: .for(seed, number), texts: names)
    var (root, segment) = corpus[Int.random(in: corpus.indices, using: &mutation.random)]
    for _ in 0..<Int.random(in: 1...4, using: &mutation.random) { mutation.apply(to: &root) }
    if Int.random(in: 0..<16, using: &mutation.random) == 0 { segment = segment.dropLast(5) }
    var (bytes, sites) = ProgramWriter.fileAndSites(root, segment: segment)
    var random = mutation.random
    if Int.random(in: 0..<4, using: &random) == 0, let site = sites.randomElement(using: &random) {
      let number = littleEndian(TroubleNumbers.integer(near: 8, &random))
      bytes.replaceSubrange(site.position..<site.position + site.size, with: number.prefix(site.size))
    }
    if Int.random(in: 0..<4, using: &random) == 0 { TroubleNumbers.damage(&bytes, &random) }
    return bytes
  }
}

/// Makes damaged and strange ONNX models; the same seed and number always make the same one.
public struct ONNXMutator: Sendable {
  private let corpus: [[ProtobufField]]
  private let names: [String]
  private let seed: UInt64

  /// - Parameter names: operators, attributes and modes that may stand in for others.
  public init(corpus: [[ProtobufField]], names: [String], seed: UInt64) {
    self.corpus = corpus
    self.names = names
    self.seed = seed
  }

  public func mutant(_ number: UInt64) -> [UInt8] {
    var mutation = ProtobufMutation(random: .for(seed, number), texts: names)
    var root = corpus[Int.random(in: corpus.indices, using: &mutation.random)]
    for _ in 0..<Int.random(in: 1...4, using: &mutation.random) { mutation.apply(to: &root) }
    var bytes = ProtobufWriter.bytes(root)
    var random = mutation.random
    if Int.random(in: 0..<4, using: &random) == 0 { TroubleNumbers.damage(&bytes, &random) }
    return bytes
  }
}

extension SeededGenerator {
  fileprivate static func `for`(_ seed: UInt64, _ number: UInt64) -> SeededGenerator {
    var random = SeededGenerator(seed: seed &* 0x1_0000_0001 &+ number)
    // Neighbouring states give neighbouring first numbers away; a few steps part them.
    for _ in 0..<3 { _ = random.next() }
    return random
  }
}
