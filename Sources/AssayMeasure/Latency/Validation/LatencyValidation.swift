public import AssayDocument
public import AssayModel

/// Predicts every usable published figure and writes the table of the documentation.
public struct LatencyValidation: Sendable {
  public struct Row: Sendable {
    public var figure: PublishedFigure
    /// In the figure's unit; `nil` where the model's file is not at hand.
    public var predicted: LatencyRange?
    public var provenance: LatencyProvenance?

    /// Predicted over measured, minus 1.
    public var relativeError: Double? { predicted.map { $0.milliseconds / figure.measured - 1 } }
  }

  public var rows: [Row]

  /// - Parameters:
  ///   - resolve: the base target with a figure's overrides applied.
  ///   - model: a whole model by the name of its file, `nil` where it is not at hand.
  public init(
    resolve: ([String]) throws(DocumentErrors) -> Target, model: (String) -> Graph?
  ) throws(DocumentErrors) {
    var rows: [Row] = []
    for figure in PublishedFigure.all {
      let target = try resolve(figure.overrides)
      rows.append(Self.row(figure, target, model))
    }
    self.rows = rows
  }

  private static func row(_ figure: PublishedFigure, _ target: Target, _ model: (String) -> Graph?) -> Row {
    let graph: Graph?
    switch figure.subject {
    case .layer(let layer): graph = layer
    case .model(let name): graph = model(name)
    }
    guard let graph, let estimate = try? LatencyEstimator(target: target).estimate(graph) else {
      return Row(figure: figure)
    }
    let perMillisecond = figure.unit == .milliseconds ? 1 : Double(target.clockHertz) / 1e6
    return Row(
      figure: figure, predicted: estimate.range.scaled(by: perMillisecond), provenance: estimate.provenance)
  }

  /// The whole page, the same bytes for the same rows.
  public var markdown: String {
    """
    # Latency: predicted beside published figures

    Written by `LatencyValidation`; do not edit. Every published figure that this estimator can be held
    against: same runtime, known configuration, and a model file or a shape to predict from. "Fitted" rows
    were in sight when a constant was chosen; all others were not. Single kernels were published as one cold
    call with operands in PSRAM, which an estimate of a running model leaves out: read those rows for their
    order of magnitude.

    | what | source | configuration | measured | predicted | interval | error | provenance | fitted | remark |
    |---|---|---|--:|--:|--:|--:|---|---|---|

    """ + rows.map(line).joined(separator: "\n") + "\n"
  }

  private func line(_ row: Row) -> String {
    let figure = row.figure
    let start =
      "| \(figure.name) | \(figure.source) | \(figure.overrides.joined(separator: ", ")) "
      + "| \(Self.number(figure.measured)) \(figure.unit.rawValue) "
    let fitted = figure.isFitted ? "yes" : "no"
    guard let predicted = row.predicted, let error = row.relativeError, let provenance = row.provenance else {
      return start + "| model file not at hand | | | | \(fitted) | \(figure.remark) |"
    }
    let interval = "\(Self.number(predicted.lowMilliseconds)) to \(Self.number(predicted.highMilliseconds))"
    let percent = (error * 1000).rounded() / 10
    return start
      + "| \(Self.number(predicted.milliseconds)) | \(interval) | \(percent > 0 ? "+" : "")\(percent) % "
      + "| \(provenance.rawValue) | \(fitted) | \(figure.remark) |"
  }

  /// Four significant digits.
  private static func number(_ value: Double) -> String {
    let digits = value >= 1000 ? 1.0 : (value >= 100 ? 10 : (value >= 10 ? 100 : 10000))
    let rounded = (value * digits).rounded() / digits
    return rounded >= 1000 ? "\(Int(rounded))" : "\(rounded)"
  }
}
