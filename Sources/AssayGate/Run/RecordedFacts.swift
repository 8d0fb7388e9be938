/// What the recorded cases of a bundled program (`.bpte`) gave, in numbers.
public struct RecordedFacts: Codable, Sendable, Hashable {
  /// The method whose cases these are.
  public var method: String
  public var cases: Int
  /// Input shapes that occur, smallest first, where the method's shapes are dynamic.
  public var shapes: [[Int]]
  public var outputs: [RecordedOutputFacts]
  /// ExecuTorch's own check: `|found - expected| <= absolute + relative * |found|`, NaN equal to NaN.
  public var defaultRelative: Double
  public var defaultAbsolute: Double
  /// Cases that ExecuTorch's own check fails.
  public var casesFailingDefault: Int
  /// What the two tolerances say about each other, and how much the cases can tell, in sentences.
  public var notes: [String]

  public init(method: String, cases: Int) {
    self.method = method
    self.cases = cases
    shapes = []
    outputs = []
    defaultRelative = RecordedTolerance.defaultRelative
    defaultAbsolute = RecordedTolerance.defaultAbsolute
    casesFailingDefault = 0
    notes = []
  }
}

/// One output over all recorded cases.
public struct RecordedOutputFacts: Codable, Sendable, Hashable {
  public var output: Int
  public var type: String
  public var elements: Int
  /// Largest magnitude that is expected anywhere, which the tolerance is a share of.
  public var largest: Double
  /// Largest difference; of codes where the output is codes.
  public var maxAbs: Double
  /// Largest difference that passes here, in the same unit.
  public var tolerance: Double
  /// `1e-05 of the largest expected value`, `one step of the output's scale`, `exact`.
  public var rule: String
  public var elementsOverTolerance: Int
  public var elementsOverDefault: Int
  /// Values that are not finite where a finite one is expected, or NaN on both sides.
  public var nonFinite: Int
  public var exactElements: Int

  public init(output: Int, type: String) {
    self.output = output
    self.type = type
    elements = 0
    largest = 0
    maxAbs = 0
    tolerance = 0
    rule = ""
    elementsOverTolerance = 0
    elementsOverDefault = 0
    nonFinite = 0
    exactElements = 0
  }
}
