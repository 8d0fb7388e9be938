import AssayModel
import AssayRuntime

/// The cases that a bundled program records of one method, checked against what the method takes.
struct RecordedCases: Sendable {
  struct Case: Sendable {
    /// Position in the bundle.
    var number: Int
    /// Bytes in the order of the shape, and shapes, by input.
    var inputs: [RecordedTensor]
    var expected: [RecordedTensor]

    var inputShapes: [[Int]] { inputs.map(\.shape) }
  }

  struct RecordedTensor: Sendable, Hashable {
    var type: ElementType
    var shape: [Int]
    /// In the order of the shape, whatever order the file keeps.
    var bytes: [UInt8]

    /// The elements as numbers: exact but for integers above 2^53.
    var numbers: [Double] {
      guard let size = type.byteSize else { return [] }
      guard !RecordedTolerance.isFloat(type) || type == .float64 else {
        let values = RealValues.decode(bytes.span, of: Tensor(name: "", type: type, shape: shape)) ?? []
        return values.map { Double($0) }
      }
      return stride(from: 0, to: bytes.count / size * size, by: size).map { start in
        let bits = (0..<size).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
        if type == .float64 { return Double(bitPattern: bits) }
        guard [.int8, .int16, .int32, .int64].contains(type) else { return Double(bits) }
        let shift = Int64(64 - 8 * size)
        return Double((Int64(bitPattern: bits) << shift) >> shift)
      }
    }
  }

  var cases: [Case]

  /// - Throws: `GateError.unusable` naming file, case and value: a number where the method takes a
  ///   tensor, another type or shape, more or fewer values than the method has.
  init(_ bundle: BundledProgram, _ model: LoadedModel) throws(GateError) {
    let method = model.graph.method?.name ?? ""
    cases = []
    for test in bundle.suites.filter({ $0.method == method }).flatMap(\.cases) {
      let place = "\(model.path): method \(method), case \(cases.count)"
      cases.append(
        Case(
          number: cases.count,
          inputs: try Self.tensors(test.inputs, model.inputs, "input", model, place),
          expected: try Self.tensors(test.expectedOutputs, model.outputs, "expected output", model, place)))
    }
  }

  private static func tensors(
    _ values: [BundledValue], _ tensors: [Tensor], _ what: String, _ model: LoadedModel, _ place: String
  ) throws(GateError) -> [RecordedTensor] {
    guard values.count == tensors.count else {
      throw GateError(
        .unusable,
        "\(place): \(ReportText.count(values.count, what)), the method has \(tensors.count)")
    }
    var found: [RecordedTensor] = []
    for (index, value) in values.enumerated() {
      let place = "\(place), \(what) \(index)"
      guard case .tensor(let type, let shape, let bytes, let order) = value else {
        throw GateError(.unusable, "\(place) is a number, the method has a tensor there")
      }
      try check(type, shape, tensors[index], model, place)
      var tensor = Tensor(name: "", type: type, shape: shape)
      tensor.dimOrder = order
      let ordered = LogicalOrder.fromMemory(bytes, of: tensor)
      found.append(RecordedTensor(type: type, shape: shape, bytes: ordered))
    }
    return found
  }

  /// Shapes of dynamic methods may lie below the bound; they are checked when the method is resized.
  private static func check(
    _ type: ElementType, _ shape: [Int], _ tensor: Tensor, _ model: LoadedModel, _ place: String
  ) throws(GateError) {
    let isDynamic = model.graph.method?.isDynamic ?? false
    guard type == tensor.type, isDynamic ? shape.count == tensor.shape.count : shape == tensor.shape else {
      throw GateError(
        .unusable, "\(place) is \(type) \(shape), the method has \(tensor.type) \(tensor.shape)")
    }
  }
}
