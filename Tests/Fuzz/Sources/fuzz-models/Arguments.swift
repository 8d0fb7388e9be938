/// What the command line asks for.
struct Arguments {
  var seed: UInt64 = 1
  var first: UInt64 = 0
  var runs: UInt64 = 10_000
  var corpus: [String] = []
  var output = "."
  /// Mutants to write to files instead of examining any.
  var write: [UInt64] = []
  var isWorker = false
  var files: [String] = []

  static let usage = """
    usage: fuzz-models [--seed S] [--first N] [--runs N] [--corpus FOLDER]... [--output FOLDER]
           fuzz-models --write N [--seed S] [--corpus FOLDER]... [--output FOLDER]
           fuzz-models FILE...
    """

  /// `nil` when the command line cannot be understood.
  init?(_ words: [String]) {
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--worker" {
        isWorker = true
      } else if word.hasPrefix("--") {
        guard let value = rest.popFirst(), set(word, value) else { return nil }
      } else {
        files.append(word)
      }
    }
  }

  private mutating func set(_ option: String, _ value: String) -> Bool {
    switch option {
    case "--corpus": corpus.append(value)
    case "--output": output = value
    default: return set(option, number: UInt64(value))
    }
    return true
  }

  private mutating func set(_ option: String, number: UInt64?) -> Bool {
    guard let number else { return false }
    switch option {
    case "--seed": seed = number
    case "--first": first = number
    case "--runs": runs = number
    case "--write": write.append(number)
    default: return false
    }
    return true
  }

  /// The words that make a worker do `range` of these runs.
  func worker(_ range: Range<UInt64>) -> [String] {
    var words = [
      "--worker", "--seed", "\(seed)", "--first", "\(range.lowerBound)", "--runs", "\(range.count)",
    ]
    for folder in corpus { words += ["--corpus", folder] }
    return words + ["--output", output]
  }
}
