/// What the command line asks for.
struct Arguments {
  var seed: UInt64 = 1
  var first: UInt64 = 0
  var runs: UInt64 = 10_000
  var corpus: [String] = []
  var output = "."
  /// `tflite`, `pte` or `onnx`.
  var format = "tflite"
  /// Folder to write the good models to that mutants are made from.
  var seeds: String?
  /// Mutants to write to files instead of examining any.
  var write: [UInt64] = []
  var isWorker = false
  var files: [String] = []

  static let usage = """
    usage: fuzz-models [--format tflite|pte|onnx] [--seed S] [--first N] [--runs N] [--corpus FOLDER]...
                       [--output FOLDER]
           fuzz-models --write N [--format F] [--seed S] [--corpus FOLDER]... [--output FOLDER]
           fuzz-models --seeds FOLDER --format F
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
    case "--seeds": seeds = value
    case "--format":
      guard ["tflite", "pte", "onnx"].contains(value) else { return false }
      format = value
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
      "--worker", "--format", format, "--seed", "\(seed)", "--first", "\(range.lowerBound)", "--runs",
      "\(range.count)",
    ]
    for folder in corpus { words += ["--corpus", folder] }
    return words + ["--output", output]
  }
}
