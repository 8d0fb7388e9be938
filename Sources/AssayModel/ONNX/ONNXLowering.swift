/// The work of turning ONNX nodes into calls of portable kernels, node by node.
struct ONNXLowering {
  var tensors: [Tensor] = []
  var operators: [Operator] = []
  /// Tensor index by value name.
  var known: [String: Int] = [:]
  let file: ONNXFile
  let opset: Int
  let options: ReadingOptions
  let limits: ModelLimits
  private var storage: [[UInt8]]
  private var externalBuffers: [String: Int] = [:]
  private var externalBytes = 0
  private var computedBytes = 0

  init(_ file: ONNXFile, opset: Int, options: ReadingOptions, limits: ModelLimits) {
    self.file = file
    self.opset = opset
    self.options = options
    self.limits = limits
    storage = [file.bytes, Array(repeating: 0, count: 16)]
  }

  mutating func graph() throws(ModelError) -> Graph {
    for constant in file.constants { try add(constant, named: constant.name) }
    let inputs = try addInputs()
    for (index, node) in file.nodes.enumerated() {
      do throws(ModelError) {
        try lowerOrKeep(node)
      } catch { throw error.placed(in: "node \(index) (\(node.name))", at: node.position) }
    }
    var outputs: [Int] = []
    for output in file.outputs {
      guard let index = known[output.name] else {
        throw ModelError(.invalid, in: "output \"\(output.name)\"", "is never written")
      }
      outputs.append(index)
    }
    guard !outputs.isEmpty else { throw ModelError(.invalid, "the model has no outputs") }
    let main = Subgraph(
      name: "main", tensors: tensors, operators: operators, inputs: inputs, outputs: outputs)
    return Graph(format: .onnx, storage: storage, subgraphs: [main], modelDescription: file.producer)
  }

  // MARK: Nodes without a kernel

  /// Lowers a node; one that has no kernel is kept by its name and the reason, so that it can be
  /// shown. Only running it is refused.
  private mutating func lowerOrKeep(_ node: ONNXNode) throws(ModelError) {
    let (firstTensor, firstOperator) = (tensors.count, operators.count)
    do throws(ModelError) {
      try lower(node)
    } catch {
      guard error.code == .unsupported else { throw error }
      tensors.removeLast(tensors.count - firstTensor)
      operators.removeLast(operators.count - firstOperator)
      for name in node.outputs where known[name].map({ $0 >= firstTensor }) ?? false { known[name] = nil }
      try keep(node, reason: error.message)
    }
  }

  private mutating func keep(_ node: ONNXNode, reason: String) throws(ModelError) {
    var outputs: [Int] = []
    for name in node.outputs where !name.isEmpty {
      if let value = file.values[name], let type = value.type, value.shape.allSatisfy({ $0 > 0 }) {
        outputs.append(try append(name, type, value.shape))
      } else {
        outputs.append(try appendUnknown(name))
      }
    }
    let inputs = node.inputs.compactMap { known[$0] }
    operators.append(
      Operator(
        code: .onnx(node.name), inputs: inputs, outputs: outputs,
        options: .kernelCall(Self.noKernel, [.text(reason)]), fileOffset: node.position))
  }

  /// What stands in place of the kernel of a node that has none; its argument is the reason.
  static let noKernel = "onnx::none"

  /// A tensor of which nothing is known but that something writes it.
  private mutating func appendUnknown(_ name: String) throws(ModelError) -> Int {
    guard known[name] == nil else { throw ModelError(.invalid, "\"\(name)\" is written twice") }
    guard tensors.count < limits.tensors else {
      throw ModelError(.limit, "more than \(limits.tensors) tensors")
    }
    known[name] = tensors.count
    tensors.append(Tensor(name: name, type: .variant, shape: []))
    return tensors.count - 1
  }

  private mutating func addInputs() throws(ModelError) -> [Int] {
    var inputs: [Int] = []
    // Older exporters list constants among the inputs.
    for input in file.inputs where known[input.name] == nil {
      guard let type = input.type else {
        throw ModelError(.unsupported, in: "input \"\(input.name)\"", "its type is not known")
      }
      let shape = input.shape.map { $0 <= 0 ? 1 : $0 }
      let index: Int
      do throws(ModelError) {
        index = try append(input.name, type, shape)
      } catch { throw error.placed(in: "input \"\(input.name)\"") }
      tensors[index].shapeSignature =
        input.shape.contains { $0 <= 0 } ? input.shape.map { $0 <= 0 ? -1 : $0 } : []
      inputs.append(index)
    }
    return inputs
  }

  // MARK: Tensors

  /// A new computed tensor, known by `name` unless that is empty.
  mutating func append(_ name: String, _ type: ElementType, _ shape: [Int]) throws(ModelError) -> Int {
    guard shape.count <= limits.rank, shape.allSatisfy({ $0 >= 0 && $0 <= limits.tensorBytes }),
      let count = DynamicShapes.elements(shape), let size = type.byteSize, count <= limits.tensorBytes / size
    else {
      throw ModelError(
        .limit, "shape \(shape) of \(type.rawValue) is not between 0 and \(limits.tensorBytes) bytes")
    }
    computedBytes += count * size
    guard computedBytes <= limits.activationBytes, tensors.count < limits.tensors else {
      throw ModelError(.limit, "computed tensors take more than \(limits.activationBytes) bytes together")
    }
    if !name.isEmpty {
      guard known[name] == nil else { throw ModelError(.invalid, "\"\(name)\" is written twice") }
      known[name] = tensors.count
    }
    tensors.append(Tensor(name: name, type: type, shape: shape))
    return tensors.count - 1
  }

  mutating func add(_ constant: ONNXTensor, named name: String) throws(ModelError) {
    guard name.isEmpty || known[name] == nil else {
      throw ModelError(.invalid, at: constant.position, in: "constant \"\(name)\"", "is there twice")
    }
    guard tensors.count < limits.tensors else {
      throw ModelError(.limit, "more than \(limits.tensors) tensors")
    }
    var tensor = Tensor(name: name, type: constant.type, shape: constant.shape)
    switch constant.content {
    // Without elements it lies nowhere in the file, or at its very end: give it a place of its own.
    case _ where tensor.elementCount == 0:
      tensor.constant = ConstantRange(buffer: 1, bytes: 0..<0)
    case .raw(let range): tensor.constant = ConstantRange(bytes: range)
    case .values(let bytes): tensor.constant = keep(bytes)
    case .external(let path, let offset, let length):
      tensor.constant = try external(path, offset, length, tensor.byteCount, name)
    }
    if !name.isEmpty { known[name] = tensors.count }
    tensors.append(tensor)
  }

  /// Bytes that are not in the file as they are needed.
  private mutating func keep(_ bytes: [UInt8]) -> ConstantRange {
    let start = (storage[1].count + 15) / 16 * 16
    storage[1].append(contentsOf: repeatElement(0, count: start - storage[1].count))
    storage[1].append(contentsOf: bytes)
    return ConstantRange(buffer: 1, bytes: start..<start + bytes.count)
  }

  private mutating func external(
    _ path: String, _ offset: Int, _ length: Int?, _ count: Int, _ name: String
  ) throws(ModelError) -> ConstantRange {
    let place = "constant \"\(name)\""
    guard let read = options.externalFile else {
      throw ModelError(.unsupported, in: place, "lies in another file, \"\(path)\"")
    }
    if externalBuffers[path] == nil {
      guard externalBuffers.count < 64 else {
        throw ModelError(.limit, in: place, "more than 64 external files")
      }
      externalBuffers[path] = storage.count
      let bytes = try read(path)
      externalBytes += bytes.count
      guard externalBytes <= limits.fileBytes else {
        throw ModelError(.limit, in: place, "external files of more than \(limits.fileBytes) bytes together")
      }
      storage.append(bytes)
    }
    let buffer = externalBuffers[path] ?? 0
    let room = storage[buffer].count
    guard offset >= 0, offset <= room, length ?? count == count, count <= room - offset else {
      throw ModelError(
        .invalid, in: place, "\(count) bytes at \(offset) end beyond \"\(path)\" of \(room) bytes")
    }
    return ConstantRange(buffer: buffer, bytes: offset..<offset + count)
  }

  /// Elements of a constant of integers or bools; `nil` for what is computed, and for weights: nothing
  /// that steers a node has as many elements.
  func integers(_ tensor: Int) -> [Int]? {
    guard let range = tensors[tensor].constant, let size = tensors[tensor].type.byteSize,
      tensors[tensor].elementCount <= limits.operands
    else { return nil }
    let isSigned = [.int8, .int16, .int32, .int64].contains(tensors[tensor].type)
    guard isSigned || [.uint8, .uint16, .uint32, .bool].contains(tensors[tensor].type) else { return nil }
    let bytes = storage[range.buffer][range.bytes]
    return stride(from: bytes.startIndex, to: bytes.endIndex, by: size).map { start in
      let bits = (0..<size).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
      let shift = UInt64(64 - 8 * size)
      return isSigned ? Int(Int64(bitPattern: bits << shift) >> Int64(shift)) : Int(truncatingIfNeeded: bits)
    }
  }

  /// Elements of a constant of float32, as ``integers(_:)``.
  func floats(_ tensor: Int) -> [Float]? {
    guard let range = tensors[tensor].constant, tensors[tensor].type == .float32,
      tensors[tensor].elementCount <= limits.operands
    else { return nil }
    let bytes = storage[range.buffer][range.bytes]
    return stride(from: bytes.startIndex, to: bytes.endIndex, by: 4).map { start in
      Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) })
    }
  }

  /// A constant of integers, for nodes that become constants.
  mutating func addIntegers(_ values: [Int], named name: String, shape: [Int]) throws(ModelError) {
    let bytes = values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    let constant = ONNXTensor(name: name, type: .int64, shape: shape, content: .values(bytes), position: 0)
    try add(constant, named: name)
  }

  mutating func addFloats(_ values: [Float], named name: String, shape: [Int]) throws(ModelError) {
    try addBytes(
      values.flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
      },
      .float32, named: name, shape: shape)
  }

  /// A constant made of bytes; every node adds few of them.
  mutating func addBytes(
    _ bytes: [UInt8], _ type: ElementType, named name: String, shape: [Int]
  ) throws(ModelError) {
    try add(
      ONNXTensor(name: name, type: type, shape: shape, content: .values(bytes), position: 0), named: name)
  }

  /// Adds a call of a portable kernel on behalf of a node.
  mutating func emit(
    _ node: ONNXNode, _ kernel: String, _ arguments: [OperatorArgument], inputs: [Int], outputs: [Int]
  ) {
    operators.append(
      Operator(
        code: .onnx(node.name), inputs: inputs, outputs: outputs, options: .kernelCall(kernel, arguments),
        fileOffset: node.position))
  }
}
