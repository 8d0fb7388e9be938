/// Output shapes of kernels from their inputs, for methods whose shapes are below their bound.
///
/// Only what exporters emit with dynamic batches and lengths; whether the shapes are right is checked
/// again where each operator is prepared.
enum DynamicShapes {
  /// Elements of a shape; `nil` when the product does not fit.
  static func elements(_ shape: [Int]) -> Int? {
    var product = 1
    for extent in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      guard !overflow else { return nil }
      product = next
    }
    return product
  }

  /// - Returns: one shape per output; `nil` for kernels that are not listed here.
  static func outputs(
    _ name: String, _ arguments: [OperatorArgument], _ inputs: [[Int]], count: Int
  ) -> [[Int]]? {
    let call = Call(arguments: arguments, inputs: inputs)
    guard let shape = call.shape(of: name) else { return nil }
    // Further outputs (indices of a pool, statistics of a normalisation) have the first one's shape or none.
    return Array(repeating: shape, count: count)
  }

  private struct Call {
    let arguments: [OperatorArgument]
    let inputs: [[Int]]

    func tensor(_ position: Int) -> [Int]? {
      guard arguments.indices.contains(position), case .tensor(let input) = arguments[position] else {
        return nil
      }
      return inputs[input]
    }

    func ints(_ position: Int) -> [Int]? {
      guard arguments.indices.contains(position), case .ints(let values) = arguments[position] else {
        return nil
      }
      return values
    }

    func int(_ position: Int) -> Int? {
      guard arguments.indices.contains(position), case .int(let value) = arguments[position] else {
        return nil
      }
      return value
    }

    func shape(of name: String) -> [Int]? {
      let kernel = name.split(separator: ":").last.map { $0.prefix { $0 != "." } } ?? ""
      switch kernel {
      case "convolution": return convolution()
      case "max_pool2d_with_indices", "avg_pool2d": return pool()
      case "addmm": return product(1, 2)
      case "mm", "bmm": return product(0, 1)
      case "et_view", "view_copy": return view()
      case "permute_copy": return permuted()
      case "cat": return joined()
      case "mean", "sum", "amax", "amin": return reduced()
      default: return elementwise(String(kernel))
      }
    }

    /// Kernels that compute element by element, with broadcasting.
    private func elementwise(_ kernel: String) -> [Int]? {
      let known: Set<String> = [
        "relu", "clamp", "hardtanh", "add", "sub", "mul", "div", "sigmoid", "tanh", "exp", "log", "sqrt",
        "rsqrt",
        "gelu", "_softmax", "_log_softmax", "_native_batch_norm_legit_no_training", "quantize_per_tensor",
        "dequantize_per_tensor", "_clone_dim_order", "_to_dim_order_copy", "clone", "leaky_relu", "minimum",
        "maximum", "native_layer_norm", "neg", "abs",
      ]
      guard known.contains(kernel), var shape = tensor(0) else { return nil }
      if let other = tensor(1), ["add", "sub", "mul", "div", "minimum", "maximum"].contains(kernel) {
        let rank = max(shape.count, other.count)
        let left = Array(repeating: 1, count: rank - shape.count) + shape
        let right = Array(repeating: 1, count: rank - other.count) + other
        shape = zip(left, right).map { $0 == 1 ? $1 : $0 }
      }
      return shape
    }

    private func convolution() -> [Int]? {
      guard let image = tensor(0), let weights = tensor(1), let strides = ints(3), let padding = ints(4),
        let dilation = ints(5), case .bool(false)? = arguments.dropFirst(6).first,
        image.count == weights.count, image.count > 2
      else { return nil }
      let kernel = Array(weights.dropFirst(2))
      guard let window = windows(Array(image.dropFirst(2)), kernel, strides, padding, dilation) else {
        return nil
      }
      return [image[0], weights[0]] + window
    }

    private func pool() -> [Int]? {
      guard let image = tensor(0), let kernel = ints(1), let strides = ints(2), let padding = ints(3),
        image.count >= 3
      else { return nil }
      guard case .bool(false)? = arguments.first(where: { if case .bool = $0 { true } else { false } }) else {
        return nil
      }
      let dilation = ints(4) ?? [1]
      let spatial = Array(image.suffix(2))
      guard let window = windows(spatial, kernel, strides.isEmpty ? kernel : strides, padding, dilation)
      else { return nil }
      return Array(image.dropLast(2)) + window
    }

    private func windows(
      _ extents: [Int], _ kernel: [Int], _ strides: [Int], _ padding: [Int], _ dilation: [Int]
    ) -> [Int]? {
      var result: [Int] = []
      for (axis, extent) in extents.enumerated() {
        func value(_ list: [Int]) -> Int? { list.count == 1 ? list[0] : list.dropFirst(axis).first }
        guard let side = value(kernel), let stride = value(strides), let pad = value(padding),
          let step = value(dilation), stride > 0,
          [side, pad, step, extent].allSatisfy({ (0...1 << 20).contains($0) })
        else { return nil }
        result.append((extent + 2 * pad - step * (side - 1) - 1) / stride + 1)
      }
      return result
    }

    private func product(_ left: Int, _ right: Int) -> [Int]? {
      guard let a = tensor(left), let b = tensor(right), a.count >= 2, let columns = b.last else {
        return nil
      }
      return a.dropLast() + [columns]
    }

    private func view() -> [Int]? {
      guard let source = tensor(0), var shape = ints(1), let total = elements(source) else { return nil }
      if let open = shape.firstIndex(of: -1) {
        let rest = elements(shape.enumerated().filter { $0.offset != open }.map(\.element)) ?? 0
        guard rest > 0 else { return nil }
        shape[open] = total / rest
      }
      return shape
    }

    private func permuted() -> [Int]? {
      guard let source = tensor(0), let axes = ints(1) else { return nil }
      let resolved = axes.map { $0 < 0 ? $0 + source.count : $0 }
      return resolved.sorted() == Array(source.indices) ? resolved.map { source[$0] } : nil
    }

    private func joined() -> [Int]? {
      guard case .tensors(let positions)? = arguments.first, let axis = int(1) else { return nil }
      let shapes = positions.compactMap { $0.map { inputs[$0] } }
      guard var shape = shapes.first else { return nil }
      let resolved = axis < 0 ? axis + shape.count : axis
      guard shape.indices.contains(resolved), shapes.allSatisfy({ $0.count == shape.count }) else {
        return nil
      }
      shape[resolved] = shapes.reduce(0) { $0 &+ $1[resolved] }
      return shape
    }

    private func reduced() -> [Int]? {
      guard let source = tensor(0), let axes = ints(1), case .bool(let keep)? = arguments.dropFirst(2).first
      else { return nil }
      let resolved = Set(axes.map { $0 < 0 ? $0 + source.count : $0 })
      return source.indices.compactMap { resolved.contains($0) ? (keep ? 1 : nil) : source[$0] }
    }
  }
}
