import AssayModel
import AssayRuntime

/// One layer of the candidate and the layer of the reference that computes the same thing.
struct LayerPair: Sendable, Hashable {
  var candidate: LayerIndex
  var reference: LayerIndex
}

/// Finds the layers that two exports of one network have in common.
///
/// Layers match when they are the same operator with an output of the same shape, in the same
/// order (longest common subsequence); conversions between codes and floats match nothing. Names
/// are not trusted: exporters rename tensors freely.
enum LayerPairing {
  /// Above this many operators the table of the subsequence would be too large.
  static let maximumOperators = 4096

  static func pairs(_ candidate: Graph, _ reference: Graph) -> [LayerPair] {
    let left = layers(candidate)
    let right = layers(reference)
    guard left.count <= maximumOperators, right.count <= maximumOperators else { return [] }
    let lengths = table(left.map(\.key), right.map(\.key))
    var pairs: [LayerPair] = []
    var (row, column) = (0, 0)
    while row < left.count && column < right.count {
      if left[row].key == right[column].key {
        pairs.append(LayerPair(candidate: left[row].layer, reference: right[column].layer))
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

  /// Every operator of every subgraph with itself: for a graph and its dequantised form.
  static func identity(_ graph: Graph) -> [LayerPair] {
    graph.subgraphs.indices.flatMap { subgraph in
      graph.subgraphs[subgraph].operators.indices.map { index in
        let layer = LayerIndex(subgraph: subgraph, index: index)
        return LayerPair(candidate: layer, reference: layer)
      }
    }
  }

  private struct Key: Hashable {
    var code: OperatorCode
    var shape: [Int]
  }

  private static func layers(_ graph: Graph) -> [(layer: LayerIndex, key: Key)] {
    let main = graph.main
    return main.operators.enumerated().compactMap { index, op in
      guard op.code.builtin != .quantize, op.code.builtin != .dequantize, let output = op.outputs.first else {
        return nil
      }
      return (LayerIndex(subgraph: 0, index: index), Key(code: op.code, shape: main.tensors[output].shape))
    }
  }

  /// `table[i][j]` is the length of the longest common subsequence of the tails from i and j.
  private static func table(_ left: [Key], _ right: [Key]) -> [[Int]] {
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
    let name = op.outputs.first.map { short(subgraph.tensors[$0].name) } ?? ""
    let number = layer.subgraph == 0 ? "\(layer.index)" : "\(layer.subgraph).\(layer.index)"
    return name.isEmpty ? "\(number) \(op.code.name)" : "\(number) \(op.code.name) \"\(name)\""
  }

  /// Exporters join the names of everything they fused by semicolons; the last says what it is.
  static func short(_ name: String) -> String {
    let last = name.split(separator: ";").first.map(String.init) ?? name
    return last.count > 48 ? "…" + last.suffix(47) : last
  }
}
