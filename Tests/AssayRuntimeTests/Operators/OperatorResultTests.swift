import AssayModel
import AssayRuntime
import Testing

struct `A prepared operator` {
  @Test func `convolves int8 codes with per-channel scales and a fused activation`() throws {
    var convolution = SingleOperator(
      .conv2D,
      .conv2D(Conv2DOptions(padding: .same, strideHeight: 1, strideWidth: 1, activation: .relu)),
      inputs: [
        .quantized(.int8, [1, 1, 3, 1], scales: [0.5], zeroPoint: 1),
        .quantized(.int8, [2, 1, 3, 1], scales: [1, 2]), .quantized(.int32, [2]),
      ], output: .quantized(.int8, [1, 1, 3, 2], scales: [1], zeroPoint: -10))
    convolution.setConstant(1, LittleEndian.bytes([1, 2, 3, -1, 0, 1] as [Int8]))
    convolution.setConstant(2, LittleEndian.bytes([4, -6] as [Int32]))
    // Codes less the zero point are 2, 4, 6; sums 20, 32, 20 count 0.5 each, -2, -2, -10 count 1.
    #expect(try convolution.run([[3, 5, 7] as [Int8]]) == [[0, -10, 6, -10, 0, -10]])
  }

  @Test func `reads int4 filters as the int8 filters they unpack to`() throws {
    let codes: [Int8] = [-8, 7, 0, -1, 3, -4, 5, 6, -7]
    var packed = SingleOperator(
      .fullyConnected, .fullyConnected(FullyConnectedOptions(activation: .none)),
      inputs: [.quantized(.int8, [1, 3]), .quantized(.int4, [3, 3])], output: .quantized(.int8, [1, 3]))
    var plain = packed
    plain.inputs[1] = .quantized(.int8, [3, 3])
    plain.setConstant(1, LittleEndian.bytes(codes))
    packed.setConstant(
      1,
      stride(from: 0, to: codes.count, by: 2).map { index in
        let high = index + 1 < codes.count ? codes[index + 1] : 0
        return UInt8(bitPattern: codes[index]) & 0xF | UInt8(bitPattern: high) << 4
      })
    let samples: [[Int8]] = [[1, 0, 0], [0, 1, 0], [1, 2, 3], [-5, 4, -3]]
    #expect(try packed.run(samples) == plain.run(samples))
    #expect(try packed.run([[1, 1, 1] as [Int8]]) == [[-1, -2, 4]])
  }

  @Test(arguments: [ElementType.int32, .int64])
  func `sums int16 activations as wide as its bias`(_ bias: ElementType) throws {
    var connected = SingleOperator(
      .fullyConnected, .fullyConnected(FullyConnectedOptions(activation: .none)),
      inputs: [
        .quantized(.int16, [1, 1]), .quantized(.int8, [1, 1]), .quantized(bias, [1]),
      ], output: .quantized(.int16, [1, 1], scales: [4]))
    connected.setConstant(1, [1])
    connected.setConstant(2, Array(repeating: 0, count: bias == .int32 ? 4 : 8))
    // -10 / 4: half away from zero in 32 bits, half up in 64.
    #expect(try connected.run([[-10] as [Int16]]) == [[bias == .int32 ? -3 : -2]])
  }

  @Test func `widens the int16 bias of a transposed convolution`() throws {
    var transposed = SingleOperator(
      .transposeConv,
      .transposeConv(TransposeConvOptions(padding: .valid, strideHeight: 1, strideWidth: 2)),
      inputs: [
        .plain(.int32, [4]), .quantized(.int8, [1, 1, 2, 1]), .quantized(.int16, [1, 1, 2, 1]),
        .quantized(.int16, [1]),
      ], output: .quantized(.int16, [1, 1, 4, 1]))
    transposed.feeds = 2
    transposed.setConstant(0, LittleEndian.bytes([1, 1, 4, 1] as [Int32]))
    transposed.setConstant(1, LittleEndian.bytes([1, 10] as [Int8]))
    transposed.setConstant(3, LittleEndian.bytes([-100] as [Int16]))
    #expect(try transposed.run([[3, 4] as [Int16]]) == [[-97, -70, -96, -60]])
  }

  @Test func `keeps the state of SVDF from one invocation to the next`() throws {
    var svdf = SingleOperator(
      .svdf, .svdf(rank: 1, .none),
      inputs: [
        .quantized(.int8, [1, 1]), .quantized(.int8, [1, 1]), .quantized(.int16, [1, 2]),
        .quantized(.int32, [1]), .quantized(.int16, [1, 2], isVariable: true),
      ], output: .quantized(.int8, [1, 1]))
    svdf.setConstant(1, [1])
    svdf.setConstant(2, LittleEndian.bytes([10, 1] as [Int16]))
    svdf.setConstant(3, [0, 0, 0, 0])
    #expect(try svdf.run([[1], [2], [3]] as [[Int8]]) == [[1], [12], [23]])
  }

  @Test func `multiplies batches of matrices with a transposed operand`() throws {
    var product = SingleOperator(
      .batchMatmul, .batchMatMul(adjointX: false, adjointY: true),
      inputs: [.quantized(.int8, [2, 1, 2]), .quantized(.int8, [1, 2, 2], zeroPoint: -1)],
      output: .quantized(.int8, [2, 1, 2], zeroPoint: 5))
    product.setConstant(1, LittleEndian.bytes([0, 9, -1, 0] as [Int8]))
    #expect(try product.run([[1, 2, 3, 4] as [Int8]]) == [[26, 7, 48, 9]])
  }
}
