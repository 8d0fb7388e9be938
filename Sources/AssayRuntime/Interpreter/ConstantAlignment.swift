import AssayModel

/// Gives constants that lie misaligned in the file an aligned copy.
///
/// Exporters align buffers to 16 bytes, so that ordinary models are run from the file's own bytes;
/// but nothing makes a hostile or hand-made file do so, and a kernel reading a misaligned `float`
/// is undefined behaviour.
enum ConstantAlignment {
  static let alignment = 16

  static func aligned(_ graph: Graph) -> Graph {
    var graph = graph
    var copies: [UInt8] = []
    // Tensors may share one constant: a hostile file must not have it copied for each of them.
    var known: [ConstantRange: ConstantRange] = [:]
    let buffer = graph.storage.count
    for subgraph in graph.subgraphs.indices {
      for index in graph.subgraphs[subgraph].tensors.indices {
        let tensor = graph.subgraphs[subgraph].tensors[index]
        guard let constant = tensor.constant, let size = tensor.type.byteSize,
          constant.bytes.lowerBound % size != 0, !constant.bytes.isEmpty
        else { continue }
        if let copy = known[constant] {
          graph.subgraphs[subgraph].tensors[index].constant = copy
          continue
        }
        let start = (copies.count + alignment - 1) / alignment * alignment
        copies.append(contentsOf: repeatElement(0, count: start - copies.count))
        copies.append(contentsOf: graph.storage[constant.buffer][constant.bytes])
        let copy = ConstantRange(buffer: buffer, bytes: start..<start + constant.bytes.count)
        graph.subgraphs[subgraph].tensors[index].constant = copy
        known[constant] = copy
      }
    }
    if !copies.isEmpty { graph.storage.append(copies) }
    return graph
  }
}
