public import AssayModel

/// Small models that many tests start from.
public enum SampleModels {
  /// int8 CONV_2D, MAX_POOL_2D, RESHAPE, FULLY_CONNECTED and SOFTMAX on a 6x6 image: 3 classes.
  public static func classifier() -> ModelWriter {
    var model = ModelWriter()
    let image = model.input("image", .int8, [1, 6, 6, 1], Quantization(scales: [0.5], zeroPoints: [-3]))
    let filter = model.constant(
      "conv/filter", .int8, [2, 3, 3, 1], ramp(18), Quantization(scales: [0.25, 0.125], zeroPoints: [0, 0]))
    let bias = model.constant(
      "conv/bias", .int32, [2], [7, 0, 0, 0, 249, 255, 255, 255],
      Quantization(scales: [0.125, 0.0625], zeroPoints: [0, 0]))
    let map = model.tensor("conv", .int8, [1, 6, 6, 2], Quantization(scales: [1], zeroPoints: [4]))
    let pooled = model.tensor("pool", .int8, [1, 3, 3, 2], Quantization(scales: [1], zeroPoints: [4]))
    let shape = model.constant("flat/shape", [1, 18])
    let flat = model.tensor("flat", .int8, [1, 18], Quantization(scales: [1], zeroPoints: [4]))
    let weights = model.constant(
      "dense/weights", .int8, [3, 18], ramp(54), Quantization(scales: [0.0625], zeroPoints: [0]))
    let dense = model.tensor("dense", .int8, [1, 3], Quantization(scales: [2], zeroPoints: [0]))
    let classes = model.tensor(
      "classes", .int8, [1, 3], Quantization(scales: [1.0 / 256], zeroPoints: [-128]))
    model.add(
      .conv2D, version: 3, inputs: [image, filter, bias], outputs: [map],
      options: .conv2D(Conv2DOptions(padding: .same, strideHeight: 1, strideWidth: 1, activation: .relu)))
    model.add(
      .maxPool2D, version: 2, inputs: [map], outputs: [pooled],
      options: .pool2D(
        Pool2DOptions(padding: .valid, strideHeight: 2, strideWidth: 2, filterHeight: 2, filterWidth: 2)))
    model.add(.reshape, inputs: [pooled, shape], outputs: [flat], options: .reshape(newShape: [1, 18]))
    model.add(
      .fullyConnected, version: 4, inputs: [flat, weights, nil], outputs: [dense],
      options: .fullyConnected(FullyConnectedOptions(activation: .none)))
    model.add(.softmax, version: 2, inputs: [dense], outputs: [classes], options: .softmax(beta: 1))
    model.outputs([classes])
    return model
  }

  /// One float operator with one input and one output of the same shape.
  public static func unary(
    _ builtin: BuiltinOperator, shape: [Int] = [1, 4], options: OperatorOptions = .none
  ) -> ModelWriter {
    var model = ModelWriter()
    let x = model.input("x", .float32, shape)
    let y = model.tensor("y", .float32, shape)
    model.add(builtin, inputs: [x], outputs: [y], options: options)
    model.outputs([y])
    return model
  }

  /// A model with state: subgraph 1 clears a resource variable once, subgraph 0 adds the input to it.
  public static func accumulator() -> ModelWriter {
    var model = ModelWriter()
    let handle = OperatorOptions.varHandle(container: "", sharedName: "sum")
    let x = model.input("x", .float32, [1, 4])
    let resource = model.tensor("sum/handle", .resource, [])
    let old = model.tensor("sum/old", .float32, [1, 4])
    let new = model.tensor("sum/new", .float32, [1, 4])
    model.add(.callOnce, inputs: [], outputs: [], options: .callOnce(subgraph: 1))
    model.add(.varHandle, inputs: [], outputs: [resource], options: handle)
    model.add(.readVariable, inputs: [resource], outputs: [old])
    model.add(.add, inputs: [x, old], outputs: [new], options: .arithmetic(.none))
    model.add(.assignVariable, inputs: [resource, new], outputs: [])
    model.outputs([new])
    model.subgraph = 1
    let zeros = model.constant("zeros", .float32, [1, 4], Array(repeating: 0, count: 16))
    let cleared = model.tensor("sum/cleared", .resource, [])
    model.add(.varHandle, inputs: [], outputs: [cleared], options: handle)
    model.add(.assignVariable, inputs: [cleared, zeros], outputs: [])
    return model
  }

  /// `count` bytes that are not all alike.
  public static func ramp(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
  }
}
