import AssayModel
import AssayRuntime

/// One layer of the candidate and the layer of the reference that computes the same thing.
struct LayerPair: Sendable, Hashable {
  var candidate: LayerUnit
  var reference: LayerUnit
}

/// Finds the layers that two exports of one network have in common.
///
/// Two files of TensorFlow Lite are compared operator by operator: the same operator with an output
/// of the same shape, in the same order (longest common subsequence). Between other formats layers
/// are what people think of (``LayerUnit``), and match by what they compute and the extents of what
/// they write, whatever the order of axes. Names are not trusted: exporters rename tensors freely.
enum LayerPairing {
  /// Above this many operators the table of the subsequence would be too large.
  static let maximumOperators = 4096

  static func pairs(_ candidate: Graph, _ reference: Graph) -> [LayerPair] {
    if candidate.format == .tflite && reference.format == .tflite {
      return common(operators(candidate), operators(reference))
    }
    return common(units(candidate), units(reference))
  }

  /// Layers of a graph that could have a counterpart in another: what pairs are counted of.
  static func count(_ graph: Graph, beside other: Graph) -> Int {
    graph.format == .tflite && other.format == .tflite ? operators(graph).count : units(graph).count
  }

  /// Every operator of every subgraph with itself: for a graph and its dequantised form.
  static func identity(_ graph: Graph) -> [LayerPair] {
    graph.subgraphs.indices.flatMap { subgraph in
      graph.subgraphs[subgraph].operators.indices.compactMap { index in
        unit(graph, LayerIndex(subgraph: subgraph, index: index)).map {
          LayerPair(candidate: $0, reference: $0)
        }
      }
    }
  }

  private static func common<Key: Hashable>(
    _ left: [(key: Key, unit: LayerUnit)], _ right: [(key: Key, unit: LayerUnit)]
  ) -> [LayerPair] {
    guard left.count <= maximumOperators, right.count <= maximumOperators else { return [] }
    let lengths = table(left.map(\.key), right.map(\.key))
    var pairs: [LayerPair] = []
    var (row, column) = (0, 0)
    while row < left.count && column < right.count {
      if left[row].key == right[column].key {
        pairs.append(LayerPair(candidate: left[row].unit, reference: right[column].unit))
        row += 1
        column += 1
      } else if lengths[row + 1][column] >= lengths[row][column + 1] {
        row += 1
      } else {
        column += 1
      }
    }
    return pairs
  }

  // MARK: Keys

  private struct OperatorKey: Hashable {
    var code: OperatorCode
    var shape: [Int]
  }

  private static func operators(_ graph: Graph) -> [(key: OperatorKey, unit: LayerUnit)] {
    let main = graph.main
    return main.operators.enumerated().compactMap { index, op in
      guard op.code.builtin != .quantize, op.code.builtin != .dequantize,
        let unit = unit(graph, LayerIndex(subgraph: 0, index: index))
      else { return nil }
      return (OperatorKey(code: op.code, shape: main.tensors[unit.output.index].shape), unit)
    }
  }

  /// One operator as a layer; `nil` when it writes nothing.
  private static func unit(_ graph: Graph, _ layer: LayerIndex) -> LayerUnit? {
    let subgraph = graph.subgraphs[layer.subgraph]
    let op = subgraph.operators[layer.index]
    func tensor(_ index: Int) -> LayerTensor {
      LayerTensor(subgraph: layer.subgraph, index: index, isChannelsFirst: false)
    }
    guard let output = op.outputs.first else { return nil }
    let inputs = op.inputs.compactMap { $0 }.filter { subgraph.tensors[$0].constant == nil }
    return LayerUnit(layers: [layer], inputs: inputs.map(tensor), output: tensor(output))
  }

  private struct UnitKey: Hashable {
    var kind: LayerKind
    /// Extents above 1 in ascending order: formats order axes differently.
    var extents: [Int]
  }

  private static func units(_ graph: Graph) -> [(key: UnitKey, unit: LayerUnit)] {
    LayerUnits(graph).units.map { kind, unit in
      let shape = graph.main.tensors[unit.output.index].shape
      return (UnitKey(kind: kind, extents: shape.filter { $0 > 1 }.sorted()), unit)
    }
  }

  /// `table[i][j]` is the length of the longest common subsequence of the tails from i and j.
  private static func table<Key: Hashable>(_ left: [Key], _ right: [Key]) -> [[Int]] {
    var table = [[Int]](repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
    for row in left.indices.reversed() {
      for column in right.indices.reversed() {
        table[row][column] =
          left[row] == right[column]
          ? table[row + 1][column + 1] + 1 : max(table[row + 1][column], table[row][column + 1])
      }
    }
    return table
  }
}

/// A layer's name for people: `3 CONV_2D "conv2/Relu"`.
enum LayerName {
  static func text(_ graph: Graph, _ layer: LayerIndex) -> String {
    let subgraph = graph.subgraphs[layer.subgraph]
    let op = subgraph.operators[layer.index]
    // Values of a program have numbers, not names.
    let named = op.outputs.first.flatMap { graph.method == nil ? subgraph.tensors[$0].name : nil }
    let name = named.map(short) ?? ""
    let number = layer.subgraph == 0 ? "\(layer.index)" : "\(layer.subgraph).\(layer.index)"
    return name.isEmpty ? "\(number) \(op.code.name)" : "\(number) \(op.code.name) \"\(name)\""
  }

  /// Exporters join the names of everything they fused by semicolons; the last says what it is.
  static func short(_ name: String) -> String {
    let last = name.split(separator: ";").first.map(String.init) ?? name
    return last.count > 48 ? "…" + last.suffix(47) : last
  }
}
