import AssayMeasure
import AssayModel
import AssayRuntime

/// Which layers of a model run in kernels whose bytes are known, in words.
struct BoardCoverage {
  private let layers: [(place: LayerIndex, name: String, path: KernelPath)]

  init(_ graph: Graph, _ runtime: RuntimeProfile) {
    layers = BoardAgreement.paths(of: graph, runtime: runtime)
  }

  var sentences: [String] {
    let own = layers.filter { $0.path.family == .s3 }
    let portable = layers.filter { [.ansi, .reference, .float, .copy].contains($0.path.family) }
    let unknown = layers.filter { $0.path.family == .unknown }
    var lines: [String] = []
    if !own.isEmpty { lines.append("\(ReportText.count(own.count, "layer")) in ESP-NN's S3 kernels.") }
    if !portable.isEmpty {
      lines.append(
        "\(ReportText.count(portable.count, "layer")) on reference or C kernels, as on the board: \(names(portable))."
      )
    }
    if !unknown.isEmpty {
      lines.append(
        "\(ReportText.count(unknown.count, "layer")) of which nothing is known: \(names(unknown)).")
    }
    return lines.isEmpty ? [] : [lines.joined(separator: " ")]
  }

  /// `0 CONV_2D, 3 MEAN`, shortened.
  private func names(_ layers: [(place: LayerIndex, name: String, path: KernelPath)]) -> String {
    let shown = layers.prefix(8).map { "\($0.place.index) \($0.name)" }
    return shown.joined(separator: ", ") + (layers.count > 8 ? " and \(layers.count - 8) more" : "")
  }
}
