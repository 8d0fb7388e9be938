import AssayKernels
import AssayModel

/// RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR of `[batch, height, width, depth]`.
enum Resize {
  static let operators: [BuiltinOperator: Preparation] = [
    .resizeNearestNeighbor: nearest, .resizeBilinear: bilinear,
  ]

  private static func nearest(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let shape = try self.shape(context)
    let (input, _, bytes) = try context.moved()
    let strides = Shapes.denseStrides(input.shape)
    func table(_ axis: Int, _ input: Int32, _ output: Int32) -> [Int] {
      (0..<output).map {
        strides[axis]
          * Int(ak_nearest_index($0, input, output, shape.align_corners, shape.half_pixel_centers))
      }
    }
    let copy = IndexedCopy(
      tables: [
        (0..<shape.batches).map { strides[0] * $0 }, table(1, shape.input_height, shape.output_height),
        table(2, shape.input_width, shape.output_width), Array(0..<shape.depth),
      ], elementBytes: bytes)
    return try context.planned(by: [1]) { values throws(ControlFault) in
      try requireSize(values[0], shape)
    } run: { _, memory in
      unsafe copy.run(memory.input(0, as: UInt8.self), memory.output(0, as: UInt8.self))
    }
  }

  private static func bilinear(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let shape = try self.shape(context)
    try context.require(
      !(shape.align_corners && shape.half_pixel_centers), "aligned corners with half pixel centers")
    let (input, _, _) = try context.moved()
    guard input.type == .float32 || input.type == .int8 else {
      throw context.missing("RESIZE_BILINEAR on \(input.type.rawValue)")
    }
    let isFloat = input.type == .float32
    return try context.planned(by: [1]) { values throws(ControlFault) in
      try requireSize(values[0], shape)
    } run: { _, memory in
      var shape = shape
      if isFloat {
        unsafe ak_resize_bilinear_f32(
          memory.input(0, as: Float.self), memory.output(0, as: Float.self), &shape)
      } else {
        unsafe ak_resize_bilinear_s8(memory.input(0, as: Int8.self), memory.output(0, as: Int8.self), &shape)
      }
    }
  }

  private static func requireSize(_ size: [Int], _ shape: ak_resize_shape) throws(ControlFault) {
    try ControlFault.require(
      size == [Int(shape.output_height), Int(shape.output_width)],
      "size \(size) is not the output's \(shape.output_height) x \(shape.output_width)")
  }

  private static func shape(_ context: OperatorContext) throws(ModelError) -> ak_resize_shape {
    guard case .resize(let alignCorners, let halfPixelCenters) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    try context.requireArity(inputs: 2...2)
    let (input, output) = (try context.input(0), try context.output(0))
    try context.require(input, "input", rank: 4)
    try context.require(output, "output", rank: 4)
    let sizes = input.shape[1...2] + output.shape[1...2]
    try context.require(
      sizes.allSatisfy { (1...32767).contains($0) }, "sizes \(Array(sizes)) are not between 1 and 32767")
    try context.require(
      input.shape[0] == output.shape[0] && input.shape[3] == output.shape[3],
      "output has shape \(output.shape), the input \(input.shape)")
    return ak_resize_shape(
      batches: input.shape[0], depth: input.shape[3], input_height: Int32(input.shape[1]),
      input_width: Int32(input.shape[2]), output_height: Int32(output.shape[1]),
      output_width: Int32(output.shape[2]), align_corners: alignCorners, half_pixel_centers: halfPixelCenters)
  }
}
