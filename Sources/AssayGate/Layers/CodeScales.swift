import AssayMeasure
import AssayModel
import AssayRuntime

/// What codes of programs stand for, where the file does not say it tensor by tensor.
///
/// TensorFlow Lite gives every tensor its scale. An ExecuTorch program only has the factors between
/// layers: scales are stated where values become codes or codes values, hold through operators that
/// only move codes, and are unknown inside a chain of `cortex_m` kernels. There they are **fitted** to
/// the reference's values, with the zero point that the kernel's arguments state: a layer that is
/// wrong by a constant factor alone shows only where the scale is stated again.
enum CodeScales {
  /// The graph with every scale that the file states or that follows.
  static func stated(_ graph: Graph) -> Graph {
    guard graph.format != .tflite else { return graph }
    var graph = graph
    for op in graph.main.operators { note(op, &graph.subgraphs[0].tensors) }
    return graph
  }

  /// Whether a tensor holds codes that stand for nothing known.
  static func isUnknown(_ tensor: Tensor) -> Bool {
    (tensor.type == .int8 || tensor.type == .uint8) && tensor.quantization == nil
  }

  private static func note(_ op: Operator, _ tensors: inout [Tensor]) {
    guard let input = op.inputs.first ?? nil, let output = op.outputs.first, let name = op.kernelName
    else { return }
    switch name {
    case "quantize_per_tensor", "quantize_linear": note(op, output, &tensors)
    case "dequantize_per_tensor": note(op, input, &tensors)
    default:
      let kind = LayerKind(op)
      guard kind == nil || kind == .maxPool || kind == .average || kind == .relu,
        isUnknown(tensors[output]), tensors[input].type == tensors[output].type
      else { return }
      tensors[output].quantization = tensors[input].quantization
    }
  }

  /// Scale and zero point are arguments 1 and 2 of the steps between values and codes.
  private static func note(_ op: Operator, _ tensor: Int, _ tensors: inout [Tensor]) {
    let arguments = op.kernelArguments
    guard tensors[tensor].quantization == nil, arguments.count > 2, case .double(let scale) = arguments[1],
      case .int(let zero) = arguments[2]
    else { return }
    tensors[tensor].quantization = quantization(Float(scale), zero, tensors[tensor].type)
  }

  private static func quantization(_ scale: Float, _ zero: Int, _ type: ElementType) -> Quantization? {
    guard scale.isNormal, scale > 0, let codes = type.codeRange, codes.contains(zero) else { return nil }
    return Quantization(scales: [scale], zeroPoints: [Int32(zero)])
  }

  // MARK: Fitting

  /// The zero point of what a kernel writes, as its arguments say; `nil` for kernels that say none.
  static func zeroPoint(of tensor: Int, in subgraph: Subgraph) -> Int? {
    guard let op = subgraph.operators.first(where: { $0.outputs.first == tensor }) else { return nil }
    let position: Int
    switch op.kernelName {
    case "quantized_conv2d": position = 7
    case "quantized_depthwise_conv2d", "quantized_add": position = 8
    case "quantized_linear": position = 6
    case "quantized_mul": position = 4
    case "softmax": position = 3
    default: return nil
    }
    let arguments = op.kernelArguments
    guard arguments.indices.contains(position), case .int(let zero) = arguments[position] else { return nil }
    return (-128...127).contains(zero) ? zero : nil
  }

  /// Least squares over codes and the values they should stand for.
  struct Fit: Sendable {
    private var count = 0.0
    private var codes = 0.0
    private var values = 0.0
    private var products = 0.0
    private var squares = 0.0

    mutating func add(_ found: [Float], _ expected: [Float]) {
      for (code, value) in zip(found, expected) where value.isFinite {
        let (q, r) = (Double(code), Double(value))
        count += 1
        codes += q
        values += r
        products += q * r
        squares += q * q
      }
    }

    mutating func merge(_ later: Fit) {
      count += later.count
      codes += later.codes
      values += later.values
      products += later.products
      squares += later.squares
    }

    /// `values ~ scale * (codes - zero)`; the zero point is fitted too where none is stated.
    func quantization(zero stated: Int?, _ type: ElementType) -> Quantization? {
      if let zero = stated.map({ Double($0) }) {
        let spread = squares - 2 * zero * codes + count * zero * zero
        return CodeScales.quantization(Float((products - zero * values) / spread), Int(zero), type)
      }
      let slope = (count * products - codes * values) / (count * squares - codes * codes)
      let zero = (codes / count - values / count / slope).rounded()
      guard zero.isFinite, abs(zero) < 1e6 else { return nil }
      return CodeScales.quantization(Float(slope), Int(zero), type)
    }
  }
}
