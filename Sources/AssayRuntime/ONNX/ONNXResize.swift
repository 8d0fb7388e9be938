import AssayKernels
import AssayModel

/// Resize of ONNX, in all its ways to find a pixel's source; and padding that repeats the border.
enum ONNXResize {
  /// Arguments: input, the two axes, scales along them, mode, coordinate transformation, nearest mode,
  /// cubic coefficient.
  static func prepare(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.operand(0), try call.output())
    let (axes, scales) = (try call.ints(1), try call.doubles(2).map { Float($0) })
    try context.require(
      axes.count == 2 && scales.count == 2 && axes[0] < axes[1] && input.shape.count == output.shape.count
        && axes.allSatisfy(input.shape.indices.contains)
        && input.shape.indices.allSatisfy { axes.contains($0) || input.shape[$0] == output.shape[$0] }
        && scales.allSatisfy { $0 >= 1e-4 && $0 < 1e8 } && input.count > 0,
      "resizes \(input.shape) to \(output.shape)")
    var taps: [Taps] = []
    for (axis, scale) in zip(axes, scales) {
      taps.append(
        Taps(
          input: input.shape[axis], output: output.shape[axis], stride: input.strides[axis], scale: scale,
          transformation: try call.text(4, default: "half_pixel"), mode: try call.text(3, default: "nearest"),
          rounding: try call.text(5, default: "round_prefer_floor"),
          cubic: Float(try call.number(6, default: -0.75))))
    }
    if taps[0].count == 1, input.type != .float32 {
      return try nearest(context, input, output, axes, taps)
    }
    try context.require(output.tensor, "output", type: input.type)
    guard input.type == .float32 else {
      throw context.missing("\(context.op.code.name) on \(input.type.rawValue)")
    }
    let others = input.shape.indices.filter { !axes.contains($0) }
    let walk = StridedWalk(
      extents: others.map { input.shape[$0] },
      strides: others.map { (output.strides[$0], input.strides[$0], 0) })
    let (rowStride, columnStride) = (output.strides[axes[0]], output.strides[axes[1]])
    return PreparedOperator { [taps] memory in
      let tables = taps.map { $0.tables() }
      let (from, to) = unsafe (
        memory.input(input.position, as: Float.self), memory.output(output.position, as: Float.self)
      )
      unsafe tables[0].withAxis { rows in
        unsafe tables[1].withAxis { columns in
          walk.forEachElement { target, source, _ in
            unsafe ak_onnx_resize_f32(rows, columns, from + source, to + target, rowStride, columnStride)
          }
        }
      }
    }
  }

  /// Elements of any type, each copied from one source.
  private static func nearest(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, _ axes: [Int], _ taps: [Taps]
  ) throws(ModelError) -> PreparedOperator {
    try indexed(context, input, output) { axis, place in
      axes.firstIndex(of: axis).map { taps[$0].nearest(place) } ?? place
    }
  }

  /// Arguments: input, cells before each axis, mode (`reflect`, `edge`, `wrap`).
  static func pad(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.operand(0), try call.output())
    let before = try call.ints(1)
    let mode = try call.text(2, default: "edge")
    try context.require(
      before.count == input.shape.count && output.shape.count == input.shape.count && input.count > 0
        && before.allSatisfy { (-32_767...32_767).contains($0) }, "pads \(before) of \(input.shape)")
    return try indexed(context, input, output) { axis, place in
      let (extent, index) = (input.shape[axis], place - before[axis])
      switch mode {
      case "edge": return min(max(index, 0), extent - 1)
      case "wrap": return (index % extent + extent) % extent
      default:
        guard extent > 1 else { return 0 }
        let period = 2 * (extent - 1)
        let folded = (index % period + period) % period
        return folded < extent ? folded : period - folded
      }
    }
  }

  /// - Parameter source: index in the input along an axis, for an index in the output.
  private static func indexed(
    _ context: OperatorContext, _ input: Operand, _ output: Operand,
    source: @escaping @Sendable (_ axis: Int, _ place: Int) -> Int
  ) throws(ModelError) -> PreparedOperator {
    try context.require(output.tensor, "output", type: input.type)
    try context.require(output.isDense, "memory orders other than that of the shape")
    let bytes = try context.elementBytes(input.tensor)
    let shape = output.shape
    return PreparedOperator { memory in
      let tables = shape.indices.flatMap { axis in
        (0..<shape[axis]).map { place in
          min(max(source(axis, place), 0), input.shape[axis] - 1) * input.strides[axis] * bytes
        }
      }
      unsafe ak_copy_indexed(
        shape.count, shape, tables, memory.input(input.position, as: UInt8.self),
        memory.output(output.position, as: UInt8.self), bytes)
    }
  }
}

/// Sources of the pixels along one axis.
private struct Taps: Sendable {
  var input: Int
  var output: Int
  /// Elements from one input pixel to the next.
  var stride: Int
  /// Output pixels per input pixel, as the model gives it.
  var scale: Float
  var transformation: String
  var mode: String
  var rounding: String
  var cubic: Float

  /// Sources of each pixel.
  var count: Int { mode == "linear" ? 2 : mode == "cubic" ? 4 : 1 }

  /// Where a pixel lies on the input, in input pixels; always a number.
  private func coordinate(_ place: Int) -> Float {
    let found = transformed(place)
    return found.isFinite ? found : 0
  }

  private func transformed(_ place: Int) -> Float {
    let x = Float(place)
    switch transformation {
    case "asymmetric": return x / scale
    case "align_corners": return output == 1 ? 0 : x * Float(input - 1) / Float(output - 1)
    case "pytorch_half_pixel": return output > 1 ? (x + 0.5) / scale - 0.5 : 0
    case "tf_half_pixel_for_nn": return (x + 0.5) / scale
    case "half_pixel_symmetric":
      let adjustment = Float(output) / (scale * Float(input))
      let center = Float(input) / 2
      return center * (1 - adjustment) + (x + 0.5) / scale - 0.5
    default: return (x + 0.5) / scale - 0.5
    }
  }

  func nearest(_ place: Int) -> Int {
    // Pixels that stay where they are do not move by rounding either.
    if input == output, scale == 1 { return place }
    let x = coordinate(place)
    let rounded: Float =
      switch rounding {
      case "floor": x.rounded(.down)
      case "ceil": x.rounded(.up)
      case "round_prefer_ceil": x.rounded(.toNearestOrAwayFromZero)
      default: x - x.rounded(.down) == 0.5 ? x.rounded(.down) : x.rounded(.toNearestOrAwayFromZero)
      }
    return Int(min(max(rounded, 0), Float(input - 1)))
  }

  func tables() -> TapTables {
    var tables = TapTables(count: count, extent: output)
    for place in 0..<output {
      switch count {
      case 1: tables.add(nearest(place) * stride, 1)
      case 2: addLinear(place, &tables)
      default: addCubic(place, &tables)
      }
    }
    return tables
  }

  private func addLinear(_ place: Int, _ tables: inout TapTables) {
    if input == output, scale == 1 {
      tables.add(place * stride, 1)
      return tables.add(place * stride, 0)
    }
    let x = min(max(coordinate(place), 0), Float(input - 1))
    let first = min(Int(x), input - 1)
    let second = min(first + 1, input - 1)
    // At the last pixel both sources are one.
    let isLast = first == second
    tables.add(first * stride, isLast ? 0.5 : abs(x - Float(second)))
    tables.add(second * stride, isLast ? 0.5 : abs(x - Float(first)))
  }

  private func addCubic(_ place: Int, _ tables: inout TapTables) {
    if input == output, scale == 1 {
      for tap in 0..<4 { tables.add(place * stride, tap == 1 ? 1 : 0) }
      return
    }
    let limit: Float = 1e9
    let x = min(max(coordinate(place), -limit), limit)
    let whole = x.rounded(.down)
    let s = x - whole
    let a = cubic
    let weights = [
      ((a * (s + 1) - 5 * a) * (s + 1) + 8 * a) * (s + 1) - 4 * a, ((a + 2) * s - (a + 3)) * s * s + 1,
      ((a + 2) * (1 - s) - (a + 3)) * (1 - s) * (1 - s) + 1,
      ((a * (2 - s) - 5 * a) * (2 - s) + 8 * a) * (2 - s) - 4 * a,
    ]
    for (tap, weight) in weights.enumerated() {
      tables.add(min(max(Int(whole) - 1 + tap, 0), input - 1) * stride, weight)
    }
  }
}

/// Element offsets and weights, pixel by pixel.
private struct TapTables {
  let count: Int
  let extent: Int
  private var places: [Int] = []
  private var weights: [Float] = []

  init(count: Int, extent: Int) {
    self.count = count
    self.extent = extent
    places.reserveCapacity(count * extent)
    weights.reserveCapacity(count * extent)
  }

  mutating func add(_ place: Int, _ weight: Float) {
    places.append(place)
    weights.append(weight)
  }

  func withAxis(_ body: (UnsafePointer<ak_onnx_axis>) -> Void) {
    unsafe places.withUnsafeBufferPointer { places in
      unsafe weights.withUnsafeBufferPointer { weights in
        var axis = unsafe ak_onnx_axis(
          taps: count, extent: extent, place: places.baseAddress, weight: weights.baseAddress)
        unsafe body(&axis)
      }
    }
  }
}
