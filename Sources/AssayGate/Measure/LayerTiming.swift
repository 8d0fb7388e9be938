import AssayModel
public import AssayRuntime

/// How long each operator of a model takes on this machine, one by one.
public struct LayerTiming: Sendable {
  public let layer: LayerIndex
  /// `CONV_2D`.
  public let name: String
  public let nanoseconds: Double
  /// 0 where the operator is no sum of products.
  public let products: Int

  /// Batches that an operator's share of the slice is divided into; the fastest counts.
  private static let batches = 4

  /// The operators of the main subgraph that are kernel calls, in order, each on what one inference left
  /// in its inputs.
  ///
  /// - Parameter milliseconds: for all of them together.
  public static func measure(_ model: LoadedModel, milliseconds: Int) throws(GateError) -> [LayerTiming] {
    var interpreter = try model.preservingInterpreter()
    let sample = FedSample(index: 0, isReset: false, inputs: HostTiming.inputs(of: model))
    try ModelRun.feed(model, &interpreter, sample)
    let operators = model.program.graph.main.operators
    let share = Duration.milliseconds(milliseconds) / max(operators.count, 1)
    var timings: [LayerTiming] = []
    for index in operators.indices {
      let layer = LayerIndex(subgraph: 0, index: index)
      guard let nanoseconds = try nanoseconds(model, &interpreter, layer, share) else { continue }
      timings.append(
        LayerTiming(
          layer: layer, name: operators[index].code.name, nanoseconds: nanoseconds,
          products: model.program.products(of: layer)))
    }
    return timings
  }

  private static func nanoseconds(
    _ model: LoadedModel, _ interpreter: inout Interpreter, _ layer: LayerIndex, _ share: Duration
  ) throws(GateError) -> Double? {
    guard try run(model, &interpreter, layer, 1) else { return nil }
    let first = try HostTiming.elapsed { () throws(GateError) in _ = try run(model, &interpreter, layer, 8) }
    let size = max(1, Int(share / batches / max(first / 8, .nanoseconds(1))))
    var fastest = Double.infinity
    for _ in 0..<batches {
      let time = try HostTiming.elapsed { () throws(GateError) in
        _ = try run(model, &interpreter, layer, size)
      }
      fastest = min(fastest, time / .nanoseconds(1) / Double(size))
    }
    return fastest
  }

  private static func run(
    _ model: LoadedModel, _ interpreter: inout Interpreter, _ layer: LayerIndex, _ times: Int
  ) throws(GateError) -> Bool {
    do throws(RunError) { return try interpreter.invokeOperator(layer, times: times) } catch {
      throw GateError(.failed, "\(model.path): \(error)")
    }
  }
}
