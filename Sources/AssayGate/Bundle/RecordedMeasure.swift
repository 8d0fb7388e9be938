import AssayModel
import AssayRuntime

/// Runs the recorded cases of a bundled program and compares every element with what is expected.
struct RecordedMeasure: Sendable {
  private(set) var facts: RecordedFacts
  /// Largest difference over its tolerance, of all outputs; NaN when a value is not finite.
  private(set) var worst = 0.0
  private(set) var nonFinite = 0

  /// - Throws: `GateError` when a shape is outside the method's bounds or the model's data drives an
  ///   operator out of its range.
  init(_ model: LoadedModel, _ recorded: RecordedCases) throws(GateError) {
    facts = RecordedFacts(method: model.graph.method?.name ?? "", cases: recorded.cases.count)
    facts.outputs = model.outputs.enumerated().map { index, tensor in
      RecordedOutputFacts(output: index, type: tensor.type.rawValue)
    }
    setTolerances(model.graph, recorded)
    try run(model, recorded)
    facts.notes = RecordedWords.notes(facts, recorded, isWithin: worst <= 1)
    if model.program.isStateful {
      facts.notes.append("The method keeps state: each case starts from its initial state.")
    }
  }

  private mutating func setTolerances(_ graph: Graph, _ recorded: RecordedCases) {
    for output in facts.outputs.indices {
      for test in recorded.cases {
        for value in test.expected[output].numbers where value.isFinite {
          facts.outputs[output].largest = max(facts.outputs[output].largest, abs(value))
        }
      }
      let rule = RecordedTolerance.rule(output, of: graph, largest: facts.outputs[output].largest)
      (facts.outputs[output].tolerance, facts.outputs[output].rule) = rule
    }
  }

  private mutating func run(_ model: LoadedModel, _ recorded: RecordedCases) throws(GateError) {
    var fitted: [[[Int]]: LoadedModel] = [:]
    for test in recorded.cases {
      let place = "case \(test.number)"
      let sized: LoadedModel
      if let known = fitted[test.inputShapes] {
        sized = known
      } else {
        sized = try model.resized(to: test.inputShapes, for: place)
        fitted[test.inputShapes] = sized
      }
      var interpreter = try sized.plannedInterpreter()
      let sample = FedSample(index: test.number, isReset: true, inputs: test.inputs.map(\.bytes))
      try ModelRun.feed(sized, &interpreter, sample)
      var failsDefault = false
      for (output, tensor) in sized.outputs.enumerated() {
        let expected = test.expected[output]
        guard tensor.shape == expected.shape else {
          throw GateError(
            .unusable,
            "\(model.path): \(place), expected output \(output) is \(expected.shape), the method gives \(tensor.shape)"
          )
        }
        let found = RecordedCases.RecordedTensor(
          type: tensor.type, shape: tensor.shape, bytes: interpreter.output(output))
        if compare(found, expected, output) { failsDefault = true }
      }
      if failsDefault { facts.casesFailingDefault += 1 }
    }
    if model.graph.method?.isDynamic == true { facts.shapes = Self.inputShapes(recorded) }
  }

  /// - Returns: whether ExecuTorch's own check fails the tensor.
  private mutating func compare(
    _ found: RecordedCases.RecordedTensor, _ expected: RecordedCases.RecordedTensor, _ output: Int
  ) -> Bool {
    let isFloat = RecordedTolerance.isFloat(expected.type)
    var facts = facts.outputs[output]
    let before = facts.elementsOverDefault
    for (ours, theirs) in zip(found.numbers, expected.numbers) {
      facts.elements += 1
      let isSound = ours.isFinite && theirs.isFinite || ours == theirs
      let difference = ours == theirs ? 0 : abs(ours - theirs)
      if ours == theirs { facts.exactElements += 1 }
      let passes = isFloat ? RecordedTolerance.passesDefault(found: ours, expected: theirs) : ours == theirs
      if !passes { facts.elementsOverDefault += 1 }
      if isSound {
        facts.maxAbs = max(facts.maxAbs, difference)
      } else {
        facts.nonFinite += 1
      }
      // Written positively: NaN is over.
      if !(difference <= facts.tolerance) { facts.elementsOverTolerance += 1 }
    }
    self.facts.outputs[output] = facts
    nonFinite = self.facts.outputs.reduce(0) { $0 + $1.nonFinite }
    let used = facts.maxAbs == 0 ? 0 : facts.maxAbs / facts.tolerance
    worst = facts.nonFinite > 0 ? .nan : (worst.isNaN ? worst : max(worst, used))
    return facts.elementsOverDefault > before
  }

  private static func inputShapes(_ recorded: RecordedCases) -> [[Int]] {
    var shapes: [[Int]] = []
    for shape in recorded.cases.flatMap(\.inputShapes) where !shapes.contains(shape) { shapes.append(shape) }
    return shapes.sorted { $0.reduce(1, *) < $1.reduce(1, *) }
  }
}
