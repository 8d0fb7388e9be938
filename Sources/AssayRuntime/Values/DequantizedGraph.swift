public import AssayModel

/// The same network in float: every code tensor becomes the real values it stands for.
///
/// It serves as reference where no float twin exists. Its weights are the quantised ones, so a
/// comparison with it sees rounding and saturation of activations and is **blind to what weight
/// quantisation cost**.
public enum DequantizedGraph {
  public static func make(_ graph: Graph) -> Graph {
    var result = graph
    var constants: [UInt8] = []
    let buffer = graph.storage.count
    for subgraph in graph.subgraphs.indices {
      for index in graph.subgraphs[subgraph].tensors.indices {
        let tensor = graph.subgraphs[subgraph].tensors[index]
        guard isCode(tensor) else { continue }
        var float = tensor
        float.type = .float32
        float.quantization = nil
        if let constant = tensor.constant, let bytes = dequantized(tensor, graph, constant) {
          let start = constants.count
          constants += bytes
          float.constant = ConstantRange(buffer: buffer, bytes: start..<start + bytes.count)
        }
        result.subgraphs[subgraph].tensors[index] = float
      }
      for index in graph.subgraphs[subgraph].operators.indices {
        rewrite(&result.subgraphs[subgraph].operators[index], result.subgraphs[subgraph].tensors)
      }
    }
    result.storage.append(constants)
    result.offlineOffsets = nil
    return result
  }

  /// Quantised values; indices, shapes and sizes are plain integers and stay.
  private static func isCode(_ tensor: Tensor) -> Bool {
    guard tensor.quantization != nil, tensor.unreadable == nil else { return false }
    return switch tensor.type {
    case .int4, .int8, .uint8, .int16, .int32, .int64: true
    default: false
    }
  }

  private static func dequantized(_ tensor: Tensor, _ graph: Graph, _ range: ConstantRange) -> [UInt8]? {
    let packed = graph.storage[range.buffer][range.bytes]
    let bytes = tensor.type == .int4 ? unpacked(packed, count: tensor.elementCount) : Array(packed)
    guard let values = RealValues.decode(bytes.span, of: tensor) else { return nil }
    var float = tensor
    float.type = .float32
    return RealValues.encode(values, as: float)
  }

  /// Two codes to a byte, low nibble first.
  private static func unpacked(_ bytes: ArraySlice<UInt8>, count: Int) -> [UInt8] {
    (0..<count).map { index in
      let byte = bytes[bytes.startIndex + index / 2]
      let nibble = index % 2 == 0 ? byte & 15 : byte >> 4
      return UInt8(bitPattern: Int8(bitPattern: nibble << 4) >> 4)
    }
  }

  /// A conversion between codes is the identity on real values: RESHAPE to the same shape.
  private static func rewrite(_ op: inout Operator, _ tensors: [Tensor]) {
    op.version = 1
    guard op.code.builtin == .quantize || op.code.builtin == .dequantize, let input = op.inputs.first ?? nil,
      let output = op.outputs.first, tensors[input].type == .float32, tensors[output].type == .float32
    else { return }
    op.code = .builtin(.reshape)
    op.options = .reshape(newShape: tensors[output].shape)
  }
}
