import AssayModel
import AssayRuntime
import Testing

/// Contents of tensors that drive an operator out of its range: found while it runs.
struct `A model whose data is at fault` {
  private func defect<Element: FixedWidthInteger>(_ operation: SingleOperator, _ sample: [Element]) -> String?
  {
    do {
      _ = try operation.run([sample])
      return nil
    } catch {
      guard let error = error as? RunError else { return "\(error)" }
      return error.code == .modelDefect ? error.message : nil
    }
  }

  @Test func `names the softmax on which TFLite Micro aborts`() throws {
    var softmax = SingleOperator(
      .softmax, .softmax(beta: 1), inputs: [.quantized(.int8, [1, 1000], scales: [0.1])],
      output: .quantized(.int8, [1, 1000], scales: [0x1p-8], zeroPoint: -128))
    let equal = [Int8](repeating: 3, count: 1000)
    #expect(defect(softmax, equal)?.hasPrefix("TFLite Micro aborts here") == true)
    var one = [Int8](repeating: -128, count: 1000)
    one[7] = 127
    #expect(defect(softmax, one) == nil)
    softmax.output = .quantized(.int16, [1, 1000], scales: [0x1p-16], zeroPoint: -32768)
    #expect(defect(softmax, equal) == nil)
  }

  @Test func `divides by zero`() {
    var divide = SingleOperator.binary(.div, .int32)
    for index in 0...1 { divide.inputs[index]?.quantization = nil }
    divide.feeds = 1
    divide.setZeroConstants()
    #expect(defect(divide, [1, 0, 2] as [Int32]) == "division by zero: element 1 of the divisor")
    #expect(defect(divide, [1, -1, 2] as [Int32]) == nil)
  }

  @Test func `takes the root of a negative number`() {
    var root = SingleOperator.unary(.rsqrt)
    root.inputs[0]?.quantization?.zeroPoints = [-3]
    #expect(defect(root, [0, 1, 2, 3, -3, -4] as [Int8]) == "square root of a negative number: element 5")
    #expect(defect(root, [0, 1, 2, 3, -3, -2] as [Int8]) == nil)
  }

  @Test func `gathers outside its tensor`() {
    var gather = SingleOperator(
      .gather, .gather(axis: 0, batchDimensions: 0),
      inputs: [.quantized(.int8, [4, 2]), .plain(.int32, [3])], output: .quantized(.int8, [3, 2]))
    gather.feeds = 1
    gather.setZeroConstants()
    #expect(defect(gather, [0, 4, -1] as [Int32]) == "2 indices are outside [0, 3]")
    #expect(defect(gather, [0, 3, 1] as [Int32]) == nil)
    gather.code = .gatherNd
    gather.options = .none
    gather.inputs[1] = .plain(.int32, [1, 2])
    gather.output = .quantized(.int8, [1])
    #expect(defect(gather, [3, 2] as [Int32]) == "index 2 is outside axis 1 of 2")
    #expect(defect(gather, [3, 1] as [Int32]) == nil)
  }

  @Test func `computes a slice that is not there`() {
    var slice = SingleOperator.stridedSlice([0, 0, 0], [2, 3, 4], [1, 1, 1], to: [3, 4], shrink: 1)
    slice.inputs[1]?.constant = nil
    slice.feeds = 1
    slice.setConstant(0, Array(repeating: 0, count: 24))
    #expect(defect(slice, [2, 0, 0] as [Int32]) == "index 2 is outside axis 0 of 2")
    #expect(defect(slice, [.min, 0, 0] as [Int32])?.contains("is outside axis 0 of 2") == true)
    #expect(defect(slice, [1, 1, 0] as [Int32]) == "output has shape [3, 4], not [2, 4]")
    #expect(defect(slice, [1, 0, 0] as [Int32]) == nil)
  }

  @Test func `computes an axis that is not there`() {
    var mean = SingleOperator.steered(.mean, with: .reducer(keepDimensions: false), [2, 3], to: [2], by: [1])
    mean.inputs[1]?.constant = nil
    mean.feeds = 1
    mean.setConstant(0, [0, 0, 0, 0, 0, 0])
    #expect(defect(mean, [9] as [Int32]) == "axis 9 is outside a rank of 2")
    #expect(defect(mean, [-1] as [Int32]) == nil)
  }
}
